"""How the data stands: what was delivered, whether it adds up, and which days are missing. Facts for the Data page.

Rule: rows in = accepted + duplicates + rejected for every source, and the ledger equals the marts in every month; anything
else is named with its size, never rounded away.
Hazard: a source that reports events only when they happen (status events, campaigns) has no missing days; one that reports
months is present or missing by the month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import polars as pl

import metrics
from metrics import Scope, Snapshot, Window, periods
from ui.context import Context
from ui.known import known_sum
from ui.lateness import EVERY_MONTH, SPARSE, TOTALS, delivered, late, reaches
from ui.owed import Owed, owed

_BALANCE: Final = pl.col("rows_in") - pl.col("accepted") - pl.col("duplicates") - pl.col("rejected")


@dataclass(frozen=True)
class Delivery:
    """The days of one source inside a window: what came, and what is missing from its first day to the last that was due.

    `owed` says which of the missing months only some bodies owe, and which bodies; `begins` is the first day delivered,
    where the window begins before it: nothing is missing before, and there is no data.
    """

    source: str
    delivered: frozenset[date]
    missing: tuple[date, ...]
    monthly: bool
    owed: tuple[Owed, ...] = ()
    begins: date | None = None


@dataclass(frozen=True)
class Standing:
    """The whole store at a glance. Counts are None for a reader whose scope names departments.

    `open` are rejected rows that nobody has corrected yet; `months` are months of the calendar, however many sources were
    compared in them.
    """

    rows_in: int | None
    accepted: int | None
    duplicates: int | None
    rejected: int | None
    open: int | None
    unaccounted: int
    months: int
    months_apart: int
    sources_apart: tuple[str, ...]
    last_ingested: datetime | None
    sources: pl.DataFrame
    """The mart `coverage` with `unaccounted`, and `last_ingested_at` in the zone of the store."""
    reconciliation: pl.DataFrame
    """The mart `reconciliation` with `rows_apart` and `fils_apart` (ledger less mart)."""


def standing(context: Context) -> Standing:
    """Read everything about the delivery and reconciliation of the snapshot, once for each snapshot and scope."""
    return _standing(context.snapshot, context.scope)


@lru_cache(maxsize=8)
def _standing(snapshot: Snapshot, scope: Scope) -> Standing:
    zone = ZoneInfo(snapshot.settings.timezone)
    sources = metrics.coverage(snapshot, scope).with_columns(_BALANCE.alias("unaccounted"), _local("last_ingested_at", zone))
    compared = metrics.reconciliation(snapshot, scope).with_columns(
        (pl.col("rows_ledger") - pl.col("rows_mart")).alias("rows_apart"),
        (pl.col("fils_ledger") - pl.col("fils_mart")).alias("fils_apart"),
    )
    apart = differing(compared)
    total = {name: known_sum(sources, name) for name in ("rows_in", "accepted", "duplicates", "rejected", "open")}
    ingested: Any = sources["last_ingested_at"].max()
    return Standing(
        **total,
        unaccounted=sum(abs(n) for n in sources["unaccounted"].drop_nulls().to_list()),
        months=compared["month"].n_unique(),
        months_apart=apart["month"].n_unique(),
        sources_apart=tuple(sorted(set(apart["source"]))),
        last_ingested=ingested,
        sources=sources,
        reconciliation=compared,
    )


def whole_store(context: Context) -> Window:
    """From the first day of any source to the last."""
    frame = standing(context).sources
    days = [day for name in ("first_day", "last_day") for day in frame[name].drop_nulls().to_list()]
    return Window(min(days), max(days)) if days else Window(context.facts.first_day, context.facts.complete_through)


def differing(reconciliation: pl.DataFrame) -> pl.DataFrame:
    """The lines (source and month) in which ledger and marts differ, in rows or in money."""
    rows, fils = (pl.col(f"{what}_ledger").ne_missing(pl.col(f"{what}_mart")) for what in ("rows", "fils"))
    return reconciliation.filter(rows | fils)


def _local(column: str, zone: ZoneInfo) -> pl.Expr:
    """A column of UTC moments as wall-clock time of the store's zone."""
    return pl.col(column).dt.replace_time_zone("UTC").dt.convert_time_zone(zone.key).dt.replace_time_zone(None)


def extent(context: Context, window: Window) -> Window:
    """The days that are looked at for a window: where it reaches to complete-through, also what is there or due after it."""
    if window.end < context.facts.complete_through:
        return window
    ends = [*reaches(context).values(), *(one.due for one in late(context))]
    return Window(window.start, max((window.end, *ends)))


def deliveries(context: Context, window: Window) -> list[Delivery]:
    """Sources that deliver every day or every month, with what is there and what is missing inside the window's extent."""
    seen, reached, behind = extent(context, window), reaches(context), {one.source: one for one in late(context)}
    found = []
    for source, days in delivered(context.snapshot, context.scope).items():
        due = behind[source].due if source in behind else reached.get(source, context.facts.complete_through)
        one = _delivery(source, days, seen, min(seen.end, due))
        if source == TOTALS:
            one = _less(
                one, owed(context, behind.get(source), Window(seen.start, max(seen.start, min(seen.end, due))), one.missing)
            )
        found.append(one)
    return found


def _delivery(source: str, days: Sequence[date], window: Window, last: date) -> Delivery:
    monthly = source in EVERY_MONTH
    if monthly:
        days = [day for start in days for day in _span(periods.month(start.year, start.month))]
    inside = frozenset(day for day in days if window.start <= day <= window.end)
    expected = _span(Window(max(window.start, min(days)), last)) if max(window.start, min(days)) <= last else []
    missing = [day for day in expected if day not in inside]
    if monthly:
        missing = sorted({day.replace(day=1) for day in missing})
    return Delivery(source, inside, tuple(missing), monthly, begins=_begins(source, min(days), window))


def _begins(source: str, first: date, window: Window) -> date | None:
    """The first day delivered, where the window begins before it; people may answer or complain late in their first month."""
    from_then = first.replace(day=1) if source in SPARSE else first
    return first if window.start < from_then <= window.end else None


def _less(found: Delivery, owed: tuple[Owed, ...]) -> Delivery:
    """The same where some bodies owe months that others have delivered: those are missing too."""
    months = {day for one in owed for day in one.months}
    there = frozenset(day for day in found.delivered if day.replace(day=1) not in months)
    return replace(found, delivered=there, missing=tuple(sorted(months.union(found.missing))), owed=owed)


def _span(window: Window) -> list[date]:
    return [window.start + timedelta(days=i) for i in range(window.days)]
