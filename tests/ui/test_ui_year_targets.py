"""Departments' sums stand against their own targets of the year, by the days gone; who has no target is left alone."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from metrics import Result, Window, year
from store.snapshot import Snapshot
from tests.support.contexts import context_over
from tests.support.marts import snapshot_in_memory
from ui.answers import ask
from ui.bars import bars
from ui.context import Context
from ui.measures import part_bars
from ui.text import plain
from ui.year_targets import against_the_year, standings, ticks, with_goals, year_columns, year_goals

HALF = Window(date(2012, 1, 1), date(2012, 7, 1))
"""183 of the 366 days of 2012: half of the year."""


def target(department: str, value: int, kpi: str = "transactions") -> dict[str, Any]:
    return {"kpi": kpi, "department": department, "year": 2012, "numerator": value, "denominator": 1}


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    """Customs has half of its year, DEWA one transaction less, the police no target of their own."""
    settled = {"customs": 50, "dewa": 99, "police": 10}
    rows = [{"day": date(2012, 3, 1), "department": code, "settled": n, "gross_fils": 100 * n} for code, n in settled.items()]
    goals = [target("*", 1_000), target("customs", 100), target("dewa", 200), target("dewa", 20_000, "collected_amount")]
    return snapshot_in_memory(payments=rows, targets=goals, complete_through=date(2012, 12, 31))


@pytest.fixture
def context(snapshot: Snapshot) -> Context:
    return context_over(snapshot)


def asked(context: Context, kpi: str = "transactions", window: Window = HALF, by: str = "department") -> Result:
    return ask(context, kpi, by, window=window, base=None, without="department")


def test_only_a_departments_own_target_of_that_kpi_is_its_target(context: Context) -> None:
    assert year_goals(context, asked(context)) == {"customs": Fraction(100), "dewa": Fraction(200)}
    assert year_goals(context, asked(context, "collected_amount")) == {"dewa": Fraction(20_000)}
    assert year_goals(context, asked(context, "attempts")) == {}


def test_half_of_the_target_in_half_of_the_year_is_ahead_and_one_transaction_less_is_behind(context: Context) -> None:
    result = asked(context)
    found = year_goals(context, result)
    assert standings(result, found) == {"customs": "ahead", "dewa": "behind"}
    assert against_the_year(context, result, found) == ["50% of the year is gone; behind the target: 1 of 2 (dewa)"]
    over = asked(context, window=year(2012))
    assert standings(over, found) == {"customs": "missed", "dewa": "missed"}
    assert against_the_year(context, over, found) == ["Target missed by 2 of 2: dewa, customs"]


@pytest.mark.parametrize(
    "window", [Window(date(2012, 2, 1), date(2012, 7, 1)), Window(date(2011, 1, 1), date(2012, 7, 1))], ids=["part", "two years"]
)
def test_a_window_that_is_no_year_so_far_has_no_targets(context: Context, window: Window) -> None:
    assert year_goals(context, asked(context, window=window)) == {}


def test_services_and_parts_of_departments_have_no_targets(snapshot: Snapshot, context: Context) -> None:
    assert year_goals(context, asked(context, by="service")) == {}
    assert year_goals(context_over(snapshot, channel="web"), asked(context_over(snapshot, channel="web"))) == {}


def test_a_black_tick_stands_at_each_target_and_labels_and_axis_reach_beyond_it(context: Context) -> None:
    result = asked(context)
    found = year_goals(context, result)
    rows = with_goals(context, result, part_bars(context, result, 10), found)
    chart = ticks(context, result, bars(context, rows), rows, found)
    *_, tick, labels = chart["data"]
    assert [row.name for row in rows] == ["dewa", "customs", "police"]
    assert (tick["x"], tick["y"]) == ([200.0, 100.0], [0, 1])
    assert labels["x"] == [200.0, 100.0, 10]
    assert chart["layout"]["xaxis"]["range"] == [0.0, 260.0]
    assert plain(rows[1].details[-1]) == "Target 100 for 2012: 50%, ahead"
    assert [plain(line) for line in rows[2].details] == ["1 Jan–1 Jul 2012: 10"], "the police have none, and none is said"


def test_amounts_are_drawn_in_the_main_unit_and_tabled_to_the_fils(context: Context) -> None:
    result = asked(context, "collected_amount")
    found = year_goals(context, result)
    rows = part_bars(context, result, 10)
    assert ticks(context, result, bars(context, rows), rows, found)["data"][-2]["x"] == [200.0]
    goal, share, said = year_columns(context, result, found)
    assert (goal.column.title, goal.column.unit) == ("Collected amount, target for 2012", "AED")
    assert [f"{goal.cells['dewa']}", share.cells["dewa"], said.cells["dewa"]] == ["200.00", 0.495, "behind"]


def test_without_targets_chart_table_and_words_stay_as_they_are(context: Context) -> None:
    result = asked(context, "attempts")
    rows = part_bars(context, result, 10)
    chart = bars(context, rows)
    assert ticks(context, result, chart, rows, {}) is chart
    assert (against_the_year(context, result, {}), year_columns(context, result, {})) == ([], [])
