"""The units of a plan as files: made when missing, kept while their key is known, checked before they are read again.

Rule: a unit exists once the ledger names it with the SHA-256 of its file; one that is missing or damaged is made again.
Hazard: a flipped bit in a Parquet file is read without an error, so a unit is never reused without its hash.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from store import files, ledger
from store.progress import Progress
from store.rollup.plan import FOLDER, Rollup, Unit


class Engine(Protocol):
    """What runs a rollup: over files of `sources` and of earlier `rollups`, into a Parquet file; returns its rows."""

    def roll(
        self, rollup: Rollup, sources: Mapping[str, Sequence[Path]], rollups: Mapping[str, Sequence[Path]], target: Path
    ) -> int: ...


def wanted(units: Sequence[Unit], stale: Iterable[Unit]) -> list[Unit]:
    """Those of `units` that are stale or that a stale one builds on, in the order in which they are made."""
    paths = set()
    for unit in stale:
        paths |= {unit.path, *(path for built_on in unit.rollups.values() for path in built_on)}
    return [unit for unit in units if unit.path in paths]


def missing(data: Path, book: sqlite3.Connection, units: Iterable[Unit]) -> list[Unit]:
    """Those of `units` that have no intact file."""
    return [unit for unit in units if not _intact(data, book, unit)]


def make(data: Path, book: sqlite3.Connection, units: Sequence[Unit], engine: Engine, folder: Path, progress: Progress) -> None:
    """Roll up `units` one by one, working in `folder`. Progress is in input rows; each unit is kept as soon as it is made."""
    total, done = sum(unit.weight for unit in units), 0
    for unit in units:
        progress(f"rolling up {unit.rollup.name} {unit.month}", done, total + 1)
        written = folder / "unit.parquet"
        rows = engine.roll(unit.rollup, _below(data, unit.sources), _below(data, unit.rollups), written)
        sha256 = files.sha256(written)
        files.place(written, data / unit.path, data)
        with ledger.transaction(book):
            book.execute(
                "REPLACE INTO rollups (mart, month, inputs, path, rows, sha256) VALUES (?, ?, ?, ?, ?, ?)",
                (unit.rollup.name, unit.month, unit.key, unit.path, rows, sha256),
            )
        done += unit.weight


def forget_others(data: Path, book: sqlite3.Connection, units: Iterable[Unit]) -> None:
    """Remove unit files, and what the ledger says of them, that are not of this plan."""
    kept = {unit.path for unit in units}
    with ledger.transaction(book):
        for (path,) in book.execute("SELECT path FROM rollups").fetchall():
            if path not in kept:
                book.execute("DELETE FROM rollups WHERE path = ?", (path,))
    for file in (data / FOLDER).glob("*/*.parquet"):
        if file.relative_to(data).as_posix() not in kept:
            file.unlink(missing_ok=True)


def forget_damaged(data: Path, book: sqlite3.Connection) -> None:
    """Remove unit files that are not what the ledger says, and what it says of them; they are made again when they are wanted."""
    damaged = [path for path, problem in damage(data, book)]
    with ledger.transaction(book):
        book.executemany("DELETE FROM rollups WHERE path = ?", [(path,) for path in damaged])
    for path in damaged:
        if path.startswith(f"{FOLDER}/") and (data / path).is_file():
            (data / path).unlink()


def damage(data: Path, book: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """(path, what is wrong) of units the ledger names that are missing or have changed."""
    for path, sha256 in book.execute("SELECT path, sha256 FROM rollups ORDER BY path").fetchall():
        if not (data / path).is_file():
            yield path, "missing"
        elif files.sha256(data / path) != sha256:
            yield path, "its bytes have changed (SHA-256 differs)"


def _intact(data: Path, book: sqlite3.Connection, unit: Unit) -> bool:
    known = book.execute("SELECT sha256 FROM rollups WHERE path = ? AND inputs = ?", (unit.path, unit.key)).fetchone()
    path = data / unit.path
    return known is not None and path.exists() and files.sha256(path) == known[0]


def _below(data: Path, relations: Mapping[str, Sequence[str]]) -> dict[str, list[Path]]:
    return {name: [data / path for path in paths] for name, paths in relations.items()}
