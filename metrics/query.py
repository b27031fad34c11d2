"""The one place where a KPI is asked of a snapshot. `query` reads from top to bottom what becomes of a question.

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

Hazard: the proof is of statements written by compile.py and executed by fetch.py; one made elsewhere would have none of it.
"""

from __future__ import annotations

from datetime import date
from functools import partial

from metrics.cells import read, rows
from metrics.codes import check_values
from metrics.comparison import (
    BASE_HIDDEN,
    BASE_INCOMPLETE,
    BEGUN,
    JOINED,
    UNEVEN,
    WHOLE_FEBRUARY,
    beside_two,
    complete,
    refuse_cut_periods,
    whole_february,
)
from metrics.compile import Question, Statement
from metrics.completeness import begun, complete_through, uneven_months
from metrics.dimensions import check, find_kpi, marts, time_of
from metrics.disclosure import disclosed
from metrics.families import Rows, judged_among_all
from metrics.fetch import fetch
from metrics.joined import joined_inside, joiners
from metrics.model import Filters, Kpi, Result, Row, Scope, Window
from metrics.notes import notes
from metrics.periods import unfinished
from metrics.revisions import revised_keys, revision_notes
from metrics.words import Note
from store.marts import MARTS
from store.snapshot import Snapshot


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
    check_values(snapshot, kpi, filters, scope)
    through = complete_through(snapshot) or window.end
    question = Question(kpi, by, filters, scope, through, _two_monitors(snapshot, kpi, by, filters))
    limits: list[Note] = []
    if base and window.end > through:
        refuse_cut_periods(snapshot, question, window)
        window, base, note = complete(snapshot, question, window, base)
        limits.append(note)
    widened = whole_february(snapshot, question, window, base)
    for asked in (window, widened) if widened else (window,):
        refuse_cut_periods(snapshot, question, asked)
    current = read(snapshot, question, window)
    earlier = read(snapshot, question, widened) if widened else None
    since = begins if (begins := _since(snapshot, question, window)) and begins <= window.end else None
    first = _since(snapshot, question, widened) if widened else None
    uneven = uneven_months(snapshot, question, window, widened) if widened and not first and kpi.kind != "balance" else {}
    if first:
        limits.append(Note(BASE_INCOMPLETE, day=first.isoformat()))
    elif uneven:
        limits.append(Note(UNEVEN, months=", ".join(sorted(uneven.values()))))
    joined = joined_inside(snapshot, question, widened) if widened else {}
    found = rows(snapshot, question, current, earlier, first, uneven, joined)
    if widened and kpi.interval:
        found = judged_among_all(question, *found, partial(_compared, snapshot, window=window, base=widened, first=first))
    shown, total = disclosed(kpi, *found, window)
    if total.base_hidden:
        limits.append(Note(BASE_HIDDEN))
    if unlike := joiners(shown, joined):
        limits.append(Note(JOINED, departments=", ".join(unlike)))
    if since and total.value is not None:
        limits.append(Note(BEGUN, day=since.isoformat()))
    ends = [WHOLE_FEBRUARY] if widened != base else []
    return Result(
        kpi=kpi,
        unit=snapshot.settings.minor_unit if kpi.unit == "fils" else kpi.unit,
        window=window,
        base=widened,
        by=by,
        filters=filters,
        scope=scope,
        rows=shown,
        total=total,
        complete_through=through,
        snapshot=snapshot.version,
        sql=current.statement.sql,
        parameters=current.statement.parameters,
        base_parameters=earlier.statement.parameters if earlier else (),
        notes=(
            *limits,
            *notes(snapshot, question, current, earlier),
            *ends,
            *beside_two(question, window, widened, shown, total),
            *(note for side in (window, widened) if side for note in revision_notes(snapshot, question, side)),
        ),
        unfinished=_unfinished(by, shown, Window(since or window.start, window.end), through),
        since=since,
        revised=revised_keys(snapshot, question, window, time_of(by)),
    )


def _compared(snapshot: Snapshot, question: Question, window: Window, base: Window, first: date | None) -> Rows:
    """Rows and total of another question of the same survey over the same two windows."""
    return rows(snapshot, question, read(snapshot, question, window), read(snapshot, question, base), first)


def _since(snapshot: Snapshot, question: Question, window: Window) -> date | None:
    """The first day with data, where the window begins before it; a balance has everything that came before in it."""
    if question.kpi.kind == "balance":
        return None
    first = begun(snapshot, question, window.start)
    return first if first > window.start else None


def _two_monitors(snapshot: Snapshot, kpi: Kpi, by: tuple[str, ...], filters: Filters) -> bool:
    """Whether the question leaves open which of two monitors it means."""
    if not any("origin" in MARTS[mart] for mart in marts(kpi)) or "origin" in by or filters.get("origin"):
        return False
    return len(fetch(snapshot, Statement("SELECT DISTINCT origin FROM availability"))) > 1


def _unfinished(by: tuple[str, ...], rows: tuple[Row, ...], window: Window, through: date) -> tuple[str, ...]:
    grain = time_of(by)
    return unfinished(tuple(dict.fromkeys(row.key(grain) for row in rows)), window, through) if grain else ()
