"""Windows that cut a period which was reported as a whole are refused, with a way on."""

from datetime import date

import pytest

from metrics import CutPeriodError, Filters, Scope, Window
from tests.support.marts import snapshot_in_memory
from tests.support.questions import ask, reported, september


def test_a_window_that_cuts_a_reported_month_is_refused_with_the_nearest_whole_ones() -> None:
    snapshot = snapshot_in_memory(
        payments=[
            reported("2012-08-01", "2012-08-31", department="council", settled=7),
            reported("2012-09-01", "2012-09-30", department="council", settled=7),
            september(1, department="dewa", settled=3),
        ]
    )
    with pytest.raises(CutPeriodError) as refused:
        ask(snapshot, window=Window(date(2012, 8, 15), date(2012, 9, 30)))
    message = str(refused.value)
    assert "'council' reports 2012-08-01 to 2012-08-31 as one period" in message
    assert message.endswith("nearest whole windows: 2012-09-01..2012-09-30, 2012-08-01..2012-09-30")
    dewa = ask(snapshot, window=Window(date(2012, 8, 15), date(2012, 9, 30)), filters=Filters.of(department="dewa"))
    assert dewa.total.value == 3


def test_a_base_that_cuts_a_reported_month_is_refused_too() -> None:
    snapshot = snapshot_in_memory(payments=[reported("2012-08-01", "2012-08-31", settled=7), september(10, settled=3)])
    with pytest.raises(CutPeriodError, match="2012-08-01 to 2012-08-31"):
        ask(snapshot, window=Window(date(2012, 9, 1), date(2012, 9, 10)), base=Window(date(2012, 8, 22), date(2012, 8, 31)))


@pytest.mark.parametrize("grain", ["day", "week"])
def test_a_reported_month_has_no_days_and_no_weeks(grain: str) -> None:
    snapshot = snapshot_in_memory(payments=[reported("2012-09-01", "2012-09-30", settled=7)])
    with pytest.raises(CutPeriodError, match=f"'{grain}' cuts; ask by a longer grain of time"):
        ask(snapshot, by=(grain,))
    assert [r.value for r in ask(snapshot, by=("month",)).rows] == [7]


def test_a_refusal_names_no_department_outside_the_scope() -> None:
    snapshot = snapshot_in_memory(payments=[reported("2012-09-01", "2012-09-30", department="council", settled=7), september(1)])
    assert ask(snapshot, window=Window(date(2012, 9, 1), date(2012, 9, 2)), scope=Scope.of("dewa")).total.value == 0
