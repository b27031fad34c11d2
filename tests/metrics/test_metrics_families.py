"""A survey's change is judged among all that it was picked from, however it was picked; few answers are said to be few."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from metrics import Filters, Window, same_period_last_year
from store.snapshot import Snapshot
from tests.support.marts import snapshot_in_memory
from tests.support.questions import SEPTEMBER, ask, september

LAST = same_period_last_year(SEPTEMBER)
YEAR = Window(date(2012, 1, 1), date(2012, 9, 30))


def asked_of(good: Mapping[str, tuple[int, int]], answers: int = 100, **more: Any) -> list[dict[str, Any]]:
    """Answers of departments in the Septembers of 2011 and 2012, of which so many are good."""
    return [
        {"day": date(2011 + i, 9, 1), "department": code, "csat_valid": answers, "csat_top2": both[i], **more}
        for code, both in good.items()
        for i in (0, 1)
    ]


@pytest.fixture(scope="module")
def ten() -> Snapshot:
    """rta fell by 15 points, p = 0.03: alone that would stand, beside nine departments where nothing changed it does not."""
    return snapshot_in_memory(surveys=asked_of({**{f"d{i}": (50, 50) for i in range(9)}, "rta": (65, 50)}))


def test_a_department_alone_is_judged_as_it_is_in_the_table_of_all_departments(ten: Snapshot) -> None:
    alone = ask(ten, "satisfaction", base=LAST, filters=Filters.of(department="rta"))
    (row,) = (r for r in ask(ten, "satisfaction", base=LAST, by=("department",)).rows if r.key("department") == "rta")
    assert (alone.total.change, alone.total.significant) == (pytest.approx(-0.15), False)
    assert (row.change, row.significant, row.change_interval) == (alone.total.change, False, alone.total.change_interval)


def test_a_department_is_judged_alike_by_month_and_by_month_and_department(ten: Snapshot) -> None:
    (one,) = ask(ten, "satisfaction", base=LAST, by=("month",), filters=Filters.of(department="rta")).rows
    both = ask(ten, "satisfaction", base=LAST, by=("month", "department")).rows
    assert one.significant is False
    assert [r.significant for r in both if r.key("department") == "rta"] == [False]


def test_a_fall_that_stands_among_all_departments_stands_for_the_department_alone() -> None:
    snapshot = snapshot_in_memory(surveys=asked_of({"dewa": (50, 50), "rta": (90, 50)}))
    assert ask(snapshot, "satisfaction", base=LAST, filters=Filters.of(department="rta")).total.significant is True
    assert ask(snapshot, "satisfaction", base=LAST, filters=Filters.of(department="dewa")).total.significant is False


def test_several_values_of_a_filter_single_out_nothing(ten: Snapshot) -> None:
    """rta and d0 together fell from 115 to 100 of 200: p = 0.13 whatever the others did."""
    two = ask(ten, "satisfaction", base=LAST, filters=Filters.of(department=("rta", "d0")))
    assert two.total.change == pytest.approx(-0.075)
    assert two.total.significant is False
    strong = snapshot_in_memory(surveys=asked_of({**{f"d{i}": (50, 50) for i in range(9)}, "rta": (90, 50)}))
    pooled = ask(strong, "satisfaction", base=LAST, filters=Filters.of(department=("rta", "d0")))
    assert pooled.total.significant is True


def test_without_a_filter_the_whole_is_one_comparison() -> None:
    snapshot = snapshot_in_memory(surveys=asked_of({"rta": (65, 50)}))
    assert ask(snapshot, "satisfaction", base=LAST).total.significant is True


@pytest.mark.parametrize(("answers", "few"), [(29, True), (30, False)])
def test_a_comparison_of_one_month_with_fewer_than_thirty_answers_on_a_side_has_few(answers: int, few: bool) -> None:
    rows = [september(1, csat_valid=500, csat_top2=400), {"day": date(2011, 9, 1), "csat_valid": answers, "csat_top2": 20}]
    assert ask(snapshot_in_memory(surveys=rows), "satisfaction", base=LAST).total.few is few


@pytest.mark.parametrize(("answers", "few"), [(89, True), (90, False)])
def test_nine_months_with_fewer_than_ten_answers_each_on_average_have_few(answers: int, few: bool) -> None:
    rows = [september(1, csat_valid=500, csat_top2=400), {"day": date(2011, 3, 1), "csat_valid": answers, "csat_top2": 70}]
    found = ask(snapshot_in_memory(surveys=rows), "satisfaction", window=YEAR, base=same_period_last_year(YEAR))
    assert (found.total.base_n, found.total.few) == (answers, few)


def test_against_a_hidden_base_nothing_is_compared_and_it_is_said_to_be_hidden() -> None:
    rows = [september(1, csat_valid=500, csat_top2=400), {"day": date(2011, 9, 1), "csat_valid": 9, "csat_top2": 9}]
    found = ask(snapshot_in_memory(surveys=rows), "satisfaction", base=LAST)
    assert (found.total.change, found.total.base_value, found.total.base_n, found.total.base_interval) == (None, None, None, None)
    assert found.total.base_hidden == "hidden: fewer than 10 answers"
    assert "No comparison: fewer than 10 answers in the base." in found.notes


def test_a_mean_has_the_interval_that_the_spread_of_its_answers_gives() -> None:
    """25 answers of each of 2, 3, 4 and 5: mean 3.5, variance 1.2626, t of 99 degrees of freedom 1.9842."""
    rows = [september(1, csat_valid=100, csat_sum=350, csat_squares=1350, csat_top2=50, invited=400, completed=100)]
    total = ask(snapshot_in_memory(surveys=rows), "satisfaction_mean").total
    assert total.interval
    assert (total.value, total.n, total.interval.response_rate) == (3.5, 100, 0.25)
    assert (total.interval.low, total.interval.high) == pytest.approx((3.2770, 3.7230), abs=5e-5)


def test_a_change_of_a_mean_is_judged_by_the_spread_of_both_years() -> None:
    """The same 100 answers as a year before but for half a point more: Welch's t 3.3166, 195.6 degrees of freedom."""
    spread = {"csat_valid": 100, "invited": 400, "completed": 100}
    rows = [
        september(1, csat_sum=350, csat_squares=1350, **spread),
        {"day": date(2011, 9, 1), "csat_sum": 300, "csat_squares": 1000, **spread},
    ]
    total = ask(snapshot_in_memory(surveys=rows), "satisfaction_mean", base=LAST).total
    assert total.change == 0.5
    assert total.change_interval == pytest.approx((0.2027, 0.7973), abs=5e-5)
    assert total.significant is True
