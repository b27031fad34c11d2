"""The table behind a chart, on demand: plain HTML that a screen reader can walk, with a head that stays and a total below.

Rule: cells come from a `Grid` and are exact; units stand in the heads; numbers align at their end in either direction.
Hazard: names are data, so every text is escaped here, once.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import streamlit as st

from ui.context import Context
from ui.format import Formatter
from ui.grid import Cell, Column, Grid
from ui.sheet import Sheet

MOST_ROWS: Final = 200
"""Rows that a page shows; a longer table says so, and its file has all of them."""
_NUMERIC: Final = frozenset(
    {"count", "money", "share", "share_change", "number", "change", "points", "seconds", "milliseconds", "days"}
)

_SAID_IN_CELLS: Final = frozenset({"share", "seconds", "milliseconds"})
"""Kinds whose cells carry their unit."""
_CHECKSUM_SHOWN: Final = 12
"""Characters of a checksum that tell files apart for a reader; its file has all of them."""


def table_html(grid: Grid, title: str, fmt: Formatter) -> str:
    """The shown columns of a grid as a table in a region that scrolls, the title as its name."""
    grid = grid.shown()
    head = "".join(_head(column, fmt) for column in grid.columns)
    body = "".join(_row(row, grid.columns, fmt) for row in grid.rows[:MOST_ROWS])
    foot = f"<tfoot>{_row(grid.total, grid.columns, fmt)}</tfoot>" if grid.total is not None else ""
    more = ""
    if len(grid.rows) > MOST_ROWS:
        said = fmt.words(
            "{shown} of {all} rows; the files have all of them.", shown=fmt.count(MOST_ROWS), all=fmt.count(len(grid.rows))
        )
        more = f'<p class="k-figure-note">{html.escape(said)}</p>'
    name = html.escape(title, quote=True)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody>{foot}</table>"
    return f'<div class="k-table" role="region" aria-label="{name}" tabindex="0">{table}</div>{more}'


def _head(column: Column, fmt: Formatter) -> str:
    said = fmt.currency_name if column.kind == "money" and column.unit == fmt.currency else column.unit
    unit = f" <small>{html.escape(said)}</small>" if said and column.kind not in _SAID_IN_CELLS else ""
    return f'<th scope="col"{_class(column)}>{html.escape(column.short or column.title)}{unit}</th>'


def _row(row: Sequence[Cell], columns: Sequence[Column], fmt: Formatter) -> str:
    cells = []
    for position, (cell, column) in enumerate(zip(row, columns, strict=True)):
        text = html.escape(cell_text(cell, column, fmt))
        cells.append(f'<th scope="row"{_day(column)}>{text}</th>' if position == 0 else f"<td{_class(column)}>{text}</td>")
    return f"<tr>{''.join(cells)}</tr>"


def _class(column: Column) -> str:
    if column.kind in _NUMERIC:
        return ' class="k-num"'
    return _day(column)


def _day(column: Column) -> str:
    """The class of a day, which needs less room than a name."""
    return ' class="k-day"' if column.kind in ("date", "moment") else ""


def cell_text(cell: Cell, column: Column, fmt: Formatter) -> str:
    """A cell for reading on the page, as exact as a person needs: amounts with every fils, shares with two decimals."""
    if cell is None or cell == "":
        return "–" if cell is None else ""
    if isinstance(cell, str):
        return f"{cell[:_CHECKSUM_SHOWN]}…" if column.kind == "checksum" else cell
    if isinstance(cell, datetime):
        return fmt.moment(cell, short=True)
    if isinstance(cell, date):
        return fmt.date(cell, short=True)
    if column.kind == "money":
        return fmt.number(cell, 2)
    if column.kind in ("share", "change"):
        return fmt.share(float(cell), decimals=2, sign=column.kind == "change")
    if column.kind in ("points", "share_change"):
        return fmt.number(cell if column.kind == "points" else float(cell) * 100, 2, sign=True)
    if column.kind == "seconds":
        return fmt.duration(seconds=float(cell), exact=True)
    if column.kind == "milliseconds":
        return fmt.duration(ms=float(cell))
    return fmt.count(cell) if isinstance(cell, int) else fmt.number(cell, 2)


def show_grid(context: Context, grid: Grid, title: str) -> None:
    """Draw a grid as a table at once."""
    st.html(table_html(grid, title, context.format))


def show_table(context: Context, key: str, sheet: Sheet) -> None:
    """Draw a table behind a line that opens it; nothing is built or sent while it is closed."""

    @st.fragment
    def draw() -> None:
        box = st.expander(context._("Table"), key=f"table-{key}", on_change="rerun")
        if box.open:
            box.html(table_html(sheet.grid(), sheet.title, context.format))

    draw()
