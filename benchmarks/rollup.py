"""Rolling up and publishing, beside the bare GROUP BY over the same files. Works on a copy of a store (hard links, own ledger).

python -m benchmarks.rollup [DATA]      default: $DATA, else data/store
"""

import os
import resource
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb

from store import ledger, publish, settings
from store.rollup import state
from store.rollup.duckdb_engine import DuckDBEngine
from store.rollup.plan import Unit, plan
from store.settings import DEFAULT_DATA

BARE = {
    "payments": ("payments", "business_date, department, service, channel, method, automatic, count(*), sum(amount_fils)"),
    "completion": ("payments", "business_date, department, service, channel, method, automatic, duration_bucket, count(*)"),
    "payers": ("payments", "business_date, department, service, channel, method, payer"),
    "surveys": ("surveys", "business_date, department, service, channel, language, survey, wave, wording, count(*)"),
    "probe_spans": ("probes", "business_date, service, state, planned, count(*)"),
}
"""The source of each rollup over many rows, and the simplest GROUP BY over it with the same keys."""


def main() -> int:
    data = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("DATA") or DEFAULT_DATA)
    if not (data / ledger.FILE).exists():
        print(f"{data}: no store here; run `make data` first, or name one")
        return 0
    with tempfile.TemporaryDirectory(dir=data.parent) as folder:
        copy = Path(folder) / "store"
        clone(data, copy)
        print_rollups(copy)
        print_publications(copy)
    return 0


def clone(data: Path, copy: Path) -> None:
    """A store with the same files and an own ledger that has published nothing."""
    shutil.copytree(data / "files", copy / "files", copy_function=os.link)
    if (data / settings.FILE).exists():
        shutil.copy(data / settings.FILE, copy)
    with closing(sqlite3.connect(data / ledger.FILE)) as source, closing(sqlite3.connect(copy / ledger.FILE)) as target:
        source.backup(target)
    with ledger.opened(copy) as book:
        book.execute("DELETE FROM rollups")
        book.execute("DELETE FROM snapshots")


def print_rollups(data: Path) -> None:
    """Each rollup over many rows: month by month into Parquet; its SQL over all files at once ; the bare GROUP BY."""
    with ledger.opened(data) as book:
        found = state.read(book)
    zone = settings.read(data).timezone
    print(f"{'rollup':14}{'rows in':>13}{'out':>12}{'by month':>12}{'at once':>12}{'ratio':>7}{'bare GROUP BY':>16}{'ratio':>7}")
    with closing(DuckDBEngine(zone, [], data / "spill")) as engine:
        for name, (source, keys) in BARE.items():
            parts = [part for part in found.parts if part.source == source]
            if not parts:
                continue
            units = [unit for unit in plan(found.parts, zone) if unit.rollup.name == name]
            files = [data / part.path for part in parts]
            rows, by_month = timed(lambda units=units: sum(roll(engine, data, unit) for unit in units))
            rollup, sources = units[0].rollup, {one: files if one == source else [] for one in units[0].rollup.sources}
            _, at_once = timed(lambda rollup=rollup, sources=sources: engine.roll(rollup, sources, {}, data / "at-once.parquet"))
            _, bare = timed(lambda keys=keys, files=files: group_by(keys, files))
            print(
                f"{name:14}{sum(part.rows for part in parts):>13,}{rows:>12,}{by_month:>10.2f} s{at_once:>10.2f} s"
                f"{by_month / at_once:>7.2f}{bare:>14.2f} s{by_month / bare:>7.2f}"
            )


def roll(engine: DuckDBEngine, data: Path, unit: Unit) -> int:
    sources = {name: [data / path for path in paths] for name, paths in unit.sources.items()}
    return engine.roll(unit.rollup, sources, {}, data / "by-month.parquet")


def group_by(keys: str, files: list[Path]) -> int:
    listed = ", ".join(f"'{file}'" for file in files)
    with closing(duckdb.connect()) as connection:
        table = f"read_parquet([{listed}], hive_partitioning = false)"
        connection.execute(f"CREATE TEMP TABLE result AS SELECT {keys} FROM {table} GROUP BY ALL")
        return 0


def print_publications(data: Path) -> None:
    def show(what: str) -> None:
        _, seconds = timed(lambda: publish.publish(data))
        print(f"{what:42}{seconds:>8.2f} s")

    show("publish from nothing")
    show("publish again, nothing new")
    with ledger.opened(data) as book:
        book.execute(
            "UPDATE files SET state = 'superseded' WHERE sha256 IN "
            "(SELECT file_sha256 FROM parts WHERE source = 'payments' ORDER BY month DESC, rows LIMIT 1)"
        )
    show("publish with one file of payments changed")
    print(f"{'peak memory of this process':42}{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:>8,} MB")


def timed(work: Callable[[], int]) -> tuple[int, float]:
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


if __name__ == "__main__":
    raise SystemExit(main())
