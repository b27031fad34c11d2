"""Laws that hold for every KPI, dimension and set of rows: parts make the whole, scope is a filter, order does not matter."""

from datetime import date
from itertools import combinations
from random import Random
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics import KPIS, Filters, Kpi, Result, Scope, Snapshot, Window, dimensions, query
from metrics.dimensions import marts
from tests.support.marts import snapshot_in_memory

WINDOW = Window(date(2012, 8, 1), date(2012, 9, 30))
SEPTEMBER = Window(date(2012, 9, 1), date(2012, 9, 30))
EVERYTHING = Scope.everything()

days = st.sampled_from(
    [date(2012, 7, 31), date(2012, 8, 1), date(2012, 8, 31), date(2012, 9, 1), date(2012, 9, 30), date(2012, 10, 1)]
)
counts = st.integers(0, 40)
departments = st.sampled_from(["dewa", "rta", "dha"])
services = st.sampled_from(["bills", "fines"])
channels = st.sampled_from(["web", "mpay"])


def rows(at_most: int = 6, **columns: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    row = {"day": days, "department": departments, "service": services, **columns}
    return st.lists(st.fixed_dictionaries(row), min_size=1, max_size=at_most)


payments = rows(
    channel=channels,
    method=st.sampled_from(["credit_card", "direct_debit"]),
    automatic=st.booleans(),
    settled=counts,
    failed=counts,
    abandoned=counts,
    gross_fils=st.integers(0, 10**12),
    refund_fils=st.integers(0, 10**12),
    surcharge_fils=counts,
    multi_baskets=counts,
    timed=counts,
    under_60s=counts,
)
totals = rows(2, settled=counts, gross_fils=counts, attempts=st.none(), mobile_settled=st.none(), baskets=st.none())
STRATEGIES: dict[str, st.SearchStrategy[list[dict[str, Any]]]] = {
    "payments": st.tuples(payments, totals).map(lambda both: both[0] + both[1]),
    "completion": rows(channel=channels, bucket=st.integers(-10, 20), settled=counts),
    "payers": rows(channel=channels, payer=st.integers(1, 5)),
    "availability": rows(
        origin=st.sampled_from(["probes", "status_events"]),
        up_seconds=counts,
        down_seconds=counts,
        maintenance_seconds=counts,
        unknown_seconds=counts,
    ),
    "incidents": rows(down_seconds=counts),
    "surveys": rows(
        language=st.sampled_from(["en", "ar"]),
        wave=st.sampled_from(["w1", "w2"]),
        invited=st.integers(200, 400),
        completed=st.integers(100, 200),
        csat_valid=st.integers(40, 60),
        csat_top2=st.integers(0, 40),
        csat_sum=st.integers(40, 200),
        csat_squares=st.integers(40, 1_000),
        nps_valid=st.integers(40, 60),
        promoters=st.integers(0, 20),
        detractors=st.integers(0, 20),
        effort_valid=st.integers(40, 60),
        effort_easy=st.integers(0, 40),
        aware=st.integers(10, 20),
        not_aware=st.integers(10, 20),
        dont_know=st.integers(10, 20),
    ),
    "feedback": rows(kind=st.sampled_from(["complaint", "suggestion"]), opened=counts, resolved=counts),
    "feedback_cases": rows(resolved_on=st.sampled_from([date(2012, 9, 1), date(2012, 9, 5), None]), days=st.integers(0, 9)),
    "it_spend": st.lists(
        st.fixed_dictionaries(
            {
                "period_start": st.just(date(2012, 9, 1)),
                "period_end": st.just(date(2012, 9, 30)),
                "department": departments,
                "spent_fils": counts,
                "budget_fils": counts,
            }
        ),
        max_size=3,
    ),
}
DEPARTMENTS = [{"code": d, "name_en": d, "name_ar": d} for d in ("dewa", "rta", "dha")]
TIME = ("day", "week", "month", "quarter", "year")


def marts_of(kpi: Kpi) -> tuple[str, ...]:
    return tuple(m for m in marts(kpi) if m in STRATEGIES)


def snapshots(kpi: Kpi, complete_through: date | None = None) -> st.SearchStrategy[Snapshot]:
    return st.fixed_dictionaries({m: STRATEGIES[m] for m in marts_of(kpi)}).map(
        lambda rows_of: snapshot_in_memory(complete_through=complete_through, departments=DEPARTMENTS, **rows_of)
    )


def ask(snapshot: Snapshot, kpi: Kpi, by: tuple[str, ...] = (), scope: Scope = EVERYTHING, **options: Any) -> Result:
    return query(kpi.id, WINDOW, snapshot=snapshot, scope=scope, by=by, **options)


def divisions(kpi: Kpi) -> list[str]:
    """Every dimension of a KPI; monthly reports have no days and no weeks."""
    return [d for d in dimensions(kpi) if kpi.mart != "it_spend" or d not in ("day", "week")]


def pairs(kpi: Kpi) -> list[tuple[str, str]]:
    """Every two dimensions that can be asked by together: no two grains of time."""
    return [pair for pair in combinations(divisions(kpi), 2) if not set(pair) <= set(TIME)]


def parts(answer: Result, of: str) -> int:
    """Sum over the rows; a balance along time is not summed but read at its end."""
    rows = answer.rows
    if answer.kpi.kind == "balance" and (grain := set(answer.by) & set(TIME)):
        rows = tuple(row for row in rows if row.key(*grain) == answer.rows[-1].key(*grain))
    return sum(getattr(row, of) or 0 for row in rows)


each_additive_kpi = pytest.mark.parametrize(
    "kpi", [k for k in KPIS.values() if k.kind not in ("quantile", "distinct")], ids=lambda k: k.id
)
each_kpi = pytest.mark.parametrize("kpi", KPIS.values(), ids=lambda k: k.id)
some = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
few = settings(some, max_examples=2)


@each_additive_kpi
@some
@given(data=st.data())
def test_parts_add_up_to_the_total_for_every_dimension_and_a_pair_of_them(kpi: Kpi, data: st.DataObject) -> None:
    snapshot = data.draw(snapshots(kpi))
    whole = ask(snapshot, kpi).total
    for by in [*((d,) for d in divisions(kpi)), data.draw(st.sampled_from(pairs(kpi)))]:
        answer = ask(snapshot, kpi, by)
        if "origin" not in by:  # asked for each of two monitors, a day that both measured counts for both
            assert answer.total == whole, by
        for of in ("numerator", "denominator", "n"):
            assert parts(answer, of) == (getattr(answer.total, of) or 0), (by, of)


@each_kpi
@few
@given(data=st.data())
def test_a_ratio_is_the_ratio_of_its_sums_in_every_cell(kpi: Kpi, data: st.DataObject) -> None:
    answer = ask(data.draw(snapshots(kpi)), kpi, ("department",))
    for row in (*answer.rows, answer.total):
        if row.denominator is not None or kpi.denominator is not None:
            expected = row.numerator / row.denominator if row.numerator is not None and row.denominator else None
        else:
            expected = row.numerator
        assert row.value == expected


@each_kpi
@few
@given(data=st.data())
def test_a_scope_gives_what_a_filter_gives(kpi: Kpi, data: st.DataObject) -> None:
    snapshot = data.draw(snapshots(kpi))
    scoped = ask(snapshot, kpi, ("department",), scope=Scope.of("rta"))
    filtered = ask(snapshot, kpi, ("department",), filters=Filters.of(department="rta"))
    assert (scoped.rows, scoped.total) == (filtered.rows, filtered.total)
    assert {row.key("department") for row in scoped.rows} <= {"rta"}
    unscoped = {row.key("department"): row.value for row in ask(snapshot, kpi, ("department",)).rows}
    if scoped.rows and "match" not in kpi.parameters:
        assert scoped.total.value == unscoped["rta"]


@each_kpi
@few
@given(data=st.data())
def test_the_base_is_what_the_same_question_answers_for_that_window(kpi: Kpi, data: st.DataObject) -> None:
    snapshot = data.draw(snapshots(kpi, complete_through=SEPTEMBER.end))
    base = Window(date(2012, 8, 1), date(2012, 8, 31))
    compared = query(kpi.id, SEPTEMBER, snapshot=snapshot, scope=EVERYTHING, by=("department",), base=base)
    direct = query(kpi.id, base, snapshot=snapshot, scope=EVERYTHING, by=("department",))
    assert compared.total.base_value == direct.total.value
    values = {row.keys: row.value for row in direct.rows}
    for row in compared.rows:
        assert row.base_value == values.get(row.keys) or (row.base_value == 0 and row.keys not in values)


@some
@given(rows_of=STRATEGIES["payments"], seed=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows_of: list[dict[str, Any]], seed: Random) -> None:
    shuffled = seed.sample(rows_of, len(rows_of))
    answers = [
        ask(snapshot_in_memory(departments=DEPARTMENTS, payments=given_rows), KPIS["collected_amount"], ("department", "month"))
        for given_rows in (rows_of, shuffled)
    ]
    assert answers[0].rows == answers[1].rows


def test_a_sum_beyond_64_bits_is_an_error_and_not_a_wrong_number() -> None:
    rows_of = [{"day": date(2012, 9, 1), "settled": 1, "gross_fils": 2**62}] * 2
    with pytest.raises(duckdb.ConversionException):
        ask(snapshot_in_memory(payments=rows_of), KPIS["gross_amount"])
