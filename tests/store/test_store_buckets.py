"""Buckets of completion time: a minute is an edge, and no duration is far from its bucket's representative."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.buckets import EDGES_MS, HIGHEST, LOWEST, bucket, edges_ms, representative_ms


def of(duration_ms: int | None) -> int | None:
    return pl.select(bucket(pl.lit(duration_ms, pl.Int32))).item()


@pytest.mark.parametrize(
    ("duration_ms", "expected"),
    [(59_999, -1), (60_000, 0), (65_999, 0), (66_000, 1), (0, LOWEST), (2_000_000_000, HIGHEST), (None, None)],
)
def test_bucket_of_a_duration(duration_ms: int | None, expected: int | None) -> None:
    assert of(duration_ms) == expected


def test_edges_are_integers_that_rise_and_hold_a_minute() -> None:
    assert edges_ms(0)[0] == 60_000
    assert [*EDGES_MS] == sorted(set(EDGES_MS))
    assert EDGES_MS[0] <= 1_000
    assert EDGES_MS[-2] <= 4 * 3_600_000 <= EDGES_MS[-1]


@given(st.integers(min_value=EDGES_MS[0], max_value=EDGES_MS[-1] - 1))
def test_representative_is_within_five_percent(duration_ms: int) -> None:
    found = of(duration_ms)
    assert found is not None
    low, high = edges_ms(found)
    assert low <= duration_ms < high
    assert abs(representative_ms(found) - duration_ms) / duration_ms <= 0.05
