"""Periods that a body which reports totals left out between two that it reported.

Rule: totals are per body, so what is missing is looked for body by body: what all others delivered is missing all the same.
Hazard: a period without any payment is delivered as 0 and is no gap; what comes after a body's last period is for the snapshot
to judge (`totals_behind`), not a gap.
"""

from __future__ import annotations

from typing import Final

from metrics.compile import Statement, scope_clause
from metrics.fetch import fetch
from metrics.model import Scope, Window
from store.snapshot import Snapshot

_GAPS: Final = """
SELECT department, first_day, last_day FROM (
  SELECT department, period_start - 1 AS last_day, 1 + MAX(period_end) OVER (
    PARTITION BY department ORDER BY period_start, period_end ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS first_day
  FROM (SELECT DISTINCT department, period_start, period_end FROM payments WHERE attempts IS NULL{scope}) AS reported
) AS following WHERE first_day <= last_day ORDER BY department, first_day"""


def total_gaps(snapshot: Snapshot, scope: Scope) -> tuple[tuple[str, Window], ...]:
    """Department and days of each gap in its reported totals, in order of both, for the departments of the scope."""
    inside = scope_clause(scope)
    statement = Statement(_GAPS.format(scope=f" AND {inside.sql}" if inside.sql else ""), inside.parameters)
    return tuple((str(row["department"]), Window(row["first_day"], row["last_day"])) for row in fetch(snapshot, statement))
