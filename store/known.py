"""Which rows of a new file the store already holds, by the key of their source.

Rule: a new row identical to a stored one is a duplicate; one that contradicts a stored one is rejected and the stored one
stays. So the order in which files arrive decides only between rows that contradict each other.
Speed: candidate Parquet files are found in the ledger, by the range of the first integer of the key or by the month
where the key holds the time; of those only the key is read, and whole rows only where keys meet.
"""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from store.contract import Source
from store.parse import LINE


@dataclass(frozen=True)
class Among:
    """What to compare with: `months` are the new rows' business months, `leaving` files (SHA-256) that are being superseded."""

    months: Collection[str]
    leaving: Collection[str] = ()


@dataclass(frozen=True)
class Known:
    """Lines (LINE) of new rows that are stored already: identical ones, and ones that contradict what is stored."""

    identical: pl.Series
    contradicting: pl.Series


def integer_key(source: Source) -> str | None:
    """The first integer column of the source's key."""
    columns = source.schema.columns()
    return next((name for name in source.schema.primary_key() if columns[name].dtype.is_integer()), None)


def known(ledger: sqlite3.Connection, data: Path, source: Source, rows: pl.DataFrame, scope: Among) -> Known:
    """Compare new rows (LINE and the contract's columns) with those stored."""
    parts = _candidates(ledger, source, rows, scope)
    nothing = rows[LINE].clear()
    if not parts or rows.is_empty():
        return Known(nothing, nothing)
    key = source.schema.primary_key()
    stored = pl.scan_parquet([data / path for path in parts], hive_partitioning=False)
    met = rows.lazy().select(key).join(stored.select(key), on=key, how="semi").collect()
    if met.is_empty():
        return Known(nothing, nothing)
    content = source.schema.column_names()
    both = rows.join(met, on=key, how="semi", maintain_order="left")
    held = stored.select(content).join(met.lazy(), on=key, how="semi").collect()
    same = both.join(held, on=content, how="semi", nulls_equal=True)
    return Known(same[LINE], both.join(same, on=LINE, how="anti", maintain_order="left")[LINE])


def _candidates(ledger: sqlite3.Connection, source: Source, rows: pl.DataFrame, scope: Among) -> list[str]:
    query = (
        "SELECT path, file_sha256, month, min_id, max_id FROM parts JOIN files ON files.sha256 = file_sha256"
        " WHERE state = 'live' AND parts.source = ?"
    )
    parts = [part for part in ledger.execute(query, (source.name,)) if part["file_sha256"] not in scope.leaving]
    key = integer_key(source)
    if key is not None:
        low, high = rows[key].min(), rows[key].max()
        return [p["path"] for p in parts if low is not None and p["min_id"] <= high and p["max_id"] >= low]
    if source.time in source.schema.primary_key():
        return [p["path"] for p in parts if p["month"] in scope.months]
    return [p["path"] for p in parts]
