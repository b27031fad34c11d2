"""Who is behind: sources that lag behind what is due, and the bodies whose totals are awaited.

Rule: sources of days are compared with each other only, where a day of difference is the way of logs; a source of months (or
longer periods) with the last whole one that has ended by then.
Hazard: totals of some bodies may be there while those of another are not; then the source lags by what that body owes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import polars as pl

import metrics
from metrics import Scope, Snapshot, periods
from ui.context import Context

EVERY_DAY: Final = frozenset({"payments", "settlements", "probes", "surveys", "feedback"})
EVERY_MONTH: Final = frozenset({"payment_totals", "it_spend"})
SPARSE: Final = frozenset({"surveys", "feedback"})
"""Sources of what people do when they like, which may be silent on the first days of their month."""
HOLDING: Final = (EVERY_DAY - {"settlements"}) | {"payment_totals"}
"""Sources that complete-through waits for."""
TOTALS: Final = "payment_totals"
_DAY: Final = timedelta(days=1)
_MONTH_DAYS: Final = 30.44


@dataclass(frozen=True)
class Late:
    """A source that is complete through `reached` while `due` was to be expected; the codes of the bodies that are behind.

    `ahead` is the source of days that has come furthest.
    """

    source: str
    reached: date
    due: date
    ahead: str | None = None
    bodies: tuple[str, ...] = ()

    @property
    def monthly(self) -> bool:
        return self.source in EVERY_MONTH


def reaches(context: Context) -> Mapping[str, date]:
    """The last day through which each source of days or months is complete."""
    return _days(context.snapshot, context.scope, "complete_through")


def late(context: Context) -> tuple[Late, ...]:
    """The sources that are behind, the one that lags most first."""
    return _late(context.snapshot, context.scope)


@lru_cache(maxsize=8)
def delivered(snapshot: Snapshot, scope: Scope) -> Mapping[str, tuple[date, ...]]:
    """The days (of months: the first) on which each source of days or months delivered, kept per snapshot and scope."""
    frame = metrics.coverage_days(snapshot, scope).filter(pl.col("delivered"))
    groups = {str(source): tuple(days["day"].to_list()) for (source,), days in frame.group_by("source", maintain_order=True)}
    return {source: groups[source] for source in sorted(groups) if source in EVERY_DAY | EVERY_MONTH}


@lru_cache(maxsize=8)
def _late(snapshot: Snapshot, scope: Scope) -> tuple[Late, ...]:
    reached, last = (_days(snapshot, scope, column) for column in ("complete_through", "last_day"))
    daily = {source: day for source, day in reached.items() if source in EVERY_DAY}
    ahead = max(daily, key=lambda source: (daily[source], source), default=None)
    now = daily[ahead] if ahead else max(last.values(), default=None)
    if now is None:
        return ()
    found = [Late(source, day, now, ahead) for source, day in daily.items() if day < now - _DAY]
    for source in sorted(EVERY_MONTH & set(reached)):
        bodies = _behind(snapshot, scope) if source == TOTALS else ()
        due = _due(reached[source], _months(snapshot, scope, source, last.get(source, reached[source])), now)
        due = max(due, last.get(source, due)) if bodies else due
        if reached[source] < due:
            found.append(Late(source, reached[source], due, ahead, bodies))
    return tuple(sorted(found, key=lambda one: (one.reached, one.source)))


@lru_cache(maxsize=16)
def _days(snapshot: Snapshot, scope: Scope, column: str) -> Mapping[str, date]:
    """A day of the coverage by source, for sources of days or months."""
    frame = metrics.coverage(snapshot, scope).drop_nulls(column)
    days = zip(frame["source"], frame[column], strict=True)
    return {source: day for source, day in days if source in EVERY_DAY | EVERY_MONTH}


def _behind(snapshot: Snapshot, scope: Scope) -> tuple[str, ...]:
    """Bodies of the reader's scope whose totals others are ahead of."""
    codes = metrics.meta(snapshot).get("totals_behind", "").split()
    return tuple(code for code in codes if scope.departments is None or code in scope.departments)


def _months(snapshot: Snapshot, scope: Scope, source: str, last: date) -> int:
    """The length of a source's latest period, in months: 1 where nothing says otherwise."""
    begun = max(delivered(snapshot, scope).get(source, ()), default=last)
    return max(1, round(((last - begun).days + 1) / _MONTH_DAYS))


def _due(reached: date, months: int, now: date) -> date:
    """The end of the last period of so many months that has ended by `now`, counted from where a source has come."""
    due = reached
    while (following := _later(due, months)) <= now:
        due = following
    return due


def _later(end: date, months: int) -> date:
    number = end.year * 12 + end.month - 1 + months
    return periods.month(number // 12, number % 12 + 1).end
