"""Columns that an answer's table gets from beside the answer: targets of departments, how far a wave has come.

Rule: a column is added by the codes of the rows, to table and files alike; what has no cell of its own is empty.
Hazard: the grid has to be of one answer by one dimension, whose code is its first cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from metrics import Result
from ui.grid import Cell, Column, Grid, answer_grid
from ui.names import Names
from ui.sheet import Sheet

_BEHIND_VALUE = 3
"""Where the added columns stand: behind code, name and value."""


@dataclass(frozen=True)
class Added:
    """A column, its cells by the code of their row, and the cell of the total."""

    column: Column
    cells: Mapping[str, Cell]
    total: Cell = ""


def with_added(grid: Grid, more: Sequence[Added]) -> Grid:
    """The grid with further columns behind the value."""

    def put(row: tuple[Cell, ...], cells: Sequence[Cell]) -> tuple[Cell, ...]:
        return (*row[:_BEHIND_VALUE], *cells, *row[_BEHIND_VALUE:])

    several = not any(column.short for column in grid.columns)  # answers side by side: each column says which it belongs to
    added = [replace(a.column, short="") if several else a.column for a in more]
    columns = (*grid.columns[:_BEHIND_VALUE], *added, *grid.columns[_BEHIND_VALUE:])
    rows = tuple(put(row, [a.cells.get(str(row[0]), "") for a in more]) for row in grid.rows)
    total = None if grid.total is None else put(grid.total, [a.total for a in more])
    return Grid(columns, rows, total)


def sheet_with(title: str, results: Sequence[Result], names: Names, more: Sequence[Added], remark: str = "") -> Sheet:
    """What stands behind a chart of one dimension, with further columns; the plain table where there are none."""
    return Sheet(title, results, lambda: with_added(answer_grid(results, names), more), remark)
