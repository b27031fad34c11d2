"""Answers as a grid of typed cells: the one thing that the table on a page, the CSV and the XLSX are written from.

Rule: cells hold exact values (integers, decimals, shares as 0..1, dates), never formatted text; whoever writes them formats.
A column marked `file_only` (codes, minor units, numerators) is left out on the page and present in files.
Hazard: a hidden or missing value is an empty cell with a remark in the same row, never a zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from metrics import change_unit
from metrics.model import Interval, Kpi, Number, Result, Row, Unit
from metrics.periods import as_grain
from ui.money import minor_to_major
from ui.names import Names
from ui.remarks import remark

Cell = str | int | float | Decimal | date | datetime | None
Kind = Literal[
    "text",
    "count",
    "money",
    "share",
    "share_change",
    "number",
    "change",
    "points",
    "seconds",
    "milliseconds",
    "days",
    "date",
    "moment",
    "checksum",
]
"""`share`, `share_change` and `change` are fractions of 1; `points` is a difference of scores.

Of a `checksum` the page shows the beginning."""


@dataclass(frozen=True)
class Column:
    """A column: its title in the page's language, what its cells are, and the unit written under the title.

    `short` is the title where the whole table is about one KPI; a file always has the full one, which is unique.
    """

    title: str
    kind: Kind
    unit: str = ""
    file_only: bool = False
    short: str = ""


@dataclass(frozen=True)
class Grid:
    """Rows of cells, one per column, and the total of the whole where there is one."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] | None = None

    def shown(self) -> Grid:
        """What the page shows: without the columns that only files carry."""
        keep = [i for i, column in enumerate(self.columns) if not column.file_only]
        return Grid(
            tuple(self.columns[i] for i in keep),
            tuple(tuple(row[i] for i in keep) for row in self.rows),
            None if self.total is None else tuple(self.total[i] for i in keep),
        )


KINDS: dict[Unit, Kind] = {
    "count": "count",
    "fils": "money",
    "share": "share",
    "seconds": "seconds",
    "milliseconds": "milliseconds",
    "days": "days",
}


@dataclass(frozen=True)
class _Field:
    """A column and how its cell is taken from a row of one result."""

    column: Column
    cell: Callable[[Row], Cell]


def answer_grid(results: Sequence[Result], names: Names, *, differences: bool = False) -> Grid:
    """One or more answers to the same question (`by`, window, base) side by side, rows in the order of the first.

    With `differences`, a sum has what it is more or less than its base, before the relative change.
    Raises ValueError when the questions differ, for then a row would mix two meanings.
    """
    first = results[0]
    if any((r.by, r.window, r.base) != (first.by, first.window, first.base) for r in results):
        raise ValueError("answers over different periods or dimensions do not fit in one table; write one table for each")
    fields = [(result, list(_fields(result, names, differences))) for result in results]
    columns = tuple(_dimension_columns(first, names)) + tuple(f.column for _, fs in fields for f in fs)
    if len(results) > 1:
        columns = tuple(replace(column, short="") for column in columns)
    found = [{row.keys: row for row in result.rows} for result in results]
    keys = list(dict.fromkeys(row.keys for result in results for row in hidden_last(result.rows)))
    rows = [(*_dimension_cells(first, key, names), *_cells(fields, [by_key.get(key) for by_key in found])) for key in keys]
    total = (*_total_label(first, names), *_cells(fields, [r.total for r in results]))
    remarks = [remark(first, [by_key.get(key) for by_key in found], key, names) for key in keys]
    total_remark = remark(first, [r.total for r in results], (), names)
    if not any((*remarks, total_remark)):
        return Grid(columns, tuple(rows), total)
    column = Column(names.format.words("Remark"), "text")
    return Grid((*columns, column), tuple((*row, text) for row, text in zip(rows, remarks, strict=True)), (*total, total_remark))


def steps_grid(steps: Sequence[tuple[str, Result]], names: Names) -> Grid:
    """Totals of counts that follow from each other, one row each: the number and its share of the first, then and now."""
    words, fmt = names.format.words, names.format
    (_, first), base = steps[0], steps[0][1].base
    columns = [Column(words("Step"), "text"), Column(words("People"), "count"), Column(words("Share of the first"), "share")]
    if base:
        then = fmt.window_short(base)
        columns.append(Column(words("{title}, {what}", title=words("People"), what=then), "count"))
        columns.append(Column(words("{title}, {what}", title=words("Share of the first"), what=then), "share"))
    rows: list[tuple[Cell, ...]] = []
    for name, result in steps:
        row, whole = result.total, first.total
        cells: list[Cell] = [name, row.value, _share(row.value, whole.value)]
        rows.append((*cells, *((row.base_value, _share(row.base_value, whole.base_value)) if base else ())))
    return Grid(tuple(columns), tuple(rows))


def _share(part: Number | None, whole: Number | None) -> float | None:
    return part / whole if part is not None and whole else None


def hidden_last(rows: Sequence[Row]) -> list[Row]:
    """Rows in their order, the hidden ones after them by code: a place among the others would give away the size of a value.

    Rows by time keep their order, which tells nothing.
    """
    if any(as_grain(dimension) for row in rows[:1] for dimension, _ in row.keys):
        return list(rows)
    return [r for r in rows if not r.hidden] + sorted((r for r in rows if r.hidden), key=lambda r: r.keys)


def _dimension_columns(result: Result, names: Names) -> Iterator[Column]:
    for dimension in result.by:
        yield Column(names.format.words("{dimension}, code", dimension=names.dimension(dimension)), "text", file_only=True)
        yield Column(names.dimension(dimension), "text")


def _dimension_cells(result: Result, key: tuple[tuple[str, str], ...], names: Names) -> Iterator[Cell]:
    codes = dict(key)
    for dimension in result.by:
        yield codes[dimension]
        yield names.of(dimension, codes[dimension])


def _total_label(result: Result, names: Names) -> Iterator[Cell]:
    for position, _ in enumerate(result.by):
        yield ""
        yield names.format.words("Total") if position == 0 else ""


def _cells(fields: Sequence[tuple[Result, list[_Field]]], rows: Sequence[Row | None]) -> Iterator[Cell]:
    for (_, columns), row in zip(fields, rows, strict=True):
        for column in columns:
            yield None if row is None or row.hidden else column.cell(row)


def _fields(result: Result, names: Names, differences: bool) -> Iterator[_Field]:
    """The columns of an answer: what it is, was and how it changed first, for the end of a wide table is off the screen;
    then what each of these stands on."""
    words, kpi, title = names.format.words, result.kpi, names.format.words(result.kpi.title)
    then = names.format.window_short(result.base) if result.base else ""
    earlier = words("{title}, {what}", title=title, what=then)
    yield from _value(title, result, names, lambda row: row.value)
    if result.base:
        yield from _value(earlier, result, names, lambda row: row.base_value, short=then)
        if differences and not is_difference(kpi):
            yield from _value(words("{title}, difference", title=title), result, names, _difference, short=words("Difference"))
        yield from _change(title, result, names)
    if kpi.denominator is not None:
        yield from _parts(title, result, names, lambda r: (r.numerator, r.denominator, r.n), n_shown=kpi.interval is not None)
    if kpi.interval is not None:
        yield from _uncertainty(title, result, names, lambda row: row.interval)
    if any(row.bounds for row in (*result.rows, result.total)):
        yield from _bounds(title, result, names)
    if result.base and kpi.denominator is not None:
        yield from _parts(earlier, result, names, _base_parts, n_shown=kpi.interval is not None, then=then)
    if result.base and kpi.interval is not None:
        yield from _uncertainty(earlier, result, names, lambda row: row.base_interval, then=then)
        yield from _change_interval(title, result, names)


def _base_parts(row: Row) -> tuple[Number | None, Number | None, int | None]:
    return row.base_numerator, row.base_denominator, row.base_n


def _difference(row: Row) -> Number | None:
    return None if row.value is None or row.base_value is None else row.value - row.base_value


def _change(title: str, result: Result, names: Names) -> Iterator[_Field]:
    """The change; of a score with an interval also whether it is significant."""
    words, (kind, unit) = names.format.words, _change_kind(result.kpi, names)
    yield _Field(Column(words("{title}, change", title=title), kind, unit, short=words("Change")), lambda r: r.change)
    if result.kpi.interval is None:
        return
    said = {True: words("significant"), False: words("not significant")}
    yield _Field(
        Column(words("{title}, change is", title=title), "text", short=words("Change is")),
        lambda r: None if r.significant is None else said[r.significant],
    )


def _change_interval(title: str, result: Result, names: Names) -> Iterator[_Field]:
    """Between which changes the change of a score lies."""
    words, (kind, unit) = names.format.words, _change_kind(result.kpi, names)
    low, high = words("{title}, change, 95% from", title=title), words("{title}, change, 95% to", title=title)
    short_low, short_high = (_short(names, words("Change"), end) for end in (words("95% from"), words("95% to")))
    yield _Field(Column(low, kind, unit, short=short_low), lambda r: r.change_interval[0] if r.change_interval else None)
    yield _Field(Column(high, kind, unit, short=short_high), lambda r: r.change_interval[1] if r.change_interval else None)


def _change_kind(kpi: Kpi, names: Names) -> tuple[Kind, str]:
    """What cells of changes are, and their unit."""
    words = names.format.words
    if not is_difference(kpi):
        return "change", ""
    return ("share_change", words("percentage points")) if kpi.unit == "share" else ("points", words("points"))


def _bounds(title: str, result: Result, names: Names) -> Iterator[_Field]:
    """Lowest and highest value that what is unknown allows."""
    words, kind, unit = names.format.words, KINDS.get(result.kpi.unit, "number"), names.format.unit(result.kpi.unit)
    lowest, highest = words("{title}, lowest", title=title), words("{title}, highest", title=title)
    yield _Field(Column(lowest, kind, unit, short=words("Lowest")), lambda r: r.bounds[0] if r.bounds else None)
    yield _Field(Column(highest, kind, unit, short=words("Highest")), lambda r: r.bounds[1] if r.bounds else None)


def is_difference(kpi: Kpi) -> bool:
    """Whether `change` of this KPI is a difference (of shares and scores) rather than a relative change."""
    return change_unit(kpi) == "difference"


def _value(
    title: str, result: Result, names: Names, take: Callable[[Row], Number | None], *, short: str = ""
) -> Iterator[_Field]:
    fmt, unit = names.format, result.kpi.unit
    if unit != "fils":
        yield _Field(Column(title, KINDS.get(unit, "number"), fmt.unit(unit), short=short), take)
        return
    minor = fmt.words("{title}, {what}", title=title, what=fmt.minor_unit_name)
    yield _Field(Column(title, "money", fmt.currency, short=short), lambda row: _major(take(row)))
    yield _Field(Column(minor, "count", fmt.minor_unit_name, file_only=True), take)


def _major(amount: Number | None) -> Decimal | None:
    """Exact for sums, which are integers; an average keeps four decimals of its minor unit."""
    if amount is None:
        return None
    return minor_to_major(amount) if isinstance(amount, int) else Decimal(repr(round(amount, 4))).scaleb(-2)


def _parts(
    title: str,
    result: Result,
    names: Names,
    take: Callable[[Row], tuple[Number | None, Number | None, int | None]],
    *,
    n_shown: bool,
    then: str = "",
) -> Iterator[_Field]:
    """The parts of a ratio and its n; `then` is the base that they are of, for short titles."""
    words = names.format.words
    short = _short(names, then, words("n"))
    unit = names.format.minor_unit_name if result.kpi.unit == "fils" else ""
    yield _Field(Column(words("{title}, numerator", title=title), "number", unit, file_only=True), lambda r: take(r)[0])
    yield _Field(Column(words("{title}, denominator", title=title), "number", file_only=True), lambda r: take(r)[1])
    yield _Field(Column(words("{title}, n", title=title), "count", file_only=not n_shown, short=short), lambda r: take(r)[2])


def _uncertainty(
    title: str, result: Result, names: Names, take: Callable[[Row], Interval | None], *, then: str = ""
) -> Iterator[_Field]:
    """How sure a score is, and what share of the invited answered, where that is not the score itself."""
    words, kind = names.format.words, KINDS.get(result.kpi.unit, "number")
    unit = names.format.unit(result.kpi.unit)
    low = Column(words("{title}, 95% from", title=title), kind, unit, short=_short(names, then, words("95% from")))
    high = Column(words("{title}, 95% to", title=title), kind, unit, short=_short(names, then, words("95% to")))
    yield _Field(low, lambda r: spread.low if (spread := take(r)) else None)
    yield _Field(high, lambda r: spread.high if (spread := take(r)) else None)
    if "invited" in result.kpi.aggregates:
        response = Column(_title(names, words("Response rate"), then), "share", names.format.unit("share"))
        yield _Field(response, lambda r: spread.response_rate if (spread := take(r)) else None)


def _short(names: Names, then: str, what: str) -> str:
    """A short title, of the base where it is of one: "n", "Jan-Sep 2011, n"."""
    return names.format.words("{title}, {what}", title=then, what=what) if then else what


def _title(names: Names, title: str, then: str) -> str:
    return names.format.words("{title}, {what}", title=title, what=then) if then else title
