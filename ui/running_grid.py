"""The chart of running totals as a table: what has been collected by each day, the same of the base, and the projection.

Rule: cells are the drawn values, exact, so a file or table of the chart says the same as the chart.
Hazard: 29 February has a place in both series; in a year without it that place is no day and has no row.
"""

from __future__ import annotations

from datetime import date
from itertools import zip_longest

from ui.grid import Cell, Column, Grid
from ui.lines import Band
from ui.money import minor_to_major
from ui.names import Names
from ui.progression import Progression, exists


def running_grid(found: Progression, shade: Band | None, names: Names) -> Grid:
    """One row per day (or month): running total, running total of the base, and for days to come the projection; the totals."""
    words, fmt = names.format.words, names.format
    now, then = found.results
    periods = [fmt.window_short(result.window) for result in (now, then)]
    columns = [_time(found, words("Day"), words("Month"))]
    columns.append(Column(words("Running total, {period}", period=periods[0]), "money", fmt.currency))
    columns.append(Column(words("Running total, {period}", period=periods[1]), "money", fmt.currency))
    if shade:
        titles = (words("Projection, from"), words("Projection"), words("Projection, to"))
        columns += [Column(title, "money", fmt.currency) for title in titles]
    ahead = dict(zip(shade.at[1:], list(zip(shade.low, shade.middle, shade.high, strict=True))[1:], strict=True)) if shade else {}
    base = found.base.values if found.base else []
    rows: list[tuple[Cell, ...]] = []
    for place, (key, current, earlier) in enumerate(zip_longest(found.keys[0], found.current.values, base)):
        future = ahead.get(place, (None, None, None))
        if all(value is None for value in (current, earlier, *future)) or not exists(key or found.keys[1][place]):
            continue
        cells: list[Cell] = [_when(found, key or found.keys[1][place], names), _money(current), _money(earlier)]
        rows.append((*cells, *(map(_money, future) if shade else ())))
    return Grid(tuple(columns), tuple(rows), _total(found, shade, words("Total")))


def _total(found: Progression, shade: Band | None, label: str) -> tuple[Cell, ...]:
    """What the columns add up to by their last day: both periods as a whole, and the projected year."""
    now, then = (result.total.value for result in found.results)
    ends = (shade.low[-1], shade.middle[-1], shade.high[-1]) if shade else ()
    return (label, _money(now), _money(then if found.base else None), *map(_money, ends))


def _time(found: Progression, day: str, month: str) -> Column:
    return Column(day, "date") if found.grain == "day" else Column(month, "text")


def _when(found: Progression, key: str, names: Names) -> Cell:
    return date.fromisoformat(key) if found.grain == "day" else names.format.period(key)


def _money(value: float | None) -> Cell:
    return None if value is None else minor_to_major(round(value))
