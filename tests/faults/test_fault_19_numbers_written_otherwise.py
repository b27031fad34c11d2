"""Fault 19: an integer as a float, `1e3`, `1,234.50`, Arabic-Indic digits. Parsed exactly or quarantined, never guessed."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.support.fuzz_invariant import broken
from tests.support.fuzz_rows import fils, mapping, rejects, text
from tests.support.records import csv, frame, payment, stored, take

Amounts = list[tuple[str, int | None]]
"""How an amount is written, and the fils it is; None where it goes to quarantine."""

WHOLE: Amounts = [
    ("1000", 1000),
    ("+1000", 1000),
    (" 1000 ", 1000),
    ("0001000", 1000),
    ("١٠٠٠", 1000),
    ("۱۰۰۰", 1000),
    ("1٠0۰", 1000),
    ("9007199254740993", None),  # 2**53 + 1, above the largest amount: a float would have lost its last digit
    ("9007199254739", 9007199254739),
    ("1000.0", None),
    ("1e3", None),
    ("1E3", None),
    ("1_000", None),
    ("1 000", None),
    ("0x3e8", None),
    ("１０００", None),  # full-width digits
    ("1000-", None),
    ("--1", None),
    ("", None),
    ("-", None),
    ("null", None),
]
MAJOR: Amounts = [
    ("1234.50", 123450),
    ("1234.5", 123450),
    ("1234", 123400),
    ("1,234.50", 123450),
    ("1,234,567.89", 123456789),
    ("١٬٢٣٤٫٥٠", 123450),
    ("١٢٣٤٫٥", 123450),
    ("0.29", 29),
    ("4.35", 435),
    ("0.10", 10),
    ("+1.00", 100),
    ("12,34.50", None),
    ("1,2345", None),
    ("1.234,50", None),
    ("1,234.505", None),
    ("1e3", None),
    (".50", None),
    ("5.", None),
    ("1,234.", None),
    ("AED 5", None),
    ("", None),
]


def expect(data: Path, amounts: Amounts, column: str, rule: str, empty: str = "nullability") -> None:
    """Rows 1.. of a file were taken as said, and no amount but the readable ones counts."""
    good = {number: amount for number, (_, amount) in enumerate(amounts, 1) if amount is not None}
    assert dict(stored(data, "payments").select("event_id", "amount_fils").iter_rows()) == good
    assert fils(data)[1] == sum(good.values())
    too_large = {"9007199254740993"}
    rules = {"": empty} | dict.fromkeys(too_large, "max")
    bad = [(n + 1, column, rules.get(written, rule)) for n, (written, amount) in enumerate(amounts, 1) if amount is None]
    assert sorted(rejects(data)) == bad
    assert broken(data) == []


def test_fault_19_whole_numbers_in_csv(tmp_path: Path) -> None:
    rows = [text(number, amount_fils=written) for number, (written, _) in enumerate(WHOLE, 1)]
    take(tmp_path / "store", "payments", csv(tmp_path / "p.csv", rows))
    expect(tmp_path / "store", WHOLE, "amount_fils", "integer")


def test_fault_19_major_units_in_a_mapping(tmp_path: Path) -> None:
    money = mapping(
        tmp_path,
        settings='delimiter = ";"',
        amount_fils='{ from = "amount_fils", parse = "money", thousands = "," }',
    )
    rows = [text(number, amount_fils=written) for number, (written, _) in enumerate(MAJOR, 1)]
    lines = [";".join(rows[0]), *(";".join("" if v is None else str(v) for v in row.values()) for row in rows)]
    path = tmp_path / "p.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    take(tmp_path / "store", "payments", path, mapping=money)
    expect(tmp_path / "store", MAJOR, "amount_fils", "money")


def test_fault_19_without_a_declared_sign_a_comma_is_no_part_of_an_amount(tmp_path: Path) -> None:
    money = mapping(tmp_path, settings='delimiter = ";"', amount_fils='{ from = "amount_fils", parse = "money" }')
    written = ["1,234.50", "1,234", "1234.50", "12,50"]
    rows = [text(number, amount_fils=amount) for number, amount in enumerate(written, 1)]
    path = tmp_path / "p.csv"
    path.write_text("\n".join([";".join(rows[0]), *(";".join(map(str, row.values())) for row in rows)]), encoding="utf-8")
    take(tmp_path / "store", "payments", path, mapping=money)
    assert stored(tmp_path / "store", "payments")["amount_fils"].to_list() == [123450]
    assert [line for line, *_ in rejects(tmp_path / "store")] == [2, 3, 5]
    assert broken(tmp_path / "store") == []


@pytest.mark.parametrize(
    ("values", "dtype", "taken"),
    [
        ([1000.0, 1000.5, -0.0, 2.0**53, 1e3], pl.Float64, [1000, None, 0, None, 1000]),
        ([1000.0, 0.1], pl.Float32, [1000, None]),
        ([Decimal("1000.00"), Decimal("1000.50")], pl.Decimal(18, 2), [1000, None]),
        ([1000, 2**63], pl.UInt64, [1000, None]),
        ([100, 7], pl.Int8, [100, 7]),
        ([1000, 7], pl.Int16, [1000, 7]),
        (["1000", "1e3", "٣", "1000.0"], pl.String, [1000, None, 3, None]),
        (["1000", "1e3"], pl.Categorical, [1000, None]),
    ],
)
def test_fault_19_numbers_of_other_types_in_parquet(
    tmp_path: Path, values: list[Any], dtype: Any, taken: list[int | None]
) -> None:
    rows = frame("payments", [payment(number) for number in range(1, len(values) + 1)])
    path = tmp_path / "p.parquet"
    rows.with_columns(amount_fils=pl.Series(values, dtype=dtype)).write_parquet(path)
    take(tmp_path / "store", "payments", path)
    good = {number: amount for number, amount in enumerate(taken, 1) if amount is not None}
    assert dict(stored(tmp_path / "store", "payments").select("event_id", "amount_fils").iter_rows()) == good
    assert [line for line, *_ in rejects(tmp_path / "store")] == [n for n, amount in enumerate(taken, 1) if amount is None]
    assert broken(tmp_path / "store") == []
