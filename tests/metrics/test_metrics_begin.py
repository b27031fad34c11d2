"""Windows that begin before the data, and months without a delivery: no data is not zero, and unlike days are not compared."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest

from metrics import Filters, Scope, Window, month, same_period_last_year, year
from tests.support.marts import snapshot_in_memory
from tests.support.questions import ask

THROUGH = date(2012, 9, 30)
SO_FAR = Window(date(2012, 1, 1), THROUGH)
Row = dict[str, Any]


def daily(first: date, last: date, **more: Any) -> list[Row]:
    """A transaction on each day."""
    return [{"day": first + timedelta(days=n), "settled": 1, **more} for n in range((last - first).days + 1)]


def coverage(first: date, source: str = "payments") -> list[Row]:
    return [{"source": source, "files": 1, "first_day": first, "last_day": THROUGH, "complete_through": THROUGH}]


def asked(rows: Iterable[Row], first: date, window: Window = SO_FAR, **more: Any) -> Any:
    snapshot = snapshot_in_memory(payments=list(rows), coverage=coverage(first), complete_through=THROUGH)
    return ask(snapshot, window=window, **more)


def test_a_window_that_begins_before_the_data_says_since_when_there_are_any() -> None:
    first = date(2012, 3, 10)
    found = asked(daily(first, THROUGH), first, by=("month",))
    assert (found.since, found.total.value) == (first, 205)
    assert found.notes == ("Data begin on 2012-03-10; the days of the period before it are no data, not zero.",)
    assert [row.key("month") for row in found.rows] == [f"2012-0{n}" for n in range(3, 10)]
    assert found.unfinished == ("2012-03",)


@pytest.mark.parametrize("window", [month(2012, 4), month(2011, 5)], ids=["after", "before"])
def test_a_window_that_lies_wholly_after_or_before_the_first_day_begins_nowhere_inside(window: Window) -> None:
    first = date(2012, 3, 10)
    found = asked(daily(first, THROUGH), first, window)
    assert (found.since, found.notes) == (None, ())


def test_a_base_in_which_data_begin_is_refused_from_that_day_on() -> None:
    first = date(2011, 3, 10)
    found = asked(daily(first, THROUGH), first, base=same_period_last_year(SO_FAR), by=("month",))
    assert found.since is None
    assert (found.total.value, found.total.base_value) == (274, None)
    assert found.notes == ("No comparison for the whole period: data begin on 2011-03-10.",)
    assert {row.key("month"): row.base_value for row in found.rows}["2012-04"] == 30


@pytest.mark.parametrize("by", ["filter", "scope", "service"])
def test_data_of_a_department_begin_with_its_first_record_if_that_is_in_a_later_month(by: str) -> None:
    first = date(2011, 1, 1)
    late = daily(date(2012, 3, 10), THROUGH, department="rta", service="salik")
    narrowed = {
        "filter": {"filters": Filters.of(department="rta")},
        "scope": {"scope": Scope.of("rta")},
        "service": {"filters": Filters.of(service="salik")},
    }[by]
    found = asked([*daily(first, THROUGH), *late], first, **narrowed)
    assert (found.since, found.total.value) == (date(2012, 3, 10), 205)
    assert asked([*daily(first, THROUGH), *late], first).since is None


def test_a_department_without_a_record_on_the_first_days_of_the_month_was_quiet() -> None:
    first = date(2011, 1, 1)
    late = daily(date(2012, 1, 5), THROUGH, department="rta", service="salik")
    found = asked([*daily(first, THROUGH), *late], first, filters=Filters.of(department="rta"))
    assert (found.since, found.notes) == (None, ())


def test_periods_of_which_one_lacks_whole_months_are_not_compared_as_a_whole() -> None:
    """January and February 2012 were not delivered: nine months beside seven would be a fall that nobody had."""
    rows = [row for row in daily(date(2011, 1, 1), THROUGH) if row["day"].year == 2011 or row["day"].month > 2]
    base = same_period_last_year(SO_FAR)
    found = asked(rows, date(2011, 1, 1), base=base, by=("month",))
    assert (found.total.value, found.total.base_value, found.total.change) == (214, None, None)
    assert found.notes == ("No comparison for the whole period: nothing was delivered for 2012-01, 2012-02.",)
    assert {row.key("month"): row.change for row in found.rows} == {
        "2012-01": None,
        "2012-02": None,
        **{f"2012-0{n}": 0.0 for n in range(3, 10)},
    }
    assert asked(rows, date(2011, 1, 1), base=base, by=("department",)).rows[0].base_value is None
    quarters = {row.key("quarter"): row.change for row in asked(rows, date(2011, 1, 1), base=base, by=("quarter",)).rows}
    assert quarters == {"2012-Q1": None, "2012-Q2": 0.0, "2012-Q3": 0.0}


def test_a_silent_month_of_the_base_is_named_by_the_months_of_the_base() -> None:
    rows = [row for row in daily(date(2011, 1, 1), THROUGH) if (row["day"].year, row["day"].month) != (2011, 2)]
    found = asked(rows, date(2011, 1, 1), base=same_period_last_year(SO_FAR))
    assert found.notes == ("No comparison for the whole period: nothing was delivered for 2011-02.",)


def test_periods_that_lack_the_same_months_are_compared() -> None:
    rows = [row for row in daily(date(2011, 1, 1), THROUGH) if row["day"].month > 2]
    found = asked(rows, date(2011, 1, 1), base=same_period_last_year(SO_FAR))
    assert (found.total.change, found.notes) == (0.0, ())


def test_missing_days_inside_a_month_leave_the_comparison() -> None:
    rows = [row for row in daily(date(2011, 1, 1), THROUGH) if not date(2012, 2, 3) <= row["day"] <= date(2012, 2, 20)]
    found = asked(rows, date(2011, 1, 1), base=same_period_last_year(SO_FAR))
    assert (found.total.base_value, found.notes) == (273, ())


def test_a_month_inside_a_longer_reported_period_is_no_silent_one() -> None:
    """A body reports quarters: only their first days are days of the delivery."""
    quarters = [Window(date(y, m, 1), month(y, m + 2).end) for y in (2011, 2012) for m in (1, 4, 7, 10)][:7]
    rows = [{"period_start": q.start, "period_end": q.end, "settled": 3, "attempts": None} for q in quarters]
    days = [{"source": "payment_totals", "day": q.start, "rows": 1, "fils": 0, "delivered": True} for q in quarters]
    days = [day for day in days if day["day"] != date(2012, 1, 1)]
    rows = [row for row in rows if row["period_start"] != date(2012, 1, 1)]
    snapshot = snapshot_in_memory(
        payments=rows, coverage=coverage(date(2011, 1, 1), "payment_totals"), coverage_days=days, complete_through=THROUGH
    )
    found = ask(snapshot, window=SO_FAR, base=same_period_last_year(SO_FAR))
    assert found.notes == ("No comparison for the whole period: nothing was delivered for 2012-01, 2012-02, 2012-03.",)
    second = Window(date(2012, 4, 1), THROUGH)
    assert ask(snapshot, window=second, base=same_period_last_year(second)).total.change == 0.0


def test_a_balance_has_what_came_before_the_window_in_it() -> None:
    rows = [{"day": date(2012, 3, 10), "opened": 3}]
    snapshot = snapshot_in_memory(feedback=rows, coverage=coverage(date(2012, 3, 10), "feedback"), complete_through=THROUGH)
    found = ask(snapshot, "complaints_backlog", window=year(2012))
    assert found.since is None


def joining(first: date) -> list[Row]:
    """A transaction of the default department on each day since 2011, and one of 'rta' from its first day on."""
    return [*daily(date(2011, 1, 1), THROUGH), *daily(first, THROUGH, department="rta", service="salik")]


def compared(rows: list[Row], **more: Any) -> Any:
    return asked(rows, date(2011, 1, 1), base=same_period_last_year(SO_FAR), **more)


@pytest.mark.parametrize(("by", "code"), [("department", "rta"), ("service", "salik")])
def test_a_row_whose_department_began_inside_the_base_has_no_change_and_a_note_says_so(by: str, code: str) -> None:
    rows = joining(date(2011, 5, 1))
    found = compared(rows, by=(by,))
    late, early = sorted(found.rows, key=lambda row: row.key(by) != code)
    assert (late.value, late.base_value, late.change) == (274, 153, None)
    assert early.change == pytest.approx(274 / 273 - 1)
    assert found.total.base_value == late.base_value + early.base_value == 426
    assert found.notes == (
        "Data of rta begin inside the base period, which holds less of them: a difference is no growth, and no change is given.",
    )
    assert compared(rows, filters=Filters.of(department="rta")).total.change is None


def test_a_department_that_began_inside_the_base_is_compared_in_the_periods_after_that() -> None:
    rows = joining(date(2011, 5, 10))
    found = compared(rows, by=("month", "department"))
    own = compared(rows, by=("month",), filters=Filters.of(department="rta"))
    changes = {row.key("month"): row.change for row in found.rows if row.key("department") == "rta"}
    assert changes == {row.key("month"): row.change for row in own.rows}
    assert (changes["2012-05"], changes["2012-06"]) == (None, 0.0)


@pytest.mark.parametrize("first", [date(2011, 1, 5), date(2011, 10, 1)], ids=["first month", "after the base"])
def test_a_department_that_began_outside_the_base_or_in_its_first_month_needs_no_note(first: date) -> None:
    found = compared(joining(first), by=("department",))
    assert found.notes == ()
    assert compared(joining(date(2011, 5, 1))).notes == ()
