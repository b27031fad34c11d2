"""How far the data reach: per source, and for the whole store.

Rule: a log is complete through the last day it delivered, monthly spending through the end of its last month, totals through the
day all bodies that still report have reached (store.series); the store is complete through the earliest of these over the
daily sources that have ever delivered.
Hazard: a day missing inside stays visible in `coverage_days` only; it is a gap, never a zero. A log is
complete through the last day its sender declares (store.control), else through the last one with a record: then that this day is
whole is the operator's word. A store without any daily source (a monitor's events alone) is complete through the
last day of what it has.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

import duckdb

from store import series
from store.contract import SOURCES
from store.rollup.state import State
from store.series import Reach

_SERIES: Final = """
    SELECT department, max(period_end), arg_max(period_end - period_start + 1, period_end)
    FROM payments WHERE attempts IS NULL GROUP BY department"""


def complete_through(snapshot: duckdb.DuckDBPyConnection, state: State) -> dict[str, date]:
    """Last day for which each source with a calendar is complete; sources that never delivered are absent."""
    through: dict[str, date] = {}
    for source, day in state.reach:
        through[str(source)] = date.fromisoformat(str(day))
    if "payment_totals" in through:
        through["payment_totals"] = totals(snapshot).through
    if "it_spend" in through:
        [(through["it_spend"],)] = snapshot.execute("SELECT max(period_end) FROM it_spend").fetchall()
    return through


def totals(snapshot: duckdb.DuckDBPyConnection) -> Reach:
    """How far the bodies that report totals have come, and who is behind. Raises ValueError where the snapshot has no totals."""
    return series.reach(snapshot.execute(_SERIES).fetchall())


def overall(through: Mapping[str, date]) -> date | None:
    """The day through which the store is complete; None where nothing with a calendar was delivered."""
    daily = [day for source, day in through.items() if SOURCES[source].daily]
    return min(daily) if daily else max(through.values(), default=None)


def rows(state: State, through: Mapping[str, date]) -> list[tuple[object, ...]]:
    """Rows of the table `coverage`."""
    return [(*row[:-1], through.get(str(row[0])), row[-1]) for row in state.coverage]
