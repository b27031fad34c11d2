"""A Result as JSON, CSV or an aligned table, for the command line.

Rule: JSON and CSV hold exact values (integers of the minor unit, shares 0..1); the table is for reading and rounds shares.
A change and its interval have one unit: points between shares and scores, per cent elsewhere.
"""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any, Final

from metrics.answer import change_unit
from metrics.counted import counted
from metrics.model import Number, Result, Row, Window

_BESIDE_BASE: Final = ("base n", "base 95% interval", "base response rate")
TOTAL = "total"
"""What stands in the place of a code in the total's line of CSV and table."""


def as_json(result: Result) -> str:
    """The whole answer: what was asked, the statement with its parameters, rows and total."""
    answer = {
        "kpi": result.kpi.id,
        "unit": result.unit,
        "change_unit": change_unit(result.kpi),
        "n_counts": counted(result.kpi),
        "window": _days(result.window),
        "base": _days(result.base),
        "by": result.by,
        "filters": dict(result.filters.values),
        "scope": "all" if result.scope.departments is None else sorted(result.scope.departments),
        "complete_through": result.complete_through,
        "snapshot": result.snapshot,
        "sql": result.sql,
        "parameters": result.parameters,
        "base_parameters": result.base_parameters,
        "notes": [str(note) for note in result.notes],
        "unfinished": result.unfinished,
        "rows": [{**dict(row.keys), **_numbers(row)} for row in result.rows],
        "total": _numbers(result.total),
    }
    return json.dumps(answer, default=_plain, ensure_ascii=False, indent=2)


def as_csv(result: Result) -> str:
    """One line per row and one for the total, with a header. Codes are checked on the way in, so no cell begins a formula."""
    text = io.StringIO()
    names = list(_numbers(result.total))
    writer = csv.writer(text, lineterminator="\n")
    of_all = (change_unit(result.kpi), counted(result.kpi))
    writer.writerow([*result.by, *names, "change_unit", "n_counts"])
    for row in (*result.rows, result.total):
        numbers = _numbers(row)
        writer.writerow([*_codes(result, row), *("" if numbers[n] is None else numbers[n] for n in names), *of_all])
    return text.getvalue()


def as_table(result: Result) -> str:
    """Aligned columns under a head that says what they are, with the notes below."""
    head = [f"{result.kpi.title} ({result.unit}), {_span(result.window)}; n: {counted(result.kpi)}"]
    if result.base:
        head.append(f"compared with {_span(result.base)}")
    columns = [*result.by, "value", "n"]
    if result.base:
        columns += ["base value", *(_BESIDE_BASE if result.kpi.interval else ())]
        columns += [f"change ({change_unit(result.kpi)})", *(["95% interval of change"] if result.kpi.interval else ())]
    columns += ["95% interval"] if result.kpi.interval else []
    columns += ["response rate"] if _is_answered(result) else []
    columns += ["bounds"] if "unknown" in result.kpi.aggregates else []
    lines = [columns] + [_line(result, row) for row in (*result.rows, result.total)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
    keys = len(result.by)
    body = [
        "  ".join(cell.ljust(w) if i < keys else cell.rjust(w) for i, (cell, w) in enumerate(zip(line, widths, strict=True)))
        for line in lines
    ]
    foot = [f"Note: {note}" for note in result.notes]
    foot.append(f"Complete through {result.complete_through}; snapshot {result.snapshot}")
    return "\n".join([*head, "", *(line.rstrip() for line in body), "", *foot]) + "\n"


def _line(result: Result, row: Row) -> list[str]:
    unit = result.kpi.unit
    cells = [*_codes(result, row), row.hidden or _read(row.value, unit), f"{row.n:,}" + (" weak" if row.weak else "")]
    if result.base:
        cells += [row.base_hidden or _read(row.base_value, unit), *(_beside_base(row, unit) if result.kpi.interval else ())]
        cells += [_read_change(result, row), *([_change_between(result, row)] if result.kpi.interval else ())]
    if result.kpi.interval:
        cells.append(_between((row.interval.low, row.interval.high) if row.interval else None, unit))
    cells += [_read(row.response_rate, "share")] if _is_answered(result) else []
    cells += [_between(row.bounds, unit)] if "unknown" in result.kpi.aggregates else []
    return cells


def _beside_base(row: Row, unit: str) -> list[str]:
    """How sure the base is, of how many, and what share of the invited they are."""
    spread = row.base_interval
    ends = _between((spread.low, spread.high) if spread else None, unit)
    rate = spread.response_rate if spread else None
    return [f"{row.base_n:,}" if row.base_n else "", ends, "" if rate is None else _read(rate, "share")]


def _change_between(result: Result, row: Row) -> str:
    """The interval of a change in the unit of the change, which a column of shares has no sign for."""
    if row.change_interval is None:
        return ""
    low, high = (_signed(result, end) for end in row.change_interval)
    return f"{low} to {high} points"


def _signed(result: Result, difference: float) -> str:
    return f"{100 * difference:+.3f}" if result.kpi.unit == "share" else f"{difference:+.2f}"


def _is_answered(result: Result) -> bool:
    return "invited" in result.kpi.aggregates


def _between(ends: tuple[float, float] | None, unit: str) -> str:
    return f"{_read(ends[0], unit)} to {_read(ends[1], unit)}" if ends else ""


def _codes(result: Result, row: Row) -> list[str]:
    return [code for _, code in row.keys] if row.keys else [TOTAL, *[""] * len(result.by)][: len(result.by)]


def _numbers(row: Row) -> dict[str, Any]:
    spread, earlier = row.interval, row.base_interval
    return {
        "value": row.value,
        "numerator": row.numerator,
        "denominator": row.denominator,
        "n": row.n,
        "base_value": row.base_value,
        "base_numerator": row.base_numerator,
        "base_denominator": row.base_denominator,
        "base_n": row.base_n,
        "base_low": earlier.low if earlier else None,
        "base_high": earlier.high if earlier else None,
        "base_response_rate": earlier.response_rate if earlier else None,
        "base_hidden": row.base_hidden,
        "change": row.change,
        "change_low": row.change_interval[0] if row.change_interval else None,
        "change_high": row.change_interval[1] if row.change_interval else None,
        "significant": row.significant,
        "few": row.few,
        "low": spread.low if spread else None,
        "high": spread.high if spread else None,
        "response_rate": row.response_rate,
        "bound_low": row.bounds[0] if row.bounds else None,
        "bound_high": row.bounds[1] if row.bounds else None,
        "weak": row.weak,
        "hidden": row.hidden,
    }


def _read(value: Number | None, unit: str) -> str:
    if value is None:
        return "no data"
    if unit == "share":
        return f"{100 * value:.3f}%"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.2f}"


def _read_change(result: Result, row: Row) -> str:
    if row.change is None:
        return ""
    relative = change_unit(result.kpi) == "ratio"
    text = f"{100 * row.change:+.1f}%" if relative else f"{_signed(result, row.change)} points"
    remarks = ["no significant change"] if row.significant is False else []
    remarks += ["few answers"] if row.few else []
    return f"{text} ({', '.join(remarks)})" if remarks else text


def _days(window: Window | None) -> list[date] | None:
    return [window.start, window.end] if window else None


def _span(window: Window) -> str:
    return f"{window.start} to {window.end}"


def _plain(value: object) -> object:
    """What JSON has no type for: days as ISO text."""
    return value.isoformat() if isinstance(value, date) else str(value)
