"""Amounts written as text become integer minor units exactly, or nothing at all."""

import string
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.money import minor_units


def fils(text: str, decimal: str = ".", thousands: str | None = None) -> int | None:
    return pl.select(minor_units(pl.lit(text), decimal, thousands)).item()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("12", 1_200),
        ("12.5", 1_250),
        ("12.50", 1_250),
        ("-0.05", -5),
        ("+3.10", 310),
        (" 7.00 ", 700),
        ("0.29", 29),
        ("1.15", 115),
        ("999999999999999.99", 99_999_999_999_999_999),
        ("١٢٣٫٤٥", 12_345),
        ("۱۲۳", 12_300),
    ],
)
def test_amount_is_read_exactly(text: str, expected: int) -> None:
    assert fils(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        ".",
        "1.",
        ".5",
        "1.005",
        "1e3",
        "1E2",
        "NaN",
        "inf",
        "-Infinity",
        "1,234.50",
        "12,5",
        "--1",
        "+-1",
        "1 000",
        "AED 5",
        "0x10",
        "1000000000000000",
        "१२",
        "1.२",
    ],
)
def test_what_is_no_exact_amount_is_nothing(text: str) -> None:
    assert fils(text) is None


@pytest.mark.parametrize(
    ("text", "decimal", "thousands", "expected"),
    [
        ("1,234.50", ".", ",", 123_450),
        ("1,234,567", ".", ",", 123_456_700),
        ("1234.50", ".", ",", 123_450),
        ("1,23.4", ".", ",", None),
        ("12,34", ".", ",", None),
        ("1.234,50", ",", ".", 123_450),
        ("1.234", ",", ".", 123_400),
        ("1.234", ".", ",", None),
        ("1٬234٫50", ".", ",", 123_450),
        ("1٫5", ",", ".", 150),
        ("1٫234", ",", ".", None),
    ],
)
def test_thousands_are_read_only_where_declared(text: str, decimal: str, thousands: str | None, expected: int | None) -> None:
    assert fils(text, decimal, thousands) == expected


@given(st.decimals(min_value=-(10**14), max_value=10**14, places=2))
def test_agrees_with_decimal(amount: Decimal) -> None:
    assert fils(f"{amount:f}") == int(amount * 100)


@given(st.text(alphabet=string.digits + "+-.,eE ", max_size=12))
def test_never_reads_what_decimal_would_not(text: str) -> None:
    found = fils(text)
    if found is not None:
        assert Decimal(found) == Decimal(text.strip()) * 100
