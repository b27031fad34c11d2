"""Days that cut nothing: what a page shows where the days of its view cut a period that was reported as one figure.

Rule: the year to date is moved back to the largest whole window and the page says so; days that a reader chose are never
moved, but refused in words, with the nearest whole windows to choose instead.
Hazard: a window may be whole and its base not; both are tried before a window is offered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from metrics import CutPeriodError, Window, month
from ui.answers import ask
from ui.context import Context
from ui.lookups import names_of


def cut_by(context: Context, kpi: str) -> CutPeriodError | None:
    """Why the KPI has no answer over the days of a view or their base; None where it has one."""
    try:
        ask(context, kpi)
    except CutPeriodError as error:
        return error
    return None


def fitted(context: Context, kpi: str) -> Context:
    """The view over days for which the KPI has an answer: its own, or for the year to date the largest whole window in it."""
    if context.state.period != "ytd" or (error := cut_by(context, kpi)) is None:
        return context
    for window in _inside(context, error):
        moved = replace(context, fitted=window)
        if cut_by(moved, kpi) is None:
            return moved
    return context


def offers(context: Context, error: CutPeriodError) -> list[Window]:
    """The nearest windows to choose instead, within the days there are; the year to date where none is near."""
    facts = context.facts
    return [w for w in error.nearest if facts.first_day <= w.start and w.end <= facts.complete_through and w != context.base]


def moved_in_words(context: Context, error: CutPeriodError) -> str:
    """That and why the page ends earlier than the data."""
    return context._(
        "{why} This page therefore shows {period}.",
        why=reported_whole(context, error),
        period=context.format.window(context.window),
    )


def reported_whole(context: Context, error: CutPeriodError) -> str:
    """Who reported which days as one figure."""
    name = names_of(context).of("department", error.department)
    return context._(
        "{department} reported {period} as one figure, which cannot be divided into days.",
        department=context.format.name(name),
        period=context.format.window(error.cut),
    )


def _inside(context: Context, error: CutPeriodError) -> Iterator[Window]:
    """Windows that begin with the view's, the largest first."""
    window = context.window
    yield from (w for w in error.nearest if window.start <= w.start and w.end <= window.end)
    for number in range(window.end.month, 0, -1):
        end = month(window.end.year, number).end
        if end <= window.end:
            yield Window(window.start, end)
