"""Turns one question into one SQL statement. Nothing is executed here.

Rule: identifiers come from the catalogue and the allow-list of dimensions; every value is bound with `?`. The scope is a
clause of every statement, on every mart that the statement reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from metrics.dimensions import time_of
from metrics.model import Filters, Kpi, Scope, Window
from store.marts import MARTS

_AUTOMATIC: Final = "COALESCE(CAST(automatic AS VARCHAR), 'unknown')"


@dataclass(frozen=True)
class Statement:
    """SQL text and the values of its `?`, in order."""

    sql: str
    parameters: tuple[object, ...] = ()


@dataclass(frozen=True)
class Question:
    """What is asked, but for the window: the same question is put to the current window and to the base."""

    kpi: Kpi
    by: tuple[str, ...]
    filters: Filters
    scope: Scope
    through: date = date.max
    """The last complete day: what was open or overdue is asked as of that day where the window runs beyond it."""
    one_monitor: bool = False
    """Whether a service's day that two monitors measured counts once, as probed; else their time is added up."""


def scope_clause(scope: Scope, column: str = "department") -> Statement:
    """The condition that keeps a statement inside a scope; '' for everything, FALSE for nobody."""
    if scope.departments is None:
        return Statement("")
    if not scope.departments:
        return Statement("FALSE")
    return _among(column, tuple(sorted(scope.departments)))


def answer(question: Question, window: Window) -> Statement:
    """The statement whose rows are the answer over `window`.

    Columns: the dimensions of `by`; `is_total`; `bucket` (quantiles only); numerator, denominator and n as BIGINT; the
    further aggregates of the KPI. A grain of time is the DATE on which its period begins.
    """
    if question.kpi.kind == "cross":
        return _crossed(question, window)
    return _grouped(question, window)


def cut_periods(question: Question, mart: str, window: Window) -> Statement | None:
    """Reported periods (department, period_start, period_end) of `mart` that the window or the grain of time cuts.

    None where the mart has no periods: it is read by a single date.
    """
    if "period_start" not in MARTS[mart] or "calendar" in question.kpi.parameters:
        return None
    cuts = ["period_start <= ? AND period_end > ?"]
    values: list[object] = [window.end, window.end]
    if question.kpi.kind != "balance":
        cuts.append("period_start < ? AND period_end >= ?")
        values += [window.start, window.start]
    grain = time_of(question.by)
    if grain and grain != "day":
        cuts.append(
            f"date_trunc('{grain}', period_start) <> date_trunc('{grain}', period_end) AND period_start <= ? AND period_end >= ?"
        )
    elif grain:
        cuts.append("period_start <= ? AND period_end >= ?")
    if grain:
        values += [window.end, window.start]
    allowed = _conditions(question, mart)
    where = _where(
        Statement("period_start <> period_end"), Statement(" OR ".join(f"({c})" for c in cuts), tuple(values)), *allowed
    )
    return Statement(
        f"SELECT DISTINCT department, period_start, period_end FROM {mart}\n{where.sql}\nORDER BY period_start, department",
        where.parameters,
    )


def left_out(question: Question, window: Window) -> Statement | None:
    """Departments with rows that lack what the KPI needs; None where the KPI needs nothing."""
    if not question.kpi.needs:
        return None
    lacking = Statement(" OR ".join(f"{c} IS NULL" for c in question.kpi.needs))
    where = _where(lacking, _inside(question.kpi, window), *_conditions(question, question.kpi.mart))
    return Statement(f"SELECT DISTINCT department FROM {question.kpi.mart}\n{where.sql}\nORDER BY department", where.parameters)


def covered_days(question: Question, window: Window) -> Statement:
    """Days of the window that the log named by `zero` delivered, if the departments asked for are in it.

    None where one of them reports whole periods: it may still owe one while the log of the others is whole, so its silence is
    not a zero.
    """
    kpi = question.kpi
    periods = _where(Statement("period_start <> period_end"), *_asked(question, "department"))
    sql = (
        "SELECT DISTINCT day FROM coverage_days\nWHERE source = ? AND delivered AND day >= ? AND day <= ?\n"
        f"  AND NOT EXISTS (SELECT 1 FROM {kpi.mart} {periods.sql})\nORDER BY day"
    )
    return Statement(sql, (kpi.parameters["zero"], window.start, window.end, *periods.parameters))


def first_days(question: Question, mart: str) -> Statement:
    """Department, service and the first day on which that department is in `mart`, for all that the question is about."""
    inside = _where(scope_clause(question.scope))
    asked = _where(*_asked(question, "department", "service"))
    return Statement(
        "SELECT department, service, first_day FROM (\n"
        "  SELECT department, service, MIN(MIN(period_start)) OVER (PARTITION BY department) AS first_day\n"
        f"  FROM {mart} {inside.sql} GROUP BY department, service\n) AS reported {asked.sql}",
        inside.parameters + asked.parameters,
    )


def delivered_months(sources: Sequence[str]) -> Statement:
    """The first days of the months in which at least one of these sources delivered something."""
    listed = ", ".join("?" * len(sources))
    return Statement(
        "SELECT DISTINCT CAST(date_trunc('month', day) AS DATE) AS month FROM coverage_days\n"
        f"WHERE delivered AND source IN ({listed})",
        tuple(sources),
    )


def longer_periods(mart: str) -> Statement:
    """Periods of more than one day that were reported as a whole."""
    return Statement(f"SELECT DISTINCT period_start, period_end FROM {mart} WHERE period_start <> period_end")


def reported_by(question: Question, mart: str, day: date) -> Statement:
    """One row where what is asked about (its departments or services) is in `mart` by that day; else none."""
    where = _where(*_asked(question, "department", "service"), Statement("period_start <= ?", (day,)))
    return Statement(f"SELECT 1 AS known FROM {mart} {where.sql} LIMIT 1", where.parameters)


def _asked(question: Question, *dimensions: str) -> list[Statement]:
    """The scope, and the filters by these dimensions only."""
    chosen = [_among(name, codes) for name, codes in question.filters.values if name in dimensions]
    return [scope_clause(question.scope), *chosen]


def known_codes(mart: str, dimension: str, scope: Scope) -> Statement:
    """Codes of a dimension that occur in a mart, inside the scope."""
    where = _where(scope_clause(scope))
    column = _AUTOMATIC if dimension == "automatic" else dimension
    return Statement(f"SELECT DISTINCT {column} AS code FROM {mart}\n{where.sql}\nORDER BY code", where.parameters)


def _grouped(question: Question, window: Window) -> Statement:
    kpi = question.kpi
    cells = _cells(question, kpi.mart, window, needs=kpi.needs)
    measures = [
        f"CAST({kpi.numerator} AS BIGINT) AS numerator",
        f"CAST({kpi.denominator or 'NULL'} AS BIGINT) AS denominator",
        f"CAST(COALESCE({kpi.n}, 0) AS BIGINT) AS n",
        *(f"{sql} AS {name}" for name, sql in kpi.aggregates.items()),
    ]
    return Statement(_group(question.by, cells.sql, measures, kpi.parameters.get("histogram")), cells.parameters)


def _crossed(question: Question, window: Window) -> Statement:
    """Two marts, each summed on its own before they meet: a join of rows would count one side many times."""
    kpi = question.kpi
    companion = kpi.parameters.get("denominator_mart") or kpi.parameters["present_in"]
    presence = "present_in" in kpi.parameters
    lower_sql = "COUNT(*)" if presence else kpi.denominator
    top_cells = _cells(question, kpi.mart, window, match=companion)
    bottom_cells = _cells(question, companion, window, match=kpi.mart)
    top_measures = [f"CAST({kpi.numerator} AS BIGINT) AS numerator", f"CAST({kpi.n} AS BIGINT) AS n"]
    top = _group(question.by, top_cells.sql, top_measures)
    bottom = _group(question.by, bottom_cells.sql, [f"CAST({lower_sql} AS BIGINT) AS denominator"])
    numerator = "COALESCE(top.numerator, CASE WHEN bottom.denominator > 0 THEN 0 END)" if presence else "top.numerator"
    columns = [
        *(f"COALESCE(top.{d}, bottom.{d}) AS {d}" for d in question.by),
        "COALESCE(top.is_total, bottom.is_total) AS is_total",
        f"{numerator} AS numerator",
        f"{'CAST(NULL AS BIGINT)' if presence else 'bottom.denominator'} AS denominator",
        "COALESCE(top.n, 0) AS n",
    ]
    meets = ["top.is_total = bottom.is_total", *(f"top.{d} IS NOT DISTINCT FROM bottom.{d}" for d in question.by)]
    sql = (
        f"WITH top AS (\n{_indent(top)}\n), bottom AS (\n{_indent(bottom)}\n)\n"
        f"{_select(columns)}\nFROM top FULL JOIN bottom ON {' AND '.join(meets)}"
    )
    return Statement(sql, top_cells.parameters + bottom_cells.parameters)


def _group(by: tuple[str, ...], cells: str, measures: list[str], histogram: str | None = None) -> str:
    """Rows and total in one pass: the grouping set () is the same formula at the coarsest grain."""
    bucket = [f"{histogram} AS bucket"] if histogram else []
    total = f"GROUPING({', '.join(by)}) > 0" if by else "TRUE"
    columns = [*by, f"{total} AS is_total", *bucket, *measures]
    sql = f"{_select(columns)}\nFROM (\n{_indent(cells)}\n) AS cells"
    extra = [histogram] if histogram else []
    if by:
        sql += f"\nGROUP BY GROUPING SETS (({', '.join([*by, *extra])}), ({', '.join(extra)}))"
    elif extra:
        sql += f"\nGROUP BY {histogram}"
    return sql


def _cells(question: Question, mart: str, window: Window, needs: tuple[str, ...] = (), match: str | None = None) -> Statement:
    """The rows of a mart that belong to the question, with a column per dimension asked by."""
    kpi = question.kpi
    columns, values = ["*"], []
    if "automatic" in MARTS[mart]:
        columns = [f"* REPLACE ({_AUTOMATIC} AS automatic)"]
    grain = time_of(question.by)
    if grain:
        columns.append(f"CAST(date_trunc('{grain}', {_calendar(kpi)[0]}) AS DATE) AS {grain}")
    if "as_of" in kpi.parameters:
        columns.append("CAST(? AS DATE) AS as_of")
        values.append(min(window.end, question.through))
    conditions = [_inside(kpi, window), *_conditions(question, mart), *(Statement(f"{c} IS NOT NULL") for c in needs)]
    if match and "match" in kpi.parameters:
        conditions.append(_matched(question, match, window))
    if question.one_monitor and "origin" in MARTS[mart]:
        conditions.append(_probed_first(question, mart, window))
    where = _where(*conditions)
    return Statement(f"SELECT {', '.join(columns)}\nFROM {mart}\n{where.sql}", (*values, *where.parameters))


def _probed_first(question: Question, mart: str, window: Window) -> Statement:
    """Of a day of a department's service that was probed too, only what the probes say."""
    where = _where(Statement("origin = 'probes'"), _inside(question.kpi, window), scope_clause(question.scope))
    day = "(department, service, period_start)"
    return Statement(f"origin = 'probes' OR {day} NOT IN (SELECT {day} FROM {mart} {where.sql})", where.parameters)


def _matched(question: Question, other: str, window: Window) -> Statement:
    """Only departments and months that the other mart has too."""
    where = _where(_inside(question.kpi, window), *_conditions(question, other))
    pair = "department, date_trunc('month', period_start)"
    return Statement(f"({pair}) IN (SELECT {pair} FROM {other} {where.sql})", where.parameters)


def _inside(kpi: Kpi, window: Window) -> Statement:
    first, last = _calendar(kpi)
    if kpi.kind == "balance":
        return Statement(f"{last} <= ?", (window.end,))
    return Statement(f"{first} >= ? AND {last} <= ?", (window.start, window.end))


def _calendar(kpi: Kpi) -> tuple[str, str]:
    column = kpi.parameters.get("calendar")
    return (column, column) if column else ("period_start", "period_end")


def _conditions(question: Question, mart: str) -> list[Statement]:
    """Scope, filters, and the kind of feedback where the KPI is about one."""
    conditions = [scope_clause(question.scope)]
    for name, codes in question.filters.values:
        conditions.append(_among(_AUTOMATIC if name == "automatic" else name, codes))
    only = question.kpi.parameters.get("only")
    if only and "kind" in MARTS[mart]:
        conditions.append(Statement("kind = ?", (only,)))
    return conditions


def _among(column: str, codes: tuple[str, ...]) -> Statement:
    return Statement(f"{column} IN ({', '.join('?' * len(codes))})", codes)


def _where(*conditions: Statement) -> Statement:
    used = [c for c in conditions if c.sql]
    text = "\n  AND ".join(f"({c.sql})" if " OR " in c.sql else c.sql for c in used)
    return Statement(f"WHERE {text}" if text else "", tuple(v for c in used for v in c.parameters))


def _select(columns: list[str]) -> str:
    return "SELECT\n  " + ",\n  ".join(columns)


def _indent(sql: str) -> str:
    return "\n".join(f"  {line}" for line in sql.splitlines())
