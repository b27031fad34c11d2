"""What the ledger knows of each file, once more as a Parquet file beside the data, so that the ledger can be made again.

`receipts/<number>-<SHA-256 of the file>-<SHA-256 of the receipt>.parquet`, both cut short, holds the rejected rows of a file
and, in its metadata, its whole entry. Receipts are numbered in the order of commits; `HEAD` names the last that was committed.
A file that is read again gets another receipt; the one before stays, for it says what was superseded then.
Rule: a receipt is durable before the transaction it belongs to, HEAD follows it. So receipts beyond the ledger are of an ingest
that never happened, unless HEAD names them: then it is the ledger that is older than the data.
Hazard: files that entered together (a log and the references derived from it) carry the number of the last of them, and count
only together.
"""

import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from store import files
from store.control import Compared
from store.errors import LedgerError
from store.ledger import HEAD, FileRecord, Part, Totals, committed, last_number

FOLDER: Final = "receipts"
_ENTRY: Final = "entry"
_CUT: Final = 16
_NAME: Final = re.compile(rf"(\d{{8,}})-[0-9a-f]{{{_CUT}}}-([0-9a-f]{{{_CUT}}})\.parquet")
_CORRECTION: Final = 5
"""Fields of a correction; receipts before version 7 of the ledger have the first four."""
_REJECTS: Final = {"line": pl.Int64, "column": pl.String, "rule": pl.String, "raw": pl.String}


@dataclass(frozen=True)
class Receipt:
    """The entry of a file, the files (SHA-256) it took out of count, and the number of the last file that entered with it."""

    record: FileRecord
    superseded: tuple[str, ...]
    together: int


def write(data: Path, aside: Path, entered: Sequence[tuple[FileRecord, Iterable[str]]]) -> None:
    """Write the receipts of files that enter in one transaction, durably."""
    together = max(record.seq for record, _ in entered)
    for record, superseded in entered:
        entry = {**asdict(record), "rejects": None, "superseded": [*superseded], "together": together}
        path = aside / f"{record.seq}.receipt"
        rejects = pl.DataFrame([*record.rejects], schema=_REJECTS, orient="row")
        rejects.write_parquet(path, compression="zstd", metadata={_ENTRY: json.dumps(entry, ensure_ascii=False)})
        files.place(path, data / FOLDER / f"{record.seq:08}-{record.sha256[:_CUT]}-{files.sha256(path)[:_CUT]}.parquet", data)


def mark(data: Path, aside: Path, number: int) -> None:
    """Say that everything up to this number is committed."""
    pointer = aside / HEAD
    pointer.write_text(f"{number}\n", encoding="utf-8")
    files.place(pointer, data / HEAD, data)


def catch_up(data: Path, aside: Path, connection: sqlite3.Connection) -> None:
    """Let HEAD name what the ledger has committed, where an ingest was cut off between the two. Call under the lock of ingest."""
    if committed(data) < (last := last_number(connection)):
        mark(data, aside, last)


def remove_uncommitted(data: Path, connection: sqlite3.Connection) -> None:
    """Remove receipts of an ingest that was interrupted before its transaction. Call under the lock of ingest."""
    for path in uncommitted(data, last_number(connection)):
        path.unlink()


def uncommitted(data: Path, last: int) -> list[Path]:
    """Receipts of numbers the ledger has not reached, the newest first, so that none is left without those before it."""
    return [path for path in reversed(_paths(data)) if (number(path) or 0) > last]


def sound(data: Path) -> tuple[list[Path], list[Path]]:
    """Receipts in the order of commits, and those whose bytes are not what their name says."""
    kept: list[Path] = []
    damaged: list[Path] = []
    for path in _paths(data):
        named = _NAME.fullmatch(path.name)
        (kept if named and files.sha256(path).startswith(named[2]) else damaged).append(path)
    return kept, damaged


def together(paths: Sequence[Path], counted: int) -> list[Path]:
    """Of sound receipts in their order those that count: up to the number `counted` all, beyond it those that entered whole."""
    last = counted
    for path in paths:
        if number(path) == last + 1:
            last += 1
    reached = {path: int(_entry(path)["together"]) for path in paths if counted < (number(path) or 0) <= last}
    return [path for path in paths if (number(path) or 0) <= counted or reached.get(path, last + 1) <= last]


def read(path: Path) -> Receipt:
    """One receipt. Raises LedgerError where it cannot be read."""
    entry = _entry(path)
    try:
        rejects = tuple(pl.read_parquet(path, hive_partitioning=False, glob=False).iter_rows())
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _unreadable(path, error) from error
    superseded, with_it = tuple(entry.pop("superseded")), entry.pop("together")
    corrections = entry.get("corrections")
    record = FileRecord(
        **{
            **entry,
            "corrections": None if corrections is None else tuple((*each, None)[:_CORRECTION] for each in corrections),
            "rejects": rejects,
            "totals": Totals(**entry["totals"]),
            "covers": None if entry["covers"] is None else tuple(entry["covers"]),
            "controls": tuple(Compared(**each) for each in entry["controls"]),
            "parts": tuple(Part(**each) for each in entry["parts"]),
            "days": tuple(map(tuple, entry["days"])),
            "skips": tuple(map(tuple, entry["skips"])),
        }
    )
    return Receipt(record, superseded, with_it)


def number(path: Path) -> int | None:
    """The number in the name of a receipt, None where it has none."""
    digits = path.name.partition("-")[0]
    return int(digits) if digits.isascii() and digits.isdecimal() else None


def _paths(data: Path) -> list[Path]:
    return sorted((data / FOLDER).glob("*.parquet"), key=lambda path: (number(path) or 0, path.name))


def _entry(path: Path) -> dict[str, Any]:
    try:
        entry: dict[str, Any] = json.loads(pl.read_parquet_metadata(path)[_ENTRY])
    except (OSError, KeyError, ValueError, pl.exceptions.PolarsError) as error:
        raise _unreadable(path, error) from error
    return entry


def _unreadable(path: Path, error: Exception) -> LedgerError:
    return LedgerError(f"{path}: no readable receipt ({error}); restore it from a backup")
