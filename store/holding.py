"""Since when a file has held every row it ever held.

Rule: rows of other files were left out as duplicates of its rows. Where it is read again and has not all of them any more, what
came in before that has to be compared anew (`ledger.forsaken`).
Hazard: the same bytes come to other rows under another mapping, or beside other files. Rows of an earlier reading that are not
on disk any more, and were not made again byte by byte, cannot be compared: they count as let go.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from store import ledger, parts
from store.contract import Source
from store.parts import Candidate


def since(book: sqlite3.Connection, data: Path, source: Source, sha256: str, now: Sequence[Candidate], number: int) -> int:
    """Number of the commit since which these bytes have held all their rows; `now` are their rows as they enter as `number`."""
    before = ledger.file_state(book, sha256)
    made = {candidate.sha256 for candidate in now}
    gone = [part for part in ledger.parts_of(book, sha256) if part["sha256"] not in made]
    if before is None or any(parts.damaged(data / part["path"], part["sha256"]) for part in gone):
        return number
    let_go = bool(gone) and _lets_go(source, [data / part["path"] for part in gone], [candidate.file for candidate in now])
    return number if let_go else int(before["holds_since"])


def _lets_go(source: Source, before: Sequence[Path], now: Sequence[Path]) -> bool:
    """Whether a row of the earlier Parquet files is in none of those that enter."""
    if not now:
        return True
    content = source.schema.column_names()
    had, has = (pl.scan_parquet([*paths], hive_partitioning=False, glob=False).select(content) for paths in (before, now))
    return had.join(has, on=content, how="anti", nulls_equal=True).limit(1).collect().height > 0
