"""What must hold before a snapshot is published: the marts add up to the ledger, and nothing is in them twice.

Rule: rows and fils of every source and month are compared, and a difference of one refuses the publication.
Hazard: the marts' side is summed from the finished snapshot, not from what went into it: the way between is what is checked.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import duckdb

from store.errors import PublishError
from store.rollup.state import Part

_PAYMENTS: Final = "sum(records), sum(gross_fils) - sum(refund_fils) + sum(unsettled_fils) FROM payments WHERE attempts"
_MART_SUMS: Final = {
    "payments": f"{_PAYMENTS} IS NOT NULL",
    "payment_totals": f"{_PAYMENTS} IS NULL",
    "probes": "sum(records), NULL FROM availability WHERE origin = 'probes'",
    "status_events": "sum(records), NULL FROM availability WHERE origin = 'status_events'",
    "surveys": "sum(invited), NULL FROM surveys",
    "feedback": "sum(opened) + sum(resolved), NULL FROM feedback",
    "it_spend": "count(*), sum(spent_fils) FROM it_spend",
    "settlements": "sum(bank_payments) + sum(bank_refunds), sum(bank_gross_fils) - sum(bank_refund_fils) FROM settlement",
    "monitor_summaries": "count(*), NULL FROM monitor_summaries",
}
"""Rows and fils of each source, as its mart adds up to them."""

_TWICE: Final = """
    SELECT DISTINCT t.department, t.period_start, t.period_end
    FROM (SELECT DISTINCT department, period_start, period_end FROM payments WHERE attempts IS NULL) t
    JOIN (SELECT DISTINCT department, period_start FROM payments WHERE attempts IS NOT NULL) p
      ON p.department = t.department AND p.period_start BETWEEN t.period_start AND t.period_end
    ORDER BY ALL"""
_OVERLAPPING: Final = """
    WITH totals AS (SELECT DISTINCT department, service, period_start, period_end FROM payments WHERE attempts IS NULL)
    SELECT a.department, a.service, a.period_start, a.period_end, b.period_start, b.period_end
    FROM totals a JOIN totals b
      ON a.department = b.department AND a.service = b.service
      AND b.period_start <= a.period_end AND a.period_start <= b.period_end
      AND (a.period_start, a.period_end) < (b.period_start, b.period_end)
    ORDER BY ALL"""
_INNER: Final = {
    "completion and payments disagree on the number of timed payments": (
        "SELECT (SELECT coalesce(sum(settled), 0) FROM completion), (SELECT coalesce(sum(timed), 0) FROM payments)"
    ),
    "settlement and payments disagree on the amounts of the log": (
        "SELECT coalesce((SELECT sum(log_gross_fils - log_refund_fils) FROM settlement), 0),"
        " coalesce((SELECT sum(gross_fils - refund_fils) FROM payments WHERE attempts IS NOT NULL AND period_start >="
        " (SELECT date_trunc('month', min(period_start)) FROM settlement)), 0)"
    ),
    "availability: seconds of a day are negative or missing": (
        "SELECT count(*), 0 FROM availability WHERE least(up_seconds, down_seconds, maintenance_seconds, unknown_seconds) < 0"
    ),
}
_SHOWN: Final = 20
"""Problems a message names before it only counts them."""


@dataclass(frozen=True)
class Line:
    """One source in one month: rows and fils (None: no money) as the ledger has them, and as the marts add up to them."""

    source: str
    month: date
    rows_ledger: int
    rows_mart: int
    fils_ledger: int | None
    fils_mart: int | None

    @property
    def differs(self) -> bool:
        return (self.rows_ledger, self.fils_ledger) != (self.rows_mart, self.fils_mart)

    def __str__(self) -> str:
        text = f"{self.source} {self.month:%Y-%m}: {self.rows_ledger:,} rows in the ledger, {self.rows_mart:,} in the marts"
        if self.fils_ledger is None and self.fils_mart is None:
            return text
        return f"{text}; {self.fils_ledger or 0:,} fils in the ledger, {self.fils_mart or 0:,} in the marts"


def reconcile(snapshot: duckdb.DuckDBPyConnection, ledger: Iterable[tuple[str, str, int, int | None]]) -> list[Line]:
    """Compare a snapshot with the ledger's (source, month 'YYYY-MM', rows, fils), which are added up; sources without a calendar
    are left out."""
    expected: dict[tuple[str, date], tuple[int, int | None]] = {}
    for source, month, rows, fils in ledger:
        if source in _MART_SUMS:
            key = (source, date.fromisoformat(f"{month}-01"))
            before = expected.get(key, (0, None))
            expected[key] = (before[0] + rows, fils if before[1] is None else before[1] + (fils or 0))
    found = {key: sums for source in _MART_SUMS for key, sums in _mart_sums(snapshot, source)}
    absent = (0, None)
    return [
        Line(*key, rows, mart_rows, fils, mart_fils)
        for key in sorted(expected.keys() | found.keys())
        for (rows, fils), (mart_rows, mart_fils) in [(expected.get(key, absent), found.get(key, absent))]
    ]


def prove(snapshot: duckdb.DuckDBPyConnection, parts: Iterable[Part]) -> list[Line]:
    """Reconcile a snapshot about to be published and look for anything counted twice.

    Raises PublishError naming what is wrong.
    """
    lines = reconcile(snapshot, ((p.source, p.month, p.rows, p.fils) for p in parts))
    problems = [f"does not add up: {line}" for line in lines if line.differs]
    for department, start, end in _query(snapshot, _TWICE):
        problems.append(
            f"payments of {department!r} from {start} to {end} came both singly and as totals and would count twice; "
            "supersede one of the two files"
        )
    for department, service, *periods in _query(snapshot, _OVERLAPPING):
        start, end, other_start, other_end = periods
        problems.append(
            f"totals of {department!r}, service {service!r}, for {start} to {end} and for {other_start} to {other_end} overlap "
            "and would count twice; supersede one of the two files"
        )
    for what, sql in _INNER.items():
        problems += [f"{what}: {left:,} against {right:,}" for left, right in _query(snapshot, sql) if left != right]
    if problems:
        more = [f"... and {len(problems) - _SHOWN:,} more"] if len(problems) > _SHOWN else []
        raise PublishError("\n".join(["not published; the snapshot before it stays:", *problems[:_SHOWN], *more]))
    return lines


def _mart_sums(snapshot: duckdb.DuckDBPyConnection, source: str) -> Iterator[tuple[tuple[str, date], tuple[int, int | None]]]:
    sums = f"SELECT CAST(date_trunc('month', period_start) AS DATE), {_MART_SUMS[source]} GROUP BY ALL"
    for month, rows, fils in _query(snapshot, sums):
        if rows:
            yield (source, month), (rows, fils)


def _query(snapshot: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return snapshot.execute(sql).fetchall()
