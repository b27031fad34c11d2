"""What the ledger must say, from the receipts alone: written into an empty ledger, or compared with the one in use.

Rule: nothing of the ledger in use is believed here. Receipts whose bytes have changed are named and left out, and so is every
number without a receipt that was not removed on purpose.
Hazard: what is only a cache or a note of publications (`rollups`, `snapshots`) is not in the receipts and is not compared.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from store import files, ledger, receipt, retired
from store.errors import LedgerError
from store.progress import Progress, silent


@dataclass(frozen=True)
class Gathered:
    """The receipts that count in their order, the damaged ones, the numbers that should have one and have none, and the last
    number there is."""

    receipts: Sequence[Path]
    damaged: Sequence[Path]
    missing: Sequence[int]
    last: int

    def problems(self, data: Path) -> Iterator[str]:
        """What is wrong, in sentences without advice."""
        for path in self.damaged:
            yield f"{path.relative_to(data)}: its bytes have changed (SHA-256 differs)"
        for number in self.missing:
            yield f"{receipt.FOLDER}/{number:08}-...: missing, the receipt of file number {number}"


def gather(data: Path, reached: int, *, further: bool) -> Gathered:
    """The receipts of a store whose data are known to reach the number `reached`.

    `further`: with those beyond it, of ingests that wrote their receipts whole.
    """
    kept, damaged = receipt.sound(data)
    counting = receipt.together(kept, reached) if further else [p for p in kept if (receipt.number(p) or 0) <= reached]
    numbers = {receipt.number(path) for path in counting}
    last = max(reached, *(number or 0 for number in numbers), 0)
    gone = {*numbers, *retired.read(data).numbers, *map(receipt.number, damaged)}
    damaged = [path for path in damaged if further or (receipt.number(path) or 0) <= reached]
    return Gathered(counting, damaged, [number for number in range(1, last + 1) if number not in gone], last)


def write(data: Path, book: sqlite3.Connection, gathered: Gathered, progress: Progress = silent) -> None:
    """Write what the receipts say into an empty ledger, and which parts were retired, in one transaction."""
    with ledger.transaction(book):
        for number, path in enumerate(gathered.receipts, 1):
            found = receipt.read(path)
            ledger.record(book, found.record, found.superseded)
            progress(f"receipt {path.name}", number, len(gathered.receipts))
        _retire(data, book)


def differing(data: Path, book: sqlite3.Connection) -> Iterator[str]:
    """What is wrong with the receipts, and files of which the ledger says something else than its receipt."""
    gathered = gather(data, ledger.last_number(book), further=False)
    advice = f"run `python -m store rebuild --receipts --data {data}`, or restore it from a backup"
    for problem in gathered.problems(data):
        yield f"{problem}; {advice}"
    with files.staging(data) as aside:
        with closing(ledger.connect(aside)) as said:
            write(data, said, gathered)
        book.execute("ATTACH ? AS said", (str(aside / ledger.FILE),))
        try:
            lost = {int(row[0]) for row in book.execute("SELECT seq FROM main.files")} - {
                receipt.number(path) for path in gathered.receipts
            }
            yield from _differences(book, lost, whole=not (gathered.damaged or gathered.missing))
        finally:
            book.execute("DETACH said")


def _retire(data: Path, book: sqlite3.Connection) -> None:
    marks = [(when, number) for number, when in retired.read(data).parts.items()]
    book.executemany("UPDATE files SET state = 'superseded', retired_at = ? WHERE seq = ?", marks)


def _differences(book: sqlite3.Connection, lost: set[int], *, whole: bool) -> Iterator[str]:
    """Compare every table of both ledgers by file. Without all receipts nobody can tell what was superseded."""
    names = {row["sha256"]: row for row in book.execute("SELECT * FROM said.files UNION SELECT * FROM main.files")}
    differing: dict[str, set[str]] = {}
    for table, key in _TABLES.items():
        columns = [row["name"] for row in book.execute(f"PRAGMA main.table_info({table})")]
        compared = ", ".join(f'"{name}"' for name in columns if name != "retired_at" and (whole or name not in _SUPERSEDING))
        for one, other in (("main", "said"), ("said", "main")):
            query = f"SELECT {key} FROM (SELECT {compared} FROM {one}.{table} EXCEPT SELECT {compared} FROM {other}.{table})"
            for (sha,) in book.execute(query).fetchall():
                differing.setdefault(sha, set()).add(table)
    for sha, tables in sorted(differing.items(), key=lambda each: str(each[0])):
        row = names.get(sha)
        if row is not None and row["seq"] in lost:
            continue
        what = f"{row['source']}/{row['name']} ({sha[:12]})" if row is not None else f"file {str(sha)[:12]}"
        yield (
            f"{ledger.FILE}: says something else than the receipt of {what}, in {', '.join(sorted(tables))}; "
            "run `python -m store rebuild`"
        )


def reached(data: Path) -> int:
    """How far the data are known to reach without the ledger: HEAD, or nothing where it names no number."""
    try:
        return ledger.committed(data)
    except LedgerError:
        return 0


_TABLES: Final = {
    "files": "sha256",
    **dict.fromkeys(("parts", "days", "controls", "rejects", "skips", "relies"), "file_sha256"),
    "corrections": "by_sha256",
}
_SUPERSEDING: Final = ("state", "superseded_by")
