"""Log against settlement in a snapshot: the days that are compared, and the largest items that do not match.

Rule: a day is compared once log and bank have delivered it whole; before that a payment without a settlement is no difference.
Of a bank that declares no days the last one is not compared, for it books on: what is missing there may come with its next file.
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
          AND EXISTS (SELECT 1 FROM (SELECT unnest(?::DATE[]) AS one, unnest(?::DATE[]) AS other) WHERE day BETWEEN one AND other)
    GROUP BY day HAVING count(*) = 2 ORDER BY day"""


def compare(snapshot: duckdb.DuckDBPyConnection, files: Sequence[Path], banked: Sequence[Sequence[object]]) -> None:
    """Fill `compared_days` and `unmatched`; `coverage` and `coverage_days` are there, `files` are the units of `unmatched`.

    `banked` are the spans (first day, last day) that the bank delivered whole.
    """
    snapshot.execute("DELETE FROM compared_days")
    snapshot.execute(_DAYS, [[first for first, _ in banked], [last for _, last in banked]])
    snapshot.execute("DELETE FROM unmatched")
    names = ", ".join(MARTS["unmatched"])
    snapshot.execute(
        f"INSERT INTO unmatched SELECT {names} FROM {duck.parquet(files)} WHERE period_start IN (SELECT day FROM compared_days)"
        f" ORDER BY greatest(abs(coalesce(log_fils, 0)), abs(coalesce(bank_fils, 0))) DESC,"
        f" event_id, period_start, department LIMIT {MOST}"
    )
