"""Worked answers of the reference definitions: windows to date, their bases, and time keys."""

from datetime import date

import pytest

from metrics import Window, month, previous_period, quarter, same_period_last_year, span_of, year, year_to_date
from metrics.periods import key_of, keys, paired, unfinished


def window(start: str, end: str) -> Window:
    return Window(date.fromisoformat(start), date.fromisoformat(end))


def test_year_to_date_ends_at_complete_through() -> None:
    assert year_to_date(date(2012, 9, 30)) == window("2012-01-01", "2012-09-30")


@pytest.mark.parametrize(
    ("current", "base"),
    [
        (("2012-01-01", "2012-09-30"), ("2011-01-01", "2011-09-30")),
        (("2012-01-01", "2012-02-29"), ("2011-01-01", "2011-02-28")),
        (("2012-02-29", "2012-02-29"), ("2011-02-28", "2011-02-28")),
        (("2013-01-01", "2013-02-28"), ("2012-01-01", "2012-02-28")),
        (("2011-12-20", "2012-01-10"), ("2010-12-20", "2011-01-10")),
    ],
)
def test_base_is_the_same_calendar_days_one_year_earlier(current: tuple[str, str], base: tuple[str, str]) -> None:
    assert same_period_last_year(window(*current)) == window(*base)


@pytest.mark.parametrize(
    ("current", "base"),
    [
        (("2012-03-01", "2012-03-31"), ("2012-02-01", "2012-02-29")),
        (("2012-07-01", "2012-09-30"), ("2012-04-01", "2012-06-30")),
        (("2012-01-01", "2012-12-31"), ("2011-01-01", "2011-12-31")),
        (("2012-01-01", "2012-09-30"), ("2011-04-01", "2011-12-31")),
        (("2012-03-05", "2012-03-11"), ("2012-02-27", "2012-03-04")),
    ],
)
def test_previous_period_is_the_whole_one_before_or_as_many_days(current: tuple[str, str], base: tuple[str, str]) -> None:
    assert previous_period(window(*current)) == window(*base)


def test_an_inverted_range_is_refused_with_both_days_named() -> None:
    with pytest.raises(ValueError, match="inverted range: 2012-02-01 is after 2012-01-01"):
        window("2012-02-01", "2012-01-01")


@pytest.mark.parametrize(
    ("grain", "key", "start", "end"),
    [
        ("day", "2012-02-29", "2012-02-29", "2012-02-29"),
        ("week", "2012-W52", "2012-12-24", "2012-12-30"),
        ("week", "2013-W01", "2012-12-31", "2013-01-06"),
        ("month", "2012-02", "2012-02-01", "2012-02-29"),
        ("quarter", "2012-Q3", "2012-07-01", "2012-09-30"),
        ("year", "2012", "2012-01-01", "2012-12-31"),
    ],
)
def test_a_time_key_names_a_whole_period_and_each_of_its_days_has_it(grain: str, key: str, start: str, end: str) -> None:
    assert span_of(key) == window(start, end)
    assert {key_of(day, grain) for day in (span_of(key).start, span_of(key).end)} == {key}  # type: ignore[arg-type]


def test_both_weekends_lie_inside_one_week() -> None:
    assert key_of(date(2021, 12, 24), "week") == key_of(date(2021, 12, 25), "week")
    assert key_of(date(2022, 1, 8), "week") == key_of(date(2022, 1, 9), "week")


def test_named_windows() -> None:
    assert month(2012, 2) == window("2012-02-01", "2012-02-29")
    assert quarter(2012, 4) == window("2012-10-01", "2012-12-31")
    assert year(2012) == window("2012-01-01", "2012-12-31")


def test_a_window_touches_its_keys_in_order() -> None:
    assert keys(window("2012-08-15", "2012-10-01"), "month") == ("2012-08", "2012-09", "2012-10")
    assert keys(window("2012-12-30", "2013-01-01"), "week") == ("2012-W52", "2013-W01")


def test_periods_cut_by_the_window_or_by_complete_through_are_unfinished() -> None:
    months = ("2012-08", "2012-09", "2012-10")
    asked = window("2012-08-15", "2012-10-31")
    assert unfinished(months, asked, date(2012, 10, 31)) == ("2012-08",)
    assert unfinished(months, asked, date(2012, 9, 29)) == months


def test_days_of_a_leap_year_are_compared_by_the_calendar() -> None:
    pairs = paired(window("2012-02-27", "2012-03-02"), window("2011-02-27", "2011-03-02"), "day")
    assert pairs == {
        "2012-02-27": "2011-02-27",
        "2012-02-28": "2011-02-28",
        "2012-02-29": "2011-02-28",
        "2012-03-01": "2011-03-01",
        "2012-03-02": "2011-03-02",
    }


def test_days_of_a_previous_period_are_compared_by_position() -> None:
    pairs = paired(window("2012-03-01", "2012-03-31"), window("2012-02-01", "2012-02-29"), "day")
    assert pairs["2012-03-29"] == "2012-02-29"
    assert "2012-03-30" not in pairs


def test_months_and_quarters_are_compared_with_those_of_the_year_before() -> None:
    current, base = window("2012-01-01", "2012-09-15"), window("2011-01-01", "2011-09-15")
    assert paired(current, base, "month")["2012-09"] == "2011-09"
    assert paired(current, base, "quarter") == {"2012-Q1": "2011-Q1", "2012-Q2": "2011-Q2", "2012-Q3": "2011-Q3"}
    assert paired(current, base, "year") == {"2012": "2011"}
