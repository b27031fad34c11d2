"""Values of KPIs in words, by their unit: the one `Formatter` that pages and charts ask.

Rule: a page or chart never formats by itself; it asks a `Formatter`, which knows language, currency and digits.
Hazard: what is rounded for reading must not be computed with; files and tables take `exact` values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from metrics.model import Interval, Number, Unit
from ui.money import Money
from ui.text import plain
from ui.times import Times


@dataclass(frozen=True)
class Formatter(Money, Times):
    """Formats for one language, currency (ISO 4217, with hundredths) and kind of digits."""

    def value(self, value: Number | None, unit: Unit, *, sign: bool = False) -> str:
        """A value of a KPI for reading, by its unit; "no data" for None."""
        if value is None:
            return self.words("no data")
        by_unit: Mapping[Unit, Callable[[], str]] = {
            "fils": lambda: self.money(value, sign=sign),
            "count": lambda: self.count(value, sign=sign),
            "share": lambda: self.share(value, sign=sign),
            "seconds": lambda: self.duration(seconds=value),
            "milliseconds": lambda: self.duration(ms=value),
            "score": lambda: self.number(value, 2, sign=sign),
            "points": lambda: self.score(value, sign=sign),
            "ratio": lambda: self.number(value, 2, sign=sign),
            "days": lambda: self.days(value),
        }
        return by_unit[unit]()

    def exact(self, value: Number | None, unit: Unit) -> str:
        """A value for a table or a tooltip: amounts to the last digit, shares with four decimals of a per cent."""
        if value is None:
            return self.words("no data")
        if unit == "fils":
            return self.money_exact(value) if isinstance(value, int) else self.with_currency(self.number(value / 100, 2))
        if unit == "share":
            return self.share(value, decimals=4)
        if unit in ("score", "points", "ratio"):
            return self.number(value, 4)
        if unit == "seconds":
            return self.duration(seconds=value, exact=True)
        return self.value(value, unit)

    def unit(self, unit: Unit) -> str:
        """The unit of a column in words, empty where the figure says it all."""
        words = self.words
        names: Mapping[Unit, str] = {
            "fils": self.currency_name,
            "share": words("%"),
            "seconds": words("seconds"),
            "milliseconds": words("milliseconds"),
            "points": words("points"),
            "days": words("days"),
        }
        return names.get(unit, "")

    def interval(self, interval: Interval, unit: Unit) -> str:
        """The two ends of an interval: "79.4% to 83.2%"."""
        return self.words("{low} to {high}", low=self.value(interval.low, unit), high=self.value(interval.high, unit))

    def uncertainty(self, value: Number, interval: Interval, unit: Unit) -> str:
        """An interval for tight places: its ends, "65.9–86.5%"; "±1.9" for a score where both sides are the same as written."""
        below, above = (plain(self.score(float(side))) for side in (value - interval.low, interval.high - value))
        if below == above and unit != "share":
            return self.figure(f"±{above}")
        low, high = (plain(self.value(end, unit)) for end in (interval.low, interval.high))
        if unit == "share" and low[0].isdigit() and high[0].isdigit():
            return self.figure(f"{low.removesuffix('%')}–{high}")
        return self.interval(interval, unit)
