"""Hand-written records of the sources, and the files they come in. What a test does not say has one plain value."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from store import ledger
from store.contract import SOURCES
from store.ingest import Order, Outcome, ingest

NOON = datetime(2012, 9, 30, 12, tzinfo=UTC)


def payment(event_id: int, **said: Any) -> dict[str, Any]:
    """A settled payment of AED 100.00 by credit card on the web, at noon UTC of 30 September 2012."""
    occurred = said.get("occurred_at", NOON)
    plain = {
        "event_id": event_id,
        "transaction_id": event_id,
        "basket_id": event_id,
        "basket_line": 1,
        "basket_accounts": 1,
        "attempt": 1,
        "occurred_at": occurred,
        "received_at": occurred + timedelta(seconds=2) if isinstance(occurred, datetime) else occurred,
        "department": "dewa",
        "service": "dewa-bills",
        "channel": "web",
        "method": "credit_card",
        "automatic": False,
        "status": "settled",
        "amount_fils": 100_00,
        "surcharge_fils": 0,
        "duration_ms": 45_000,
        "payer": 7,
    }
    return {**plain, **said}


def probe(service: str, probed_at: datetime, **said: Any) -> dict[str, Any]:
    """A probe that found the service up; it stands for 15 minutes."""
    plain = {"department": "dewa", "state": "up", "planned": False, "interval_s": 900, "response_ms": 120}
    return {"service": service, "probed_at": probed_at, **plain, **said}


def invitation(invitation_id: int, **said: Any) -> dict[str, Any]:
    """An invitation by web of noon UTC of 30 September 2012 that nobody has opened."""
    asked = {"survey": "customer", "wording": "v1", "wave": "continuous", "language": "en", "invited_at": NOON}
    return {"invitation_id": invitation_id, **asked, "department": "dewa", "service": "dewa-bills", "channel": "web", **said}


def department(code: str, **said: Any) -> dict[str, Any]:
    """A department of ten that joined in 2010."""
    return {"code": code, "name_en": code.title(), "name_ar": "دائرة", "size": 10, "joined_on": date(2010, 1, 1), **said}


def frame(source: str, rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows as a frame with the contract's columns and types."""
    schema = {name: column.dtype for name, column in SOURCES[source].schema.columns().items()}
    return pl.DataFrame([*rows], schema=schema, orient="row")


def parquet(path: Path, source: str, rows: Iterable[Mapping[str, Any]]) -> Path:
    """Write rows to a Parquet file as a source would deliver it."""
    frame(source, rows).write_parquet(path)
    return path


def csv(path: Path, rows: Iterable[Mapping[str, object]]) -> Path:
    """Write rows to a CSV file, every value as its text, nothing quoted."""
    listed = [*rows]
    lines = [",".join(listed[0]), *(",".join("" if value is None else str(value) for value in row.values()) for row in listed)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def take(data: Path, source: str, path: Path, **options: Any) -> Outcome:
    """Ingest one file."""
    return ingest(path, Order(data, SOURCES[source], **options))


def stored(data: Path, source: str) -> pl.DataFrame:
    """Rows of a source that count, ordered by key."""
    with ledger.opened(data) as book:
        paths = [data / part["path"] for part in ledger.live_parts(book, source)]
    if not paths:
        return frame(source, [])
    return pl.concat([pl.read_parquet(path, hive_partitioning=False) for path in paths]).sort(
        SOURCES[source].schema.primary_key()
    )
