"""Days, windows, time keys and lengths of time in words.

Rule: a window is named by what it is (a month, a year, a day) before it is named by its ends.
Hazard: times are written as they are given; whoever asks converts them to the configured zone first.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import reduce
from typing import Final

from babel.dates import format_date

from metrics.model import Number, Window
from metrics.periods import Grain, key_of, span_of
from ui.figures import exact_decimal, grouped
from ui.numbers import Numbers

_NAMED: Final[tuple[Grain, ...]] = ("month", "year")
_DAYS_COUNTED: Final = 31
"""Up to so many days just before a window are counted ("the 10 days before"); a longer base is named by its ends."""
_NAMED_BASE: Final[tuple[Grain, ...]] = ("month", "quarter", "year")
_MANY: Final = 11
"""What is no whole number is counted like this one: "4.5 days", "4.5 يومًا"."""
_DAYS_FROM: Final = 3 * 86_400
"""Lengths of time below this many seconds are said in hours."""


@dataclass(frozen=True)
class Times(Numbers):
    """Days, windows and lengths of time in one language."""

    def duration(self, *, seconds: Number | None = None, ms: Number | None = None, exact: bool = False) -> str:
        """A length of time in its two largest units: 100 s -> "1 min 40 s"; below 10 s with one decimal.

        Below three days it is said in hours ("24 h 15 min"), so that what is above a day is not rounded to it; `exact` has
        every unit down to the second.
        """
        total = exact_decimal(seconds if seconds is not None else 0) + exact_decimal(ms or 0) / 1000
        if abs(total) < 10:
            return self._time(total.quantize(Decimal("0.1"), ROUND_HALF_UP), "s")
        whole = int(total.quantize(Decimal(1), ROUND_HALF_UP))
        parts: list[tuple[int, str]] = []
        units = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
        for size, unit in units if whole >= _DAYS_FROM else units[1:]:
            amount, whole = divmod(whole, size)
            if amount or parts:
                parts.append((amount, unit))
            if len(parts) == 2 and not exact:
                break
        said = [self._time(n, unit) for n, unit in parts if n]
        return self.phrase(
            reduce(lambda one, more: self.words.pgettext("duration", "{one} {more}", one=one, more=more), said) if said else ""
        )

    def _time(self, value: Decimal | int, unit: str) -> str:
        """A number of days, hours, minutes or seconds; what is no whole number is counted like many."""
        words, whole = self.words, value == int(value)
        n = int(value) if whole else _MANY
        figure = self.count(int(value)) if whole else self.figure(grouped(exact_decimal(value), 1, sign=False))
        patterns: Mapping[str, Callable[[], str]] = {
            "d": lambda: words.npgettext("duration", "{n} d", "{n} d", n, n=figure),
            "h": lambda: words.npgettext("duration", "{n} h", "{n} h", n, n=figure),
            "min": lambda: words.npgettext("duration", "{n} min", "{n} min", n, n=figure),
            "s": lambda: words.npgettext("duration", "{n} s", "{n} s", n, n=figure),
        }
        return patterns[unit]()

    def days(self, value: Number) -> str:
        """A number of days, median or count: "1 day", "4.5 days", "3 أيام"."""
        figure = self.number(value, 0 if float(value).is_integer() else 1)
        return self.words.ngettext("{n} day", "{n} days", int(value) if float(value).is_integer() else _MANY, n=figure)

    def date(self, day: dt.date, *, short: bool = False) -> str:
        """30 September 2012, or 30 Sep 2012 for a table."""
        return self._date(day, "d MMM y" if short else "d MMMM y")

    def moment(self, at: dt.datetime, *, short: bool = False) -> str:
        """30 September 2012, 14:05 (the time as given: convert to the local zone first)."""
        return (
            f"{self.date(at.date(), short=short)}{self.words.pgettext('between date and time', ', ')}{self.figure(f'{at:%H:%M}')}"
        )

    def ordinal(self, number: int) -> str:
        """A day of the month or a year: no thousands separator."""
        return self.in_digits(str(number))

    def month(self, day: dt.date, *, year: bool = True, short: bool = False) -> str:
        """September 2012, or Sep for an axis."""
        return self._date(day, ("MMM" if short else "MMMM") + (" y" if year else ""))

    def period(self, key: str, *, short: bool = False) -> str:
        """A time key of a Result in words: "2012-09-30", "2012-09", "2012-Q3", "2012-W36", "2012"."""
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", key):
            return self._date(dt.date.fromisoformat(key), "d MMM" if short else "d MMMM y")
        if re.fullmatch(r"\d{4}-\d{2}", key):
            return self.month(dt.date.fromisoformat(f"{key}-01"), year=not short, short=short)
        year, _, part = key.partition("-")
        if part.startswith("Q"):
            return self._quarter(part, self.in_digits(year))
        if part.startswith("W"):
            return self.words("week {week}, {year}", week=self.in_digits(part[1:].lstrip("0")), year=self.in_digits(year))
        return self.in_digits(key)

    def _quarter(self, part: str, year: str) -> str:
        words = self.words
        names: Mapping[str, Callable[[], str]] = {
            "Q1": lambda: words("Q1 {year}", year=year),
            "Q2": lambda: words("Q2 {year}", year=year),
            "Q3": lambda: words("Q3 {year}", year=year),
            "Q4": lambda: words("Q4 {year}", year=year),
        }
        return names[part]()

    def window(self, window: Window) -> str:
        """A window in words: "1 January to 30 September 2012"; a whole month or year by its name."""
        if window.start == window.end:
            return self.date(window.start)
        for grain in _NAMED:
            if window == span_of(key := key_of(window.start, grain)):
                return self.period(key)
        start = self._date(window.start, "d MMMM" if window.start.year == window.end.year else "d MMMM y")
        return self.words("{start} to {end}", start=start, end=self.date(window.end))

    def window_short(self, window: Window) -> str:
        """A window for a tight place: "Jan-Sep 2011" with a dash, "2011", "1 Jan-15 Sep 2011"."""
        start, end = window.start, window.end
        same_year = start.year == end.year
        if start.day == 1 and (end + dt.timedelta(days=1)).day == 1:
            if same_year and (start.month, end.month) == (1, 12):
                return self.in_digits(str(start.year))
            if same_year and start.month == end.month:
                return self.month(end, short=True)
            return f"{self.month(start, short=True, year=not same_year)}–{self.month(end, short=True)}"
        if start == end:
            return self._date(end, "d MMM y")
        pattern = ("d" if start.month == end.month else "d MMM") if same_year else "d MMM y"
        return f"{self._date(start, pattern)}–{self._date(end, 'd MMM y')}"

    def base(self, window: Window, base: Window) -> str:
        """The base in words: "the same period of 2011" when it is the same calendar days, otherwise its days."""
        same = _same_day(window.start, base.start) and _same_day(window.end, base.end)
        if same and base.end.year != window.end.year and base.start.year == base.end.year:
            return self.words("the same period of {year}", year=self.in_digits(str(base.end.year)))
        for grain in _NAMED_BASE:
            if base == span_of(key := key_of(base.start, grain)):
                return self.period(key)
        if base.end + dt.timedelta(days=1) == window.start and base.days <= _DAYS_COUNTED:
            return self.words.ngettext("the day before", "the {n} days before", base.days, n=self.count(base.days))
        return self.words("the period from {days}", days=self.window(base))

    def _date(self, day: dt.date, pattern: str) -> str:
        return self.in_digits(format_date(day, pattern, locale=self.words.language))


def _same_day(day: dt.date, earlier: dt.date) -> bool:
    """Whether two days have the same place in their years; 28 February stands for 29 February."""
    places = (day.month, day.day), (earlier.month, earlier.day)
    return places[0] == places[1] or places == ((2, 29), (2, 28))
