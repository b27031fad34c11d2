"""The same question over time, at the grain that suits the length of the view."""

from __future__ import annotations

from dataclasses import dataclass

from metrics import CutPeriodError, Grain, Number, QuestionError, Result, Window, keys, unfinished
from metrics.periods import as_grain
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

    Weeks and months that the windows cut are left out, and the one in which data begin is a gap: a part of a week would look
    like a fall.
    """
    for grain in grains(context):
        try:
            return Trend(
                _whole(ask(context, kpi, grain, base=None), grain),
                _whole(ask(context, kpi, grain, window=context.base, base=None), grain),
            )
        except (CutPeriodError, QuestionError):
            continue
    return None


def _whole(result: Result, grain: Grain) -> tuple[Number | None, ...]:
    found = {row.key(grain): row.value for row in result.rows}
    wanted = time_keys(result)
    cut = unfinished(wanted, result.window, result.complete_through)
    begun = unfinished(wanted, covered(result), result.complete_through)
    return tuple(None if key in begun else found.get(key) for key in wanted if key not in cut)


def covered(result: Result) -> Window:
    """The days of an answer's window from the first one with data on."""
    return Window(result.since or result.window.start, result.window.end)


def time_keys(result: Result) -> tuple[str, ...]:
    """Every time key of an answer's window, delivered or not, as far as the data reaches: its positions in a chart.

    The rows of an answer begin with the first day that has data; in a chart a gap at the beginning is a gap too.
    """
    grain = as_grain(result.by[0])
    assert grain is not None
    end = min(result.window.end, max(result.complete_through, result.window.start))
    return keys(Window(result.window.start, end), grain)


def grains(context: Context) -> tuple[Grain, ...]:
    """The steps of time that suit the length of the view, the finest first."""
    days = context.window.days
    if days <= _DAILY_UP_TO:
        return ("day", "month")
    return ("week", "month") if days <= _WEEKLY_UP_TO else ("month",)


def revised(context: Context, result: Result, key: str) -> tuple[str, ...]:
    """That something in a period of time changed after it had been published, as a line for hover; nothing where it did not."""
    return (context._("revised since it was published"),) if key in result.revised else ()
