"""The city's calendar beyond the Gregorian one: weekends, Ramadan, the two Eids, paydays.

Rule: seasons are windows of local days, by the Umm al-Qura calendar; nothing here looks at data.
Hazard: the moon may be seen a day later than Umm al-Qura says, so a season is a regressor, never a cut-off.
Sources: reference context, "Calendar"; hijridate (Umm al-Qura, 1343 to 1500 AH).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Final

from hijridate import Hijri

from metrics.model import Window

_DAY: Final = timedelta(days=1)
WEEKEND_SWITCH: Final = date(2022, 1, 1)
"""From this day the weekend is Saturday and Sunday; before, Friday and Saturday."""
FRIDAY_WEEKEND_ZONES: Final = ("Asia/Dubai",)
_RAMADAN, _SHAWWAL, _DHU_AL_HIJJA = 9, 10, 12


def first_weekend_day(day: date, timezone: str = "Asia/Dubai") -> int:
    """Weekday (Monday 0) on which the weekend of that time begins in that zone: 4 or 5."""
    return 4 if timezone in FRIDAY_WEEKEND_ZONES and day < WEEKEND_SWITCH else 5


def day_of_rest(day: date, timezone: str = "Asia/Dubai") -> int:
    """1 or 2 for the first or second day of a weekend, 0 for a working day."""
    place = (day.weekday() - first_weekend_day(day, timezone)) % 7
    return place + 1 if place < 2 else 0


@cache
def ramadan(year: int) -> tuple[Window, ...]:
    """Ramadan windows that begin in a Gregorian year: one, in some years two."""
    return tuple(Window(_day(h, _RAMADAN, 1), _day(h, _SHAWWAL, 1) - _DAY) for h in _hijri_years(year, _RAMADAN, 1))


@cache
def eid_al_fitr(year: int) -> tuple[Window, ...]:
    """The first three days of Shawwal that begin in a Gregorian year."""
    starts = (_day(h, _SHAWWAL, 1) for h in _hijri_years(year, _SHAWWAL, 1))
    return tuple(Window(start, start + 2 * _DAY) for start in starts)


@cache
def eid_al_adha(year: int) -> tuple[Window, ...]:
    """The day of Arafat and the three days after it that begin in a Gregorian year."""
    starts = (_day(h, _DHU_AL_HIJJA, 9) for h in _hijri_years(year, _DHU_AL_HIJJA, 9))
    return tuple(Window(start, start + 3 * _DAY) for start in starts)


def in_ramadan(day: date) -> bool:
    """Whether a day is in Ramadan."""
    return _within(day, (*ramadan(day.year - 1), *ramadan(day.year)))


def in_eid(day: date) -> bool:
    """Whether a day belongs to one of the two Eids."""
    years = (day.year - 1, day.year)
    return _within(day, tuple(w for y in years for w in (*eid_al_fitr(y), *eid_al_adha(y))))


def is_payday(day: date) -> bool:
    """Whether salaries usually arrive: from the 25th to the end of the month, and the day after."""
    return day.day >= 25 or day.day == 1


def _within(day: date, windows: tuple[Window, ...]) -> bool:
    return any(w.start <= day <= w.end for w in windows)


def _hijri_years(year: int, month: int, day: int) -> tuple[int, ...]:
    """Hijri years in which that Hijri day falls into a Gregorian year."""
    guess = round((year - 622) * 33 / 32)
    return tuple(h for h in range(guess - 2, guess + 3) if _day(h, month, day).year == year)


def _day(year: int, month: int, day: int) -> date:
    found = Hijri(year, month, day).to_gregorian()
    return date(found.year, found.month, found.day)
