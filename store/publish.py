"""Publishes a snapshot: rolls up what changed, builds `serve-<version>.duckdb`, proves it, and points `CURRENT` at it.

Rule: a reader sees the snapshot before or the new one, never a mix. The pointer moves last, once everything it names is
proved and lies durably on disk; whatever a crash leaves behind is made again or removed by the next run.
Hazard: the units in `rollup/` are only a cache of what the ledger's files add up to; nothing may exist there alone. A flipped bit
in one, or in the snapshot a new one would be built on, is not noticed by reading it: neither is used without its hash.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import duckdb

from store import files, ledger, settings
from store.errors import NoSnapshotError, PublishError
from store.progress import Progress, silent
from store.rollup import checks, coverage, relations, revised, serve, settled, units
from store.rollup.duckdb_engine import DuckDBEngine
from store.rollup.plan import Unit, digest, plan
from store.rollup.state import State, read
from store.settings import Settings
from store.snapshot import LAYOUT, POINTER, current_version, is_readable, snapshot_file

_STAMP: Final = "%Y%m%dT%H%M%S"
_ROLLING: Final = 0.8
"""Share of the time that goes into rolling up; the rest builds the snapshot."""
_MOST_CHANGED: Final = 0.5
"""Share of units that may differ from the snapshot before for that one to be built on; above it all is built from nothing."""


def publish(data: Path, progress: Progress = silent) -> str:
    """Publish what the ledger holds and say so in a sentence; where that is published already, say that and change nothing.

    Raises PublishError when nothing was accepted yet, or when the marts do not add up to the ledger; the snapshot before stays.
    """
    nothing = PublishError(f"{data}: no accepted rows; run `python -m store ingest SOURCE FILE... --data {data}` first")
    if not (data / ledger.FILE).exists():
        raise nothing
    with files.lock(data, "publish.lock"), ledger.opened(data) as book, files.staging(data) as folder:
        state, store = read(book), settings.read(data)
        if not state.parts:
            raise nothing
        planned = plan(state.parts, store.timezone)
        work = _Work(data, book, folder, state, store, planned, _content(state, store, planned), _current(data))
        units.forget_damaged(data, book)
        sound = work.before if work.before and _is_sound(data, book, work.before) else None
        if sound and _content_of(book, sound) == work.content and is_readable(data, sound):
            return f"nothing new: {sound} holds what the ledger holds"
        start = _base(data, sound, planned)
        wanted = units.wanted(planned, [*filter(start.lacks, planned), *work.listed])
        _roll_up(work, wanted, lambda text, done, total: progress(text, done, total / _ROLLING))
        progress("building the snapshot", _ROLLING, 1)
        built = _build(work, start)
        _enter(work, built)
    progress(f"published {built.version}", 1, 1)
    waiting = f"; totals wait for {', '.join(built.behind)}" if built.behind else ""
    return f"published {built.version}, complete through {built.through}{waiting}"


@dataclass(frozen=True)
class _Work:
    """One publication: the store and a folder to work in, what the ledger holds, the units a snapshot of it is made of, the hash
    of it all, and the version before."""

    data: Path
    book: sqlite3.Connection
    folder: Path
    state: State
    store: Settings
    planned: Sequence[Unit]
    content: str
    before: str | None

    @property
    def listed(self) -> list[Unit]:
        """Units whose rows are looked at one by one, whatever changed."""
        return [unit for unit in self.planned if unit.rollup.name == serve.LISTED]


@dataclass(frozen=True)
class _Built:
    """A snapshot that was proved: its file and version, when, through which day and without which bodies it is complete, and the
    revisions it knows."""

    file: Path
    version: str
    published_at: str
    through: date | None
    behind: tuple[str, ...]
    known: Sequence[revised.Revision]


def _build(work: _Work, start: serve.Base) -> _Built:
    """Build and prove a snapshot aside, from rows that are rolled up."""
    now, file = datetime.now(UTC).replace(microsecond=0), work.folder / "snapshot.duckdb"
    version, published_at = _version(work.book, work.before, now, work.content), now.isoformat()
    published = _comparable(work.data, work.book, work.before)
    facts = {"version": version, "published_at": published_at, "content": work.content}
    with serve.build(file, start, work.data, work.planned, work.state) as snapshot:
        through, behind = _complete(snapshot, work.state, work.store, facts)
        settled.compare(snapshot, [work.data / unit.path for unit in work.listed], work.state.banked)
        known = revised.note(snapshot, published, work.book, version, published_at)
        snapshot.execute("CHECKPOINT")
    return _Built(file, version, published_at, through, behind, known)


def _enter(work: _Work, built: _Built) -> None:
    """Put a snapshot durably in its place, point to it, and remove what nobody needs any more."""
    sha256 = files.sha256(built.file)
    files.place(built.file, snapshot_file(work.data, built.version), work.data)
    through = built.through.isoformat() if built.through else None
    shown = (built.version, built.published_at, through, work.content, sha256)
    _point_to(work.data, work.book, work.folder, shown, built.known)
    units.forget_others(work.data, work.book, work.planned)
    _remove_snapshots(work.data, keep={built.version, work.before})


def _content(state: State, store: Settings, planned: Sequence[Unit]) -> str:
    """Hash of everything a snapshot is made from: two with the same content hold the same rows, but for what was revised."""
    references = [part.sha256 for part in state.parts if part.source in serve.REFERENCES]
    told = (state.files, state.coverage, state.days, state.rejects, state.controls, state.banked)
    return digest(LAYOUT, vars(store), [unit.key for unit in planned], references, told)


def _current(data: Path) -> str | None:
    """Version of the current snapshot, if it is there."""
    try:
        version = current_version(data)
    except NoSnapshotError:
        return None
    return version if snapshot_file(data, version).exists() else None


def _content_of(book: sqlite3.Connection, version: str) -> str | None:
    row = book.execute("SELECT content FROM snapshots WHERE version = ?", (version,)).fetchone()
    return None if row is None else str(row[0])


def _is_sound(data: Path, book: sqlite3.Connection, version: str) -> bool:
    """Whether the file of a snapshot is the one the ledger knows; where it knows no hash of it, nobody can tell."""
    row = book.execute("SELECT sha256 FROM snapshots WHERE version = ?", (version,)).fetchone()
    return row is not None and row[0] == files.sha256(snapshot_file(data, version))


def _comparable(data: Path, book: sqlite3.Connection, before: str | None) -> Path | None:
    """The file of the snapshot before, to be compared with the new one; None where there is none or its bytes have changed.

    A ledger that was made again knows no hash of it: it is taken as it is, for it alone knows what was published.
    """
    if before is None:
        return None
    row = book.execute("SELECT sha256 FROM snapshots WHERE version = ?", (before,)).fetchone()
    file = snapshot_file(data, before)
    return file if row is None or row[0] == files.sha256(file) else None


def _base(data: Path, before: str | None, planned: Sequence[Unit]) -> serve.Base:
    found = serve.base(snapshot_file(data, before)) if before else serve.Base()
    changed = sum(found.lacks(unit) for unit in planned)
    return found if changed <= _MOST_CHANGED * len(planned) else serve.Base()


def _roll_up(work: _Work, wanted: Sequence[Unit], progress: Progress) -> None:
    missing = units.missing(work.data, work.book, wanted)
    if not missing:
        return
    days = [date.fromisoformat(str(day)) for _, day, rows, *_ in work.state.days if rows]
    calendar = relations.days(min(days), max(days), work.store.timezone) if days else []
    with closing(DuckDBEngine(work.store.timezone, calendar, work.folder / "spill")) as engine:
        units.make(work.data, work.book, missing, engine, work.folder, progress)


def _version(book: sqlite3.Connection, before: str | None, now: datetime, content: str) -> str:
    """`20121001T030000-<content>`, later than every version before it whatever the clock says."""
    versions = [version for (version,) in book.execute("SELECT version FROM snapshots")] + ([before] if before else [])
    for version in versions:
        try:
            published = datetime.strptime(version.partition("-")[0], _STAMP).replace(tzinfo=UTC)
        except ValueError:
            continue  # a damaged name is later than nothing
        now = max(now, published + timedelta(seconds=1))
    return f"{now:{_STAMP}}-{content[:8]}"


def _complete(
    snapshot: duckdb.DuckDBPyConnection, state: State, store: Settings, facts: Mapping[str, str]
) -> tuple[date | None, tuple[str, ...]]:
    """Prove the marts, and fill what follows from them.

    Returns the day it is complete through, and the bodies whose totals are behind.
    """
    serve.fill(snapshot, "reconciliation", map(astuple, checks.prove(snapshot, state.parts)))
    through = coverage.complete_through(snapshot, state)
    serve.fill(snapshot, "coverage", coverage.rows(state, through))
    overall = coverage.overall(through)
    meta = {**facts, "layout": LAYOUT, **vars(store)}
    if overall is not None:
        meta["complete_through"] = overall.isoformat()
    behind = coverage.totals(snapshot).behind if "payment_totals" in through else ()
    if behind:
        meta["totals_behind"] = " ".join(behind)
    serve.fill(snapshot, "meta", list(meta.items()))
    return overall, behind


def _point_to(
    data: Path,
    book: sqlite3.Connection,
    folder: Path,
    snapshot: tuple[str, str, str | None, str, str],
    known: Sequence[revised.Revision],
) -> None:
    """Make a snapshot the current one: (version, published_at, complete_through, content, sha256) and the revisions it knows."""
    with ledger.transaction(book):
        revised.keep(book, known)
        book.execute(
            "INSERT INTO snapshots (version, published_at, complete_through, content, sha256) VALUES (?, ?, ?, ?, ?)", snapshot
        )
    pointer = folder / POINTER
    pointer.write_text(f"{snapshot[0]}\n", encoding="utf-8")
    files.place(pointer, data / POINTER, data)


def _remove_snapshots(data: Path, keep: set[str | None]) -> None:
    """Remove all snapshots but those. Readers that still have one open keep it: its bytes go when the last of them closes."""
    kept = {snapshot_file(data, version) for version in keep if version}
    for file in data.glob("serve-*.duckdb"):
        if file not in kept:
            file.unlink(missing_ok=True)
