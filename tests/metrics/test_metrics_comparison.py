"""Which windows are compared: the same days, whole periods, as far as the data are complete."""

from datetime import date, timedelta

from metrics import Window, days_beside, month, previous_period, same_period_last_year, year
from tests.support.marts import snapshot_in_memory
from tests.support.questions import SEPTEMBER, ask, reported, september


def test_rows_exist_where_either_window_has_them() -> None:
    snapshot = snapshot_in_memory(
        payments=[
            september(1, department="dewa", settled=6),
            {"day": date(2011, 9, 1), "department": "dewa", "settled": 4},
            {"day": date(2011, 9, 1), "department": "rta", "settled": 2},
            september(2, department="dha", settled=1),
        ]
    )
    answer = ask(snapshot, base=same_period_last_year(SEPTEMBER), by=("department",))
    assert {r.key("department"): (r.value, r.base_value, r.change) for r in answer.rows} == {
        "dewa": (6, 4, 0.5),
        "dha": (1, None, None),
        "rta": (0, 2, -1.0),
    }
    assert (answer.total.value, answer.total.base_value) == (7, 6)


def test_the_days_beside_are_those_of_whole_periods_that_have_a_partner() -> None:
    """From 10 March to 20 June the first and the last month are cut: April and May stand beside what came before by position."""
    rows = [{"day": date(2011, 11, 1) + timedelta(days=n), "settled": 1} for n in range(240)]
    snapshot = snapshot_in_memory(payments=rows, complete_through=date(2012, 6, 27))
    window = Window(date(2012, 3, 10), date(2012, 6, 20))
    base = previous_period(window)
    assert base == Window(date(2011, 11, 28), date(2012, 3, 9))
    assert days_beside(ask(snapshot, window=window, base=base, by=("month",))) == Window(date(2011, 12, 1), date(2012, 1, 31))
    assert days_beside(ask(snapshot, window=window, base=base, by=("department",))) == base
    short = Window(date(2012, 3, 10), date(2012, 4, 20))
    assert days_beside(ask(snapshot, window=short, base=previous_period(short), by=("month",))) is None
    assert days_beside(ask(snapshot, window=short, by=("month",))) is None


def test_days_of_a_base_stand_beside_the_same_day_of_the_current_year() -> None:
    snapshot = snapshot_in_memory(
        payments=[
            {"day": date(2012, 2, 29), "settled": 8},
            {"day": date(2012, 2, 28), "settled": 4},
            {"day": date(2011, 2, 28), "settled": 2},
        ]
    )
    window = Window(date(2012, 2, 28), date(2012, 2, 29))
    answer = ask(snapshot, window=window, base=same_period_last_year(window), by=("day",))
    assert [(r.key("day"), r.value, r.base_value) for r in answer.rows] == [("2012-02-28", 4, 2), ("2012-02-29", 8, 2)]
    assert answer.total.base_value == 2
    assert answer.notes == ("2011-02-28 stands beside two days; the total counts it once.",)


def test_only_rows_by_day_over_a_leap_day_hold_a_day_of_the_base_twice() -> None:
    rows = [{"day": date(year, 2, 28), "settled": 2} for year in (2011, 2012)]
    snapshot = snapshot_in_memory(payments=rows, complete_through=date(2012, 12, 31))

    def noted(window: Window, *by: str) -> tuple[str, ...]:
        return ask(snapshot, window=window, base=same_period_last_year(window), by=by).notes

    assert noted(month(2012, 2), "month") == noted(month(2012, 2)) == noted(month(2012, 3), "day") == ()
    assert noted(Window(date(2012, 2, 29), date(2012, 2, 29)), "day") == ()
    assert noted(month(2012, 2), "day", "department") == ("2011-02-28 stands beside two days; the total counts it once.",)


def test_a_reported_february_is_compared_with_the_whole_one_of_a_leap_year() -> None:
    """The same calendar days would end on 28 February 2012 and cut the month that was reported."""
    snapshot = snapshot_in_memory(
        payments=[reported("2013-02-01", "2013-02-28", settled=3), reported("2012-02-01", "2012-02-29", settled=2)]
    )
    answer = ask(snapshot, window=month(2013, 2), base=same_period_last_year(month(2013, 2)), by=("month",))
    assert answer.base == month(2012, 2)
    assert answer.notes == ("The base ends on 29 February, for months are reported as a whole.",)
    assert (answer.rows[0].base_value, answer.total.base_value) == (2, 2)


def test_days_of_a_log_keep_the_same_calendar_days_in_a_leap_year() -> None:
    snapshot = snapshot_in_memory(payments=[{"day": date(2013, 2, 28), "settled": 3}, {"day": date(2012, 2, 29), "settled": 2}])
    answer = ask(snapshot, window=month(2013, 2), base=same_period_last_year(month(2013, 2)))
    assert answer.base == Window(date(2012, 2, 1), date(2012, 2, 28))


def test_no_part_of_a_period_is_compared_with_a_whole_one() -> None:
    start = date(2011, 6, 1)
    days = [start + timedelta(days=n) for n in range(457)]
    snapshot = snapshot_in_memory(payments=[{"day": day, "settled": 10} for day in days])
    window = Window(date(2012, 7, 2), date(2012, 7, 29))
    weeks = ask(snapshot, window=window, base=same_period_last_year(window), by=("week",)).rows
    assert [(r.key("week"), r.value, r.base_value, r.change) for r in weeks] == [
        ("2012-W27", 70, 70, 0.0),
        ("2012-W28", 70, 70, 0.0),
        ("2012-W29", 70, 70, 0.0),
        ("2012-W30", 70, None, None),
    ]
    window = Window(date(2012, 6, 10), date(2012, 8, 20))
    months = ask(snapshot, window=window, base=previous_period(window), by=("month",)).rows
    assert [(r.key("month"), r.base_value, r.change is None) for r in months] == [
        ("2012-06", None, True),
        ("2012-07", 300, False),
        ("2012-08", None, True),
    ]


def test_a_window_beyond_complete_through_is_compared_as_far_as_both_are_complete() -> None:
    rows = [
        september(1, settled=6),
        {"day": date(2012, 10, 1), "settled": 1},
        {"day": date(2011, 9, 20), "settled": 4},
        {"day": date(2011, 12, 1), "settled": 90},
    ]
    snapshot = snapshot_in_memory(payments=rows, complete_through=date(2012, 9, 20))
    answer = ask(snapshot, window=year(2012), base=year(2011))
    assert (answer.window, answer.base) == (
        Window(date(2012, 1, 1), date(2012, 9, 20)),
        Window(date(2011, 1, 1), date(2011, 9, 20)),
    )
    assert (answer.total.value, answer.total.base_value, answer.total.change) == (6, 4, 0.5)
    assert answer.notes == ("Compared as far as the data are complete: to 2012-09-20, with the base to 2011-09-20.",)
    later = ask(snapshot, window=month(2012, 10), base=SEPTEMBER)
    assert (later.total.value, later.base) == (1, None)
    assert later.notes[0] == "No comparison: data is complete through 2012-09-20 only."


def test_a_base_that_begins_before_the_data_is_no_base() -> None:
    rows = [{"day": date(year, month, 1), "settled": 5} for year, month in ((2010, 2), (2010, 6), (2010, 12), (2011, 2))]
    snapshot = snapshot_in_memory(payments=rows, complete_through=date(2011, 6, 30))
    window = Window(date(2010, 12, 1), date(2011, 6, 30))
    answer = ask(snapshot, window=window, base=same_period_last_year(window), by=("month",))
    assert (answer.total.value, answer.total.base_value, answer.total.change) == (10, None, None)
    assert answer.notes == ("No comparison for the whole period: data begin on 2010-01-01.",)
    by_month = {r.key("month"): (r.value, r.base_value) for r in answer.rows}
    assert (by_month["2010-12"], by_month["2011-02"]) == ((5, None), (5, 5))
    assert [r.base_value for r in ask(snapshot, window=window, base=same_period_last_year(window), by=("department",)).rows] == [
        None
    ]
