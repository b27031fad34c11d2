"""Digits of a figure: rounding, thousands, signs and scales. Exact decimals throughout; a float enters by its shortest text.

Rule: rounding is half up, as people do it, and decided before the sign and the scale are written.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from metrics.model import Number

MINUS: Final = "\u2212"
_SCALES: Final = ((Decimal(10) ** 9, "bn"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "k"))


def exact_decimal(value: Number | Decimal) -> Decimal:
    """The number as a decimal: 0.1 is 0.1."""
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def grouped(value: Decimal, decimals: int, sign: bool) -> str:
    """1234.5 -> "1,234.50", rounded to so many decimals; with `sign`, a plus where it is positive."""
    return signed(f"{value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):,}", sign)


def signed(text: str, sign: bool) -> str:
    """A written figure with a true minus; nothing before a zero; with `sign`, a plus where it is positive."""
    if text.startswith("-"):
        return text[1:] if not text.strip("-0.,") else MINUS + text[1:]
    return f"+{text}" if sign and text.strip("0.,") else text


def scaled_down(value: Decimal, figures: int) -> tuple[str, str]:
    """`value` with so many significant figures, in billions, millions or thousands; decided after rounding."""
    for size, name in (*_SCALES, (Decimal(1), "")):
        scaled = value / size
        decimals = max(0, figures - max(1, scaled.adjusted() + 1)) if size > 1 else 0
        rounded = scaled.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        if size == 1 or abs(scaled) >= 1 - Decimal(5).scaleb(-figures - 1):
            if decimals and rounded.adjusted() > max(scaled.adjusted(), 0):
                rounded = rounded.quantize(Decimal(1).scaleb(1 - decimals))
            return f"{rounded:,}", name
    raise AssertionError("the last size always fits")
