"""What a store holds, per source, as the ledger says.

Rule: numbers are sums over files that count, as the ledger has them (`verify` adds up the data files). Only how far the bodies
that report totals have come is read from their rows, since the ledger knows no departments.
"""

import sqlite3
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from store import ledger, series
from store.contract import SOURCES
from store.errors import LedgerError


@dataclass(frozen=True)
class SourceStatus:
    """One source. `open` are rejected rows that nobody has corrected yet. Fils (minor units) are None where it has no money;
    `days` with data are counted for logs of single records, `periods` for months and totals, neither for references."""

    source: str
    files: int
    rows_in: int
    accepted: int
    duplicates: int
    rejected: int
    open: int
    skipped: int
    fils_accepted: int | None
    days: int | None
    periods: int | None
    first_day: date | None
    complete_through: date | None


def sources(data: Path) -> list[SourceStatus]:
    """Status of every source that has delivered, in the order of the contracts."""
    with ledger.opened(data) as connection:
        rows = connection.execute(_SOURCES).fetchall()
        if unknown := [row["source"] for row in rows if row["source"] not in SOURCES]:
            raise LedgerError(
                f"{data / ledger.FILE}: names a source '{unknown[0]}' that nobody knows; run `python -m store verify`"
            )
        found = {row["source"]: _status(row) for row in rows}
        totals = [data / part["path"] for part in ledger.live_parts(connection, _TOTALS) if part["rows"]]
    if totals:
        found[_TOTALS] = replace(found[_TOTALS], complete_through=_reach(totals))
    return [found[name] for name in SOURCES if name in found]


def complete_through(found: list[SourceStatus]) -> date | None:
    """The last day for which every daily source that ever delivered is complete; without daily sources, the last day there is."""
    reached = {status.source: status.complete_through for status in found if status.complete_through}
    daily = [day for name, day in reached.items() if SOURCES[name].daily]
    return min(daily) if daily else max(reached.values(), default=None)


def _status(row: sqlite3.Row) -> SourceStatus:
    source = SOURCES[row["source"]]
    long = source.monthly or source.time_end is not None
    counts = {name: row[name] for name in ("source", "files", "rows_in", "accepted", "duplicates", "rejected", "open", "skipped")}
    return SourceStatus(
        **counts,
        fils_accepted=row["fils_accepted"],
        days=None if long or source.time is None else row["days"],
        periods=row["days"] if long else None,
        first_day=_day(row["first_day"]),
        complete_through=_day(row["last_day"]),
    )


def _reach(parts: list[Path]) -> date:
    """The day all bodies that still report totals have reached."""
    rows = pl.concat([pl.scan_parquet(part, hive_partitioning=False).select(_SERIES) for part in parts]).unique().collect()
    last = {code: (start, end) for code, start, end in rows.sort("period_end", "period_start").iter_rows()}
    return series.reach((code, end, (end - start).days + 1) for code, (start, end) in last.items()).through


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


_TOTALS: Final = "payment_totals"
_SERIES: Final = ("department", "period_start", "period_end")
_SOURCES = """
    SELECT source, count(*) AS files, sum(rows_in) AS rows_in, sum(accepted) AS accepted, sum(duplicates) AS duplicates,
           sum(rejected) AS rejected,
           (SELECT count(*) FROM quarantine WHERE quarantine.source = files.source AND quarantine.state = 'open') AS open,
           sum(skipped) AS skipped, sum(fils_accepted) AS fils_accepted,
           min(coalesce(min(first_day, covers_from), first_day, covers_from)) AS first_day,
           max(coalesce(covers_to, last_day)) AS last_day,
           (SELECT count(DISTINCT day) FROM days JOIN files live ON live.sha256 = file_sha256
            WHERE live.state = 'live' AND days.source = files.source AND days.accepted > 0) AS days
    FROM files WHERE state <> 'superseded' GROUP BY source"""
