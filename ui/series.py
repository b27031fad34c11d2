"""The same question over time, at the grain that suits the length of the view."""

from __future__ import annotations

from dataclasses import dataclass

from metrics import CutPeriodError, Grain, Number, QuestionError, Result, unfinished
from ui.answers import ask
from ui.context import Context

_DAILY_UP_TO = 75
_WEEKLY_UP_TO = 800


@dataclass(frozen=True)
class Trend:
    """Values of the current and the base window at equal steps of time, each from its own beginning."""

    current: tuple[Number | None, ...]
    base: tuple[Number | None, ...]


def over_time(context: Context, kpi: str) -> Trend | None:
    """A KPI over the view's window and its base by day, week or month; months where only months were reported; else None.

    Weeks and months that the windows cut are left out: a part of a week would look like a fall.
    """
    for grain in _grains(context):
        try:
            return Trend(
                _whole(ask(context, kpi, grain, base=None), grain),
                _whole(ask(context, kpi, grain, window=context.base, base=None), grain),
            )
        except (CutPeriodError, QuestionError):
            continue
    return None


def _whole(result: Result, grain: Grain) -> tuple[Number | None, ...]:
    keys = tuple(row.key(grain) for row in result.rows)
    cut = unfinished(keys, result.window, result.complete_through)
    return tuple(row.value for row in result.rows if row.key(grain) not in cut)


def _grains(context: Context) -> tuple[Grain, ...]:
    days = context.window.days
    if days <= _DAILY_UP_TO:
        return ("day", "month")
    return ("week", "month") if days <= _WEEKLY_UP_TO else ("month",)
