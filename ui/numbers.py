"""Figures of one language in its digits: counts, shares, points and scores.

Rule: a figure is rounded as an exact decimal (figures.py) and isolated as a whole, sign and per cent included.
Hazard: a share below 1 that is rounded to 100% says that nothing failed; it is written ">99.99%".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

from metrics.model import Number
from ui.figures import exact_decimal, grouped, scaled_down, signed
from ui.i18n import Translator
from ui.text import FSI, LRI, PDI, RLI

Digits = Literal["latn", "arab"]

_ARABIC_INDIC: Final = str.maketrans("0123456789.,%", "٠١٢٣٤٥٦٧٨٩٫٬٪")


@dataclass(frozen=True)
class Numbers:
    """Figures for one language and kind of digits."""

    words: Translator
    digits: Digits = field(default="latn", kw_only=True)

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
        return self.phrase(self.scaled(self.figure(signed(number, sign)), scale))

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

    def scaled(self, figure: str, scale: str) -> str:
        """A written figure with its scale ("bn", "M", "k" or none) as the language puts it."""
        words = self.words
        patterns: Mapping[str, Callable[[], str]] = {
            "bn": lambda: words.pgettext("scale", "{figure}bn", figure=figure),
            "M": lambda: words.pgettext("scale", "{figure}M", figure=figure),
            "k": lambda: words.pgettext("scale", "{figure}k", figure=figure),
            "": lambda: figure,
        }
        return patterns[scale]()

    def in_digits(self, text: str) -> str:
        """`text` in the chosen digits, not isolated: for days and years inside a phrase."""
        return text.translate(_ARABIC_INDIC) if self.digits == "arab" else text
