"""The same question over time, at the grain that suits the length of the view."""

from __future__ import annotations

from metrics import CutPeriodError, Grain, QuestionError, Result
from ui.answers import ask
from ui.context import Context

_DAILY_UP_TO = 75
_WEEKLY_UP_TO = 800


def over_time(context: Context, kpi: str) -> Result | None:
    """A KPI over the view's window by day, week or month with its base; months where only months were reported; else None."""
    for grain in _grains(context):
        try:
            return ask(context, kpi, grain)
        except (CutPeriodError, QuestionError):
            continue
    return None


def _grains(context: Context) -> tuple[Grain, ...]:
    days = context.window.days
    if days <= _DAILY_UP_TO:
        return ("day", "month")
    return ("week", "month") if days <= _WEEKLY_UP_TO else ("month",)
