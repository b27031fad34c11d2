"""Removes from a store what nothing needs any more, and says what it removed.

    staging      work in progress that was abandoned                receipts, files   of ingests that were cut off
    rollup       units the ledger does not name                     snapshots         all but the current one and the one before
    superseded   parts of files superseded longer ago than asked for, whose entries stay; only on request
Rule: what goes on purpose is recorded (store.retired, then the ledger) before it goes, so a run that is cut off is finished by
the next one and `verify` never takes it for a loss.
Hazard: a reader keeps an open snapshot, for its bytes go when it is closed. Whoever needs files to stay (backup) holds KEEP.
"""

import fcntl
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from store import files, ledger, parts, receipt, retired
from store.errors import NoSnapshotError
from store.progress import Progress, silent
from store.rollup import plan
from store.snapshot import current_version, snapshot_file

KEEP: Final = "vacuum.lock"
"""Lock under which files of the store are removed."""


@dataclass(frozen=True)
class Removed:
    """What went, or would go: files (or folders) and bytes by kind; `ledger` is what the ledger itself gave back."""

    files: Counter[str]
    bytes: Counter[str]
    ledger: int


@dataclass(frozen=True)
class _Superseded:
    number: int
    paths: tuple[Path, ...]


def vacuum(
    data: Path, keep_days: int | None = None, progress: Progress = silent, *, dry_run: bool = False, now: datetime | None = None
) -> Removed:
    """Remove what nothing needs. `keep_days`: and the rows of files superseded more than so many days ago.

    Waits for an ingest, a publication and a backup that are running.
    """
    now = now or datetime.now(UTC)
    with files.lock(data, KEEP), files.lock(data, "publish.lock"), ledger.opened(data) as book, files.lock(data):
        old = [] if keep_days is None else _superseded(data, book, now - timedelta(days=keep_days))
        if not dry_run:
            _retire(data, book, old, now)
        wanted = {
            "abandoned work": _abandoned(data),
            "receipts of interrupted ingests": receipt.uncommitted(data, ledger.last_number(book)),
            "Parquet of interrupted ingests": _orphans(data, book),
            "units": _units(data, book),
            "snapshots": _snapshots(data, book),
            "rows of superseded files": sorted({*_left(data, book), *(path for each in old for path in each.paths)}),
        }
        freed = Counter({kind: sum(map(_size, paths)) for kind, paths in wanted.items()})
        count = Counter({kind: len(paths) for kind, paths in wanted.items()})
        if dry_run:
            return Removed(count, freed, 0)
        for number, (kind, paths) in enumerate(wanted.items(), 1):
            _remove(paths)
            progress(kind, number, len(wanted) + 1)
        shrunk = _shrink(data, book)
        progress("the ledger", 1, 1)
    return Removed(count, freed, shrunk)


def _abandoned(data: Path) -> list[Path]:
    """Folders of work in progress in which nobody is working, which the lock on them tells."""
    found = []
    for folder in (data / files.STAGING).glob("*"):
        handle = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            found.append(folder)
        except BlockingIOError:
            continue
        finally:
            os.close(handle)
    return found


def _orphans(data: Path, book: sqlite3.Connection) -> list[Path]:
    named = {path for (path,) in book.execute("SELECT path FROM parts")}
    return [p for p in sorted((data / parts.FOLDER).rglob("*.parquet")) if p.relative_to(data).as_posix() not in named]


def _units(data: Path, book: sqlite3.Connection) -> list[Path]:
    named = {path for (path,) in book.execute("SELECT path FROM rollups")}
    return [p for p in sorted((data / plan.FOLDER).rglob("*.parquet")) if p.relative_to(data).as_posix() not in named]


def _snapshots(data: Path, book: sqlite3.Connection) -> list[Path]:
    """All but the current one and the newest besides it; where nothing is current, the two newest stay."""
    found = sorted(data.glob("serve-*.duckdb"), reverse=True)
    try:
        current = snapshot_file(data, current_version(data))
    except NoSnapshotError:
        return found[2:]
    others = [path for path in found if path != current]
    versions = [str(version) for (version,) in book.execute("SELECT version FROM snapshots ORDER BY version DESC")]
    before = next((f for v in versions if (f := snapshot_file(data, v)) in others and f < current), None)
    return [path for path in others if path != before]


def _left(data: Path, book: sqlite3.Connection) -> list[Path]:
    """Parts that a run which was cut off had retired, but not removed yet."""
    query = "SELECT path FROM parts JOIN files ON files.sha256 = file_sha256 WHERE retired_at IS NOT NULL ORDER BY path"
    return [path for (name,) in book.execute(query) if (path := data / name).exists()]


def _superseded(data: Path, book: sqlite3.Connection, before: datetime) -> list[_Superseded]:
    """Files superseded before a moment whose parts are still kept, by the time their successor came."""
    rows = book.execute(_SUPERSEDED, (before.isoformat(timespec="microseconds"),)).fetchall()
    of = "SELECT path FROM parts WHERE file_sha256 = ? ORDER BY path"
    return [_Superseded(row["seq"], tuple(data / path for (path,) in book.execute(of, (row["sha256"],)))) for row in rows]


def _retire(data: Path, book: sqlite3.Connection, old: Iterable[_Superseded], now: datetime) -> None:
    """Record what goes on purpose, in both places; what a run that was cut off recorded in one of them is recorded in both."""
    before, when = retired.read(data), now.isoformat(timespec="seconds")
    found = {**before.parts, **{each.number: when for each in old}}
    if found != before.parts:
        with files.staging(data) as aside:
            retired.write(data, aside, retired.Retired(found, before.numbers))
    with ledger.transaction(book):
        book.executemany(
            "UPDATE files SET retired_at = ? WHERE seq = ? AND state = 'superseded' AND retired_at IS NULL",
            [(when, number) for number, when in found.items()],
        )


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        if path.parent.name.startswith("month=") and not any(path.parent.iterdir()):
            path.parent.rmdir()


def _shrink(data: Path, book: sqlite3.Connection) -> int:
    before = _ledger_size(data)
    book.execute("VACUUM")
    book.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return before - _ledger_size(data)


def _ledger_size(data: Path) -> int:
    return sum(_size(path) for path in data.glob(f"{ledger.FILE}*"))


def _size(path: Path) -> int:
    return sum(p.stat().st_size for p in path.rglob("*") if p.is_file()) if path.is_dir() else path.stat().st_size


_SUPERSEDED: Final = """
    SELECT files.sha256, files.seq FROM files JOIN files successor ON successor.sha256 = files.superseded_by
    WHERE files.state = 'superseded' AND files.retired_at IS NULL AND successor.ingested_at < ? ORDER BY files.seq"""
