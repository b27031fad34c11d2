"""Fault 20: NaN, infinity, overflow, more than two decimals. The row goes to quarantine and its amount counts for nothing."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from store.contract import MAX_FILS
from tests.support.fuzz_invariant import broken
from tests.support.fuzz_rows import counts, fils, mapping, rejects, text
from tests.support.records import csv, frame, parquet, payment, take

TEXTS = ["NaN", "nan", "inf", "-inf", "Infinity", "1.005", "0.001", "9" * 19, "-" + "9" * 40, "1e400"]


def test_fault_20_in_csv(tmp_path: Path) -> None:
    data = tmp_path / "store"
    rows = [text(1), *(text(n, amount_fils=written) for n, written in enumerate(TEXTS, 2))]
    assert counts(take(data, "payments", csv(tmp_path / "p.csv", rows))) == (len(TEXTS) + 1, 1, 0, len(TEXTS))
    assert [(column, rule) for _, column, rule in rejects(data)] == [("amount_fils", "integer")] * len(TEXTS)
    assert fils(data) == (100_00, 100_00, 0, 0)
    assert broken(data) == []


def test_fault_20_in_a_mapping(tmp_path: Path) -> None:
    data = tmp_path / "store"
    money = mapping(tmp_path, amount_fils='{ from = "amount_fils", parse = "money" }')
    rows = [text(1, amount_fils="1.05"), *(text(n, amount_fils=written) for n, written in enumerate(TEXTS, 2))]
    assert counts(take(data, "payments", csv(tmp_path / "p.csv", rows), mapping=money)) == (len(TEXTS) + 1, 1, 0, len(TEXTS))
    assert [(column, rule) for _, column, rule in rejects(data)] == [("amount_fils", "money")] * len(TEXTS)
    assert fils(data) == (105, 105, 0, 0)
    assert broken(data) == []


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([float("nan"), float("inf"), float("-inf"), 1e300, 0.001, 5e-324], pl.Float64),
        ([float("nan"), float("inf"), 3e38], pl.Float32),
        ([2**63, 2**64 - 1], pl.UInt64),
        ([Decimal("0.001"), Decimal("1.005")], pl.Decimal(38, 3)),
        ([Decimal(10**30), Decimal(-(10**30))], pl.Decimal(38, 0)),
    ],
)
def test_fault_20_in_parquet(tmp_path: Path, values: list[Any], dtype: Any) -> None:
    data, path = tmp_path / "store", tmp_path / "p.parquet"
    rows = frame("payments", [payment(number) for number in range(1, len(values) + 1)])
    rows.with_columns(amount_fils=pl.Series(values, dtype=dtype, strict=True)).write_parquet(path)
    assert counts(take(data, "payments", path)) == (len(values), 0, 0, len(values))
    assert [(column, rule) for _, column, rule in rejects(data)] == [("amount_fils", "integer")] * len(values)
    assert fils(data) == (0, 0, 0, 0)
    assert broken(data) == []


def test_fault_20_an_amount_beyond_the_largest_is_a_wrong_unit_and_counts_for_nothing(tmp_path: Path) -> None:
    """Two of the largest amounts of 64 bits would overflow their sum; neither they nor their sum are ever counted."""
    data, largest = tmp_path / "store", 2**63 - 1
    amounts = [MAX_FILS, MAX_FILS + 1, largest, largest, -largest]
    rows = [payment(n, amount_fils=amount) for n, amount in enumerate(amounts, 1)]
    assert counts(take(data, "payments", parquet(tmp_path / "p.parquet", "payments", rows))) == (5, 1, 0, 4)
    assert fils(data) == (MAX_FILS, MAX_FILS, 0, 0)
    assert broken(data) == []


def test_fault_20_sums_of_many_large_amounts_are_exact(tmp_path: Path) -> None:
    """Sums beyond 2**53, where floating point would lose fils."""
    data = tmp_path / "store"
    rows = [payment(n, amount_fils=MAX_FILS - n) for n in range(1, 1001)]
    take(data, "payments", parquet(tmp_path / "p.parquet", "payments", rows))
    assert fils(data)[1] == 1000 * MAX_FILS - 1000 * 1001 // 2 > 2**53
    assert broken(data) == []
