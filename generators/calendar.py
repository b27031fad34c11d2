"""The city's calendar from 2009 to 2015: weekends, Hijri seasons, holidays, paydays, school and year-end.

Rule: days are numbered from EPOCH (2009-01-01 is 0) and everything is an array over all of them, so that a day looks the
same whatever range is asked for. Hazard: Hijri months are computed (Umm al-Qura), the sighted moon may differ by a day.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Final

import numpy as np
from hijridate import Hijri
from numpy.typing import NDArray

FIRST: Final = date(2009, 1, 1)
LAST: Final = date(2015, 12, 31)
DAYS: Final = (LAST - FIRST).days + 1
DAY_US: Final = 86_400_000_000
UTC_OFFSET_US: Final = 4 * 3_600_000_000
"""Asia/Dubai is UTC+4 all year."""
_EPOCH_US: Final = int(datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC).timestamp()) * 1_000_000

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def day_number(day: date) -> int:
    """Number of a day; 2009-01-01 is 0."""
    return (day - FIRST).days


def day_date(number: int) -> date:
    """Date of a day number."""
    return FIRST + timedelta(days=number)


def midnight_us(number: int) -> int:
    """UTC microseconds since 1970 at which the local day begins."""
    return _EPOCH_US + number * DAY_US - UTC_OFFSET_US


def midnights_us(numbers: Ints) -> Ints:
    """`midnight_us` of many days."""
    return np.asarray(_EPOCH_US - UTC_OFFSET_US + numbers * DAY_US)


@dataclass(frozen=True)
class Month:
    """A calendar month; `index` counts from January 2009."""

    year: int
    month: int

    @property
    def index(self) -> int:
        return (self.year - FIRST.year) * 12 + self.month - 1

    @property
    def first(self) -> int:
        return day_number(date(self.year, self.month, 1))

    @property
    def last(self) -> int:
        return self.shift(1).first - 1

    @property
    def days(self) -> range:
        return range(self.first, self.last + 1)

    @property
    def label(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def shift(self, months: int) -> "Month":
        total = self.year * 12 + self.month - 1 + months
        return Month(total // 12, total % 12 + 1)

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year, day.month)


def months_between(start: date, end: date) -> list[Month]:
    """All months that touch the days from `start` to `end`."""
    out = [Month.of(start)]
    while out[-1].last < day_number(end):
        out.append(out[-1].shift(1))
    return out


@dataclass(frozen=True)
class CityCalendar:
    """Facts of each day, arrays of length DAYS."""

    weekday: Ints
    """Monday 0 .. Sunday 6; the weekend is Friday 4 and Saturday 5."""
    month: Ints
    day: Ints
    weekend: Bools
    ramadan: Bools
    eid: Bools
    holiday: Bools
    """Public holidays other than Eid."""
    payday: Bools
    """25th to the 3rd: salaries are in and bills are due."""


@cache
def city_calendar() -> CityCalendar:
    """The calendar of every day from FIRST to LAST."""
    dates = [day_date(i) for i in range(DAYS)]
    weekday = np.array([d.weekday() for d in dates])
    month, day = np.array([d.month for d in dates]), np.array([d.day for d in dates])
    ramadan, eid, holiday = (np.zeros(DAYS, bool) for _ in range(3))
    for year in range(1430, 1438):
        _mark(ramadan, Hijri(year, 9, 1).to_gregorian(), Hijri(year, 10, 1).to_gregorian())
        for month_day in ((10, 1), (12, 9)):
            first = Hijri(year, *month_day).to_gregorian()
            _mark(eid, first, first + timedelta(days=4))
        for month_day in ((1, 1), (3, 12), (7, 27)):
            first = Hijri(year, *month_day).to_gregorian()
            _mark(holiday, first, first + timedelta(days=1))
    holiday |= ((month == 1) & (day == 1)) | ((month == 12) & ((day == 2) | (day == 3)))
    return CityCalendar(weekday, month, day, (weekday == 4) | (weekday == 5), ramadan, eid, holiday, (day >= 25) | (day <= 3))


def _mark(target: Bools, first: date, after: date) -> None:
    target[max(0, day_number(first)) : max(0, day_number(after))] = True


WEEKDAY_FACTOR: Final = np.array([1.06, 1.05, 1.02, 0.95, 0.55, 0.72, 1.10])
RAMADAN_FACTOR: Final = 0.84
EID_FACTOR: Final = 0.45
HOLIDAY_FACTOR: Final = 0.62
PAYDAY_FACTOR: Final = 1.22


@cache
def demand() -> Floats:
    """Relative demand of each day from the calendar alone, without trend or chance."""
    c = city_calendar()
    factor = WEEKDAY_FACTOR[c.weekday]
    factor = factor * np.where(c.ramadan, RAMADAN_FACTOR, 1.0) * np.where(c.payday, PAYDAY_FACTOR, 1.0)
    factor = factor * np.where(c.eid, EID_FACTOR, np.where(c.holiday, HOLIDAY_FACTOR, 1.0))
    year_end = (c.month == 12) & (c.day >= 15)
    after_holidays = (c.month == 9) & (c.day <= 20)
    summer = (c.month == 7) | (c.month == 8)
    return np.asarray(factor * np.where(year_end, 1.08, 1.0) * np.where(after_holidays, 1.07, 1.0) * np.where(summer, 0.96, 1.0))
