"""What stands behind a chart as one thing: the table under it on the page, and the CSV and XLSX beside it.

Rule: table and files are written from the same grid, so a file has the columns, rows and order of the table; only codes, minor
units and the parts of ratios are in files alone.
Hazard: a chart may draw the first few of many rows; its sheet has all of them, under a title of its own, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from metrics.model import Result
from ui.grid import Grid, answer_grid
from ui.names import Names


@dataclass(frozen=True)
class Sheet:
    """A grid to be made when it is asked for, the answers it is made of, and its title.

    `remark` says what sets it apart from the chart above it, in words; `units` is whether its columns are in the units of the
    answers, which its head then names.
    """

    title: str
    results: Sequence[Result]
    grid: Callable[[], Grid]
    remark: str = ""
    units: bool = True


def sheet_of(title: str, results: Sequence[Result], names: Names, remark: str = "") -> Sheet:
    """The answers to one question side by side, rows in the order of the first."""
    return Sheet(title, results, lambda: answer_grid(results, names), remark)


def remark_of_rest(names: Names, drawn: int, rows: int) -> str:
    """That a chart draws fewer rows than its sheet has; empty where it draws them all."""
    if drawn >= rows:
        return ""
    words, count = names.format.words, names.format.count
    return words("All {rows} rows; the chart names {drawn} of them.", rows=count(rows), drawn=count(drawn))
