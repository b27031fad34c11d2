"""The payment log beside what the gateway's bank has settled of it: by day, by department, and item by item.

Rule: only days are compared that both log and bank delivered whole; before the bank has delivered a day, nothing is said of it.
Hazard: the items listed are the largest of all departments and days of the snapshot; the counts here are of all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

import polars as pl

from metrics.compile import Statement, scope_clause
from metrics.fetch import fetch
from metrics.model import Scope, Window
from store.compared import INSIDE
from store.marts import MARTS
from store.snapshot import Snapshot

SETTLEMENT_SUMS: Final = tuple(name for name, kind in MARTS["settlement"].items() if kind == "BIGINT")


@dataclass(frozen=True)
class Compared:
    """The days of a window that are compared: how many, the first and the last; none where log or bank delivered none."""

    days: int
    first: date | None
    last: date | None


def compared(snapshot: Snapshot, window: Window) -> Compared:
    """Which days of the window log and bank both delivered."""
    sql = "SELECT count(*) AS days, min(day) AS first, max(day) AS last FROM compared_days WHERE day BETWEEN ? AND ?"
    [row] = fetch(snapshot, Statement(sql, (window.start, window.end)))
    return Compared(**row)


def settlement(snapshot: Snapshot, scope: Scope, window: Window, by: Literal["day", "department"]) -> pl.DataFrame:
    """Log and bank summed over the compared days of a window, in order of the key.

    Columns: day (Date) or department (String), then SETTLEMENT_SUMS (Int64): counts, fils (refunds positive) and unmatched items
    by reason.
    """
    key = "period_start AS day" if by == "day" else "department"
    sums = ", ".join(f"CAST(sum({name}) AS BIGINT) AS {name}" for name in SETTLEMENT_SUMS)
    where = _inside(scope, window)
    records = fetch(
        snapshot, Statement(f"SELECT {key}, {sums}\nFROM settlement\n{where.sql}\nGROUP BY 1 ORDER BY 1", where.parameters)
    )
    first: pl.DataType = pl.Date() if by == "day" else pl.String()
    return pl.DataFrame(records, schema={by: first, **dict.fromkeys(SETTLEMENT_SUMS, pl.Int64())}, orient="row")


def unmatched(snapshot: Snapshot, scope: Scope, window: Window) -> pl.DataFrame:
    """Items of a window that do not match, newest day first; at most those the snapshot lists.

    Columns: day, department, event_id, reason, log_fils and bank_fils (null where a side has nothing), settled_on.
    """
    where = _inside(scope, window)
    names = ("department", "event_id", "reason", "log_fils", "bank_fils", "settled_on")
    sql = f"SELECT period_start AS day, {', '.join(names)}\nFROM unmatched\n{where.sql}\nORDER BY 1 DESC, 2, 3"
    types = {"VARCHAR": pl.String(), "BIGINT": pl.Int64(), "DATE": pl.Date()}
    schema: dict[str, Any] = {"day": pl.Date(), **{name: types[MARTS["unmatched"][name]] for name in names}}
    return pl.DataFrame(fetch(snapshot, Statement(sql, where.parameters)), schema=schema, orient="row")


def _inside(scope: Scope, window: Window) -> Statement:
    """The clause that keeps to the compared days of a window and to a scope."""
    allowed = scope_clause(scope)
    clause = f"WHERE {INSIDE}"
    return Statement(f"{clause} AND {allowed.sql}" if allowed.sql else clause, (window.start, window.end, *allowed.parameters))
