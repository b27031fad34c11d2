"""Log against settlement in a snapshot: the days that are compared, and the largest items that do not match.

Rule: a day is compared once log and bank have delivered it whole; before that a payment without a settlement is no difference.
Hazard: the list is cut at MOST items, so it is chosen anew from all units for every snapshot; the counts of the mart
`settlement` are never cut.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import duckdb

from store.marts import MARTS
from store.rollup import duck

MOST: Final = 10_000
"""Unmatched items a snapshot lists, the largest first."""
_DAYS: Final = """
    INSERT INTO compared_days
    SELECT day FROM coverage_days JOIN coverage USING (source)
    WHERE source IN ('payments', 'settlements') AND delivered AND day <= complete_through
    GROUP BY day HAVING count(*) = 2 ORDER BY day"""


def compare(snapshot: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> None:
    """Fill `compared_days` and `unmatched`; `coverage` and `coverage_days` are there, `files` are the units of `unmatched`."""
    snapshot.execute("DELETE FROM compared_days")
    snapshot.execute(_DAYS)
    snapshot.execute("DELETE FROM unmatched")
    names = ", ".join(MARTS["unmatched"])
    snapshot.execute(
        f"INSERT INTO unmatched SELECT {names} FROM {duck.parquet(files)} WHERE period_start IN (SELECT day FROM compared_days)"
        f" ORDER BY greatest(abs(coalesce(log_fils, 0)), abs(coalesce(bank_fils, 0))) DESC,"
        f" event_id, period_start, department LIMIT {MOST}"
    )
