"""The one place where a KPI is asked of a snapshot. `query` is the question, `fetch` the only execution of SQL.

Why the sum is right. A mart holds, per day (or reported period) and per combination of codes, only quantities that can be
added: counts, fils, seconds. Each record of a log is counted in exactly one row of it. Therefore
1. for every additive column and any set of rows, the sum over the set is the sum over the parts of any partition of it;
   a window, a filter and a scope select whole rows, and `GROUP BY` partitions them, so rows add up to the total, and both
   come out of the same scan (GROUPING SETS ((...), ())) of the same snapshot;
2. a window never selects part of a row: a row whose reported period the window or the grain of time would cut makes the
   question refused (CutPeriodError), not the row split;
3. a ratio is divided once per cell, in Python, from the integers of that cell, so its total is the ratio of the sums and
   never an average of ratios; a row that lacks a column of the formula is left out of all of it, never of one side;
4. sums are cast to BIGINT (SUM of BIGINT is HUGEINT): amounts of a record are bounded by store.contract.MAX_FILS, and a sum
   that does not fit raises instead of wrapping;
5. two marts (cross KPIs) are summed before they are joined, so no row of one is counted once per row of the other;
6. what cannot be added is never summed: distinct payers are counted anew for each cell, quantiles are read from summed
   histograms, balances are sums of everything up to the day;
7. the base window gets the very same statement with other dates.
The scope is a required argument and a clause on every mart that is read. Disclosure is applied last.

Hazard: DuckDB cursors are not shared between threads; each statement has its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from metrics import answer
from metrics.answer import Cell, Cells
from metrics.compile import Question, Statement, covered_days, cut_periods, known_codes, left_out, scope_clause
from metrics.compile import answer as compile_answer
from metrics.cuts import Cut, refusal
from metrics.dimensions import VOCABULARY, check, find_kpi, marts, time_of
from metrics.disclosure import disclosed
from metrics.errors import UnknownCodeError
from metrics.model import Filters, Kpi, Result, Row, Scope, Window
from metrics.periods import ends_with_february, key_of, keys, span_of, unfinished
from metrics.words import N_, Note
from store.snapshot import Snapshot

WHOLE_FEBRUARY: Final = Note(N_("The base ends on 29 February, for months are reported as a whole."))


def query(
    kpi_id: str,
    window: Window,
    *,
    snapshot: Snapshot,
    scope: Scope,
    by: tuple[str, ...] = (),
    filters: Filters | None = None,
    base: Window | None = None,
) -> Result:
    """The answer of a KPI over `window`, per combination of the dimensions `by`, beside `base` where one is given.

    Raises UnknownCodeError (KPI, dimension or value), QuestionError, and CutPeriodError where the window, the base or the
    grain of time cuts a period that was only reported as a whole.
    """
    kpi = find_kpi(kpi_id)
    filters = filters or Filters()
    check(kpi, by, filters)
    _check_values(snapshot, kpi, filters, scope)
    question = Question(kpi, by, filters, scope)
    widened = _whole_february(snapshot, question, window, base)
    for asked in (window, widened) if widened else (window,):
        _refuse_cut_periods(snapshot, question, asked)
    through = complete_through(snapshot) or window.end
    current = _ask(snapshot, question, window)
    earlier = _ask(snapshot, question, widened) if widened else None
    rows, total = disclosed(kpi, *_rows(snapshot, question, current, earlier, through))
    return Result(
        kpi=kpi,
        unit=snapshot.settings.minor_unit if kpi.unit == "fils" else kpi.unit,
        window=window,
        base=widened,
        by=by,
        filters=filters,
        scope=scope,
        rows=rows,
        total=total,
        complete_through=through,
        snapshot=snapshot.version,
        sql=current.statement.sql,
        parameters=current.statement.parameters,
        base_parameters=earlier.statement.parameters if earlier else (),
        notes=(*_notes(snapshot, question, current, earlier, through), *([WHOLE_FEBRUARY] if widened != base else [])),
        unfinished=_unfinished(by, rows, window, through),
    )


def fetch(snapshot: Snapshot, statement: Statement) -> list[dict[str, Any]]:
    """The rows of a statement, as dictionaries by column name."""
    cursor = snapshot.cursor()
    try:
        done = cursor.execute(statement.sql, list(statement.parameters))
        names = [column[0] for column in done.description or ()]
        return [dict(zip(names, row, strict=True)) for row in done.fetchall()]
    finally:
        cursor.close()


def complete_through(snapshot: Snapshot) -> date | None:
    """Complete-through of the snapshot; where no source is daily, the last day with data; None where there is no data."""
    if snapshot.complete_through:
        return snapshot.complete_through
    (row,) = fetch(snapshot, Statement("SELECT MAX(last_day) AS day FROM coverage"))
    day: date | None = row["day"]
    return day


@dataclass(frozen=True)
class _Side:
    """What was read for one window: the current one or the base."""

    window: Window
    statement: Statement
    cells: Cells


def _ask(snapshot: Snapshot, question: Question, window: Window) -> _Side:
    """The cells of a window, by their keys, with the grain of time as a time key."""
    kpi = question.kpi
    statement = compile_answer(question, window)
    rows: dict[answer.Keys, Cell] = {}
    total = answer.EMPTY
    records = fetch(snapshot, statement)
    for record in _quantiles(question, records) if kpi.kind == "quantile" else records:
        further = {name: record[name] for name in kpi.aggregates}
        cell = Cell(record["numerator"], record["denominator"], record["n"], further)
        if record["is_total"]:
            total = cell
        else:
            rows[_keys(question.by, record)] = cell
    return _Side(window, statement, Cells(rows, total))


def _rows(
    snapshot: Snapshot, question: Question, current: _Side, earlier: _Side | None, through: date
) -> tuple[tuple[Row, ...], Row]:
    """Rows and total, current beside base."""
    kpi, by = question.kpi, question.by
    if earlier is None:
        return answer.rows_of(kpi, by, _completed(snapshot, question, current.window, current.cells, through), None)
    now, then = current.cells, earlier.cells
    if not time_of(by):
        now, then = answer.with_keys(now, then.rows), answer.with_keys(then, now.rows)
    now = _completed(snapshot, question, current.window, now, through)
    then = _completed(snapshot, question, earlier.window, then, through)
    return answer.rows_of(kpi, by, now, answer.aligned(by, then, current.window, earlier.window))


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


def _completed(snapshot: Snapshot, question: Question, window: Window, cells: Cells, through: date) -> Cells:
    """Balances carried on, gaps of time made visible, and real zeros told from missing data."""
    kpi, by = question.kpi, question.by
    grain = time_of(by)
    until = min(window.end, max(window.start, through))
    if kpi.kind == "balance":
        return answer.cumulate(by, cells, keys(Window(window.start, until), grain)) if grain else cells
    days: tuple[date, ...] = ()
    if "zero" in kpi.parameters and (grain or any(c.numerator is None for c in (cells.total, *cells.rows.values()))):
        days = tuple(row["day"] for row in fetch(snapshot, covered_days(question, window)))
    if grain and by == (grain,):
        first = min([*(span_of(k[0][1]).start for k in cells.rows), *days[:1]], default=None)
        if first and first <= until:
            cells = answer.with_keys(cells, (((grain, k),) for k in keys(Window(max(first, window.start), until), grain)))
    return answer.zero_where_covered(cells, window, days) if days else cells


def _check_values(snapshot: Snapshot, kpi: Kpi, filters: Filters, scope: Scope) -> None:
    """Refuse filter values that exist neither in the vocabulary nor, inside the scope, in the snapshot."""
    for name, codes in filters.values:
        known = set(VOCABULARY.get(name, ())) | _reference_codes(snapshot, name, scope)
        if not known.issuperset(codes):
            for mart in marts(kpi):
                known.update(row["code"] for row in fetch(snapshot, known_codes(mart, name, scope)) if row["code"] is not None)
        for code in codes:
            if code not in known:
                raise UnknownCodeError(name, code, known)


def _reference_codes(snapshot: Snapshot, dimension: str, scope: Scope) -> set[str]:
    table = {"department": "departments", "service": "services"}.get(dimension)
    if table is None:
        return set()
    within = scope_clause(scope, "code" if dimension == "department" else "department")
    where = f" WHERE {within.sql}" if within.sql else ""
    return {row["code"] for row in fetch(snapshot, Statement(f"SELECT code FROM {table}{where}", within.parameters))}


def _cut_in(snapshot: Snapshot, question: Question, window: Window) -> list[Cut]:
    statements = (cut_periods(question, mart, window) for mart in marts(question.kpi))
    return [row for statement in statements if statement for row in fetch(snapshot, statement)]


def _refuse_cut_periods(snapshot: Snapshot, question: Question, window: Window) -> None:
    if cut := _cut_in(snapshot, question, window):
        raise refusal(cut, question.by, window, lambda other: _cut_in(snapshot, question, other))


def _whole_february(snapshot: Snapshot, question: Question, window: Window, base: Window | None) -> Window | None:
    """The base, with 29 February where it ends a day short of a reported month and the current window ends with its February."""
    if base is None or not ends_with_february(window.end) or not ends_with_february(base.end + timedelta(days=1)):
        return base
    return Window(base.start, base.end + timedelta(days=1)) if _cut_in(snapshot, question, base) else base


def _notes(snapshot: Snapshot, question: Question, current: _Side, earlier: _Side | None, through: date) -> tuple[Note, ...]:
    """What a reader must know beside the number."""
    window = current.window
    sides = [side for side in (current, earlier) if side]
    notes = []
    if window.end > through:
        notes.append(Note(N_("Data is complete through {day}; what comes after may be missing."), day=through.isoformat()))
    absent = sorted({d for side in sides for d in _departments_left_out(snapshot, question, side.window)})
    if absent:
        notes.append(Note(N_("Left out, for they do not report what this needs: {departments}."), departments=", ".join(absent)))
    wordings = _listed("wordings", sides)
    if len(wordings) > 1 and "wording" not in question.by:
        notes.append(
            Note(N_("Answers to different wordings of the question are pooled here: {wordings}."), wordings=", ".join(wordings))
        )
    origins = _listed("origins", sides)
    if len(origins) > 1 and "origin" not in question.by:
        notes.append(Note(N_("Time from different monitors is added up here: {origins}."), origins=", ".join(origins)))
    return tuple(notes)


def _departments_left_out(snapshot: Snapshot, question: Question, window: Window) -> list[str]:
    statement = left_out(question, window)
    return [row["department"] for row in fetch(snapshot, statement)] if statement else []


def _listed(name: str, sides: list[_Side]) -> list[str]:
    found: set[str] = set()
    for side in sides:
        values = side.cells.total.further.get(name)
        found.update(map(str, values) if isinstance(values, list) else ())
    return sorted(found)


def _unfinished(by: tuple[str, ...], rows: tuple[Row, ...], window: Window, through: date) -> tuple[str, ...]:
    grain = time_of(by)
    return unfinished(tuple(dict.fromkeys(row.key(grain) for row in rows)), window, through) if grain else ()
