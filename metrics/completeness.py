"""From which day to which day a snapshot has data.

Rule: what a KPI is computed from has begun on the day the last of its sources began, and is complete through the snapshot's day.
Hazard: sources that report the same (a log and a body's totals) begin with the first of them, and a log of what people do when
they like may be silent on its first days: it begins with its month.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from metrics.compile import Question, Statement, delivered_months, first_days, longer_periods, reported_by
from metrics.dimensions import marts
from metrics.fetch import fetch
from metrics.model import Kpi, Window
from metrics.periods import key_of, keys, month, paired, span_of, within
from store.marts import MARTS
from store.snapshot import Snapshot

_SAME: Final = {"payment_totals": "payments", "status_events": "probes"}
"""Sources that report the same as another one: what one of the two has, need not be in the other."""
SPARSE: Final = {"surveys", "feedback"}
_STEADY: Final = {"payments", "payment_totals"}
"""Sources of what happens every month, so that a month of silence is one that was not delivered."""


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
    first = {row["source"]: row["first_day"].replace(day=1) if row["source"] in SPARSE else row["first_day"] for row in rows}
    begun: dict[str, date] = {}
    for source in set(kpi.source.split()) & set(first):
        reported = _SAME.get(source, source)
        begun[reported] = min(first[source], begun.get(reported, first[source]))
    return max(begun.values(), default=None)


def begun(snapshot: Snapshot, question: Question, start: date) -> date:
    """From which day on a window that begins on `start` has data: from there, or where data begin later, from then.

    Data of a department (or of the one of a service) begin with its first record, if that is in a later month: within a month
    it may just have been quiet.
    """
    start = max(start, first_day(snapshot, question.kpi) or start)
    narrowed = question.scope.departments is not None or any(d in ("department", "service") for d, _ in question.filters.values)
    if not narrowed or SPARSE & set(question.kpi.source.split()):
        return start
    return max(_own(snapshot, question, mart, start) for mart in marts(question.kpi))


def _own(snapshot: Snapshot, question: Question, mart: str, start: date) -> date:
    """The first day on which the departments asked for are in `mart`; `start` where that is in the month of `start` or before."""
    if not records_begin(mart):
        return start
    if fetch(snapshot, reported_by(question, mart, month(start.year, start.month).end)):
        return start
    return min((row["first_day"] for row in fetch(snapshot, first_days(question, mart))), default=start)


def records_begin(mart: str) -> bool:
    """Whether the first record of a department in a mart says when its data begin."""
    return {"period_start", "service"} <= set(MARTS[mart])


def uneven_months(snapshot: Snapshot, question: Question, window: Window, base: Window) -> dict[str, str]:
    """Months of `window` of which it or its base, but not both, has no delivery at all: to each the silent one of the two."""
    sources = sorted(_STEADY & set(question.kpi.source.split()))
    pairs = [pair for pair in paired(window, base, "month").items() if _is_whole(pair[0], window, question.through)]
    if not sources or not pairs:
        return {}
    there = {key_of(row["month"], "month") for row in fetch(snapshot, delivered_months(sources))}
    if "payment_totals" in sources and any((key in there) != (partner in there) for key, partner in pairs):
        for row in fetch(snapshot, longer_periods("payments")):
            there.update(keys(Window(row["period_start"], row["period_end"]), "month"))
    return {key: partner if key in there else key for key, partner in pairs if (key in there) != (partner in there)}


def _is_whole(key: str, window: Window, through: date) -> bool:
    days = span_of(key)
    return days == within(key, window) and days.end <= through
