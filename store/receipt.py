"""What the ledger knows of each file, once more as a Parquet file beside the data, so that the ledger can be made again.

`receipts/<number>-<SHA-256>.parquet` holds the rejected rows of a file and, in its metadata, its whole entry. Receipts are
numbered in the order of commits; `HEAD` names the last number that was committed.
Rule: a receipt is durable before the transaction it belongs to, HEAD follows it. So receipts beyond the ledger are of an ingest
that never happened, unless HEAD names them: then it is the ledger that is older than the data.
Hazard: files that entered together (a log and the references derived from it) carry the number of the last of them, and count
only together.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from store import files
from store.control import Compared
from store.errors import LedgerError
from store.ledger import HEAD, FileRecord, Part, Totals, last_number

FOLDER: Final = "receipts"
_ENTRY: Final = "entry"
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
        files.place(path, data / FOLDER / _name(record.seq, record.sha256), data)


def mark(data: Path, aside: Path, number: int) -> None:
    """Say that everything up to this number is committed."""
    pointer = aside / HEAD
    pointer.write_text(f"{number}\n", encoding="utf-8")
    files.place(pointer, data / HEAD, data)


def remove_uncommitted(data: Path, connection: sqlite3.Connection) -> None:
    """Remove receipts of an ingest that was interrupted before its transaction. Call under the lock of ingest."""
    last = last_number(connection)
    for path in (data / FOLDER).glob("*.parquet"):
        if _number(path) > last:
            path.unlink()


def every(data: Path) -> Iterator[Receipt]:
    """Receipts in the order of commits; those of files that did not enter whole are left out.

    Raises LedgerError where one cannot be read.
    """
    found = [_read(path) for path in sorted((data / FOLDER).glob("*.parquet"))]
    there = {receipt.record.seq for receipt in found}
    yield from (receipt for receipt in found if receipt.together in there)


def differing(data: Path, connection: sqlite3.Connection) -> Iterator[str]:
    """Files of the ledger whose receipt is not there, cannot be read, or says something else."""
    for row in connection.execute("SELECT * FROM files ORDER BY seq"):
        path = data / FOLDER / _name(row["seq"], row["sha256"])
        what = f"{row['source']}/{row['name']}: its receipt {path.relative_to(data)}"
        if not path.exists():
            yield f"{what} is missing, so the ledger could not be made again with it; restore it from a backup"
            continue
        try:
            found = _read(path).record
        except LedgerError as error:
            yield str(error)
            continue
        said = {**asdict(found.totals), "source": found.source, "name": found.name, "ingested_at": found.ingested_at}
        rejects = connection.execute(
            'SELECT line, "column", rule, raw FROM rejects WHERE file_sha256 = ? ORDER BY line', (row["sha256"],)
        )
        if any(row[key] != value for key, value in said.items()) or sorted(found.rejects) != [tuple(each) for each in rejects]:
            yield f"{what} says something else than the ledger; restore it from a backup"


def _name(number: int, sha256: str) -> str:
    return f"{number:08}-{sha256[:16]}.parquet"


def _number(path: Path) -> int:
    return int(path.name.partition("-")[0])


def _read(path: Path) -> Receipt:
    try:
        entry: dict[str, Any] = json.loads(pl.read_parquet_metadata(path)[_ENTRY])
        rejects = tuple(pl.read_parquet(path, hive_partitioning=False, glob=False).iter_rows())
    except (OSError, KeyError, ValueError, pl.exceptions.PolarsError) as error:
        raise LedgerError(f"{path}: no readable receipt ({error}); restore it from a backup") from error
    superseded, together = tuple(entry.pop("superseded")), entry.pop("together")
    record = FileRecord(
        **{
            **entry,
            "rejects": rejects,
            "totals": Totals(**entry["totals"]),
            "covers": None if entry["covers"] is None else tuple(entry["covers"]),
            "controls": tuple(Compared(**each) for each in entry["controls"]),
            "parts": tuple(Part(**each) for each in entry["parts"]),
            "days": tuple(map(tuple, entry["days"])),
            "skips": tuple(map(tuple, entry["skips"])),
        }
    )
    return Receipt(record, superseded, together)
