"""How far the data reach: per source, and for the whole store.

Rule: a source is complete through the last day it delivered (months and totals: the last day of their last period); the store is
complete through the earliest of these over the daily sources that have ever delivered.
Hazard: a day missing inside stays visible in `coverage_days` only; it is a gap, never a zero. A store without any daily
source (a monitor's events alone) is complete through the last day of what it has.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

import duckdb

from store.contract import SOURCES
from store.rollup.state import State

_PERIODS: Final = {"payment_totals": "payments WHERE attempts IS NULL", "it_spend": "it_spend"}
"""Where the last day of the last period lies for sources whose records are longer than a day."""


def complete_through(snapshot: duckdb.DuckDBPyConnection, state: State) -> dict[str, date]:
    """Last day each source with a calendar has delivered; sources that never did are absent."""
    through: dict[str, date] = {}
    for source, day, *_ in state.days:
        through[str(source)] = max(through.get(str(source), date.min), date.fromisoformat(str(day)))
    for source in through.keys() & _PERIODS.keys():
        [(through[source],)] = snapshot.execute(f"SELECT max(period_end) FROM {_PERIODS[source]}").fetchall()
    return through


def overall(through: Mapping[str, date]) -> date | None:
    """The day through which the store is complete; None where nothing with a calendar was delivered."""
    daily = [day for source, day in through.items() if SOURCES[source].daily]
    return min(daily) if daily else max(through.values(), default=None)


def rows(state: State, through: Mapping[str, date]) -> list[tuple[object, ...]]:
    """Rows of the table `coverage`."""
    return [(*row[:-1], through.get(str(row[0])), row[-1]) for row in state.coverage]
