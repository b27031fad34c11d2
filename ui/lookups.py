"""What a snapshot knows of codes: which exist in a scope, what they are called, and in which order to offer them.

Rule: everything is asked for with the scope, and kept per snapshot and scope, so nobody's list contains another's names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import metrics
from metrics import CutPeriodError, Scope, Snapshot, Window, periods
from ui.names import Names
from ui.state import DIMENSIONS, Facts
from ui.wordings import wording_names

if TYPE_CHECKING:
    from ui.context import Context

_MONTHLY: Final = frozenset({"payment_totals", "it_spend"})


@dataclass(frozen=True)
class Known:
    """Facts to check a view against, names by dimension and code, codes by dimension (most used first), sources with data."""

    facts: Facts
    proper: Mapping[str, Mapping[str, tuple[str, str]]]
    order: Mapping[str, tuple[str, ...]]
    delivered: frozenset[str]


@lru_cache(maxsize=8)
def known(snapshot: Snapshot, scope: Scope) -> Known:
    """Everything there is to know about codes in one snapshot for one scope, asked for once."""
    departments = metrics.departments(snapshot, scope)
    services = metrics.services(snapshot, scope)
    days = _days(snapshot, scope)
    delivered = frozenset(metrics.coverage(snapshot, scope).drop_nulls("first_day")["source"])
    order = {dimension: _most_used(snapshot, scope, days, dimension) for dimension in DIMENSIONS}
    order["department"] = _then(order["department"], (d.code for d in departments))
    order["service"] = _then(order["service"], (s.code for s in services if s.transactional or s.monitored))
    return Known(
        facts=Facts(
            first_day=days.start,
            complete_through=days.end,
            codes={dimension: frozenset(codes) for dimension, codes in order.items()},
            owners={s.code: s.department for s in services if s.department},
            daily=bool(delivered - _MONTHLY),
        ),
        proper={
            "department": {d.code: (d.name_en, d.name_ar) for d in departments},
            "service": {s.code: (s.name_en, s.name_ar) for s in services},
            "wave": {w.code: (w.name_en, w.name_ar) for w in metrics.waves(snapshot, scope)},
            "wording": wording_names(snapshot, scope, days) if "surveys" in delivered else {},
        },
        order=order,
        delivered=delivered,
    )


def _days(snapshot: Snapshot, scope: Scope) -> Window:
    """From the first day of any source to complete-through; to the last day of any where complete-through waits for none.

    A store without a single record has the day of its publication, on which every number is "no data".
    """
    frame = metrics.coverage(snapshot, scope)
    first, last = frame["first_day"].drop_nulls(), frame["last_day"].drop_nulls()
    published = datetime.fromisoformat(metrics.meta(snapshot)["published_at"]).date()
    end: date = snapshot.complete_through or max(last.to_list(), default=published)
    return Window(min((*first.to_list(), end)), end)


def _most_used(snapshot: Snapshot, scope: Scope, days: Window, dimension: str) -> tuple[str, ...]:
    """Codes with payments, by the amount collected over whole months, or longer where longer periods were reported."""
    whole = Window(days.start.replace(day=1), periods.month(days.end.year, days.end.month).end)
    try:
        result = metrics.query("collected_amount", whole, snapshot=snapshot, scope=scope, by=(dimension,))
    except CutPeriodError as error:
        widest = max(error.nearest, key=lambda window: window.days)
        result = metrics.query("collected_amount", widest, snapshot=snapshot, scope=scope, by=(dimension,))
    return tuple(row.key(dimension) for row in result.rows)


def _then(first: tuple[str, ...], rest: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *rest)))


def names_of(context: Context) -> Names:
    """Names for the reader of a page."""
    return Names(context.format, known(context.snapshot, context.scope).proper)


def options_of(context: Context, dimension: str) -> tuple[str, ...]:
    """Codes to offer for a dimension, most used first."""
    return known(context.snapshot, context.scope).order.get(dimension, ())
