"""Asks metrics for a view's numbers, and remembers the answers per process.

Rule: an answer is remembered under everything it depends on: snapshot, scope, KPI, window, base, dimensions, filters. None of
these can be left out, because the remembered function has no other arguments.
Hazard: a view may be filtered by a dimension that a KPI does not have (availability has no payment method). The filter is
then left out of the question, and `unfiltered` names it, so that the page can say so.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Final

import metrics
from metrics import CutPeriodError, Filters, Projection, Result, Scope, Snapshot, Window
from ui.context import Context
from ui.lookups import names_of
from ui.notes import readable

VIEW: Final = "view"
_REMEMBERED: Final = 4096
_PROJECTIONS: Final = 64


@lru_cache(maxsize=_REMEMBERED)
def _answer(
    snapshot: Snapshot,
    scope: Scope,
    kpi: str,
    window: Window,
    base: Window | None,
    by: tuple[str, ...],
    filters: Filters,
) -> Result:
    return metrics.query(kpi, window, snapshot=snapshot, scope=scope, by=by, filters=filters, base=base)


@lru_cache(maxsize=_PROJECTIONS)
def _projection(snapshot: Snapshot, scope: Scope, kpi: str, filters: Filters) -> Projection:
    return metrics.project(snapshot, scope, kpi, filters)


def forget() -> None:
    """Drop all remembered answers, and with them the snapshots they came from."""
    _answer.cache_clear()
    _projection.cache_clear()


def project(context: Context, kpi: str) -> Projection:
    """Where the year of the newest complete day will end, for the view's filters."""
    return _projection(context.snapshot, context.scope, kpi, usable(context, kpi))


def ask(
    context: Context,
    kpi: str,
    *by: str,
    window: Window | None = None,
    base: Window | str | None = VIEW,
    without: str | None = None,
) -> Result:
    """The answer of a KPI for a view, per combination of `by`; window and base are the view's unless given (None: no base).

    `without` is a dimension whose filter is ignored: a chart that is clicked to filter keeps showing the other bars.
    Notes of the answer name what metrics speaks of by code.
    Raises MetricsError where the question has no answer (a window that cuts a reported period, for example).
    """
    compared = context.base if base == VIEW else base
    assert not isinstance(compared, str)
    filters = usable(context, kpi, without)
    found = _answer(context.snapshot, context.scope, kpi, window or context.window, compared, by, filters)
    if not found.notes:
        return found
    return replace(found, notes=tuple(readable(note, names_of(context)) for note in found.notes))


def has_answer(context: Context, kpi: str, *by: str) -> bool:
    """Whether a view's question has an answer: False where it cuts a period that was reported as a whole."""
    try:
        ask(context, kpi, *by)
    except CutPeriodError:
        return False
    return True


def usable(context: Context, kpi: str, without: str | None = None) -> Filters:
    """The view's filters that the KPI can be filtered by."""
    known = metrics.dimensions(metrics.kpi(kpi))
    chosen = context.state.filters
    return replace(chosen, values=tuple((d, v) for d, v in chosen.values if d in known and d != without))


def unfiltered(context: Context, kpi: str) -> tuple[str, ...]:
    """Dimensions the view is filtered by that mean nothing to the KPI: its number is for all of them."""
    known = metrics.dimensions(metrics.kpi(kpi))
    return tuple(dimension for dimension, _ in context.state.filters.values if dimension not in known)
