"""How the data stands: what was delivered, whether it adds up, and which days are missing. Facts for the Data page.

Rule: rows in = accepted + duplicates + rejected for every source, and the ledger equals the marts in every month; anything
else is named with its size, never rounded away.
Hazard: a source that reports events only when they happen (status events, campaigns) has no missing days; one that reports
months is present or missing by the month.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import polars as pl

import metrics
from metrics import Window, periods
from ui.context import Context

EVERY_DAY: Final = frozenset({"payments", "probes", "surveys", "feedback"})
EVERY_MONTH: Final = frozenset({"payment_totals", "it_spend"})
_BALANCE: Final = pl.col("rows_in") - pl.col("accepted") - pl.col("duplicates") - pl.col("rejected")


@dataclass(frozen=True)
class Delivery:
    """The days of one source inside a window: `expected` ones from its first day to complete-through, and the missing ones."""

    source: str
    delivered: frozenset[date]
    missing: tuple[date, ...]
    monthly: bool


@dataclass(frozen=True)
class Standing:
    """The whole store at a glance. Counts are None for a reader whose scope names departments."""

    rows_in: int | None
    accepted: int | None
    duplicates: int | None
    rejected: int | None
    unaccounted: int
    months: int
    months_apart: int
    last_ingested: datetime | None
    sources: pl.DataFrame
    """The mart `coverage` with `unaccounted`, and `last_ingested_at` in the zone of the store."""
    reconciliation: pl.DataFrame
    """The mart `reconciliation` with `rows_apart` and `fils_apart` (ledger less mart)."""


def standing(context: Context) -> Standing:
    """Read everything about the delivery and reconciliation of the snapshot."""
    zone = ZoneInfo(context.snapshot.settings.timezone)
    sources = metrics.coverage(context.snapshot, context.scope).with_columns(
        _BALANCE.alias("unaccounted"), _local("last_ingested_at", zone)
    )
    compared = metrics.reconciliation(context.snapshot, context.scope).with_columns(
        (pl.col("rows_ledger") - pl.col("rows_mart")).alias("rows_apart"),
        (pl.col("fils_ledger") - pl.col("fils_mart")).alias("fils_apart"),
    )
    apart = compared.filter((pl.col("rows_apart").fill_null(0) != 0) | (pl.col("fils_apart").fill_null(0) != 0))
    total = {name: _sum(sources, name) for name in ("rows_in", "accepted", "duplicates", "rejected")}
    ingested: Any = sources["last_ingested_at"].max()
    return Standing(
        **total,
        unaccounted=sum(abs(n) for n in sources["unaccounted"].drop_nulls().to_list()),
        months=compared.height,
        months_apart=apart.height,
        last_ingested=ingested,
        sources=sources,
        reconciliation=compared,
    )


def _local(column: str, zone: ZoneInfo) -> pl.Expr:
    """A column of UTC moments as wall-clock time of the store's zone."""
    return pl.col(column).dt.replace_time_zone("UTC").dt.convert_time_zone(zone.key).dt.replace_time_zone(None)


def _sum(frame: pl.DataFrame, column: str) -> int | None:
    values = frame[column].drop_nulls()
    return int(values.sum()) if values.len() else None


def deliveries(context: Context, window: Window) -> list[Delivery]:
    """Sources that deliver every day or every month, with what is there and what is missing inside the window."""
    frame = metrics.coverage_days(context.snapshot, context.scope)
    last = min(window.end, context.facts.complete_through)
    found = []
    for (source,), days in frame.filter(pl.col("delivered")).group_by("source", maintain_order=True):
        if source in EVERY_DAY or source in EVERY_MONTH:
            found.append(_delivery(str(source), days["day"].to_list(), window, last))
    return sorted(found, key=lambda d: d.source)


def _delivery(source: str, days: list[date], window: Window, last: date) -> Delivery:
    monthly = source in EVERY_MONTH
    if monthly:
        days = [day for start in days for day in _span(periods.month(start.year, start.month))]
    inside = frozenset(day for day in days if window.start <= day <= window.end)
    expected = _span(Window(max(window.start, min(days)), last)) if max(window.start, min(days)) <= last else []
    missing = [day for day in expected if day not in inside]
    if monthly:
        missing = sorted({day.replace(day=1) for day in missing})
    return Delivery(source, inside, tuple(missing), monthly)


def _span(window: Window) -> list[date]:
    return [window.start + timedelta(days=i) for i in range(window.days)]
