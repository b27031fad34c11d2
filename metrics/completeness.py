"""From which day to which day a snapshot has data.

Rule: what a KPI is computed from has begun on the day the last of its sources began, and is complete through the snapshot's day.
Hazard: sources that report the same (a log and a body's totals) begin with the first of them, and a log of what people do when
they like may be silent on its first days: it begins with its month.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from metrics.compile import Statement
from metrics.fetch import fetch
from metrics.model import Kpi
from store.snapshot import Snapshot

_SAME: Final = {"payment_totals": "payments", "status_events": "probes"}
"""Sources that report the same as another one: what one of the two has, need not be in the other."""
_SPARSE: Final = {"surveys", "feedback"}


def complete_through(snapshot: Snapshot) -> date | None:
    """Complete-through of the snapshot; where no source is daily, the last day with data; None where there is no data."""
    if snapshot.complete_through:
        return snapshot.complete_through
    (row,) = fetch(snapshot, Statement("SELECT MAX(last_day) AS day FROM coverage"))
    day: date | None = row["day"]
    return day


def first_day(snapshot: Snapshot, kpi: Kpi) -> date | None:
    """The first day for which everything that the KPI is computed from has data; None where nothing says so.

    People answer and complain when they like, so a log of theirs may be silent on its first days: it begins with its month.
    """
    rows = fetch(snapshot, Statement("SELECT source, first_day FROM coverage WHERE first_day IS NOT NULL"))
    first = {row["source"]: row["first_day"].replace(day=1) if row["source"] in _SPARSE else row["first_day"] for row in rows}
    begun: dict[str, date] = {}
    for source in set(kpi.source.split()) & set(first):
        reported = _SAME.get(source, source)
        begun[reported] = min(first[source], begun.get(reported, first[source]))
    return max(begun.values(), default=None)
