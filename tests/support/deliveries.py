"""Delivers hand-written rows to a store the way operators do: as a Parquet file of a source, through ingest.

Columns a row does not name get a plain value, so a test only says what it is about.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from store.contract import SOURCES
from store.ingest import Order, Outcome, ingest

Row = dict[str, Any]
NOON = datetime(2012, 1, 1, 8, tzinfo=UTC)
"""Noon of 1 January 2012 in Dubai."""
_WHERE = {"department": "rta", "service": "salik", "channel": "web"}
_DEFAULTS: dict[str, Row] = {
    "departments": {"name_en": "Roads", "name_ar": "الطرق", "size": 10},
    "payments": {
        **_WHERE,
        "transaction_id": 1,
        "basket_id": 1,
        "basket_line": 1,
        "basket_accounts": 1,
        "attempt": 1,
        "occurred_at": NOON,
        "method": "credit_card",
        "automatic": False,
        "status": "settled",
        "amount_fils": 100,
        "surcharge_fils": 0,
    },
    "settlements": {
        "settled_on": date(2012, 1, 2),
        "paid_on": date(2012, 1, 1),
        "department": "rta",
        "amount_fils": 100,
    },
    "payment_totals": {
        **_WHERE,
        "period_start": date(2012, 1, 1),
        "period_end": date(2012, 1, 31),
        "branch": "",
        "method": "cash",
        "kind": "",
        "status": "settled",
        "transactions": 1,
        "amount_fils": 100,
    },
    "probes": {"service": "salik", "department": "rta", "probed_at": NOON, "state": "up", "planned": False, "interval_s": 900},
    "status_events": {"service": "salik", "department": "rta", "occurred_at": NOON, "state": "up", "planned": False},
    "monitor_summaries": {"service": "salik", "department": "rta", "day": date(2012, 1, 1), "down_seconds": 0},
    "surveys": {
        **_WHERE,
        "survey": "customer",
        "wording": "v1",
        "wave": "continuous",
        "language": "en",
        "invited_at": NOON,
    },
    "feedback": {**_WHERE, "event": "opened", "kind": "complaint", "language": "en", "occurred_at": NOON, "category": "speed"},
    "it_spend": {"department": "rta", "month": date(2012, 1, 1), "budget_fils": 1000, "spent_fils": 900},
}


def deliver(data: Path, source: str, rows: Sequence[Row], name: str = "file", **order: Any) -> Outcome:
    """Ingest `rows` into the store `data` as `<name>.parquet` of `source`."""
    inbox = data.parent / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    path = inbox / f"{name}.parquet"
    columns = SOURCES[source].schema.columns()
    filled = [_row(source, row) for row in rows]
    pl.DataFrame([{c: row.get(c) for c in columns} for row in filled], {c: d.dtype for c, d in columns.items()}).write_parquet(
        path
    )
    return ingest(path, Order(data, SOURCES[source], **order))


def _row(source: str, given: Row) -> Row:
    row = {**_DEFAULTS[source], **given}
    if source == "payments":
        row.setdefault("received_at", row["occurred_at"])
    if source == "feedback":
        row.setdefault("opened_at", row["occurred_at"])
    return row
