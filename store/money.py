"""Amounts written as text in major units ('1,234.50') -> integer minor units (123450), exactly.

Rule: no floating point anywhere, and nothing is rounded: what is not an amount with at most two decimals is null, and its
row goes to quarantine. That covers NaN, infinity, exponents, three decimals, stray signs and amounts beyond 15 digits.
Hazard: '1,234' is 1234 only where the source says that the comma separates thousands; otherwise it is no amount.
"""

from typing import Final

import polars as pl

from store.parse import latin_digits

DECIMALS: Final = 2
_DIGITS: Final = 15
"""Digits before the decimal sign that fit 64 bits in minor units, far above the contract's largest amount."""


def minor_units(text: pl.Expr, decimal: str = ".", thousands: str | None = None) -> pl.Expr:
    """Int64 amount in minor units; null where the text is no exact amount. Arabic-Indic and Persian digits are read as digits,
    the Arabic decimal and thousands signs as the declared ones.

    `decimal` is the sign before the decimals, `thousands` the sign between groups of three digits, if the source uses one.
    """
    plain = latin_digits(text.str.strip_chars()).str.replace_all("٫", decimal, literal=True)
    if thousands is not None:
        plain = plain.str.replace_all("٬", thousands, literal=True)
        grouped = plain.str.contains(rf"^[+-]?[0-9]{{1,3}}(?:{_literal(thousands)}[0-9]{{3}})+(?:{_literal(decimal)}[0-9]*)?$")
        plain = pl.when(grouped).then(plain.str.replace_all(thousands, "", literal=True)).otherwise(plain)
    shape = rf"^([+-]?)([0-9]{{1,{_DIGITS}}})(?:{_literal(decimal)}([0-9]{{1,{DECIMALS}}}))?$"
    whole = plain.str.extract(shape, 2).cast(pl.Int64)
    part = plain.str.extract(shape, 3).fill_null("").str.pad_end(DECIMALS, "0").cast(pl.Int64)
    amount = whole * 10**DECIMALS + part
    return pl.when(plain.str.starts_with("-")).then(-amount).otherwise(amount)


def _literal(sign: str) -> str:
    return rf"\x{{{ord(sign):x}}}"
