"""Takes what a chart or table shows out of the browser: CSV and XLSX from the same answers, with a head that says what it is.

Rule: files are built from `Result`s only, exact, codes and names side by side, the total last; and only when asked for.
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

from metrics.model import Result
from ui.format import plain
from ui.grid import Cell, Column, Grid, Kind, answer_grid
from ui.names import Names

_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_EXACT_IN_A_SPREADSHEET: Final = 2**53
_FORMATS: Final[dict[Kind, str]] = {
    "count": "#,##0",
    "money": "#,##0.00",
    "share": "0.0000%",
    "change": "0.0000%",
    "number": "#,##0.######",
    "points": "#,##0.0000",
    "seconds": "#,##0.###",
    "milliseconds": "#,##0.###",
    "days": "#,##0.##",
    "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}

Head = list[tuple[str, str]]


def harmless(text: str) -> str:
    """`text` as a cell that no spreadsheet takes for a formula: an apostrophe in front where it could be one."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def file_name(results: Sequence[Result], extension: str) -> str:
    """A name that says what is inside, in ASCII: "collected_amount-by-department-2012-01-01-2012-09-30.csv"."""
    first = results[0]
    kpis = "-".join(r.kpi.id for r in results[:3])
    by = f"-by-{'-'.join(first.by)}" if first.by else ""
    return f"{kpis}{by}-{first.window.start}-{first.window.end}.{extension}"


def head(title: str, results: Sequence[Result], names: Names) -> Head:
    """What a file says about itself before its first row: KPI, unit, period, base, filters, scope, snapshot, notes."""
    first, fmt = results[0], names.format
    words = fmt.words
    lines: Head = [(words("Title"), title)]
    for result in results:
        lines.append((words("KPI"), f"{words(result.kpi.title)} ({result.kpi.id})"))
        lines.append((words("Unit"), _unit(result, names)))
    lines.append((words("Period"), f"{fmt.window(first.window)} ({first.window.start}/{first.window.end})"))
    if first.base is not None:
        lines.append((words("Compared with"), f"{fmt.window(first.base)} ({first.base.start}/{first.base.end})"))
    lines.append((words("Filters"), filters_in_words(first, names) or words("none")))
    scope = first.scope.departments
    lines.append(
        (
            words("Scope"),
            words("all departments") if scope is None else ", ".join(_named("department", c, names) for c in sorted(scope)),
        )
    )
    lines.append((words("Data complete to"), f"{fmt.date(first.complete_through)} ({first.complete_through})"))
    lines.append((words("Snapshot"), first.snapshot))
    lines += [(words("Note"), words.note(note)) for note in dict.fromkeys(note for r in results for note in r.notes)]
    return [(label, plain(value)) for label, value in lines]


def filters_in_words(result: Result, names: Names) -> str:
    """The filters of an answer: "Department: Dubai Customs (customs); Channel: mPay (mpay)", empty when there are none."""
    return "; ".join(
        f"{names.dimension(dimension)}: {', '.join(_named(dimension, code, names) for code in codes)}"
        for dimension, codes in result.filters.values
    )


def _named(dimension: str, code: str, names: Names) -> str:
    name = names.of(dimension, code)
    return name if name == code else f"{name} ({code})"


def _unit(result: Result, names: Names) -> str:
    if result.kpi.unit == "fils":
        return f"{names.format.currency}, {result.unit}"
    return names.format.unit(result.kpi.unit) or result.unit


def to_csv(title: str, results: Sequence[Result], names: Names) -> bytes:
    """The answers as CSV, UTF-8 with a byte order mark: head lines that begin with "# ", one line of titles, rows, total."""
    return write_csv(head(title, results, names), answer_grid(results, names))


def write_csv(lines: Head, grid: Grid) -> bytes:
    """Any grid as CSV with these head lines."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows((f"# {label}", harmless(value)) for label, value in lines)
    writer.writerow([harmless(_title(column)) for column in grid.columns])
    writer.writerows([_text(cell) for cell in row] for row in _all_rows(grid))
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def _all_rows(grid: Grid) -> Iterator[tuple[Cell, ...]]:
    yield from grid.rows
    if grid.total is not None:
        yield grid.total


def _title(column: Column) -> str:
    if not column.unit or column.unit in column.title:
        return plain(column.title)
    return plain(f"{column.title} ({column.unit})")


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return harmless(plain(cell))
    if isinstance(cell, date | datetime):
        return cell.isoformat()
    return f"{cell:f}" if isinstance(cell, Decimal) else repr(cell)


def to_xlsx(title: str, results: Sequence[Result], names: Names) -> bytes:
    """The answers as a workbook: a sheet of typed cells under the same head, and a sheet with definitions and SQL."""
    return write_xlsx(head(title, results, names), answer_grid(results, names), names, definitions=definition(results, names))


def write_xlsx(lines: Head, grid: Grid, names: Names, definitions: Head | None = None) -> bytes:
    """Any grid as a workbook with these head lines; a second sheet when there are definitions."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        words = names.format.words
        sheet = book.add_worksheet(words("Data"))
        formats = {kind: book.add_format({"num_format": pattern}) for kind, pattern in _FORMATS.items()}
        bold = book.add_format({"bold": True})
        titles = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        _head_rows(sheet, lines, bold)
        top = len(lines) + 1
        sheet.set_row(top, 32)
        for position, column in enumerate(grid.columns):
            sheet.write_string(top, position, harmless(_title(column)), titles)
            sheet.set_column(position, position, 28 if column.kind == "text" else 18)
        for line, row in enumerate(_all_rows(grid), start=top + 1):
            for position, (cell, column) in enumerate(zip(row, grid.columns, strict=True)):
                _cell(sheet, line, position, cell, formats.get(column.kind))
        sheet.freeze_panes(top + 1, 0)
        sheets = [sheet]
        if definitions:
            sheets.append(book.add_worksheet(words("Definition")))
            _head_rows(sheets[-1], definitions, bold)
            sheets[-1].set_column(0, 0, 24)
            sheets[-1].set_column(1, 1, 110, book.add_format({"text_wrap": True}))
        if words.rtl:
            for each in sheets:
                each.right_to_left()
    return buffer.getvalue()


def _head_rows(sheet: Any, lines: Head, bold: Any) -> None:
    for line, (label, value) in enumerate(lines):
        sheet.write_string(line, 0, label, bold)
        sheet.write_string(line, 1, harmless(value))


def _cell(sheet: Any, line: int, position: int, cell: Cell, style: Any) -> None:
    if cell is None:
        sheet.write_blank(line, position, None, style)
    elif isinstance(cell, str):
        sheet.write_string(line, position, harmless(plain(cell)))
    elif isinstance(cell, date | datetime):
        sheet.write_datetime(line, position, cell, style)
    elif isinstance(cell, int) and abs(cell) > _EXACT_IN_A_SPREADSHEET:
        sheet.write_string(line, position, str(cell))
    else:
        sheet.write_number(line, position, cell, style)


def definition(results: Sequence[Result], names: Names) -> Head:
    """How each number was computed: definition, formula, source, caveats, and the SQL with its parameters."""
    words = names.format.words
    lines: Head = []
    for result in results:
        kpi = result.kpi
        lines.append((words("KPI"), f"{words(kpi.title)} ({kpi.id})"))
        lines.append((words("Definition"), words(kpi.definition)))
        lines.append((words("Source"), ", ".join(names.of("source", source) for source in kpi.source.split())))
        lines.append((words("Numerator"), kpi.numerator))
        if kpi.denominator is not None:
            lines.append((words("Denominator"), kpi.denominator))
        lines += [(words("Caveat"), words(caveat)) for caveat in kpi.caveats]
        lines.append((words("Snapshot"), result.snapshot))
        lines.append((words("SQL"), result.sql))
        lines.append((words("Parameters"), ", ".join(str(p) for p in result.parameters)))
    return [(label, plain(value)) for label, value in lines]
