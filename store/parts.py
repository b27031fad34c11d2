"""Accepted rows -> immutable Parquet files by business month, each named by the hash of its bytes.

Rule: a part is written aside, hashed, synced and renamed; it is never changed afterwards. The file it came from is named
in its metadata, so parts of two files differ even where their rows agree, and the store can be rebuilt from its parts.
"""

from pathlib import Path
from typing import Final

import polars as pl

from store import buckets, files
from store.contract import Source
from store.known import integer_key
from store.ledger import Part
from store.parse import LINE

FOLDER: Final = "files"
BUSINESS_DATE: Final = "business_date"
NO_MONTH: Final = "none"
_MONTH: Final = "_month"


def dated(rows: pl.DataFrame, source: Source, timezone: str) -> pl.DataFrame:
    """Add the derived columns: the local `business_date`, and the bucket of a payment's duration."""
    derived = []
    if source.time is not None:
        time = pl.col(source.time)
        local = time if rows.schema[source.time] == pl.Date else time.dt.convert_time_zone(timezone).dt.date()
        derived.append(local.alias(BUSINESS_DATE))
    if source.name == "payments":
        derived.append(buckets.bucket(pl.col("duration_ms")).alias("duration_bucket"))
    return rows.with_columns(derived)


def months(rows: pl.DataFrame) -> set[str]:
    """Business months ('YYYY-MM') of dated rows; 'none' for references."""
    if BUSINESS_DATE not in rows.columns:
        return {NO_MONTH}
    return set(rows[BUSINESS_DATE].dt.truncate("1mo").unique().dt.strftime("%Y-%m"))


def write(rows: pl.DataFrame, source: Source, data: Path, aside: Path, origin: dict[str, str]) -> list[Part]:
    """Write dated rows as one part per month, durably, and say what was written. `origin` goes into the files' metadata."""
    if rows.is_empty():
        return []
    if BUSINESS_DATE not in rows.columns:
        return [_write(rows, NO_MONTH, source, data, aside, origin)]
    if len(found := months(rows)) == 1:
        return [_write(rows, found.pop(), source, data, aside, origin)]
    monthly = rows.with_columns(pl.col(BUSINESS_DATE).dt.strftime("%Y-%m").alias(_MONTH)).partition_by(
        _MONTH, as_dict=True, include_key=False
    )
    return [_write(part, str(month), source, data, aside, origin) for (month,), part in sorted(monthly.items())]


def _write(rows: pl.DataFrame, month: str, source: Source, data: Path, aside: Path, origin: dict[str, str]) -> Part:
    written = aside / f"{month}.parquet"
    rows.drop(LINE).write_parquet(written, compression="zstd", metadata={"source": source.name, "month": month, **origin})
    digest = files.sha256(written)
    path = Path(FOLDER) / source.name / f"month={month}" / f"{digest}.parquet"
    files.place(written, data / path)
    key = integer_key(source)
    low, high = (rows[key].min(), rows[key].max()) if key else (None, None)
    return Part(
        path=path.as_posix(),
        month=month,
        rows=rows.height,
        fils=fils(rows, source),
        sha256=digest,
        min_id=low if isinstance(low, int) else None,
        max_id=high if isinstance(high, int) else None,
    )


def fils(rows: pl.DataFrame, source: Source) -> int | None:
    """Sum of the source's money, exact; None where it has none."""
    if source.money is None:
        return None
    return int(rows[source.money].cast(pl.Int128).sum())
