"""Makes the ledger again from the receipts and the Parquet alone, or receipts from a ledger that is sound.

Rule: the new ledger is written aside, every part it names is hashed, and only then does it take the place of the old one,
while nobody has that open. What is missing is named and refuses; nothing is left out unless the operator says so.
Hazard: SQLite would apply the old ledger's log (`-wal`) to whatever lies beside it: the old ledger goes with its log before
the new one comes. A crash in between leaves none, which HEAD tells everybody, and the next rebuild goes on from there.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from store import corrected, files, ledger, receipt, replay, retired, settings
from store.control import Compared
from store.errors import LedgerError
from store.ledger import FileRecord, Part, Totals
from store.progress import Progress, silent
from store.replay import Gathered

_LISTED = 10
"""So many problems are named in a message; the rest is counted."""


@dataclass(frozen=True)
class Rebuilt:
    """What the new ledger holds; `left_out` says what it could not hold."""

    files: int
    parts: int
    rows: int
    left_out: tuple[str, ...] = ()


def rebuild(data: Path, progress: Progress = silent, *, incomplete: bool = False) -> Rebuilt:
    """Put a ledger made from the receipts in the place of whatever ledger is there.

    `incomplete`: go on without receipts and parts that are missing or damaged; files that lose rows count no longer. Raises
    LedgerError otherwise, and where there is nothing to make a ledger from.
    """
    with files.lock(data, ledger.LOCK), files.staging(data) as aside:
        if not (data / settings.FILE).exists():
            raise LedgerError(
                f"{data / settings.FILE} is missing, so nothing says in which currency and time zone; put it back as it was"
            )
        settings.read(data)
        gathered = replay.gather(data, replay.reached(data), further=True)
        problems = [*gathered.problems(data)]
        if not gathered.receipts:
            raise LedgerError(f"{data}: no sound receipt in {receipt.FOLDER}/, so there is nothing to make a ledger from")
        if problems and not incomplete:
            raise _refused(data, problems)
        with closing(ledger.connect(aside)) as book:
            replay.write(data, book, gathered, lambda text, done, total: progress(text, done, 2 * total))
            lost = _lost(data, book, lambda text, done, total: progress(text, total + done, 2 * total))
            if lost and not incomplete:
                raise _refused(data, [problem for problem, _ in lost])
            given_up = _give_up(data, book, aside, gathered, [number for _, number in lost], incomplete=incomplete)
            last = ledger.last_number(book)
            counts = book.execute("SELECT count(*), coalesce(sum(accepted), 0) FROM files").fetchone()
            parts = book.execute("SELECT count(*) FROM parts").fetchone()[0]
        _replace(data, aside, last)
    return Rebuilt(counts[0], parts, counts[1], (*problems, *(problem for problem, _ in lost), *given_up))


def receipts(data: Path, progress: Progress = silent) -> int:
    """Write the receipts that are missing or damaged again, from the ledger; returns how many.

    Raises LedgerError where the ledger itself is damaged.
    """
    with ledger.opened(data) as book, files.lock(data), files.staging(data) as aside:
        broken = [row[0] for row in book.execute("PRAGMA integrity_check") if row[0] != "ok"]
        if broken:
            raise LedgerError(f"{data / ledger.FILE}: damaged ({broken[0]}), so receipts cannot be made from it")
        kept, _ = receipt.sound(data)
        there = {receipt.number(path) for path in kept}
        wanted = [row for row in book.execute("SELECT * FROM files ORDER BY seq").fetchall() if row["seq"] not in there]
        for done, row in enumerate(wanted, 1):
            record = _record(book, row)
            record.check()
            superseded = book.execute("SELECT sha256 FROM files WHERE superseded_by = ?", (row["sha256"],)).fetchall()
            receipt.write(data, aside, [(record, [sha for (sha,) in superseded])])
            progress(f"receipt of file number {record.seq:,}", done, len(wanted))
        last, now = ledger.last_number(book), _now()
        numbers = {number: now for number in range(1, last + 1) if number not in {*there, *(row["seq"] for row in wanted)}}
        parts = {row["seq"]: row["retired_at"] for row in book.execute("SELECT * FROM files WHERE retired_at IS NOT NULL")}
        retired.write(data, aside, _joined(data, parts, numbers))
        for path in receipt.sound(data)[1]:
            path.unlink()
        if last:
            receipt.mark(data, aside, last)
    return len(wanted)


def _joined(data: Path, parts: dict[int, str], numbers: dict[int, str]) -> retired.Retired:
    """What is retired by the ledger, with what was recorded before where that can be read."""
    try:
        before = retired.read(data)
    except LedgerError:
        before = retired.Retired()
    return retired.Retired({**before.parts, **parts}, {**before.numbers, **numbers})


def _lost(data: Path, book: sqlite3.Connection, progress: Progress) -> list[tuple[str, int]]:
    """What is wrong with parts that should be there, and the number of the file of each."""
    rows = book.execute(
        "SELECT parts.path, parts.sha256, seq FROM parts JOIN files ON files.sha256 = file_sha256"
        " WHERE retired_at IS NULL ORDER BY path"
    ).fetchall()
    found = []
    for number, row in enumerate(rows, 1):
        path = data / row["path"]
        if not path.is_file():
            found.append((f"{row['path']}: missing", row["seq"]))
        elif files.sha256(path) != row["sha256"]:
            found.append((f"{row['path']}: its bytes have changed (SHA-256 differs)", row["seq"]))
        progress(row["path"].rpartition("/")[0], number, len(rows))
    return found


def _give_up(
    data: Path, book: sqlite3.Connection, aside: Path, gathered: Gathered, lost: Sequence[int], *, incomplete: bool
) -> list[str]:
    """Take files that lost parts out of count, and record what there is no receipt of any more. Returns what to do about it."""
    gone = {*gathered.missing, *(number for path in gathered.damaged if (number := receipt.number(path)))}
    if not lost and not gone and not (incomplete and corrected.of_nothing(book)):
        return []
    last = ledger.last_number(book)  # numbers after it will be given again
    now, said = _now(), []
    said += _out_of_count(book, sorted({*lost}), now, "counts no longer")
    leaving = corrected.of_nothing(book)  # else a row corrected by hand would stand beside the one its sender delivers again
    said += _out_of_count(
        book, leaving, now, "corrected rows of a file that counts no longer, and leaves with it; once that one is in again"
    )
    # a file without its receipt has no entry of its own; what it superseded counts again, which the operator is told to check
    said += [f"file number {number} is forgotten: ingest it again" for number in sorted(gone)]
    retired.write(
        data,
        aside,
        _joined(data, dict.fromkeys([*lost, *leaving], now), dict.fromkeys((number for number in gone if number < last), now)),
    )
    for path in gathered.damaged:
        path.rename(path.with_suffix(".damaged"))
    return said


def _out_of_count(book: sqlite3.Connection, numbers: Sequence[int], when: str, why: str) -> list[str]:
    """Retire files by their numbers; returns what to do about those that counted."""
    said = []
    for number in numbers:
        row = book.execute("SELECT * FROM files WHERE seq = ?", (number,)).fetchone()
        book.execute("UPDATE files SET state = 'superseded', retired_at = ? WHERE seq = ?", (when, number))
        if row["state"] != "superseded":
            said.append(f"{row['source']}/{row['name']} {why}: ingest it again with --supersede")
    return said


def _replace(data: Path, aside: Path, last: int) -> None:
    receipt.mark(data, aside, last)
    for suffix in ("", "-wal", "-shm"):
        (data / f"{ledger.FILE}{suffix}").unlink(missing_ok=True)
    files.sync(data)
    files.place(aside / ledger.FILE, data / ledger.FILE, data)


def _refused(data: Path, problems: Sequence[str]) -> LedgerError:
    more = f"; and {len(problems) - _LISTED:,} more" if len(problems) > _LISTED else ""
    return LedgerError(
        f"{data}: the ledger cannot be made again: {'; '.join(problems[:_LISTED])}{more}. Restore what is named from a backup; "
        "where the ledger is sound, make receipts from it with --receipts; or go on without what is named with --incomplete"
    )


def _record(book: sqlite3.Connection, row: sqlite3.Row) -> FileRecord:
    """The entry of a file as it entered, from the ledger, whose tables (ledger.sql, STRICT) give the types of each row."""

    def of(query: str) -> list[Any]:
        return [tuple(each) for each in book.execute(query, (row["sha256"],))]

    return FileRecord(
        **{name: row[name] for name in ("sha256", "seq", "source", "name", "mapping", "ingested_at", "reading", "holds_since")},
        state="refused" if row["state"] == "refused" else "live",
        totals=Totals(**{name: row[name] for name in Totals.__dataclass_fields__}),
        covers=None if row["covers_from"] is None else (row["covers_from"], row["covers_to"]),
        controls=tuple(Compared(*each) for each in of("SELECT what, expected, found FROM controls WHERE file_sha256 = ?")),
        parts=tuple(Part(*each) for each in of(_PARTS)),
        days=tuple(of(_DAYS)),
        rejects=tuple(of('SELECT line, "column", rule, raw FROM rejects WHERE file_sha256 = ? ORDER BY line')),
        skips=tuple(of("SELECT reason, lines FROM skips WHERE file_sha256 = ?")),
        relies=dict(of("SELECT on_sha256, rows FROM relies WHERE file_sha256 = ?")),
        corrections=tuple(of(_CORRECTIONS)) if row["corrects"] else None,
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


_PARTS = "SELECT path, month, rows, fils, sha256, min_id, max_id FROM parts WHERE file_sha256 = ? ORDER BY path"
_CORRECTIONS = "SELECT by_line, file_sha256, line, content, held_by FROM corrections WHERE by_sha256 = ? ORDER BY by_line"
_DAYS = (
    "SELECT day, accepted, duplicates, rejected, fils_accepted, fils_duplicates, fils_rejected"
    " FROM days WHERE file_sha256 = ? ORDER BY day"
)
