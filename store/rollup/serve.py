"""Builds the file of a snapshot, `serve-<version>.duckdb`, from the results of the rollups and from the ledger.

Rule: the file holds exactly the tables of store.marts. It is built from nothing, or from a copy of the snapshot before it in
which only the units that changed are replaced; both give the same rows.
Hazard: DuckDB's files are bound to its version. A snapshot of another version or layout is no base; it is rebuilt.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import duckdb

from store.contract import SOURCES
from store.marts import MARTS
from store.rollup import duck
from store.rollup.plan import ROLLUPS, WHOLE, Unit
from store.rollup.state import State
from store.snapshot import LAYOUT

LISTED: Final = "unmatched"
"""A mart that is chosen from all its units, by store.rollup.settled, rather than loaded unit by unit."""
REFERENCES: Final = tuple(s.name for s in SOURCES.values() if s.time is None)


@dataclass(frozen=True)
class Base:
    """A published snapshot to start from: its file, and the key of each unit in it by (mart, month). Empty: from nothing."""

    file: Path | None = None
    keys: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def lacks(self, unit: Unit) -> bool:
        """Whether the unit is not in this snapshot as it is now."""
        return self.keys.get((unit.rollup.name, unit.month)) != unit.key


def base(file: Path) -> Base:
    """The snapshot in `file` as a base; the empty one where it cannot serve as such."""
    try:
        with closing(duckdb.connect(str(file), read_only=True)) as connection:
            if connection.execute("SELECT value FROM meta WHERE key = 'layout'").fetchall() != [(LAYOUT,)]:
                return Base()
            units = connection.execute("SELECT mart, month, inputs FROM rollups").fetchall()
            return Base(file, {(mart, month): key for mart, month, key in units})
    except duckdb.Error:
        return Base()


@contextmanager
def build(target: Path, start: Base, data: Path, units: Sequence[Unit], state: State) -> Iterator[duckdb.DuckDBPyConnection]:
    """Write a snapshot to `target`, open until the end of the context. Unit and part files lie below `data`.

    What follows from the marts is left to the caller: coverage, reconciliation, unmatched items, meta.
    """
    if start.file is not None:
        shutil.copyfile(start.file, target)
    with closing(duckdb.connect(str(target), config=duck.CONFIG)) as connection:
        if start.file is None:
            for table, columns in MARTS.items():
                duck.create(connection, table, columns)
        for mart in ROLLUPS:
            if mart in MARTS and mart != LISTED:
                _load(connection, mart, start, data, [unit for unit in units if unit.rollup.name == mart])
        for reference in REFERENCES:
            _refer(connection, reference, [data / part.path for part in state.parts if part.source == reference])
        fill(connection, "rollups", [(unit.rollup.name, unit.month, unit.key) for unit in units])
        fill(connection, "files", state.files)
        fill(connection, "controls", ((*control[:-1], bool(control[-1])) for control in state.controls))
        fill(connection, "quarantine", state.rejects)
        fill(connection, "coverage_days", ((*day[:-1], bool(day[-1])) for day in state.days))
        yield connection


def fill(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Sequence[object]]) -> None:
    """Let a table of the snapshot hold exactly `rows`."""
    connection.execute(f"DELETE FROM {table}")
    duck.insert(connection, table, [*MARTS[table]], rows)


def _load(connection: duckdb.DuckDBPyConnection, mart: str, start: Base, data: Path, units: Sequence[Unit]) -> None:
    """Bring one mart from what the base has to `units`."""
    wanted = {unit.month: unit.key for unit in units}
    for (name, month), key in start.keys.items():
        if name == mart and wanted.get(month) != key:
            connection.execute(f"DELETE FROM {mart} {_within(month)}")
    files = [data / unit.path for unit in units if start.lacks(unit)]
    if files:
        selected = ", ".join(_column(name, kind) for name, kind in MARTS[mart].items())
        connection.execute(f"INSERT INTO {mart} SELECT {selected} FROM {duck.parquet(files)}")


def _within(month: str) -> str:
    if month == WHOLE:
        return ""
    first = f"DATE '{month}-01'"
    return f"WHERE period_start >= {first} AND period_start < {first} + INTERVAL 1 MONTH"


def _column(name: str, kind: str) -> str:
    """Rollups know no timestamps: `started_at` comes as `started_s`, seconds of UTC."""
    return f"make_timestamp({name.removesuffix('_at')}_s * 1000000)" if kind == "TIMESTAMP" else duck.name(name)


def _refer(connection: duckdb.DuckDBPyConnection, table: str, files: Sequence[Path]) -> None:
    connection.execute(f"DELETE FROM {table}")
    if files:
        names = ", ".join(duck.name(name) for name in MARTS[table])
        connection.execute(f"INSERT INTO {table} SELECT {names} FROM {duck.parquet(files)} ORDER BY ALL")
