"""The calendar: local days of the city and its seasons."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from generators.calendar import (
    DAYS,
    Month,
    city_calendar,
    day_date,
    day_number,
    demand,
    midnight_us,
    midnights_us,
    months_between,
)


def test_half_past_eight_in_the_evening_utc_on_new_years_eve_is_next_year() -> None:
    at = int(datetime(2010, 12, 31, 20, 30, tzinfo=UTC).timestamp()) * 1_000_000
    new_year = day_number(date(2011, 1, 1))
    assert midnight_us(new_year) <= at < midnight_us(new_year + 1)
    assert midnights_us(np.array([new_year]))[0] == midnight_us(new_year)


def test_the_weekend_is_friday_and_saturday() -> None:
    weekend = city_calendar().weekend
    assert [bool(weekend[day_number(date(2012, 9, d))]) for d in range(26, 31)] == [False, False, True, True, False]


@pytest.mark.parametrize(
    ("first", "last"),
    [(date(2010, 8, 11), date(2010, 9, 9)), (date(2012, 7, 20), date(2012, 8, 18)), (date(2015, 6, 18), date(2015, 7, 16))],
)
def test_ramadan_moves_eleven_days_a_year_and_is_followed_by_eid(first: date, last: date) -> None:
    calendar, a, b = city_calendar(), day_number(first), day_number(last)
    assert not calendar.ramadan[a - 1]
    assert calendar.ramadan[a : b + 1].all()
    assert not calendar.ramadan[b + 1]
    assert calendar.eid[b + 1]


def test_demand_is_lower_on_fridays_and_higher_on_paydays() -> None:
    factor = demand()
    assert factor[day_number(date(2012, 5, 18))] < factor[day_number(date(2012, 5, 17))]
    assert factor[day_number(date(2012, 5, 28))] > factor[day_number(date(2012, 5, 21))]


def test_months_know_their_days() -> None:
    assert Month(2012, 2).days == range(day_number(date(2012, 2, 1)), day_number(date(2012, 2, 29)) + 1)
    assert Month(2011, 12).shift(1) == Month(2012, 1)
    assert [m.label for m in months_between(date(2011, 12, 31), date(2012, 2, 1))] == ["2011-12", "2012-01", "2012-02"]
    assert day_date(DAYS - 1) == date(2015, 12, 31)
