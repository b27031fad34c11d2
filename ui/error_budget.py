"""The error budget of an availability target in words: how much downtime the target allows, and how much of it was used.

Rule: it stands in the explanation of a card; the card itself says the two figures that are compared.
Hazard: the budget is of one service over the whole period; the availability of several is their average, by known time.
"""

from __future__ import annotations

from fractions import Fraction

from metrics import Result, budget_spent, error_budget, hours_to_exhaustion
from ui.context import Context


def budget_in_words(context: Context, result: Result, target: Fraction) -> str:
    """What a target of time allows in the window of an answer; empty for other KPIs, and where it allows nothing."""
    total, window = result.total, result.window
    if result.kpi.mart != "availability" or result.kpi.unit != "share" or target >= 1 or not total.denominator:
        return ""
    _, write = context._, context.format
    rate = (1 - Fraction(int(total.numerator or 0), int(total.denominator))) / (1 - target)
    said = _(
        "The target allows each service {allowed} of downtime in this period (its error budget); {share} of that was used.",
        allowed=write.duration(seconds=float(error_budget(target, window))),
        share=write.share(float(budget_spent(rate, Fraction(24 * window.days), window)), decimals=0),
    )
    if rate <= 1:
        return said
    lasts = write.days(int(hours_to_exhaustion(rate, window) / 24))
    return f"{said} {_('At this rate it lasts {days}.', days=lasts)}"
