"""Grids as CSV and XLSX, each under its head lines.

Rule: files are exact and typed, codes and names side by side, the total last.
Hazard: names come from data, and a spreadsheet runs a cell that begins with = + - @, tab or return. `harmless` disarms
every text that is written, headers included; numbers are written as numbers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import xlsxwriter

from ui.file_head import FRACTION, Head, definition, head
from ui.grid import Cell, Column, Grid, Kind
from ui.i18n import Translator
from ui.names import Names
from ui.sheet import Sheet
from ui.text import plain

_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_EXACT_IN_A_SPREADSHEET: Final = 2**53
_FORMATS: Final[dict[Kind, str]] = {
    "count": "#,##0",
    "money": "#,##0.00",
    "share": "0.0000%",
    "share_change": "#,##0.0000",
    "change": "0.0000%",
    "number": "#,##0.######",
    "points": "#,##0.0000",
    "seconds": "#,##0.###",
    "milliseconds": "#,##0.###",
    "days": "#,##0.##",
    "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}

RELATIVE: Final = "1 = 100%"
"""The unit of relative changes in files, where 23.1% more is 0.231."""


def harmless(text: str) -> str:
    """`text` as a cell that no spreadsheet takes for a formula: an apostrophe in front where it could be one."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def to_csv(sheets: Sequence[Sheet], names: Names) -> bytes:
    """Sheets as CSV, UTF-8 with a byte order mark: head lines that begin with "# ", one line of titles, rows, total.

    Sheets follow each other, each with its own head, an empty line between them.
    """
    return write_csv([_table(sheet, names) for sheet in sheets])


def _table(sheet: Sheet, names: Names) -> tuple[Head, Grid]:
    return head(sheet.title, sheet.results, names, sheet.remark, units=sheet.units), sheet.grid()


def write_csv(tables: Sequence[tuple[Head, Grid]]) -> bytes:
    """Any grids as CSV, each under its head lines."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for position, (lines, grid) in enumerate(tables):
        if position:
            writer.writerow([])
        writer.writerows((f"# {label}", harmless(value)) for label, value in lines)
        writer.writerow([harmless(_title(column)) for column in grid.columns])
        writer.writerows([_text(cell) for cell in row] for row in _all_rows(grid))
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def _all_rows(grid: Grid) -> Iterator[tuple[Cell, ...]]:
    """Rows and total; differences of shares in percentage points, as their titles say."""
    points = [column.kind == "share_change" for column in grid.columns]
    for row in (*grid.rows, *((grid.total,) if grid.total is not None else ())):
        yield tuple(_points(cell) if in_points else cell for cell, in_points in zip(row, points, strict=True))


def _points(cell: Cell) -> Cell:
    """0.051 -> 5.1, to the last digit."""
    return Decimal(repr(cell)).scaleb(2) if isinstance(cell, float) else cell


def _title(column: Column) -> str:
    unit = {"share": FRACTION, "change": RELATIVE}.get(column.kind, column.unit)
    return plain(column.title if not unit or unit in column.title else f"{column.title} ({unit})")


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return harmless(plain(cell))
    if isinstance(cell, date | datetime):
        return cell.isoformat()
    return f"{cell:f}" if isinstance(cell, Decimal) else repr(cell)


def to_xlsx(sheets: Sequence[Sheet], names: Names) -> bytes:
    """Sheets as a workbook: typed cells under the same heads, and one more sheet with definitions and SQL."""
    results = [result for sheet in sheets for result in sheet.results]
    return write_xlsx([_table(sheet, names) for sheet in sheets], names.format.words, definition(results, names))


def write_xlsx(tables: Sequence[tuple[Head, Grid]], words: Translator, definitions: Head | None = None) -> bytes:
    """Any grids as a workbook, one sheet each under its head lines; one more sheet when there are definitions."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        for position, (lines, grid) in enumerate(tables, start=1):
            _grid_sheet(book, words("Data") if len(tables) == 1 else f"{words('Data')} {position}", lines, grid)
        if definitions:
            sheet = book.add_worksheet(words("Definition"))
            _head_rows(sheet, definitions, book.add_format({"bold": True, "valign": "top"}))
            sheet.set_column(0, 0, 24)
            sheet.set_column(1, 1, 110, book.add_format({"text_wrap": True}))
        if words.rtl:
            for sheet in book.worksheets():
                sheet.right_to_left()
    return buffer.getvalue()


def _grid_sheet(book: Any, name: str, lines: Head, grid: Grid) -> None:
    sheet = book.add_worksheet(name)
    _head_rows(sheet, lines, book.add_format({"bold": True}))
    titles = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    formats = {kind: book.add_format({"num_format": pattern}) for kind, pattern in _FORMATS.items()}
    top = len(lines) + 1
    sheet.set_row(top, 32)
    for position, column in enumerate(grid.columns):
        sheet.write_string(top, position, harmless(_title(column)), titles)
        sheet.set_column(position, position, 28 if column.kind == "text" else 18)
    for line, row in enumerate(_all_rows(grid), start=top + 1):
        for position, (cell, column) in enumerate(zip(row, grid.columns, strict=True)):
            _cell(sheet, line, position, cell, formats.get(column.kind))
    sheet.freeze_panes(top + 1, 0)


def _head_rows(sheet: Any, lines: Head, bold: Any) -> None:
    for line, (label, value) in enumerate(lines):
        sheet.write_string(line, 0, label, bold)
        sheet.write_string(line, 1, harmless(value))


def _cell(sheet: Any, line: int, position: int, cell: Cell, style: Any) -> None:
    if cell is None:
        sheet.write_blank(line, position, None, style)
    elif isinstance(cell, str):
        sheet.write_string(line, position, harmless(plain(cell)))
    elif isinstance(cell, datetime):
        sheet.write_datetime(line, position, cell.replace(tzinfo=None), style)  # a workbook knows no zones: the clock's time
    elif isinstance(cell, date):
        sheet.write_datetime(line, position, cell, style)
    elif isinstance(cell, int) and abs(cell) > _EXACT_IN_A_SPREADSHEET:
        sheet.write_string(line, position, str(cell))
    else:
        sheet.write_number(line, position, cell, style)
