"""Why the response rate jumps: a wave asks people who answer far more (or less) often than those after a payment.

Rule: the jump is the rate of a time step beside the rate without its waves, both of the same invitations, never of a model.
Hazard: invitations of the last days can still be answered, so the newest rates are the lowest they will be.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Final

import metrics
from metrics import Result, Row
from ui.answers import ask
from ui.context import Context
from ui.lookups import names_of
from ui.series import grains

_LARGE: Final = Fraction(2, 100)
"""A jump that is worth a sentence, as a share: 2 points."""


def spike(context: Context) -> str:
    """The largest jump of the response rate that waves make, in words; empty where they make none."""
    waves = {wave.code: wave for wave in metrics.waves(context.snapshot, context.scope)}
    steps: dict[str, list[Row]] = defaultdict(list)
    by_wave = _by_wave(context)
    for row in by_wave.rows:
        steps[row.key(by_wave.by[0])].append(row)
    jumps = [(abs(jump), jump, key) for key, rows in steps.items() if (jump := _jump(rows, set(waves))) is not None]
    largest, jump, key = max(jumps, default=(Fraction(0), Fraction(0), ""))
    if largest < _LARGE:
        return ""
    asked = [row for row in steps[key] if row.key("wave") in waves]
    rest = [row for row in steps[key] if row not in asked]
    surveys = dict.fromkeys(waves[row.key("wave")].survey for row in asked)
    said = {
        "period": context.format.period(key),
        "rate": context.format.share(float(_rate(steps[key]))),
        "surveys": context._(", ").join(context.format.name(names_of(context).of("survey", survey)) for survey in surveys),
        "without": context.format.share(float(_rate(rest))),
    }
    if jump > 0:
        return context._("Raised in {period} by {surveys}: {rate}, without it {without}", **said)
    return context._("Lowered in {period} by {surveys}: {rate}, without it {without}", **said)


def _by_wave(context: Context) -> Result:
    return ask(context, "response_rate", grains(context)[0], "wave", base=None)


def _jump(rows: list[Row], waves: set[str]) -> Fraction | None:
    """What the waves add to the rate of a time step; None where one of its numbers is hidden or there is nothing beside them."""
    rest = [row for row in rows if row.key("wave") not in waves]
    if len(rest) == len(rows) or not sum(row.denominator or 0 for row in rest) or any(row.hidden for row in rows):
        return None
    return _rate(rows) - _rate(rest)


def _rate(rows: list[Row]) -> Fraction:
    return Fraction(sum(int(row.numerator or 0) for row in rows), sum(int(row.denominator or 0) for row in rows))


def still_open(context: Context) -> str:
    """That the newest invitations can still be answered, where the period reaches to them."""
    if context.window.end < context.facts.complete_through:
        return ""
    return context._("Invitations of the last days can still be answered")
