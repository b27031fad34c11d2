"""Departments' sums against their own targets of the year: in the chart, in words, and in the table.

Rule: a sum so far is set beside the share of the year that has gone, as on the cards: ahead or behind; only a whole year reaches
or misses its target. Departments without a target of their own have none, for the government's is of all of them together.
Hazard: a target is of a whole department and a calendar year; filtered by anything else, or from another day on, there is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final, Literal

import metrics
from metrics import Result
from metrics.words import N_
from ui.added_columns import Added
from ui.bars import Bar
from ui.charts import Figure, colours
from ui.context import Context
from ui.grid import KINDS, Column
from ui.money import minor_to_major
from ui.own_targets import named

Standing = Literal["ahead", "behind", "reached", "missed"]
STANDINGS: Final[Mapping[Standing, str]] = {
    "ahead": N_("ahead"),
    "behind": N_("behind"),
    "reached": N_("reached"),
    "missed": N_("missed"),
}


def year_goals(context: Context, result: Result) -> dict[str, Fraction]:
    """The targets of the year by department, in the unit of the KPI; empty where none means the same as the sums."""
    window = result.window
    whole = (window.start.month, window.start.day) == (1, 1) and window.start.year == window.end.year
    if result.by != ("department",) or result.kpi.unit not in ("fils", "count") or not whole:
        return {}
    if {name for name, _ in result.filters.values} - {"department"}:
        return {}
    shown = {row.key("department") for row in result.rows if row.value is not None}
    found = metrics.targets(context.snapshot, context.scope, result.kpi.id, window.end.year)
    return {t.department: Fraction(t.numerator, t.denominator) for t in found if t.department in shown and t.numerator}


def gone(result: Result) -> Fraction:
    """The share of the calendar year that the window holds, by days."""
    return Fraction(result.window.days, metrics.year(result.window.end.year).days)


def standings(result: Result, found: Mapping[str, Fraction]) -> dict[str, Standing]:
    """How each department stands: against the days gone, or at the end of the year against the target itself."""
    passed, over = gone(result), gone(result) == 1
    said: dict[str, Standing] = {}
    for code, done in _done(result, found).items():
        enough = done >= passed
        said[code] = ("reached" if enough else "missed") if over else ("ahead" if enough else "behind")
    return said


def _done(result: Result, found: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """The share of its target that each department has."""
    codes = [(row, row.key(result.by[0])) for row in result.rows]
    return {code: Fraction(row.value or 0) / found[code] for row, code in codes if code in found}


def against_the_year(context: Context, result: Result, found: Mapping[str, Fraction]) -> list[str]:
    """Who is behind, furthest first, or that nobody is: a line each; none without targets."""
    _, write, said, done = context._, context.format, standings(result, found), _done(result, found)
    if not said:
        return []
    bad = sorted((code for code in said if said[code] in ("behind", "missed")), key=lambda code: done[code])
    over, n, few = gone(result) == 1, write.count(len(said)), write.count(len(bad))
    if over and bad:
        return [_("Target missed by {missed} of {n}: {names}", missed=few, n=n, names=named(context, bad))]
    if over:
        return [_("Target reached by {reached} of {n}", reached=n, n=n)]
    passed = write.share(float(gone(result)), decimals=0)
    if bad:
        names = named(context, bad)
        return [
            _("{gone} of the year is gone; behind the target: {n} of {all} ({names})", gone=passed, n=few, all=n, names=names)
        ]
    return [_("{gone} of the year is gone; none of {all} is behind the target", gone=passed, all=n)]


def with_goals(context: Context, result: Result, rows: Sequence[Bar], found: Mapping[str, Fraction]) -> list[Bar]:
    """Bars that say on hover what their target is and how they stand."""
    lines = {code: _line(context, result, code, found) for code in found}
    codes = [row.filter[1] if row.filter else "" for row in rows]
    return [
        replace(row, details=(*row.details, lines[code])) if code in lines else row for row, code in zip(rows, codes, strict=True)
    ]


def _line(context: Context, result: Result, code: str, found: Mapping[str, Fraction]) -> str:
    """ "Target AED 1.2bn for 2012: 76%, ahead"."""
    _, write, target = context._, context.format, float(found[code])
    return _(
        "Target {target} for {year}: {share}, {standing}",
        target=write.money(target) if result.kpi.unit == "fils" else write.short(target),
        year=write.period(str(result.window.end.year)),
        share=write.share(float(_done(result, found)[code]), decimals=0),
        standing=_(STANDINGS[standings(result, found)[code]]),
    )


def ticks(context: Context, result: Result, chart: Figure, rows: Sequence[Bar], found: Mapping[str, Fraction]) -> Figure:
    """The chart of bars with a black tick at each target; labels move beyond it, and the axis reaches the furthest."""
    places = [_place(result, found.get(row.filter[1])) if row.filter else None for row in rows]
    known = [(i, x) for i, x in enumerate(places) if x is not None]
    if not known:
        return chart
    tick: dict[str, Any] = {
        "type": "scatter",
        "mode": "markers",
        "x": [x for _, x in known],
        "y": [i for i, _ in known],
        "marker": {"symbol": "line-ns", "size": 15, "line": {"width": 2, "color": colours(context).ink}},
        "hoverinfo": "skip",
    }
    *others, labels = chart["data"]
    beyond = [max(x, place or 0.0) for x, place in zip(labels["x"], places, strict=True)]
    ends = sorted(chart["layout"]["xaxis"]["range"])
    span = [ends[0], max(ends[1], 1.3 * max(beyond))]
    axis = {**chart["layout"]["xaxis"], "range": span[::-1] if context.rtl else span}
    return {"data": [*others, tick, {**labels, "x": beyond}], "layout": {**chart["layout"], "xaxis": axis}}


def _place(result: Result, target: Fraction | None) -> float | None:
    if target is None:
        return None
    return float(target / 100 if result.kpi.unit == "fils" else target)


def year_columns(context: Context, result: Result, found: Mapping[str, Fraction]) -> list[Added]:
    """Target of the year, the share of it that is reached, and how that stands, as columns of the table and its files."""
    if not found:
        return []
    _, title, unit = context._, context._(result.kpi.title), result.kpi.unit
    year = context.format.period(str(result.window.end.year))
    of_unit = context.format.currency if unit == "fils" else ""
    target = Column(_("{title}, target for {year}", title=title, year=year), KINDS[unit], of_unit)
    done, said = _done(result, found), standings(result, found)
    of_target = Column(_("{title}, share of the target", title=title), "share", context.format.unit("share"))
    against = Column(_("{title}, against the target", title=title), "text")
    return [
        Added(
            target, {code: minor_to_major(round(goal)) if unit == "fils" else round(goal) for code, goal in found.items()}, None
        ),
        Added(of_target, {code: float(share) for code, share in done.items()}, None),
        Added(against, {code: _(STANDINGS[standing]) for code, standing in said.items()}),
    ]
