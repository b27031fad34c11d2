"""What is read for a window: its cells by their keys, completed where the mart is silent, and set beside those of the base.

Rule: the cells of a window come from one statement; rows and total are of the same scan.
Hazard: silence is 0 only where a log that holds every such event delivered on that day; otherwise it is a gap, "no data".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from metrics import answer
from metrics.answer import Cell, Cells
from metrics.compile import Question, Statement, covered_days, first_days
from metrics.compile import answer as compile_answer
from metrics.dimensions import marts, time_of
from metrics.fetch import fetch
from metrics.joined import Joined, joined_on
from metrics.model import Row, Window
from metrics.periods import key_of, keys, span_of
from store.snapshot import Snapshot


@dataclass(frozen=True)
class Side:
    """What was read for one window: the current one or the base."""

    window: Window
    statement: Statement
    cells: Cells


def read(snapshot: Snapshot, question: Question, window: Window) -> Side:
    """The cells of a window, by their keys, with the grain of time as a time key."""
    kpi = question.kpi
    statement = compile_answer(question, window)
    by_keys: dict[answer.Keys, Cell] = {}
    total = answer.EMPTY
    records = fetch(snapshot, statement)
    for record in _quantiles(question, records) if kpi.kind == "quantile" else records:
        further = {name: record[name] for name in kpi.aggregates}
        cell = Cell(record["numerator"], record["denominator"], record["n"], further)
        if record["is_total"]:
            total = cell
        else:
            by_keys[_keys(question.by, record)] = cell
    return Side(window, statement, Cells(by_keys, total))


def rows(
    snapshot: Snapshot,
    question: Question,
    current: Side,
    earlier: Side | None,
    first: date | None = None,
    uneven: Collection[str] = (),
    joined: Mapping[tuple[str, str], Joined] | None = None,
) -> tuple[tuple[Row, ...], Row]:
    """Rows and total, current beside base; of a base that begins before `first` only the periods after it, and of periods in
    which only one of the two has `uneven` months no base at all. Rows of departments that `joined` inside the base have no
    change.
    """
    kpi, by = question.kpi, question.by
    if earlier is None:
        return answer.rows_of(kpi, by, _completed(snapshot, question, current.window, current.cells), None)
    now, then = current.cells, earlier.cells
    if not time_of(by):
        now, then = answer.with_keys(now, then.rows), answer.with_keys(then, now.rows)
    now = _completed(snapshot, question, current.window, now)
    then = _completed(snapshot, question, earlier.window, then)
    if first:
        then = answer.without_incomplete(then, earlier.window, first)
    if joined:
        then = answer.marked_incomplete(then, earlier.window, lambda keys: joined_on(joined, keys))
    beside = answer.without_uneven(answer.aligned(by, then, current.window, earlier.window), current.window, uneven)
    return answer.rows_of(kpi, by, now, beside)


def _quantiles(question: Question, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One record per cell out of one per bucket of its histogram."""
    cells: dict[tuple[object, ...], dict[str, Any]] = {}
    histograms: dict[tuple[object, ...], dict[int, int]] = {}
    for record in records:
        if not record["numerator"]:
            continue
        place = (record["is_total"], *(record[d] for d in question.by))
        cell = cells.setdefault(place, {**record, "denominator": None, "n": 0})
        cell["n"] += record["n"]
        histograms.setdefault(place, {})[record["bucket"]] = record["numerator"]
    return [{**cell, "numerator": answer.quantile(question.kpi, histograms[place])} for place, cell in cells.items()]


def _keys(by: tuple[str, ...], record: dict[str, Any]) -> answer.Keys:
    grain = time_of(by)
    return tuple((name, key_of(record[name], grain) if grain and name == grain else str(record[name])) for name in by)


def _completed(snapshot: Snapshot, question: Question, window: Window, cells: Cells) -> Cells:
    """Balances carried on, gaps of time made visible, and real zeros told from missing data."""
    kpi, by = question.kpi, question.by
    grain = time_of(by)
    until = min(window.end, max(window.start, question.through))
    if kpi.kind == "balance":
        return answer.cumulate(by, cells, keys(Window(window.start, until), grain)) if grain else cells
    days: tuple[date, ...] = ()
    if "zero" in kpi.parameters and (grain or any(c.numerator is None for c in (cells.total, *cells.rows.values()))):
        days = tuple(row["day"] for row in fetch(snapshot, covered_days(question, window)))
    if grain and by == (grain,):
        first = min([*(span_of(k[0][1]).start for k in cells.rows), *days[:1]], default=None)
        if first and first <= until:
            cells = answer.with_keys(cells, (((grain, k),) for k in keys(Window(max(first, window.start), until), grain)))
    return answer.zero_where_covered(cells, window, days, _since(snapshot, question)) if days else cells


def _since(snapshot: Snapshot, question: Question) -> Callable[[answer.Keys], date | None]:
    """For the keys of a cell, the first day on which its department, or any of those asked for, reported anything."""
    first: dict[tuple[str, str], date] = {}
    for row in (row for mart in marts(question.kpi) for row in fetch(snapshot, first_days(question, mart))):
        day = row["first_day"]
        for place in (("", ""), ("department", str(row["department"])), ("service", str(row["service"]))):
            first[place] = min(day, first.get(place, day))

    def since(keys: answer.Keys) -> date | None:
        return next((first.get(key) for key in keys if key[0] in ("department", "service")), first.get(("", "")))

    return since
