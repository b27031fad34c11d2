"""Parts of one KPI by several dimensions as one long table: what a chart with two groups of bars is taken along as.

Rule: the first column says the dimension, so that a spreadsheet filters by it; each dimension's total closes its rows.
Hazard: every dimension is a split of the same whole: rows of two of them must not be added up. And a chart does not filter
a dimension by itself, so the filters in force may differ between the groups: then a column says them by name,
and the head of the file by code.
"""

from __future__ import annotations

from collections.abc import Sequence

from metrics import Result
from ui.file_head import filters_in_words
from ui.grid import Cell, Column, Grid, answer_grid
from ui.names import Names

_CODE_AND_NAME = 2


def parts_grid(results: Sequence[Result], names: Names) -> Grid:
    """One row per dimension and part, with the total of each dimension after its parts; each answer by one dimension.

    Raises ValueError when the answers are not of one KPI and one period.
    """
    first = results[0]
    if any(len(r.by) != 1 or (r.kpi.id, r.window, r.base) != (first.kpi.id, first.window, first.base) for r in results):
        raise ValueError("a long table holds the parts of one KPI over one period, by one dimension at a time")
    words, grids = names.format.words, [answer_grid([result], names) for result in results]
    widest = max(grids, key=lambda grid: len(grid.columns))  # the one with a column of remarks, where there is any
    filters = [filters_in_words(result, names, codes=False) for result in results]
    differ = len(set(filters)) > 1
    columns = [Column(words("Dimension"), "text"), Column(words("Code"), "text", file_only=True), Column(words("Name"), "text")]
    columns += [Column(words("Filters"), "text")] if differ else []
    rows: list[tuple[Cell, ...]] = []
    for result, grid, filtered in zip(results, grids, filters, strict=True):
        lead, said = names.dimension(result.by[0]), (filtered or words("none"),) if differ else ()
        missing = ("",) * (len(widest.columns) - len(grid.columns))
        for row in (*grid.rows, *((grid.total,) if grid.total else ())):
            rows.append((lead, *row[:_CODE_AND_NAME], *said, *row[_CODE_AND_NAME:], *missing))
    return Grid((*columns, *widest.columns[_CODE_AND_NAME:]), tuple(rows))
