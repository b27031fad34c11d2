"""What each department is held against: its own target, or the government's where it has none, and who missed it.

A service has no target: beside it stands that of its department, for orientation and without a verdict.
Rule: values and targets are compared as fractions of integers, never as they are rounded for reading; a score whose 95%
interval holds the target has neither reached nor missed it.
Hazard: a target is for a year and a whole department: filtered by a service or channel the number means something else, and
a sum so far is no year's sum, so neither has a target here. Whoever sees some departments does not see the government's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

import metrics
from metrics import Result, Row
from metrics.words import N_
from ui.added_columns import Added
from ui.context import Context
from ui.grid import KINDS, Column
from ui.lookups import names_of
from ui.targets import view_target

Verdict = Literal["reached", "missed", "unsure"]
VERDICTS: Final[Mapping[Verdict, str]] = {
    "reached": N_("reached"),
    "missed": N_("missed"),
    "unsure": N_("within the uncertainty"),
}
_LEVELS: Final = frozenset({"share", "score", "points", "ratio", "days"})
_NAMED: Final = 4
"""Departments that a sentence names; of more it says how many."""


@dataclass(frozen=True)
class Goal:
    """The target of a department; `own` is False where it is the whole government's."""

    value: Fraction
    own: bool


def goals(context: Context, result: Result) -> dict[str, Goal]:
    """The target of each part of an answer by department, or by service: that of the department which offers it.

    Empty where no target means the same as the numbers.
    """
    (dimension,) = result.by
    if result.kpi.unit not in _LEVELS or {name for name, _ in result.filters.values} - {"department"}:
        return {}
    found = metrics.targets(context.snapshot, context.scope, result.kpi.id, result.window.end.year)
    targets = {target.department: Fraction(target.numerator, target.denominator) for target in found}
    owners: Mapping[str, str] = context.facts.owners if dimension == "service" else {}
    goals = {}
    for code in (row.key(dimension) for row in result.rows):
        owner = owners.get(code, code)
        if owner in targets:
            goals[code] = Goal(targets[owner], own=True)
        elif None in targets:
            goals[code] = Goal(targets[None], own=False)
    return goals


def verdict(result: Result, row: Row, goal: Fraction) -> Verdict | None:
    """How a row stands against its target; None where it has no value to compare."""
    if row.value is None:
        return None
    if row.interval and row.interval.low <= goal <= row.interval.high:
        return "unsure"
    value = Fraction(row.value)
    if isinstance(row.numerator, int) and isinstance(row.denominator, int):
        value = Fraction(row.numerator, row.denominator)
    reached = value <= goal if result.kpi.direction == "down" else value >= goal
    return "reached" if reached else "missed"


def against_targets(context: Context, result: Result, found: Mapping[str, Goal]) -> list[str]:
    """Who missed, how many reached or cannot be told, and who is held against the government's target: a line each."""
    _, write = context._, context.format
    judged = verdicts(result, found)
    missed = [code for code in _by_distance(result, found) if judged.get(code) == "missed"]
    reached, unsure = (sum(said == wanted for said in judged.values()) for wanted in ("reached", "unsure"))
    n = write.count(len(judged))
    lines = []
    if missed:
        lines.append(
            _("Target missed by {missed} of {n}: {names}", missed=write.count(len(missed)), n=n, names=named(context, missed))
        )
    elif reached:
        lines.append(_("Target reached by {reached} of {n}", reached=write.count(reached), n=n))
    if unsure:
        lines.append(_("For {unsure} of {n} the target lies within the interval", unsure=write.count(unsure), n=n))
    return [*lines, *_fallen_back(context, result, judged, found)]


def verdicts(result: Result, found: Mapping[str, Goal]) -> dict[str, Verdict]:
    """How each department with a value stands against its target."""
    rows = {row.key("department"): row for row in result.rows}
    pairs = ((code, verdict(result, rows[code], goal.value)) for code, goal in found.items())
    return {code: said for code, said in pairs if said}


def _by_distance(result: Result, found: Mapping[str, Goal]) -> list[str]:
    """Departments with a target, furthest from it first."""
    rows = [row for row in result.rows if row.key("department") in found and row.value is not None]
    rows.sort(key=lambda row: -abs(Fraction(row.value or 0) - found[row.key("department")].value))
    return [row.key("department") for row in rows]


def named(context: Context, codes: Sequence[str]) -> str:
    """The first few departments by name, and how many more there are."""
    _, names = context._, names_of(context)
    shown = [context.format.name(names.of("department", code)) for code in codes[:_NAMED]]
    if len(codes) > _NAMED:
        shown.append(_("{n} more", n=context.format.count(len(codes) - _NAMED)))
    return _(", ").join(shown)


def _fallen_back(context: Context, result: Result, judged: Mapping[str, Verdict], found: Mapping[str, Goal]) -> list[str]:
    """Who has no target of his own, and which one holds instead."""
    codes = [code for code in judged if not found[code].own]
    if not codes:
        return []
    target = context.format.value(float(found[codes[0]].value), result.kpi.unit)
    if len(codes) == len(judged):
        return [context._("No department has a target of its own; the government's {target} holds", target=target)]
    names = named(context, codes)
    return [context._("No target of its own, so the government's {target}: {names}", target=target, names=names)]


def target_lines(context: Context, result: Result, row: Row, goal: Goal | None) -> list[str]:
    """A row's target in words, for its tooltip: "Target 99.62%: missed"; beside a service without a verdict."""
    if goal is None:
        return []
    _, target = context._, context.format.value(float(goal.value), result.kpi.unit)
    if result.by == ("service",):
        if goal.own:
            return [_("Target of its department: {target}", target=target)]
        return [_("The government's target: {target}", target=target)]
    said = verdict(result, row, goal.value)
    words = _(VERDICTS[said]) if said else _("no data")
    if goal.own:
        return [_("Target {target}: {verdict}", target=target, verdict=words)]
    return [_("The government's target {target}: {verdict}", target=target, verdict=words)]


def verdict_words(context: Context, result: Result, row: Row, goal: Goal) -> str:
    """A row's target and how it stands against it, for a tight place: "target 85.0% missed"."""
    _, target = context._, context.format.value(float(goal.value), result.kpi.unit)
    said = verdict(result, row, goal.value)
    if said == "missed":
        return _("target {target} missed", target=target)
    if said == "reached":
        return _("target {target} reached", target=target)
    return _("target {target} within the interval", target=target)


def target_columns(context: Context, result: Result, found: Mapping[str, Goal]) -> list[Added]:
    """Target, whose it is and (of departments) the verdict, as columns of the table and its files; none without targets."""
    if not found:
        return []
    _, title, (dimension,) = context._, context._(result.kpi.title), result.by
    kind, unit = KINDS.get(result.kpi.unit, "number"), context.format.unit(result.kpi.unit)
    whole, general = view_target(context, result), _("the government's")
    owner = _("its own") if dimension == "department" else _("its department's")
    columns = [
        Added(
            Column(_("{title}, target", title=title), kind, unit, short=_("Target")),
            {code: float(goal.value) for code, goal in found.items()},
            None if whole is None else float(whole),
        ),
        Added(
            Column(_("{title}, whose target", title=title), "text", short=_("Whose target")),
            {code: owner if goal.own else general for code, goal in found.items()},
        ),
    ]
    if dimension == "department":
        said = verdict(result, result.total, whole) if whole is not None else None
        against = Column(_("{title}, against the target", title=title), "text", short=_("Against the target"))
        of_each = {code: _(VERDICTS[said]) for code, said in verdicts(result, found).items()}
        columns.append(Added(against, of_each, _(VERDICTS[said]) if said else ""))
    return columns
