"""Fixed buckets of completion time, so that p50 and p90 can be taken from sums of counts.

Rule: bucket k holds durations from round(60,000 * 1.1^k) ms up to the next edge, so 60 s is an edge: k >= 0 is a minute
or more, k < 0 is less. The ends are open: below 1 s falls into LOWEST, above 4 h into HIGHEST.
Hazard: the edges are part of every stored file; changing them means rolling up from the Parquet again.
"""

from typing import Final

import polars as pl

STEP: Final = 1.1
MINUTE_MS: Final = 60_000
LOWEST: Final = -43
HIGHEST: Final = 57
EDGES_MS: Final = tuple(round(MINUTE_MS * STEP**k) for k in range(LOWEST, HIGHEST + 2))
"""EDGES_MS[i] is the lower edge of bucket LOWEST + i, in ms; the last one closes HIGHEST."""


def edges_ms(bucket: int) -> tuple[int, int]:
    """Lower (inclusive) and upper (exclusive) edge of a bucket, in ms."""
    return EDGES_MS[bucket - LOWEST], EDGES_MS[bucket - LOWEST + 1]


def representative_ms(bucket: int) -> float:
    """Geometric middle of a bucket, in ms: at most 5% from any duration in it."""
    low, high = edges_ms(bucket)
    return float((low * high) ** 0.5)


def bucket(duration_ms: pl.Expr) -> pl.Expr:
    """Bucket (Int16) of a duration in ms; null stays null."""
    inner = pl.Series(EDGES_MS[1:-1], dtype=pl.Int64)
    return duration_ms.map_batches(lambda s: _search(inner, s), return_dtype=pl.Int16)


def _search(edges: pl.Series, durations: pl.Series) -> pl.Series:
    found = edges.search_sorted(durations.cast(pl.Int64), side="right").cast(pl.Int16) + pl.lit(LOWEST, pl.Int16)
    return pl.select(pl.when(durations.is_not_null()).then(found)).to_series()
