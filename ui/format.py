"""Numbers, dates and changes in words, for reading. What must be exact is taken from integers, never from a float.

Rule: a page or chart never formats by itself; it asks a `Formatter`, which knows language, currency and digits.
Hazard: in Arabic a figure beside a sign, per cent or dash is torn apart by the bidirectional algorithm. Figures are
therefore wrapped in Unicode isolates in right-to-left languages; `plain` removes them, and exports never contain them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

from babel.dates import format_date
from babel.numbers import get_currency_name, get_currency_symbol

from metrics.model import Interval, Number, Unit, Window
from metrics.periods import Grain, key_of, span_of
from ui.figures import MINUS, exact_decimal, grouped, scaled_down, signed
from ui.i18n import Translator

LRI, RLI, FSI, PDI = "\u2066", "\u2067", "\u2068", "\u2069"
Digits = Literal["latn", "arab"]

_ARABIC_INDIC: Final = str.maketrans("0123456789.,%", "٠١٢٣٤٥٦٧٨٩٫٬٪")
_MONEY_SHORT_FROM: Final = 100_000
"""Amounts below this are written out ("AED 1,307"): three figures and a letter would lose what an average is about."""


_NAMED: Final[tuple[Grain, ...]] = ("month", "year")
_DAYS_FROM: Final = 3 * 86_400
"""Lengths of time below this many seconds are said in hours."""
_TWO_FIGURES_WITHIN: Final = Decimal("0.005")
"""How far from itself an amount may be written in a sentence before a third figure is needed."""


def plain(text: str) -> str:
    """`text` without isolates, for what is compared or leaves the page."""
    return re.sub(f"[{LRI}{RLI}{FSI}{PDI}]", "", text)


def markdown_safe(text: str) -> str:
    """`text` as itself inside Markdown, for labels of widgets: nothing in it is taken for a mark, link, icon or formula."""
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~$:])", r"\\\1", text)


def minor_to_major(amount: int) -> Decimal:
    """An amount in hundredths (fils, pence) as an exact decimal of the main unit with two places."""
    return Decimal(amount).scaleb(-2).quantize(Decimal("0.01"))


@dataclass(frozen=True)
class Formatter:
    """Formats for one language, currency (ISO 4217, with hundredths) and kind of digits."""

    words: Translator
    currency: str = "AED"
    minor_unit: str = "fils"
    digits: Digits = "latn"

    # --- figures -------------------------------------------------------------------------------------------------

    def figure(self, text: str) -> str:
        """A run of digits and signs that must stay together, in the chosen digits."""
        if self.digits == "arab":
            text = text.translate(_ARABIC_INDIC)
        return f"{LRI}{text}{PDI}" if self.words.rtl else text

    def phrase(self, text: str) -> str:
        """A phrase that keeps its own direction wherever it stands (chart labels are set left to right)."""
        return f"{RLI}{text}{PDI}" if self.words.rtl else text

    def name(self, text: str) -> str:
        """A name out of the data, whatever script it is in, kept from disturbing the words around it."""
        return f"{FSI}{text}{PDI}" if self.words.rtl else text

    def count(self, value: Number, *, sign: bool = False) -> str:
        """2448147 -> "2,448,147"."""
        return self.figure(grouped(exact_decimal(value), 0, sign))

    def short(self, value: Number | Decimal, *, figures: int = 3, sign: bool = False) -> str:
        """2448147 -> "2.45M": for axes and labels, where the exact figure is on hover."""
        number, scale = scaled_down(exact_decimal(value), figures)
        return self.phrase(self._scale(self.figure(signed(number, sign)), scale))

    def number(self, value: Number | Decimal, decimals: int, *, sign: bool = False) -> str:
        """A plain figure with so many decimals: scores, ratios."""
        return self.figure(grouped(exact_decimal(value), decimals, sign))

    def share(self, value: float, *, decimals: int | None = None, sign: bool = False) -> str:
        """0.8137 -> "81.4%"; near 0 and 1, where differences are small, two decimals: 0.9962 -> "99.62%".

        What is below 1 is never rounded up to 100%, nor what is above 0 down to 0%.
        """
        percent = exact_decimal(value) * 100
        if decimals is None:
            decimals = 2 if abs(percent) > 98 or abs(percent) < 1 else 1
            if percent in (0, 100):
                decimals = 0
        step = Decimal(1).scaleb(-decimals)
        rounded = percent.quantize(step, ROUND_HALF_UP)
        if rounded == 100 and percent < 100:
            return self.figure(f">{100 - step}%")
        if rounded == 0 and percent > 0:
            return self.figure(f"<{step}%")
        return self.figure(grouped(percent, decimals, sign) + "%")

    def points(self, difference: float, *, sign: bool = False) -> str:
        """A difference of two shares, 0.051 -> "5.1": percentage points, two decimals below half a point."""
        return self.score(float(exact_decimal(difference) * 100), sign=sign)

    def score(self, value: Number, *, sign: bool = False) -> str:
        """A score or a difference of scores: one decimal, two below a half."""
        return self.number(value, 2 if 0 < abs(value) < 0.5 else 1, sign=sign)

    # --- money ---------------------------------------------------------------------------------------------------

    def money(self, amount: Number, *, figures: int = 3, sign: bool = False) -> str:
        """Hundredths for reading: 320000000000 -> "AED 3.20bn", "3.20 مليار درهم"; below 100,000 written out."""
        major = exact_decimal(amount).scaleb(-2)
        if abs(major) < _MONEY_SHORT_FROM:
            return self._with_currency(self.figure(grouped(major, 2 if abs(major) < 100 else 0, sign)))
        number, scale = scaled_down(major, figures)
        return self._with_currency(self._scale(self.figure(signed(number, sign)), scale))

    def money_said(self, amount: Number) -> str:
        """An amount in a sentence: two figures where they say it ("AED 3.2bn"), three where two would not ("AED 1.05bn")."""
        value = abs(exact_decimal(amount))
        if not value:
            return self.money(amount)
        rounded = value.quantize(Decimal(1).scaleb(value.adjusted() - 1), ROUND_HALF_UP)
        return self.money(amount, figures=2 if abs(rounded - value) <= value * _TWO_FIGURES_WITHIN else 3)

    def money_exact(self, amount: int) -> str:
        """Hundredths to the last digit: 320000000000 -> "AED 3,200,000,000.00"."""
        return self._with_currency(self.figure(signed(f"{minor_to_major(amount):,}", sign=False)))

    @property
    def currency_name(self) -> str:
        """The currency as it stands beside a figure: "AED", "£", "درهم"."""
        if self.words.language == "en":
            symbol = get_currency_symbol(self.currency, locale="en")
            return str(symbol) if len(symbol) == 1 else self.currency
        known = {"AED": self.words.pgettext("currency", "AED")}
        return known.get(self.currency) or str(get_currency_name(self.currency, locale=self.words.language))

    @property
    def minor_unit_name(self) -> str:
        """The hundredth in words: "fils", "فلس"; as the store spells it where it is another one."""
        words = self.words
        known = {"fils": words.pgettext("currency", "fils"), "pence": words.pgettext("currency", "pence")}
        known["cent"] = words.pgettext("currency", "cent")
        return known.get(self.minor_unit, self.minor_unit)

    def _with_currency(self, figure: str) -> str:
        name = self.currency_name
        if len(name) == 1:
            return f"{name}{figure}" if not figure.startswith(MINUS) else f"{MINUS}{name}{figure[1:]}"
        return self.phrase(self.words.pgettext("money", "{currency} {amount}", currency=name, amount=figure))

    def _scale(self, figure: str, scale: str) -> str:
        words = self.words
        patterns: Mapping[str, Callable[[], str]] = {
            "bn": lambda: words.pgettext("scale", "{figure}bn", figure=figure),
            "M": lambda: words.pgettext("scale", "{figure}M", figure=figure),
            "k": lambda: words.pgettext("scale", "{figure}k", figure=figure),
            "": lambda: figure,
        }
        return patterns[scale]()

    # --- time ----------------------------------------------------------------------------------------------------

    def duration(self, *, seconds: Number | None = None, ms: Number | None = None, exact: bool = False) -> str:
        """A length of time in its two largest units: 100 s -> "1 min 40 s"; below 10 s with one decimal.

        Below three days it is said in hours ("24 h 15 min"), so that what is above a day is not rounded to it; `exact` has
        every unit down to the second.
        """
        total = exact_decimal(seconds if seconds is not None else 0) + exact_decimal(ms or 0) / 1000
        if abs(total) < 10:
            return self._time(self.figure(grouped(total, 1 if total % 1 else 0, sign=False)), "s")
        whole = int(total.quantize(Decimal(1), ROUND_HALF_UP))
        parts: list[tuple[int, str]] = []
        units = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
        for size, unit in units if whole >= _DAYS_FROM else units[1:]:
            amount, whole = divmod(whole, size)
            if amount or parts:
                parts.append((amount, unit))
            if len(parts) == 2 and not exact:
                break
        return self.phrase(" ".join(self._time(self.count(n), unit) for n, unit in parts if n))

    def _time(self, figure: str, unit: str) -> str:
        words = self.words
        patterns: Mapping[str, Callable[[], str]] = {
            "d": lambda: words.pgettext("duration", "{figure} d", figure=figure),
            "h": lambda: words.pgettext("duration", "{figure} h", figure=figure),
            "min": lambda: words.pgettext("duration", "{figure} min", figure=figure),
            "s": lambda: words.pgettext("duration", "{figure} s", figure=figure),
        }
        return patterns[unit]()

    def days(self, value: Number) -> str:
        """A number of days, median or count: "1 day", "4.5 days", "3 أيام"."""
        figure = self.number(value, 0 if float(value).is_integer() else 1)
        return self.words.ngettext("{n} day", "{n} days", int(value) if float(value).is_integer() else 11, n=figure)

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
        return self._plain_digits(str(number))

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
            return self.words("Q{quarter} {year}", quarter=self._plain_digits(part[1:]), year=self._plain_digits(year))
        if part.startswith("W"):
            return self.words("week {week}, {year}", week=self._plain_digits(part[1:].lstrip("0")), year=self._plain_digits(year))
        return self._plain_digits(key)

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
                return self._plain_digits(str(start.year))
            if same_year and start.month == end.month:
                return self.month(end, short=True)
            return f"{self.month(start, short=True, year=not same_year)}–{self.month(end, short=True)}"
        if start == end:
            return self._date(end, "d MMM y")
        return f"{self._date(start, 'd MMM' if same_year else 'd MMM y')}–{self._date(end, 'd MMM y')}"

    def base(self, window: Window, base: Window) -> str:
        """The base in words: "the same period of 2011" when it is the same calendar days, otherwise its days."""
        same_start = (window.start.month, window.start.day) == (base.start.month, base.start.day)
        same_end = (window.end.month, window.end.day) == (base.end.month, base.end.day) or (
            (window.end.month, window.end.day, base.end.month, base.end.day) == (2, 29, 2, 28)
        )
        if same_start and same_end and base.end.year != window.end.year and base.start.year == base.end.year:
            return self.words("the same period of {year}", year=self._plain_digits(str(base.end.year)))
        if any(base == span_of(key_of(base.start, grain)) for grain in _NAMED):
            return self.window(base)
        return self.words("the period {days}", days=self.window(base))

    def _date(self, day: dt.date, pattern: str) -> str:
        return self._plain_digits(format_date(day, pattern, locale=self.words.language))

    def _plain_digits(self, text: str) -> str:
        return text.translate(_ARABIC_INDIC) if self.digits == "arab" else text

    # --- by unit -------------------------------------------------------------------------------------------------

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
            return self.money_exact(value) if isinstance(value, int) else self._with_currency(self.number(value / 100, 2))
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
