"""Numbers of frames that may be unknown: sums and amounts in which null stays "not known" and never becomes a zero.

Rule: what is null here is empty in a table. Hazard: a sum is of the known values; only where there is none at all is it unknown.
"""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from ui.money import minor_to_major


def known_sum(frame: pl.DataFrame, column: str) -> int | None:
    """The sum of the known values of an integer column; None where no value is known."""
    values = frame[column].drop_nulls()
    return int(values.sum()) if values.len() else None


def major(amount: int | None) -> Decimal | None:
    """An amount in hundredths (fils, pence) as a decimal of the main unit; None where it is not known."""
    return None if amount is None else minor_to_major(amount)
