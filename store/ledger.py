"""The ledger: an SQLite file that says which files came in, what became of each row, and where the accepted rows lie.

Rule: it is the only commit point. A file, its parts, days and rejects enter in one transaction, after everything it names
lies safely on disk; what the ledger does not name does not exist, and what it names can be checked.
Hazard: only files in state 'live' count; every query over parts or days joins `files` for that.
"""

import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import Final, Literal

from store import files, ledger_versions, settings
from store.contract import SOURCES
from store.control import Compared
from store.errors import LedgerError

FILE: Final = "ledger.sqlite"
HEAD: Final = "HEAD"
"""File beside the ledger that names the number of the last file it was seen to commit."""
LOCK: Final = "ledger.lock"
"""Shared by all who have the ledger open; who has it alone may put another ledger in its place."""
_BEGIN: Final = "begin.lock"
_NO_TEXT: Final = "Could not decode to UTF-8"


def connect(data: Path) -> sqlite3.Connection:
    """The ledger of the store in `data`, created when absent: WAL, durable commits, rows by name, explicit transactions."""
    with files.lock(data, _BEGIN):  # SQLite does not wait for others when it switches to a write-ahead log
        connection = sqlite3.connect(data / FILE, timeout=60, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        if ledger_versions.version(connection) != ledger_versions.VERSION:
            with transaction(connection):
                ledger_versions.upgrade(connection, data / FILE)
    return connection


def last_number(connection: sqlite3.Connection) -> int:
    """Number of the last file that entered, 0 where none did."""
    return int(connection.execute("SELECT coalesce(max(seq), 0) FROM files").fetchone()[0])


def committed(data: Path) -> int:
    """The number that HEAD names, 0 where there is none yet."""
    try:
        return int((data / HEAD).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return 0
    except ValueError as error:
        raise LedgerError(f"{data / HEAD}: names no number ({error}); restore it from a backup, or rebuild the ledger") from error


@contextmanager
def opened(data: Path) -> Iterator[sqlite3.Connection]:
    """`connect`, closed afterwards. Raises LedgerError where the ledger is damaged, or older than the data beside it."""
    known = committed(data)
    with files.lock(data, LOCK, shared=True), _damage(data), closing(connect(data)) as connection:
        try:
            last = last_number(connection)
        except (ValueError, TypeError) as error:
            raise _damaged(data, error) from error
        if known > last:
            raise LedgerError(
                f"{data / FILE}: older than the data beside it: its last file is number {last}, the data reach number {known}. "
                f"Put the newer ledger back, or run `python -m store rebuild --data {data}`"
            )
        if last and not (data / settings.FILE).exists():
            raise LedgerError(
                f"{data / settings.FILE} is missing, so nothing says in which currency and time zone {FILE} counts; "
                "put it back as it was"
            )
        yield connection


@contextmanager
def _damage(data: Path) -> Iterator[None]:
    """Turn what SQLite says of a damaged file into a LedgerError; a full disk, a lock or a broken rule are something else."""
    try:
        yield
    except UnicodeDecodeError as error:  # of a text, or of SQLite's message on one
        raise _damaged(data, error) from error
    except sqlite3.DatabaseError as error:
        if type(error) is not sqlite3.DatabaseError and not str(error).startswith(_NO_TEXT):
            raise
        raise _damaged(data, error) from error


def _damaged(data: Path, error: Exception) -> LedgerError:
    return LedgerError(f"{data / FILE}: damaged ({error}); run `python -m store rebuild --data {data}`")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing, with the write lock taken at once so that two writers queue instead of failing late."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


Day = tuple[str, int, int, int, int | None, int | None, int | None]
"""(day, accepted, duplicates, rejected, then the fils of each); the day is '' where a rejected row does not tell it."""
Reject = tuple[int, str, str, str]
"""(line, columns, rules, raw)"""
Correction = tuple[int, str, int, str, str | None]
"""(line, file (SHA-256) and line of the rejected row it corrects, SHA-256 of its values, and of the file that held it before)"""


@dataclass(frozen=True)
class Part:
    """One Parquet file of a source and month. `path` is below the store's folder; `fils` is None where there is no money."""

    path: str
    month: str
    rows: int
    fils: int | None
    sha256: str
    min_id: int | None
    max_id: int | None


@dataclass(frozen=True)
class Totals:
    """Control totals of a file; fils are None where its source has no money, days where nothing was accepted."""

    rows_in: int
    accepted: int
    duplicates: int
    rejected: int
    skipped: int
    fils_in: int | None
    fils_accepted: int | None
    fils_duplicates: int | None
    fils_rejected: int | None
    first_day: str | None
    last_day: str | None


@dataclass(frozen=True)
class FileRecord:
    """Everything the ledger keeps about one file that came in; see ledger.sql for the meaning of the fields.

    `corrections` are None for a file that corrects no rejected rows, `holds_since` is 0 in receipts of ledgers before version 8.
    """

    sha256: str
    seq: int
    source: str
    name: str
    mapping: str | None
    ingested_at: str
    state: Literal["live", "refused"]
    totals: Totals
    covers: tuple[str, str] | None
    controls: tuple[Compared, ...]
    parts: tuple[Part, ...]
    days: tuple[Day, ...]
    rejects: tuple[Reject, ...]
    skips: tuple[tuple[str, int], ...]
    relies: Mapping[str, int]
    reading: str | None = None
    corrections: tuple[Correction, ...] | None = None
    holds_since: int = 0

    def check(self) -> None:
        """Raise LedgerError unless rows and fils add up, per file, part, day and reject."""
        t = self.totals
        sums = {
            "rows": (t.rows_in, t.accepted + t.duplicates + t.rejected),
            "rows of parts": (t.accepted, sum(p.rows for p in self.parts)),
            "rows of quarantine": (t.rejected, len(self.rejects)),
            "skipped lines": (t.skipped, sum(lines for _, lines in self.skips)),
        }
        if self.corrections is not None:
            sums["corrected rows"] = (t.accepted + t.duplicates, len(self.corrections))
        if SOURCES[self.source].time is not None:
            of_days = {
                "accepted": (t.accepted, t.fils_accepted, [(day[1], day[4]) for day in self.days]),
                "duplicate": (t.duplicates, t.fils_duplicates, [(day[2], day[5]) for day in self.days]),
                "rejected": (t.rejected, t.fils_rejected, [(day[3], day[6]) for day in self.days]),
            }
            for name, (count, fils, daily) in of_days.items():
                sums[f"{name} rows of days"] = (count, sum(rows for rows, _ in daily))
                sums[f"{name} fils of days"] = (fils or 0, sum(amount or 0 for _, amount in daily))
        if t.fils_in is not None:
            sums["fils"] = (t.fils_in, (t.fils_accepted or 0) + (t.fils_duplicates or 0) + (t.fils_rejected or 0))
            sums["fils of parts"] = (t.fils_accepted or 0, sum(p.fils or 0 for p in self.parts))
        for what, (expected, found) in sums.items():
            if expected != found:
                raise LedgerError(
                    f"{self.name}: {what} do not add up ({expected} against {found}); nothing was stored, report this"
                )


def file_state(connection: sqlite3.Connection, sha256: str) -> sqlite3.Row | None:
    """The `files` row of these bytes, None when they never came in."""
    row: sqlite3.Row | None = connection.execute("SELECT * FROM files WHERE sha256 = ?", (sha256,)).fetchone()
    return row


def live_files(connection: sqlite3.Connection, source: str, name: str | None = None) -> list[sqlite3.Row]:
    """Files of a source that count, all or those of one name."""
    query = "SELECT * FROM files WHERE source = ? AND state = 'live' AND (? IS NULL OR name = ?) ORDER BY seq"
    return connection.execute(query, (source, name, name)).fetchall()


def live_parts(connection: sqlite3.Connection, source: str) -> list[sqlite3.Row]:
    """Parts of a source that count."""
    query = "SELECT parts.* FROM parts JOIN files ON files.sha256 = file_sha256 WHERE state = 'live' AND parts.source = ?"
    return connection.execute(f"{query} ORDER BY path", (source,)).fetchall()


def parts_of(connection: sqlite3.Connection, sha256: str) -> list[sqlite3.Row]:
    """Parts of one file."""
    return connection.execute("SELECT * FROM parts WHERE file_sha256 = ? ORDER BY path", (sha256,)).fetchall()


def declared(connection: sqlite3.Connection, sha256: str) -> dict[str, str]:
    """The control totals a file came in with, by what they are of."""
    rows = connection.execute("SELECT what, expected FROM controls WHERE file_sha256 = ?", (sha256,))
    return {row["what"]: row["expected"] for row in rows}


def open_rows(connection: sqlite3.Connection, sha256: str) -> int:
    """How many rejected rows of a file nobody has corrected yet."""
    query = "SELECT count(*) FROM quarantine WHERE sha256 = ? AND state = 'open'"
    return int(connection.execute(query, (sha256,)).fetchone()[0])


def forsaken(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    """Live files (sha256, source, name, rows) whose duplicates were left out for a file (on_name, on_state) that counts no
    longer, or was read again since and let go of rows."""
    return connection.execute(_FORSAKEN).fetchall()


def reread(forsaken: sqlite3.Row) -> str:
    """What to tell the operator about a row of `forsaken`."""
    since = "was read again since and does not hold all its rows any more"
    return (
        f"{forsaken['source']}/{forsaken['name']}: {forsaken['rows']:,} of its rows were left out as duplicates of "
        f"{forsaken['on_name']}, which {since if forsaken['on_state'] == 'live' else 'has been superseded since'}; "
        "ingest the file again with --supersede"
    )


def record(connection: sqlite3.Connection, entry: FileRecord, superseded: Collection[str] = ()) -> None:
    """Write a file and all about it, and take those it supersedes out of count. Call inside a transaction."""
    entry.check()
    for table in ("parts", "days", "controls", "rejects", "skips", "relies"):
        connection.execute(f"DELETE FROM {table} WHERE file_sha256 = ?", (entry.sha256,))
    connection.execute("DELETE FROM corrections WHERE by_sha256 = ?", (entry.sha256,))
    values = {
        "sha256": entry.sha256,
        "seq": entry.seq,
        "source": entry.source,
        "name": entry.name,
        "mapping": entry.mapping,
        "reading": entry.reading,
        "corrects": int(entry.corrections is not None),
        "ingested_at": entry.ingested_at,
        "state": entry.state,
        "holds_since": entry.holds_since,
        **dict(zip(("covers_from", "covers_to"), entry.covers or (None, None), strict=True)),
        **asdict(entry.totals),
    }
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(f"INSERT OR REPLACE INTO files ({', '.join(values)}) VALUES ({marks})", values)
    of = (entry.sha256, entry.source)
    connection.executemany(
        "INSERT INTO parts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(p.path, *of, p.month, p.rows, p.fils, p.sha256, p.min_id, p.max_id) for p in entry.parts],
    )
    connection.executemany("INSERT INTO days VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [(*of, *day) for day in entry.days])
    connection.executemany("INSERT INTO controls VALUES (?, ?, ?, ?)", [(entry.sha256, *astuple(c)) for c in entry.controls])
    connection.executemany("INSERT INTO rejects VALUES (?, ?, ?, ?, ?, ?)", [(*of, *reject) for reject in entry.rejects])
    connection.executemany("INSERT INTO skips VALUES (?, ?, ?)", [(entry.sha256, *skip) for skip in entry.skips])
    connection.executemany("INSERT INTO relies VALUES (?, ?, ?)", [(entry.sha256, *on) for on in entry.relies.items()])
    corrections = [(entry.sha256, *correction) for correction in entry.corrections or ()]
    connection.executemany("INSERT INTO corrections VALUES (?, ?, ?, ?, ?, ?)", corrections)
    connection.executemany(
        "UPDATE files SET state = 'superseded', superseded_by = ? WHERE sha256 = ?", [(entry.sha256, sha) for sha in superseded]
    )


_FORSAKEN: Final = """
    SELECT files.sha256, files.source, files.name, relies.rows, held.name AS on_name, held.state AS on_state
    FROM relies JOIN files ON files.sha256 = file_sha256 JOIN files held ON held.sha256 = on_sha256
    WHERE files.state = 'live' AND (held.state <> 'live' OR held.holds_since > files.seq) ORDER BY files.source, files.name"""
