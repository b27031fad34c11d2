"""What a file says about itself: its name, the head lines above its rows, and how its numbers were computed.

Rule: everything is taken from the `Result`s that the file is made of; a file can be understood without the page it came from.
Hazard: names are isolated for right-to-left pages; files carry none of these marks, so every line goes through `plain`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from metrics import INTERVAL_METHODS
from metrics.model import Result, Scope
from ui.names import Names
from ui.text import plain

_NAMED: Final = 3
"""KPIs and codes of a filter that a file name spells out."""
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_+-]")

FRACTION: Final = "0–1"
"""The unit of shares in files, where 81.4% is 0.814."""

Head = list[tuple[str, str]]


def file_name(results: Sequence[Result], extension: str) -> str:
    """A name that says what is inside, filters too, in ASCII: "transactions-by-method-channel-web-2012-01-01-2012-09-30.csv"."""
    window = results[0].window
    kpis = "-".join(list(dict.fromkeys(r.kpi.id for r in results))[:_NAMED])
    by = "-and-".join(dict.fromkeys("-".join(r.by) for r in results if r.by))
    filters = dict(pair for r in results for pair in r.filters.values)
    chosen = [f"{d}-{'+'.join(codes) if len(codes) <= _NAMED else len(codes)}" for d, codes in sorted(filters.items())]
    parts = (kpis, f"by-{by}" if by else "", *chosen, str(window.start), str(window.end))
    return f"{_UNSAFE.sub('_', '-'.join(filter(None, parts)))}.{extension}"


def head(title: str, results: Sequence[Result], names: Names, remark: str = "", *, units: bool = True) -> Head:
    """What a file says about itself before its first row: KPIs, units, period, base, filters, scope, snapshot, notes.

    `remark` is one more note; without `units` the columns say theirs themselves.
    """
    first, fmt = results[0], names.format
    words = fmt.words
    lines: Head = [(words("Title"), title)]
    for result in {result.kpi.id: result for result in results}.values():
        lines.append((words("KPI"), f"{words(result.kpi.title)} ({result.kpi.id})"))
        if units:
            lines.append((words("Unit"), _unit(result, names)))
    lines.append((words("Period"), f"{fmt.window(first.window)} ({first.window.start}/{first.window.end})"))
    others = (window for result in results for window in (result.base, result.window) if window not in (None, first.window))
    for window in dict.fromkeys(others):
        lines.append((words("Compared with"), f"{fmt.window(window)} ({window.start}/{window.end})"))
    lines.append((words("Filters"), _all_filters(results, names)))
    lines.append((words("Scope"), scope_in_words(first.scope, names)))
    lines.append((words("Data complete to"), f"{fmt.date(first.complete_through)} ({first.complete_through})"))
    lines.append((words("Snapshot"), first.snapshot))
    lines += [(words("Note"), remark)] if remark else []
    lines += [(words("Note"), words.note(note)) for note in dict.fromkeys(note for r in results for note in r.notes)]
    return [(label, plain(value)) for label, value in lines]


def scope_in_words(scope: Scope, names: Names) -> str:
    """For whom: all departments, or those named with their codes."""
    if scope.departments is None:
        return names.format.words("all departments")
    return ", ".join(_named("department", code, names) for code in sorted(scope.departments))


def filters_in_words(result: Result, names: Names, *, codes: bool = True) -> str:
    """The filters of an answer: "Department: Dubai Customs (customs); Channel: mPay (mpay)", empty when there are none."""
    say = _named if codes else _name
    return "; ".join(
        f"{names.dimension(dimension)}: {', '.join(say(dimension, code, names) for code in chosen)}"
        for dimension, chosen in result.filters.values
    )


def _all_filters(results: Sequence[Result], names: Names) -> str:
    """The filters of all answers; where they differ, those of each with what it is of: "Method: none | Channel: Method: Cash"."""
    words = names.format.words
    said = [filters_in_words(result, names) or words("none") for result in results]
    if len(set(said)) == 1:
        return said[0]
    by_kpi = len({result.by for result in results}) == 1
    return " | ".join(
        f"{words(result.kpi.title) if by_kpi else ', '.join(map(names.dimension, result.by))}: {filters}"
        for result, filters in zip(results, said, strict=True)
    )


def _name(dimension: str, code: str, names: Names) -> str:
    return names.of(dimension, code)


def _named(dimension: str, code: str, names: Names) -> str:
    name = names.of(dimension, code)
    return name if name == code else f"{name} ({code})"


def _unit(result: Result, names: Names) -> str:
    if result.kpi.unit == "fils":
        return f"{names.format.currency}, {names.format.minor_unit_name}"
    if result.kpi.unit == "share":
        return FRACTION
    return names.format.unit(result.kpi.unit) or names.format.words("number")


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
        if kpi.interval:
            lines.append((words("95% interval"), words(INTERVAL_METHODS[kpi.interval])))
        lines += [(words("Caveat"), words(caveat)) for caveat in kpi.caveats]
        lines.append((words("Snapshot"), result.snapshot))
        lines.append((words("SQL"), result.sql))
        lines.append((words("Parameters"), ", ".join(str(p) for p in result.parameters)))
        if result.base_parameters:
            lines.append((words("Parameters of the comparison"), ", ".join(str(p) for p in result.base_parameters)))
    return [(label, plain(value)) for label, value in lines]
