"""Takes what a chart or table shows out of the browser: CSV and XLSX from the same answers, with a head that says what it is.

Rule: files are built from `Result`s only, exact, codes and names side by side, the total last; and only when asked for.
Hazard: names come from data, and a spreadsheet runs a cell that begins with = + - @, tab or return. `harmless` disarms
every text that is written, headers included; numbers are written as numbers.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from html import escape
from typing import Any, Final

import streamlit as st
import xlsxwriter
from streamlit.delta_generator import DeltaGenerator

from metrics.model import Result
from ui.context import Context
from ui.explain import explanation
from ui.format import plain
from ui.grid import Cell, Column, Grid, Kind, answer_grid
from ui.i18n import Translator
from ui.lookups import names_of
from ui.names import Names

_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_EXACT_IN_A_SPREADSHEET: Final = 2**53
_FORMATS: Final[dict[Kind, str]] = {
    "count": "#,##0",
    "money": "#,##0.00",
    "share": "0.0000%",
    "share_change": "0.0000%",
    "change": "0.0000%",
    "number": "#,##0.######",
    "points": "#,##0.0000",
    "seconds": "#,##0.###",
    "milliseconds": "#,##0.###",
    "days": "#,##0.##",
    "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}

_NAMED: Final = 3
"""KPIs and codes of a filter that a file name spells out."""
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_+-]")

RELATIVE: Final = "1 = 100%"
"""The unit of relative changes in files, where 23.1% more is 0.231."""
FRACTION: Final = "0–1"
"""The unit of shares in files, where 81.4% is 0.814."""

Head = list[tuple[str, str]]


def harmless(text: str) -> str:
    """`text` as a cell that no spreadsheet takes for a formula: an apostrophe in front where it could be one."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def file_name(results: Sequence[Result], extension: str) -> str:
    """A name that says what is inside, filters too, in ASCII: "transactions-by-method-channel-web-2012-01-01-2012-09-30.csv"."""
    window = results[0].window
    kpis = "-".join(list(dict.fromkeys(r.kpi.id for r in results))[:_NAMED])
    by = "-and-".join(dict.fromkeys("-".join(r.by) for r in results if r.by))
    filters = dict(pair for r in results for pair in r.filters.values)
    chosen = [f"{d}-{'+'.join(codes) if len(codes) <= _NAMED else len(codes)}" for d, codes in sorted(filters.items())]
    parts = (kpis, f"by-{by}" if by else "", *chosen, str(window.start), str(window.end))
    return f"{_UNSAFE.sub('_', '-'.join(filter(None, parts)))}.{extension}"


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
        return f"{names.format.currency}, {names.format.minor_unit_name}"
    if result.kpi.unit == "share":
        return FRACTION
    return names.format.unit(result.kpi.unit) or names.format.words("number")


def _blocks(results: Sequence[Result]) -> list[list[Result]]:
    """The answers, those to the same question together: each block becomes one table."""
    blocks: dict[object, list[Result]] = {}
    for result in results:
        blocks.setdefault((result.by, result.window, result.base), []).append(result)
    return list(blocks.values())


def to_csv(title: str, results: Sequence[Result], names: Names) -> bytes:
    """The answers as CSV, UTF-8 with a byte order mark: head lines that begin with "# ", one line of titles, rows, total.

    Answers over different periods follow each other, each with its own head, an empty line between them.
    """
    return write_csv([(head(title, block, names), answer_grid(block, names)) for block in _blocks(results)])


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
    yield from grid.rows
    if grid.total is not None:
        yield grid.total


def _title(column: Column) -> str:
    unit = {"share": FRACTION, "share_change": RELATIVE, "change": RELATIVE}.get(column.kind, column.unit)
    return plain(column.title if not unit or unit in column.title else f"{column.title} ({unit})")


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return harmless(plain(cell))
    if isinstance(cell, date | datetime):
        return cell.isoformat()
    return f"{cell:f}" if isinstance(cell, Decimal) else repr(cell)


def to_xlsx(title: str, results: Sequence[Result], names: Names) -> bytes:
    """The answers as a workbook: sheets of typed cells under the same heads, and a sheet with definitions and SQL."""
    tables = [(head(title, block, names), answer_grid(block, names)) for block in _blocks(results)]
    return write_xlsx(tables, names.format.words, definition(results, names))


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
        if result.base_parameters:
            lines.append((words("Parameters of the comparison"), ", ".join(str(p) for p in result.base_parameters)))
    return [(label, plain(value)) for label, value in lines]


def export_row(
    context: Context,
    key: str,
    results: Sequence[Result],
    title: str,
    *,
    chart: bool = True,
    grid: Callable[[], Grid] | None = None,
    more: str = "",
) -> None:
    """Draw the row under a chart or table: CSV, XLSX, PNG (of the chart in the same figure), and how it was computed.

    `key` is unique on the page. The files are built when they are asked for; a rerun of the page costs nothing.
    `grid` makes what is shown where that is not the answers themselves; `more` is HTML that the explanation begins with.
    """
    names = names_of(context)
    csv_file, xlsx_file = (partial(write, title, results, names) for write in (to_csv, to_xlsx))
    if grid:
        csv_file, xlsx_file = (partial(_shown, kind, title, results, names, grid) for kind in ("csv", "xlsx"))
    with _row(key):
        _download(key, file_name(results, "csv"), csv_file)
        _download(key, file_name(results, "xlsx"), xlsx_file)
        png = _png_button(results, names) if chart else ""
        st.html(f'<div class="k-take">{png}{explanation(context, results, more)}</div>')


def _shown(extension: str, title: str, results: Sequence[Result], names: Names, grid: Callable[[], Grid]) -> bytes:
    """A grid made from answers, under the head of the first of them."""
    tables = [(head(title, results[:1], names), grid())]
    return write_csv(tables) if extension == "csv" else write_xlsx(tables, names.format.words, definition(results, names))


def grid_row(context: Context, key: str, title: str, grid: Grid, *, chart: bool = False, results: Sequence[Result] = ()) -> None:
    """Draw the row under a table that is no KPI (sources, quarantine, ...): CSV and XLSX named after `key`, PNG of a chart.

    `results` are answers that say the same in one number: their period, filters and explanation go with the table.
    """
    words, fmt = context._, context.format
    through = context.facts.complete_through
    lines: Head = [
        (words("Title"), title),
        (words("Data complete to"), f"{fmt.date(through)} ({through})"),
        (words("Snapshot"), context.snapshot.version),
    ]
    stem = f"{key}-{context.snapshot.version}"
    if results:
        lines = head(title, results, names_of(context))
        stem = f"{key}-{file_name(results, '').rstrip('.')}"
    with _row(key):
        _download(key, f"{stem}.csv", partial(write_csv, [(lines, grid)]))
        _download(key, f"{stem}.xlsx", partial(write_xlsx, [(lines, grid)], words))
        if chart:
            footer = "; ".join(f"{label}: {value}" for label, value in lines[1:])
            st.html(f'<div class="k-take">{_png(f"{stem}.png", footer)}</div>')
        if results:
            st.html(f'<div class="k-take">{explanation(context, results)}</div>')


def _row(key: str) -> DeltaGenerator:
    return st.container(horizontal=True, key=f"take-{key}", gap="small", vertical_alignment="center")


def _download(key: str, name: str, build: Callable[[], bytes]) -> None:
    """A link-like button; `build` runs when it is clicked, outside the page's run."""
    extension = name.rpartition(".")[2]
    mime = {"csv": "text/csv", "xlsx": _XLSX}[extension]
    st.download_button(extension.upper(), build, name, mime, key=f"{extension}-{key}", on_click="ignore", type="tertiary")


def _png_button(results: Sequence[Result], names: Names) -> str:
    first, fmt = results[0], names.format
    footer = fmt.words(
        "{period}. {filters}Data complete to {date}, snapshot {snapshot}.",
        period=fmt.window(first.window),
        filters=f"{filters}. " if (filters := filters_in_words(first, names)) else "",
        date=fmt.date(first.complete_through),
        snapshot=fmt.name(first.snapshot),
    )
    return _png(file_name(results, "png"), footer)


def _png(name: str, footer: str) -> str:
    """The button that `static/dashboard.js` listens to; the footer makes the picture say where it comes from."""
    return f'<button type="button" data-png="{escape(name)}" data-footer="{escape(footer)}">PNG</button>'
