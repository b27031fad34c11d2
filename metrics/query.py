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

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from metrics import answer
from metrics.answer import Cell, Cells
from metrics.compile import Question, Statement, covered_days, cut_periods, first_days, known_codes, left_out, scope_clause
from metrics.compile import answer as compile_answer
from metrics.cuts import Cut, narrowed, refusal
from metrics.dimensions import VOCABULARY, check, find_kpi, marts, time_of
from metrics.disclosure import disclosed
from metrics.errors import UnknownCodeError
from metrics.model import Filters, Kpi, Result, Row, Scope, Window
from metrics.periods import clipped, ends_with_february, key_of, keys, span_of, unfinished
from metrics.words import N_, Note
from store.marts import MARTS
from store.snapshot import Snapshot

WHOLE_FEBRUARY: Final = Note(N_("The base ends on 29 February, for months are reported as a whole."))

BASE_INCOMPLETE: Final = N_("No comparison: the base is incomplete, for data begin on {day}.")
CLIPPED: Final = N_("Compared as far as the data are complete: to {day}, with the base to {base_day}.")
NOT_COMPARED: Final = N_("No comparison: data is complete through {day} only.")
_SAME: Final = {"payment_totals": "payments", "status_events": "probes"}
"""Sources that report the same as another one: what one of the two has, need not be in the other."""
_SPARSE: Final = {"surveys", "feedback"}


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
    through = complete_through(snapshot) or window.end
    question = Question(kpi, by, filters, scope, through, _two_monitors(snapshot, kpi, by, filters))
    limits: list[Note] = []
    if base and window.end > through:
        _refuse_cut_periods(snapshot, question, window)
        window, base, note = _complete(snapshot, question, window, base)
        limits.append(note)
    widened = _whole_february(snapshot, question, window, base)
    for asked in (window, widened) if widened else (window,):
        _refuse_cut_periods(snapshot, question, asked)
    current = _ask(snapshot, question, window)
    earlier = _ask(snapshot, question, widened) if widened else None
    first = first_day(snapshot, kpi) if earlier and kpi.kind != "balance" else None
    if widened and first and widened.start < first:
        limits.append(Note(BASE_INCOMPLETE, day=first.isoformat()))
    rows, total = disclosed(kpi, *_rows(snapshot, question, current, earlier, first))
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
        notes=(*limits, *_notes(snapshot, question, current, earlier), *([WHOLE_FEBRUARY] if widened != base else [])),
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


def first_day(snapshot: Snapshot, kpi: Kpi) -> date | None:
    """The first day for which everything that the KPI is computed from has data; None where nothing says so.

    People answer and complain when they like, so a log of theirs may be silent on its first days: it begins with its month.
    """
    rows = fetch(snapshot, Statement("SELECT source, first_day FROM coverage WHERE first_day IS NOT NULL"))
    first = {row["source"]: row["first_day"].replace(day=1) if row["source"] in _SPARSE else row["first_day"] for row in rows}
    begun: dict[str, date] = {}
    for source in set(kpi.source.split()) & set(first):
        reported = _SAME.get(source, source)
        begun[reported] = min(first[source], begun.get(reported, first[source]))
    return max(begun.values(), default=None)


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
    snapshot: Snapshot, question: Question, current: _Side, earlier: _Side | None, first: date | None
) -> tuple[tuple[Row, ...], Row]:
    """Rows and total, current beside base; of a base that begins before `first` only the periods after it."""
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


def _two_monitors(snapshot: Snapshot, kpi: Kpi, by: tuple[str, ...], filters: Filters) -> bool:
    """Whether the question leaves open which of two monitors it means."""
    if not any("origin" in MARTS[mart] for mart in marts(kpi)) or "origin" in by or filters.get("origin"):
        return False
    return len(fetch(snapshot, Statement("SELECT DISTINCT origin FROM availability"))) > 1


def _complete(snapshot: Snapshot, question: Question, window: Window, base: Window) -> tuple[Window, Window | None, Note]:
    """Both windows as far as the data are complete, with a note; no base where no day of the window is."""
    refused = window, None, Note(NOT_COMPARED, day=question.through.isoformat())
    if window.start > question.through:
        return refused
    done = narrowed(Window(window.start, question.through), lambda other: _cut_in(snapshot, question, other))
    if done is None or done.start != window.start:
        return refused
    shorter, earlier = clipped(window, base, done.end)
    if _cut_in(snapshot, question, _whole_february(snapshot, question, shorter, earlier) or earlier):
        return refused
    return shorter, earlier, Note(CLIPPED, day=done.end.isoformat(), base_day=earlier.end.isoformat())


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


def _notes(snapshot: Snapshot, question: Question, current: _Side, earlier: _Side | None) -> tuple[Note, ...]:
    """What a reader must know beside the number."""
    window = current.window
    sides = [side for side in (current, earlier) if side]
    notes = []
    if window.end > question.through:
        day = question.through.isoformat()
        notes.append(Note(N_("Data is complete through {day}; what comes after may be missing."), day=day))
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
