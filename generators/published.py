"""The figures the city published, and the plan of whole numbers that satisfies all of them at once.

Rule: years are cut into H1, Q3 and Q4 because every published period is a sum of these; a plan gives each such part of a
year (a "term") and each cell its transactions and fils, and their sums are the published figures to the fils.
Hazard: the figures contradict each other in places; `data/published.csv` keeps the first value, as context.md says.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

import numpy as np

from generators.calendar import FIRST, LAST, Floats, Ints, day_number
from generators.errors import GeneratorError
from generators.tables import rows

CELLS: Final = ("phone_card", "phone_wallet", "card", "direct_debit", "wallet")
"""Channel (phone or other) and method: the parts that published figures tell apart."""
PHONE_CARD, PHONE_WALLET, CARD, DIRECT_DEBIT, WALLET = range(5)
PHONE_CARD_SHARE: Final = 0.82
YEARS: Final = tuple(range(FIRST.year, LAST.year + 1))
TERMS: Final = tuple((year, part) for year in YEARS for part in range(3))
"""(year, part): part 0 is January to June, 1 July to September, 2 October to December."""


@dataclass(frozen=True)
class Figure:
    """One published figure; `value` in fils for amounts, else a count."""

    start: date
    end: date
    measure: str
    dimension: str
    value: int
    precision: int


@cache
def figures() -> tuple[Figure, ...]:
    """All published figures from 2009 on, in the order of the table."""
    found = (
        Figure(
            date.fromisoformat(r["period_start"]),
            date.fromisoformat(r["period_end"]),
            r["measure"],
            r["dimension"],
            int(r["value"]) * (100 if r["unit"] == "AED" else 1),
            int(r["precision"]) * (100 if r["unit"] == "AED" else 1),
        )
        for r in rows("published")
    )
    return tuple(f for f in found if f.start >= FIRST)


def term_days(term: int) -> tuple[int, int]:
    """First and last day number of a term."""
    year, part = TERMS[term]
    first = date(year, (1, 7, 10)[part], 1)
    last = date(year, (6, 9, 12)[part], (30, 30, 31)[part])
    return day_number(first), day_number(last)


def largest_remainder(total: int, weights: Floats) -> Ints:
    """Whole numbers in proportion to `weights` (not all 0) that add up to `total` exactly; ties go to the first."""
    if total < 0:
        return -largest_remainder(-total, weights)
    exact = weights * (total / weights.sum())
    whole = np.floor(exact).astype(np.int64)
    missing = total - int(whole.sum())
    order = np.argsort(whole - exact, kind="stable")
    whole[order[:missing]] += 1
    return np.asarray(whole)


@dataclass(frozen=True)
class TermPlan:
    """Transactions and collected fils of each term and cell, arrays of shape (terms, cells)."""

    transactions: Ints
    fils: Ints


@cache
def term_plan() -> TermPlan:
    """The plan for 2009 to 2015 at scale 1. Raises GeneratorError if the figures leave a cell without a positive value."""
    count = {d: _by_term("transactions", d) for d in ("", "channel=mpay", "method=direct_debit", "method=e_dirham")}
    fils = {d: _by_term("collected_amount", d) for d in ("", "channel=mpay", "method=credit_card", "method=e_dirham")}
    transactions, amounts = (np.zeros((len(TERMS), len(CELLS)), np.int64) for _ in range(2))
    transactions[:, PHONE_CARD] = np.round(count["channel=mpay"] * PHONE_CARD_SHARE)
    transactions[:, PHONE_WALLET] = count["channel=mpay"] - transactions[:, PHONE_CARD]
    transactions[:, DIRECT_DEBIT] = count["method=direct_debit"]
    transactions[:, WALLET] = count["method=e_dirham"]
    transactions[:, CARD] = count[""] - transactions.sum(axis=1)
    amounts[:, PHONE_CARD] = np.round(fils["channel=mpay"] * PHONE_CARD_SHARE)
    amounts[:, PHONE_WALLET] = fils["channel=mpay"] - amounts[:, PHONE_CARD]
    amounts[:, WALLET] = fils["method=e_dirham"]
    amounts[:, CARD] = fils["method=credit_card"] - amounts[:, PHONE_CARD]
    amounts[:, DIRECT_DEBIT] = fils[""] - amounts.sum(axis=1)
    if (transactions <= 0).any() or (amounts <= 0).any():
        raise GeneratorError(
            "published figures and assumptions in generators/data contradict each other: a cell has no money left"
        )
    return TermPlan(transactions, amounts)


def _by_term(measure: str, dimension: str) -> Ints:
    """One measure split over all terms, published sums kept."""
    known = {(f.start, f.end): f.value for f in figures() if f.measure == measure and f.dimension == dimension}
    unit = 100 if measure == "collected_amount" else 1
    assumed = {int(r["year"]): r for r in rows("assumed") if r["measure"] == measure and r["dimension"] == dimension}
    out: list[int] = []
    for year in YEARS:
        row = assumed[year]
        shares = np.array([float(row["h1"]), float(row["q3"]), float(row["q4"])])
        sums = [known.get((date(year, 1, 1), date(year, month, day))) for month, day in ((6, 30), (9, 30), (12, 31))]
        out += split_year(sums[0], sums[1], sums[2], int(row["total"]) * unit, shares)
    return np.array(out)


def split_year(half: int | None, nine: int | None, year: int | None, assumed: int, shares: Floats) -> list[int]:
    """H1, Q3 and Q4 such that the known half-year, nine-month and year sums hold; unknown ones follow `shares`."""
    whole = year if year is not None else assumed
    h1_of_nine = float(shares[0] / shares[:2].sum())
    if nine is None:
        nine = (
            half + round((whole - half) * float(shares[1] / shares[1:].sum()))
            if half is not None
            else round(whole * float(shares[:2].sum()))
        )
    elif year is None and whole <= nine:
        raise GeneratorError(f"assumed year total {whole} does not exceed the published nine months {nine}")
    if half is None:
        half = round(nine * h1_of_nine)
    return [half, nine - half, whole - nine]
