"""The plan of whole numbers: every published figure is a sum of its cells, whatever is assumed beside it."""

import csv
import os
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.calendar import day_date
from generators.calibration import Recipe, day_counts
from generators.published import (
    CARD,
    DIRECT_DEBIT,
    PHONE_CARD,
    PHONE_WALLET,
    TERMS,
    Figure,
    figures,
    largest_remainder,
    split_year,
    term_days,
    term_plan,
)
from generators.tables import FOLDER

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "published_figures.csv"
CELLS_OF = {
    "": slice(None),
    "channel=mpay": [PHONE_CARD, PHONE_WALLET],
    "method=direct_debit": [DIRECT_DEBIT],
    "method=credit_card": [PHONE_CARD, CARD],
}


@pytest.mark.shared
def test_the_copy_of_the_published_figures_is_the_original() -> None:
    if not SHARED.exists() and os.environ.get("CI") != "true":
        pytest.skip(f"{SHARED} is absent")
    with SHARED.open(encoding="utf-8", newline="") as a, (FOLDER / "published.csv").open(encoding="utf-8", newline="") as b:
        assert list(csv.DictReader(a)) == list(csv.DictReader(b))


def test_figures_are_fils_and_counts_from_2009_on() -> None:
    assert len(figures()) == 45
    assert figures()[0] == Figure(date(2009, 1, 1), date(2009, 12, 31), "collected_amount", "", 150_000_000_000, 10_000_000_000)


@pytest.mark.parametrize("figure", figures(), ids=lambda f: f"{f.start}-{f.end}-{f.measure}-{f.dimension}")
def test_the_plan_hits_every_published_figure_exactly(figure: Figure) -> None:
    plan = term_plan()
    values = plan.transactions if figure.measure == "transactions" else plan.fils
    inside = [
        t for t in range(len(TERMS)) if figure.start <= day_date(term_days(t)[0]) and day_date(term_days(t)[1]) <= figure.end
    ]
    assert values[inside][:, CELLS_OF[figure.dimension]].sum() == figure.value


def test_days_of_a_term_add_up_to_its_plan_in_every_cell() -> None:
    counts = day_counts(Recipe(7, 1.0))
    total = counts.regular + counts.stragglers
    for term, planned in enumerate(term_plan().transactions):
        first, last = term_days(term)
        assert total[first : last + 1].sum(axis=0).tolist() == planned.tolist()


def test_a_year_is_split_so_that_known_sums_hold() -> None:
    shares = np.array([0.5, 0.2, 0.3])
    assert split_year(None, None, None, 1000, shares) == [500, 200, 300]
    assert split_year(480, None, 1000, 900, shares) == [480, 208, 312]
    assert split_year(None, 700, 1000, 900, shares) == [500, 200, 300]
    assert split_year(450, 700, None, 1100, shares) == [450, 250, 400]


@given(st.integers(-(10**15), 10**15), st.lists(st.floats(0.001, 1e6), min_size=1, max_size=60))
def test_largest_remainder_adds_up_and_stays_within_one(total: int, weights: list[float]) -> None:
    parts = largest_remainder(total, np.array(weights))
    exact = np.array(weights) * (total / sum(weights))
    assert parts.sum() == total
    assert np.abs(parts - exact).max() <= 1 + abs(total) * 1e-12
