"""Amounts of one currency in words: short for reading, as a sentence needs them, and to the last hundredth.

Rule: amounts are integers of the minor unit; what must be exact is taken from them, never from a float.
Hazard: below 100,000 three figures and a letter would lose what an average is about; such amounts are written out.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from babel.numbers import get_currency_name, get_currency_symbol

from metrics.model import Number
from ui.figures import MINUS, exact_decimal, grouped, scaled_down, signed
from ui.numbers import Numbers

_MONEY_SHORT_FROM: Final = 100_000
"""Amounts below this are written out ("AED 1,307"): three figures and a letter would lose what an average is about."""
_TWO_FIGURES_WITHIN: Final = Decimal("0.005")
"""How far from itself an amount may be written in a sentence before a third figure is needed."""


def minor_to_major(amount: int) -> Decimal:
    """An amount in hundredths (fils, pence) as an exact decimal of the main unit with two places."""
    return Decimal(amount).scaleb(-2).quantize(Decimal("0.01"))


@dataclass(frozen=True)
class Money(Numbers):
    """Amounts of one currency (ISO 4217, with hundredths)."""

    currency: str = "AED"
    minor_unit: str = "fils"

    def money(self, amount: Number, *, figures: int = 3, sign: bool = False) -> str:
        """Hundredths for reading: 320000000000 -> "AED 3.20bn", "3.20 مليار درهم"; below 100,000 written out."""
        major = exact_decimal(amount).scaleb(-2)
        if abs(major) < _MONEY_SHORT_FROM:
            return self.with_currency(self.figure(grouped(major, 2 if abs(major) < 100 else 0, sign)))
        number, scale = scaled_down(major, figures)
        return self.with_currency(self.scaled(self.figure(signed(number, sign)), scale))

    def money_said(self, amount: Number) -> str:
        """An amount in a sentence: two figures where they say it ("AED 3.2bn"), three where two would not ("AED 1.05bn")."""
        value = abs(exact_decimal(amount))
        if not value:
            return self.money(amount)
        rounded = value.quantize(Decimal(1).scaleb(value.adjusted() - 1), ROUND_HALF_UP)
        return self.money(amount, figures=2 if abs(rounded - value) <= value * _TWO_FIGURES_WITHIN else 3)

    def money_exact(self, amount: int, *, sign: bool = False) -> str:
        """Hundredths to the last digit: 320000000000 -> "AED 3,200,000,000.00"."""
        return self.with_currency(self.figure(signed(f"{minor_to_major(amount):,}", sign=sign)))

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

    def with_currency(self, figure: str) -> str:
        """A written figure beside its currency as the language puts it."""
        name = self.currency_name
        if len(name) == 1:
            return f"{name}{figure}" if not figure.startswith(MINUS) else f"{MINUS}{name}{figure[1:]}"
        return self.phrase(self.words.pgettext("money", "{currency} {amount}", currency=name, amount=figure))
