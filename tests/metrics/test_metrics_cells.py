"""Gaps and zeros: silence is a zero only where a log that holds every such event delivered."""

from datetime import date

from metrics import Filters, month
from tests.support.marts import snapshot_in_memory
from tests.support.questions import SEPTEMBER, ask, reported, september


def test_a_day_that_the_log_never_delivered_is_a_gap_and_a_quiet_one_is_zero() -> None:
    covered = [{"source": "payments", "day": date(2012, 9, d), "rows": 5, "fils": 0, "delivered": True} for d in (1, 2, 4)]
    snapshot = snapshot_in_memory(payments=[september(1, settled=3), september(4, settled=2)], coverage_days=covered)
    rows = ask(snapshot, by=("day",)).rows
    assert [(r.key("day")[-2:], r.value) for r in rows] == [("01", 3), ("02", 0), ("03", None), ("04", 2)]


def test_a_filter_that_matches_nothing_on_covered_days_is_zero_transactions_but_no_rate() -> None:
    snapshot = snapshot_in_memory(payments=[september(1, settled=3)])
    kiosk = Filters.of(channel="kiosk")
    assert ask(snapshot, filters=kiosk).total.value == 0
    assert ask(snapshot, "success_rate", filters=kiosk).total.value is None


def test_a_window_without_any_delivery_is_no_data() -> None:
    snapshot = snapshot_in_memory(payments=[september(1, settled=3)])
    assert ask(snapshot, window=month(2011, 9)).total.value is None


def test_a_body_that_reports_whole_periods_may_still_owe_one_so_its_silence_is_no_zero() -> None:
    snapshot = snapshot_in_memory(
        payments=[
            reported("2012-08-01", "2012-08-31", department="council", settled=7),
            september(1, department="dewa", settled=3),
        ],
        complete_through=SEPTEMBER.end,
    )
    answer = ask(snapshot, base=month(2012, 8), by=("department",))
    assert {r.key("department"): (r.value, r.base_value) for r in answer.rows} == {"dewa": (3, None), "council": (None, 7)}


def test_a_department_is_silent_before_its_first_record_in_total_and_in_rows() -> None:
    rows = [september(day, department="dewa", settled=5) for day in (1, 2, 3, 4)] + [
        {"day": date(2011, 9, 1), "department": "dewa", "settled": 5},
        september(2, department="cda", service="cda-permits", settled=1),
        september(4, department="cda", service="cda-permits", settled=2),
    ]
    snapshot = snapshot_in_memory(payments=rows, complete_through=SEPTEMBER.end)
    for chosen in (Filters.of(department="cda"), Filters.of(service="cda-permits")):
        answer = ask(snapshot, filters=chosen, base=month(2011, 9), by=("day",))
        assert (answer.total.value, answer.total.base_value) == (3, None)
        found = [(r.value, r.base_value) for r in answer.rows][:4]
        assert found == [(None, None), (1, None), (0, None), (2, None)]
    by_service = ask(snapshot, base=month(2011, 9), by=("service",)).rows
    assert {r.key("service"): r.base_value for r in by_service} == {"dewa-bills": 5, "cda-permits": None}
