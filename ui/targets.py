"""How far a number is on its way to its target, as a bar's length and in words.

Rule: a target is for a year and for one department or all; it is shown only beside a number that means the same.
Hazard: a sum collected by September is rightly below the year's target: it is measured against the days gone, in words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

import metrics
from metrics import Result, Scope
from ui.context import Context
from ui.error_budget import budget_in_words

_HIGH: Final = Fraction(9, 10)
"""From this share on a bar from zero says nothing: 99.6% of a target of 99.7% would look almost there. What the target allows
to fail (0.3%) is then measured against what did."""


@dataclass(frozen=True)
class Progress:
    """`filled` is the length of the bar (0..1), `words` say what it means, `gone` the share of the year that has passed: the
    tick on the bar. `more` is what the explanation adds.
    """

    filled: float
    words: str
    gone: float | None = None
    more: str = ""


def progress(context: Context, result: Result) -> Progress | None:
    """The way of an answer's total to its target; None where there is no target that means the same."""
    target = view_target(context, result)
    if target is None or not target or result.total.value is None:
        return None
    if result.kpi.unit in ("fils", "count"):
        return _of_year(context, result, target)
    return replace(_of_level(context, result, target), more=budget_in_words(context, result, target))


def view_target(context: Context, result: Result) -> Fraction | None:
    """The target that means the same as an answer's total; None for a part of a department, or several of them."""
    filters = dict(result.filters.values)
    departments = filters.pop("department", ())
    if filters or len(departments) > 1:
        return None
    scope = Scope.of(*departments) if departments else context.scope
    found = metrics.target(context.snapshot, scope, result.kpi.id, result.window.end.year)
    return Fraction(found.numerator, found.denominator) if found else None


def _of_year(context: Context, result: Result, target: Fraction) -> Progress | None:
    """A sum against the target of its calendar year; only for windows from 1 January on."""
    window, write = result.window, context.format
    if (window.start.month, window.start.day) != (1, 1) or window.start.year != window.end.year:
        return None
    done = Fraction(result.total.value or 0) / target
    gone = Fraction(window.days, metrics.year(window.end.year).days)
    said = {
        "target": write.money(float(target)) if result.kpi.unit == "fils" else write.short(float(target)),
        "year": write.period(str(window.end.year)),
        "share": write.share(float(done), decimals=0),
        "gone": write.share(float(gone), decimals=0),
    }
    if gone == 1:
        words = context._("Target {target} for {year} · {share}", **{name: said[name] for name in ("target", "year", "share")})
    elif done >= gone:
        words = context._("Target {target} for {year} · {share}, ahead (tick: {gone} of the year)", **said)
    else:
        words = context._("Target {target} for {year} · {share}, behind (tick: {gone} of the year)", **said)
    return Progress(float(done), words, gone=float(gone))


def _of_level(context: Context, result: Result, target: Fraction) -> Progress:
    """A ratio or score against its target; a score whose interval holds the target has neither reached nor missed it."""
    value = Fraction(result.total.value or 0).limit_denominator(10**9)
    up, spread = result.kpi.direction != "down", result.total.interval
    if spread and spread.low <= target <= spread.high:
        said = context.format.value(float(target), result.kpi.unit)
        return Progress(min(1.0, float(value / target)), context._("Target {target} · within the uncertainty", target=said))
    reached = value >= target if up else value <= target
    if reached:
        return Progress(1.0, context._("Target {target} · reached", target=context.format.value(float(target), result.kpi.unit)))
    said = _missed(context, result, float(target), up=up)
    if up and result.kpi.unit == "share" and target >= _HIGH:
        return Progress(float((1 - target) / (1 - value)), said)
    return Progress(float(value / target if up else target / value), said)


def _missed(context: Context, result: Result, target: float, *, up: bool) -> str:
    """That a target is missed, with both figures; with all their digits where they would be written alike."""
    write, value, unit = context.format, result.total.value or 0, result.kpi.unit
    figures = write.value(value, unit), write.value(target, unit)
    if figures[0] == figures[1]:
        figures = write.exact(value, unit), write.exact(target, unit)
    if up:
        return context._("Below target: {value} against {target}", value=figures[0], target=figures[1])
    return context._("Above target: {value} against {target}", value=figures[0], target=figures[1])
