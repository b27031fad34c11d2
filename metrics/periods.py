"""Calendar windows and time keys: to date, month, quarter, year, and their bases a year or a period earlier.

Rule: a comparison is two explicit windows of calendar days, never a row offset or a number of days added up.
Time keys are ISO text that sorts by time: '2012-09-30', '2012-W39', '2012-09', '2012-Q3', '2012'. Weeks are ISO weeks,
Monday to Sunday: a Friday-Saturday weekend and a Saturday-Sunday one both lie whole inside them, so the change of the
weekend in 2022 breaks no series.
Hazard: 29 February has no twin; it compares with 28 February.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, Literal

from metrics.model import Window

Grain = Literal["day", "week", "month", "quarter", "year"]
GRAINS: Final[tuple[Grain, ...]] = ("day", "week", "month", "quarter", "year")
_DAY: Final = timedelta(days=1)


def month(year: int, number: int) -> Window:
    """The calendar month."""
    return Window(date(year, number, 1), date(year, number, monthrange(year, number)[1]))


def quarter(year: int, number: int) -> Window:
    """The calendar quarter, `number` 1 to 4."""
    return Window(date(year, 3 * number - 2, 1), month(year, 3 * number).end)


def year(number: int) -> Window:
    """The calendar year."""
    return Window(date(number, 1, 1), date(number, 12, 31))


def year_to_date(through: date) -> Window:
    """1 January to `through`, which should be the complete-through date."""
    return Window(date(through.year, 1, 1), through)


def same_period_last_year(window: Window) -> Window:
    """The same calendar days one year earlier; 29 February becomes 28 February."""
    return Window(year_earlier(window.start), year_earlier(window.end))


def previous_period(window: Window) -> Window:
    """The period just before: as many whole months where the window is whole months, else as many days."""
    end = window.start - _DAY
    if is_whole_months(window):
        months = (window.end.year - window.start.year) * 12 + window.end.month - window.start.month + 1
        return Window(months_earlier(window.start, months), end)
    return Window(window.start - timedelta(days=window.days), end)


def is_whole_months(window: Window) -> bool:
    """Whether the window begins on the first day of a month and ends on the last day of one."""
    return window.start.day == 1 and (window.end + _DAY).day == 1


def ends_with_february(day: date) -> bool:
    """Whether the day is the last one of a February."""
    return day.month == 2 and (day + _DAY).month == 3


def year_earlier(day: date, years: int = 1) -> date:
    """The same calendar day `years` earlier; 29 February becomes 28 February where there is none."""
    return months_earlier(day, 12 * years)


def months_earlier(day: date, months: int) -> date:
    """The same day of the month `months` earlier, or the last day of that month where it is shorter."""
    index = day.year * 12 + day.month - 1 - months
    first = date(index // 12, index % 12 + 1, 1)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


def key_of(day: date, grain: Grain) -> str:
    """The time key of the period that `day` lies in."""
    if grain == "day":
        return day.isoformat()
    if grain == "week":
        iso = day.isocalendar()
        return f"{iso.year}-W{iso.week:02d}"
    if grain == "month":
        return f"{day:%Y-%m}"
    if grain == "quarter":
        return f"{day.year:04d}-Q{(day.month + 2) // 3}"
    return f"{day.year:04d}"


def grain_of(key: str) -> Grain:
    """The grain of a time key."""
    if len(key) == 4:
        return "year"
    if key[5] in "QW":
        return "quarter" if key[5] == "Q" else "week"
    return "month" if len(key) == 7 else "day"


def span_of(key: str) -> Window:
    """The whole period that a time key names."""
    match grain_of(key):
        case "year":
            return year(int(key))
        case "quarter":
            return quarter(int(key[:4]), int(key[6:]))
        case "month":
            return month(int(key[:4]), int(key[5:]))
        case "week":
            monday = date.fromisocalendar(int(key[:4]), int(key[6:]), 1)
            return Window(monday, monday + 6 * _DAY)
        case _:
            day = date.fromisoformat(key)
            return Window(day, day)


def keys(window: Window, grain: Grain) -> tuple[str, ...]:
    """The time keys that a window touches, in order."""
    return tuple(_keys(window, grain))


def _keys(window: Window, grain: Grain) -> Iterator[str]:
    day = window.start
    while day <= window.end:
        key = key_of(day, grain)
        yield key
        day = span_of(key).end + _DAY


def unfinished(time_keys: tuple[str, ...], window: Window, complete_through: date) -> tuple[str, ...]:
    """Those of the keys whose period the window or complete-through cuts short."""
    end = min(window.end, complete_through)
    return tuple(k for k in time_keys if span_of(k).end > end or span_of(k).start < window.start)


def paired(window: Window, base: Window, grain: Grain) -> dict[str, str]:
    """For each time key of `window` the key of `base` that it is compared with.

    A base that begins on the same day of an earlier year is aligned by the calendar (29 February with 28 February; a week
    with the week of the same number); any other base by position: first with first. Keys without a partner are absent, and
    so are those of which the windows hold other days than of their partner: a part is never compared with a whole.
    """
    years = window.start.year - base.start.year
    current, earlier = keys(window, grain), keys(base, grain)
    if years > 0 and year_earlier(window.start, years) == base.start:
        known = set(earlier)
        found = {k: _years_before(k, years, window, grain) for k in current}
        pairs = {k: partner for k, partner in found.items() if partner in known}
    else:
        pairs = dict(zip(current, earlier, strict=False))
    return {k: partner for k, partner in pairs.items() if _place(k, window) == _place(partner, base)}


def clipped(window: Window, base: Window, through: date) -> tuple[Window, Window]:
    """Both windows as far as `through`, a day of `window`: the current one ends there, the base on the day like it.

    A base in another month begins as many months earlier; whole months stay whole months. Any other base is cut to as many days.
    """
    shorter = Window(window.start, through)
    months = (window.start.year - base.start.year) * 12 + window.start.month - base.start.month
    if months > 0 and months_earlier(window.start, months) == base.start:
        end = months_earlier(through, months)
        if months % 12 and is_whole_months(shorter):
            end = month(end.year, end.month).end
    else:
        end = base.start + timedelta(days=shorter.days - 1)
    return shorter, Window(base.start, max(base.start, min(end, base.end)))


def within(key: str, window: Window) -> Window:
    """The days of a time key that lie in the window."""
    span = span_of(key)
    return Window(max(span.start, window.start), min(span.end, window.end))


def _years_before(key: str, years: int, window: Window, grain: Grain) -> str:
    if grain == "week":
        return f"{int(key[:4]) - years:04d}{key[4:]}"
    return key_of(year_earlier(within(key, window).start, years), grain)


def _place(key: str, window: Window) -> object:
    """Which days of its period the window holds, in terms that are equal for the same days of another period; 'whole' for all."""
    whole, part = span_of(key), within(key, window)
    if part == whole:
        return "whole"
    if grain_of(key) == "week":
        return part.start.weekday(), part.end.weekday()
    first = whole.start.month
    return tuple((day.month - first, 28 if (day.month, day.day) == (2, 29) else day.day) for day in (part.start, part.end))


def as_grain(name: str) -> Grain | None:
    """`name` as a grain, or None when it is no dimension of time."""
    return next((g for g in GRAINS if g == name), None)
