"""Which rows of a new file the store already holds, by the key of their source.

Rule: a new row identical to a stored one is a duplicate; one that contradicts a stored one is rejected and the stored one
stays. So the order in which files arrive decides only between rows that contradict each other.
Speed: candidate Parquet files are found in the ledger, by the range of the first integer of the key or by the month
where the key holds the time; of those only the key is read, and whole rows only where keys meet.
"""

import sqlite3
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from store.contract import Source
from store.ledger import live_parts
from store.parse import LINE

_PATH: Final = "_path"


@dataclass(frozen=True)
class Among:
    """What to compare with: `months` are the new rows' business months, `leaving` files (SHA-256) that are being superseded."""

    months: Collection[str]
    leaving: Collection[str] = ()


@dataclass(frozen=True)
class Known:
    """Lines (LINE) of new rows that are stored already: identical ones, and ones that contradict what is stored.

    `relies`: how many of the identical ones each stored file (SHA-256) holds.
    """

    identical: pl.Series
    contradicting: pl.Series
    relies: Mapping[str, int]


def integer_key(source: Source) -> str | None:
    """The first integer column of the source's key."""
    columns = source.schema.columns()
    return next((name for name in source.schema.primary_key() if columns[name].dtype.is_integer()), None)


def known(ledger: sqlite3.Connection, data: Path, source: Source, rows: pl.DataFrame, scope: Among) -> Known:
    """Compare new rows (LINE and the contract's columns) with those stored."""
    parts = _candidates(ledger, source, rows, scope)
    nothing = Known(rows[LINE].clear(), rows[LINE].clear(), {})
    if not parts or rows.is_empty():
        return nothing
    key, content = source.schema.primary_key(), source.schema.column_names()
    stored = pl.scan_parquet([data / path for path in parts], hive_partitioning=False, glob=False, include_file_paths=_PATH)
    met = rows.lazy().select(key).join(stored.select(key), on=key, how="semi").collect()
    if met.is_empty():
        return nothing
    both = rows.join(met, on=key, how="semi", maintain_order="left")
    held = stored.select(*content, _PATH).join(met.lazy(), on=key, how="semi").collect()
    same = both.join(held, on=content, nulls_equal=True).sort(LINE)
    relies: Counter[str] = Counter()
    for path, count in same.group_by(_PATH).len().iter_rows():
        relies[parts[Path(path).relative_to(data).as_posix()]] += count
    return Known(
        identical=same[LINE],
        contradicting=both.join(same, on=LINE, how="anti", maintain_order="left")[LINE],
        relies=relies,
    )


def _candidates(ledger: sqlite3.Connection, source: Source, rows: pl.DataFrame, scope: Among) -> dict[str, str]:
    """Path and file (SHA-256) of the parts that can hold a key of `rows`."""
    parts = [part for part in live_parts(ledger, source.name) if part["file_sha256"] not in scope.leaving]
    key = integer_key(source)
    if key is not None:
        low, high = rows[key].min(), rows[key].max()
        parts = [p for p in parts if low is not None and p["min_id"] <= high and p["max_id"] >= low]
    elif source.time in source.schema.primary_key():
        parts = [p for p in parts if p["month"] in scope.months]
    return {part["path"]: part["file_sha256"] for part in parts}
