"""Short ways to ask in tests: about September 2012, of rows of its days or of bodies that report whole periods."""

from datetime import date
from typing import Any

from metrics import Result, Scope, Snapshot, Window, month, query

EVERYTHING = Scope.everything()
SEPTEMBER = month(2012, 9)


def ask(snapshot: Snapshot, kpi_id: str = "transactions", window: Window = SEPTEMBER, **options: Any) -> Result:
    return query(kpi_id, window, snapshot=snapshot, scope=options.pop("scope", EVERYTHING), **options)


def september(day: int, **columns: Any) -> dict[str, Any]:
    return {"day": date(2012, 9, day), **columns}


def reported(start: str, end: str, **columns: Any) -> dict[str, Any]:
    """A row of a body that reports a whole period as one number, and neither attempts nor durations."""
    unknown = (
        "attempts",
        "failed",
        "abandoned",
        "mobile_settled",
        "automatic_settled",
        "baskets",
        "timed",
        "under_60s",
        "automatic",
    )
    period = {"period_start": date.fromisoformat(start), "period_end": date.fromisoformat(end)}
    return {**period, **dict.fromkeys(unknown), **columns}
