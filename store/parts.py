"""Accepted rows -> immutable Parquet files by business month, each named by the hash of its bytes.

Rule: a part is written aside, hashed, synced and renamed; it is never changed afterwards. The file it came from is named
in its metadata, so parts of two files differ even where their rows agree, and the store can be rebuilt from its parts.
Hazard: until the ledger names it a part is only a candidate; rows may still leave it, which makes another candidate of it.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl
import polars.selectors as cs

from store import buckets, files
from store.contract import Source
from store.ledger import Part
from store.parse import LINE

FOLDER: Final = "files"
BUSINESS_DATE: Final = "business_date"
NO_MONTH: Final = "none"
_MONTH: Final = "_month"


@dataclass(frozen=True)
class Candidate:
    """A finished Parquet file of accepted rows of one month that is not in the store yet.

    lines           file of the rows' numbers in the file they came in, in the order of the rows
    days            (local business day, rows, fils) of its rows; empty for references
    last_day        the last day its rows cover, which is later than their business date where they report periods
    min_id, max_id  smallest and largest value of the source's integer key
    low, high       smallest and largest key, compared column by column
    """

    file: Path
    lines: Path
    month: str
    rows: int
    fils: int | None
    sha256: str
    days: tuple[tuple[str, int, int | None], ...]
    last_day: str | None
    min_id: int | None
    max_id: int | None
    low: tuple[Any, ...]
    high: tuple[Any, ...]

    @property
    def first_day(self) -> str | None:
        return self.days[0][0] if self.days else None


@dataclass(frozen=True)
class Maker:
    """Makes candidates of one file: its source, the folder they are written to, the time zone of business dates, and what their
    metadata says of the file they come from."""

    source: Source
    aside: Path
    timezone: str
    origin: Mapping[str, str]

    def dated(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Add the derived columns: the local `business_date`, and the bucket of a payment's duration."""
        derived = []
        if self.source.time is not None:
            derived.append(self.day(rows).alias(BUSINESS_DATE))
        if self.source.name == "payments":
            derived.append(buckets.bucket(pl.col("duration_ms")).alias("duration_bucket"))
        return rows.with_columns(derived)

    def day(self, rows: pl.DataFrame) -> pl.Expr:
        """The local business date of rows of a source with a calendar."""
        assert self.source.time is not None
        time = pl.col(self.source.time)
        return time if rows.schema[self.source.time] == pl.Date else time.dt.convert_time_zone(self.timezone).dt.date()

    def candidates(self, rows: pl.DataFrame, name: str) -> list[Candidate]:
        """Write accepted rows (LINE and the contract's columns) as one candidate per month; `name` is unique in the folder."""
        dated = self.dated(rows)
        if dated.is_empty():
            return []
        if BUSINESS_DATE not in dated.columns:
            return [self.write(dated, NO_MONTH, name)]
        first = pl.col(BUSINESS_DATE).dt.month_start()
        found = dated.select(first.unique()).to_series()
        if len(found) == 1:
            return [self.write(dated, _written(found[0]), name)]
        monthly = dated.with_columns(first.alias(_MONTH)).partition_by(_MONTH, as_dict=True, include_key=False)
        return [self.write(part, _written(day), f"{name}-{_written(day)}") for (day,), part in sorted(monthly.items())]

    def without(self, candidate: Candidate, lines: Collection[int] | pl.Series) -> Candidate | None:
        """The candidate without the rows of these lines; None when none is left."""
        out = lines if isinstance(lines, pl.Series) else pl.Series([*lines], dtype=pl.Int64)
        if not pl.read_ipc(candidate.lines)[LINE].is_in(out.implode()).any():
            return candidate
        left = numbered(candidate).filter(~pl.col(LINE).is_in(out.implode()))
        return None if left.is_empty() else self.write(left, candidate.month, f"{candidate.file.stem}-less")

    def write(self, rows: pl.DataFrame, month: str, name: str) -> Candidate:
        """Write dated rows of one month."""
        file, lines = self.aside / f"{name}.parquet", self.aside / f"{name}.lines"
        rows.select(LINE).write_ipc(lines)
        metadata = {"source": self.source.name, "month": month, **self.origin}
        rows.drop(LINE).write_parquet(file, compression="zstd", metadata=metadata)
        key = integer_key(self.source)
        low, high = (rows[key].min(), rows[key].max()) if key else (None, None)
        return Candidate(
            file=file,
            lines=lines,
            month=month,
            rows=rows.height,
            fils=fils(rows, self.source),
            sha256=files.sha256(file),
            days=days(rows, self.source),
            last_day=_last_day(rows, self.source),
            min_id=low if isinstance(low, int) else None,
            max_id=high if isinstance(high, int) else None,
            low=_outermost(rows, self.source, pl.Expr.min),
            high=_outermost(rows, self.source, pl.Expr.max),
        )


def place(candidate: Candidate, source: Source, data: Path) -> Part:
    """Move a candidate to its final name in the store, durably."""
    path = Path(FOLDER) / source.name / f"month={candidate.month}" / f"{candidate.sha256}.parquet"
    files.place(candidate.file, data / path, data)
    return Part(
        path=path.as_posix(),
        month=candidate.month,
        rows=candidate.rows,
        fils=candidate.fils,
        sha256=candidate.sha256,
        min_id=candidate.min_id,
        max_id=candidate.max_id,
    )


def damaged(path: Path, sha256: str) -> bool:
    """Whether a stored part is missing, or holds other bytes than the ledger says."""
    return not path.is_file() or files.sha256(path) != sha256


def numbered(candidate: Candidate) -> pl.DataFrame:
    """The rows of a candidate with their line numbers (LINE) first."""
    rows = pl.read_parquet(candidate.file, hive_partitioning=False, glob=False)
    return rows.insert_column(0, pl.read_ipc(candidate.lines)[LINE])


def integer_key(source: Source) -> str | None:
    """The first integer column of the source's key."""
    columns = source.schema.columns()
    return next((name for name in source.schema.primary_key() if columns[name].dtype.is_integer()), None)


def fils(rows: pl.DataFrame, source: Source) -> int | None:
    """Sum of the source's money, exact; None where it has none."""
    if source.money is None:
        return None
    return int(rows[source.money].cast(pl.Int128).sum())


def days(dated: pl.DataFrame, source: Source) -> tuple[tuple[str, int, int | None], ...]:
    """(day, rows, fils) of dated rows; nothing for references."""
    if BUSINESS_DATE not in dated.columns:
        return ()
    amount = pl.lit(None, pl.Int64) if source.money is None else pl.col(source.money).cast(pl.Int128).sum().cast(pl.Int64)
    daily = dated.group_by(BUSINESS_DATE).agg(pl.len(), amount.alias("fils")).sort(BUSINESS_DATE)
    return tuple(daily.with_columns(pl.col(BUSINESS_DATE).dt.strftime("%Y-%m-%d")).iter_rows())


def _written(first: object) -> str:
    """The month that begins on a day, as folders and the ledger write it."""
    assert isinstance(first, date)
    return first.strftime("%Y-%m")


def _outermost(rows: pl.DataFrame, source: Source, end: Callable[[pl.Expr], pl.Expr]) -> tuple[Any, ...]:
    """The smallest or the largest key, compared column by column; texts in the order of their bytes."""
    found: list[Any] = []
    left = rows.select(pl.col(source.schema.primary_key())).with_columns(cs.enum().cast(pl.String))
    for column in left.columns:
        found.append(left.select(end(pl.col(column))).item())
        left = left.filter(pl.col(column) == found[-1])
    return tuple(found)


def _last_day(dated: pl.DataFrame, source: Source) -> str | None:
    if source.time is None or dated.is_empty():
        return None
    ends = dated[source.time_end or BUSINESS_DATE]
    last = (ends.dt.month_end() if source.monthly else ends).max()
    assert isinstance(last, date)
    return last.isoformat()
