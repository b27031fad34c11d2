"""Which rows of a candidate the store already holds, by the key of their source.

Rule: a new row identical to a stored one is a duplicate; one that contradicts a stored one is rejected and the stored one
stays. So the order in which files arrive decides only between rows that contradict each other.
Speed: stored Parquet files that can hold a key are found in the ledger, by the range of the first integer of the key or by the
month where the key holds the time; of those only the key is read, and whole rows only where keys meet.
"""

import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from store.contract import Source
from store.ledger import live_parts
from store.parse import LINE
from store.parts import Candidate, integer_key, numbered

HOLDER: Final = "holder"
_PATH: Final = "_path"


@dataclass(frozen=True)
class Known:
    """Rows (LINE and the stored columns) of a candidate that are stored already: identical ones, and ones that contradict.

    `held`: LINE of each identical one, and the SHA-256 of the stored file that holds it.
    """

    identical: pl.DataFrame
    contradicting: pl.DataFrame
    held: pl.DataFrame

    @property
    def relies(self) -> Mapping[str, int]:
        """How many of the identical rows each stored file (SHA-256) holds."""
        return dict(self.held[HOLDER].value_counts().iter_rows())


def known(
    ledger: sqlite3.Connection, data: Path, source: Source, candidate: Candidate, leaving: Collection[str] = ()
) -> Known | None:
    """Compare a candidate with what is stored; None where no key meets.

    `leaving` are files (SHA-256) that are being superseded.
    """
    parts = _parts(ledger, source, candidate, leaving)
    if not parts:
        return None
    key, content = source.schema.primary_key(), source.schema.column_names()
    stored = pl.scan_parquet([data / path for path in parts], hive_partitioning=False, glob=False, include_file_paths=_PATH)
    keys = pl.scan_parquet(candidate.file, hive_partitioning=False, glob=False).select(key)
    met = stored.select(key).join(keys, on=key, how="semi").collect(engine="streaming")
    if met.is_empty():
        return None
    both = numbered(candidate).join(met, on=key, how="semi", maintain_order="left")
    held = stored.select(*content, _PATH).join(met.lazy(), on=key, how="semi").collect(engine="streaming")
    same = both.join(held, on=content, nulls_equal=True).sort(LINE)
    holders = {path: parts[Path(path).relative_to(data).as_posix()] for path in same[_PATH].unique()}
    by = same.select(LINE, pl.col(_PATH).replace_strict(holders, return_dtype=pl.String).alias(HOLDER))
    return Known(same.drop(_PATH), both.join(same, on=LINE, how="anti", maintain_order="left"), by)


def _parts(ledger: sqlite3.Connection, source: Source, candidate: Candidate, leaving: Collection[str]) -> dict[str, str]:
    """Path and file (SHA-256) of the stored parts that can hold a key of the candidate."""
    parts = [part for part in live_parts(ledger, source.name) if part["file_sha256"] not in leaving]
    if integer_key(source) is not None:
        low, high = candidate.min_id, candidate.max_id
        parts = [p for p in parts if low is not None and high is not None and p["min_id"] <= high and p["max_id"] >= low]
    elif source.time in source.schema.primary_key():
        parts = [p for p in parts if p["month"] == candidate.month]
    return {part["path"]: part["file_sha256"] for part in parts}
