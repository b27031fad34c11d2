"""Worked answers of the reference definitions: payments, each KPI from a few hand-written rows, and the published headline."""

from datetime import date
from math import nan
from pathlib import Path
from typing import Any

import pytest

from metrics import Filters, Result, Scope, Window, month, query, same_period_last_year, year_to_date
from store.buckets import representative_ms
from tests.support.marts import build_snapshot

DAY = date(2012, 9, 3)
SEPTEMBER = month(2012, 9)


def ask(folder: Path, kpi: str, by: tuple[str, ...] = (), **marts: list[dict[str, Any]]) -> Result:
    return query(kpi, SEPTEMBER, snapshot=build_snapshot(folder, **marts), scope=Scope.everything(), by=by)


def test_worked_answer_nine_months_of_2012_against_2011(tmp_path: Path) -> None:
    """The published headline: AED 3.2bn against 2.6bn, 2,448,147 transactions against 2,054,024."""
    rows = [
        {"day": date(2012, 9, 30), "settled": 2_448_147, "gross_fils": 320_000_000_000},
        {"day": date(2012, 10, 1), "settled": 1, "gross_fils": 1},
        {"day": date(2011, 9, 30), "settled": 2_054_024, "gross_fils": 260_000_000_000},
        {"day": date(2011, 10, 1), "settled": 1, "gross_fils": 1},
    ]
    snapshot = build_snapshot(tmp_path, payments=rows)
    window = year_to_date(date(2012, 9, 30))
    amount, transactions = (
        query(kpi, window, snapshot=snapshot, scope=Scope.everything(), base=same_period_last_year(window)).total
        for kpi in ("collected_amount", "transactions")
    )
    assert (amount.value, amount.base_value) == (320_000_000_000, 260_000_000_000)
    assert (transactions.value, transactions.base_value) == (2_448_147, 2_054_024)
    assert amount.change == pytest.approx(0.2308, abs=5e-5)
    assert transactions.change == pytest.approx(0.1919, abs=5e-5)


def test_collected_amount_is_settled_less_refunds_on_their_own_day(tmp_path: Path) -> None:
    rows = [
        {"day": DAY, "settled": 3, "gross_fils": 30_000},
        {"day": date(2012, 9, 4), "refunds": 1, "refund_fils": 10_000},
    ]
    answer = ask(tmp_path, "collected_amount", by=("day",), payments=rows)
    assert [(row.key("day"), row.value) for row in answer.rows] == [("2012-09-03", 30_000), ("2012-09-04", -10_000)]
    assert (answer.total.value, answer.unit) == (20_000, "fils")


def test_a_refunded_transaction_stays_counted_as_settled(tmp_path: Path) -> None:
    rows = [{"day": DAY, "settled": 3, "gross_fils": 30_000, "refunds": 1, "refund_fils": 10_000}]
    for kpi, value in (("transactions", 3), ("gross_amount", 30_000), ("refunded_amount", 10_000), ("attempts", 3)):
        assert ask(tmp_path / kpi, kpi, payments=rows).total.value == value


ROWS = [
    {
        "day": DAY,
        "settled": 60,
        "failed": 15,
        "abandoned": 5,
        "gross_fils": 660_000,
        "refund_fils": 60_000,
        "baskets": 40,
        "multi_baskets": 10,
        "basket_accounts": 60,
        "timed": 50,
        "under_60s": 20,
    },
    {"day": DAY, "channel": "mpay", "settled": 20, "gross_fils": 200_000, "baskets": 10, "multi_baskets": 5},
    {"day": DAY, "automatic": True, "settled": 20, "gross_fils": 100_000, "baskets": 20},
]


@pytest.mark.parametrize(
    ("kpi", "numerator", "denominator"),
    [
        ("success_rate", 100, 120),
        ("average_transaction_value", 900_000, 100),
        ("share_under_60s", 20, 50),
        ("mobile_take_up", 20, 100),
        ("automatic_payment_share", 20, 100),
        ("multi_account_share", 15, 70),
        ("accounts_per_basket", 100, 70),
        ("request_availability", 100, 115),
    ],
)
def test_ratio_keeps_numerator_and_denominator(tmp_path: Path, kpi: str, numerator: int, denominator: int) -> None:
    total = ask(tmp_path, kpi, payments=ROWS).total
    assert (total.numerator, total.denominator, total.value) == (numerator, denominator, numerator / denominator)


def test_surcharge_is_expected_to_be_zero_and_shows_anything_else(tmp_path: Path) -> None:
    assert ask(tmp_path / "none", "surcharge_collected", payments=ROWS).total.value == 0
    some = [*ROWS, {"day": DAY, "settled": 1, "surcharge_fils": 250}]
    assert ask(tmp_path / "some", "surcharge_collected", payments=some).total.value == 250


def test_unique_payers_are_counted_anew_for_every_cell(tmp_path: Path) -> None:
    rows = [
        {"day": DAY, "department": "dewa", "payer": 1},
        {"day": date(2012, 9, 4), "department": "dewa", "payer": 1},
        {"day": DAY, "department": "rta", "payer": 1},
        {"day": DAY, "department": "rta", "payer": 2},
    ]
    answer = ask(tmp_path, "unique_payers", by=("department",), payers=rows)
    assert {row.key("department"): row.value for row in answer.rows} == {"dewa": 1, "rta": 2}
    assert answer.total.value == 2


def test_completion_time_is_read_from_summed_histograms(tmp_path: Path) -> None:
    rows = [
        {"day": DAY, "bucket": -4, "settled": 30},
        {"day": DAY, "bucket": 2, "settled": 30},
        {"day": DAY, "channel": "mpay", "bucket": 2, "settled": 25},
        {"day": DAY, "channel": "mpay", "bucket": 9, "settled": 15},
    ]
    median = ask(tmp_path / "p50", "completion_time_p50", by=("channel",), completion=rows)
    assert median.total.value == pytest.approx(representative_ms(2))
    assert (median.total.n, median.total.denominator) == (100, None)
    assert {row.key("channel"): row.n for row in median.rows} == {"web": 60, "mpay": 40}
    assert {row.key("channel"): row.value for row in median.rows}["web"] == pytest.approx(
        (representative_ms(-4) + representative_ms(2)) / 2
    )
    assert ask(tmp_path / "p90", "completion_time_p90", completion=rows).total.value == pytest.approx(representative_ms(9))


def test_a_bucket_is_at_most_five_percent_away_from_any_duration_in_it(tmp_path: Path) -> None:
    answer = ask(tmp_path, "completion_time_p50", completion=[{"day": DAY, "bucket": 0, "settled": 1}])
    for duration in (60_000, 65_999):
        assert abs((answer.total.value or nan) - duration) / duration <= 0.05


def test_cost_per_transaction_takes_the_same_departments_and_months(tmp_path: Path) -> None:
    september = {"period_start": date(2012, 9, 1), "period_end": date(2012, 9, 30)}
    august = {"period_start": date(2012, 8, 1), "period_end": date(2012, 8, 31)}
    marts = {
        "payments": [
            {"day": DAY, "settled": 100},
            {"day": date(2012, 8, 3), "settled": 900},
            {"day": DAY, "department": "rta", "settled": 5_000},
        ],
        "it_spend": [{**september, "spent_fils": 70_000}, {**august, "department": "rta", "spent_fils": 10}],
    }
    snapshot = build_snapshot(tmp_path, **marts)
    window = Window(date(2012, 8, 1), date(2012, 9, 30))
    total = query("cost_per_transaction", window, snapshot=snapshot, scope=Scope.everything()).total
    assert (total.numerator, total.denominator, total.value) == (70_000, 100, 700)


def test_complaints_per_10000_transactions(tmp_path: Path) -> None:
    marts = {
        "payments": [{"day": DAY, "settled": 40_000}, {"day": DAY, "department": "rta", "settled": 10_000}],
        "feedback": [{"day": DAY, "opened": 6}, {"day": DAY, "kind": "suggestion", "opened": 90}],
    }
    answer = ask(tmp_path, "complaints_per_10000", by=("department",), **marts)
    assert (answer.total.value, answer.total.numerator, answer.total.denominator) == (1.2, 60_000, 50_000)
    assert {row.key("department"): row.value for row in answer.rows} == {"dewa": 1.5, "rta": 0.0}


def test_complaints_resolved_within_seven_days_leaves_young_open_ones_out(tmp_path: Path) -> None:
    cases = [
        {"day": date(2012, 9, 1), "resolved_on": date(2012, 9, 8), "days": 7},
        {"day": date(2012, 9, 1), "resolved_on": date(2012, 9, 9), "days": 8},
        {"day": date(2012, 9, 1)},
        {"day": date(2012, 9, 23)},
        {"day": date(2012, 9, 22)},
        {"day": date(2012, 9, 30), "resolved_on": date(2012, 10, 1), "days": 1},
        {"day": date(2012, 9, 1), "kind": "suggestion", "resolved_on": date(2012, 9, 2), "days": 1},
    ]
    total = ask(tmp_path, "complaints_resolved_within_7_days", feedback_cases=cases).total
    assert (total.numerator, total.denominator) == (1, 4)


def test_median_days_is_of_the_complaints_resolved_in_the_window(tmp_path: Path) -> None:
    cases = [
        {"day": date(2012, 8, 1), "resolved_on": date(2012, 9, 2), "days": 32},
        {"day": date(2012, 9, 1), "resolved_on": date(2012, 9, 3), "days": 2},
        {"day": date(2012, 9, 1), "resolved_on": date(2012, 10, 3), "days": 32},
        {"day": date(2012, 9, 1)},
    ]
    assert ask(tmp_path, "complaints_median_days", feedback_cases=cases).total.value == 17


def test_backlog_is_everything_opened_and_not_resolved_by_the_end(tmp_path: Path) -> None:
    rows = [
        {"day": date(2012, 7, 1), "opened": 5},
        {"day": date(2012, 9, 2), "opened": 3, "resolved": 1},
        {"day": date(2012, 9, 4), "department": "rta", "opened": 2},
        {"day": date(2012, 10, 1), "opened": 100},
        {"day": date(2012, 9, 2), "kind": "suggestion", "opened": 50, "resolved": 20},
    ]
    answer = ask(tmp_path / "total", "complaints_backlog", by=("department",), feedback=rows)
    assert answer.total.value == 9
    assert {row.key("department"): row.value for row in answer.rows} == {"dewa": 7, "rta": 2}
    days = ask(tmp_path / "days", "complaints_backlog", by=("day",), feedback=rows)
    assert [row.value for row in days.rows][:5] == [5, 7, 7, 9, 9]
    assert days.rows[-1].key("day") == "2012-09-30"
    assert days.total.value == 9
    suggestions = ask(tmp_path / "suggestions", "suggestions_backlog", by=("day",), feedback=rows)
    assert {row.value for row in suggestions.rows if row.key("day") >= "2012-09-02"} == {30}
    assert suggestions.total.value == 30


def test_complaints_and_suggestions_are_kept_apart(tmp_path: Path) -> None:
    rows = [{"day": DAY, "opened": 4, "resolved": 3}, {"day": DAY, "kind": "suggestion", "opened": 7, "resolved": 2}]
    for kpi, value in (
        ("complaints_opened", 4),
        ("complaints_resolved", 3),
        ("complaints_backlog", 1),
        ("suggestions_opened", 7),
        ("suggestions_resolved", 2),
        ("suggestions_backlog", 5),
    ):
        assert ask(tmp_path / kpi, kpi, feedback=rows).total.value == value


def test_services_offered_counts_what_was_launched_by_the_end(tmp_path: Path) -> None:
    services = [
        {"code": "a", "department": "dewa", "on_mobile": True, "launched_on": date(2010, 1, 1)},
        {"code": "b", "department": "dewa", "launched_on": date(2012, 9, 30)},
        {"code": "c", "department": "rta", "on_mobile": True, "launched_on": date(2012, 10, 1)},
    ]
    marts = {"services": services, "payments": [{"day": DAY, "settled": 1}]}
    assert ask(tmp_path / "all", "services_offered", **marts).total.value == 2
    assert ask(tmp_path / "mobile", "services_on_mobile", **marts).total.value == 1


def test_it_spending_and_budget(tmp_path: Path) -> None:
    rows = [{"period_start": date(2012, 9, 1), "period_end": date(2012, 9, 30), "spent_fils": 7, "budget_fils": 9}]
    assert ask(tmp_path / "spend", "it_spend", it_spend=rows).total.value == 7
    assert ask(tmp_path / "budget", "it_budget", it_spend=rows).total.value == 9


def test_filters_select_codes(tmp_path: Path) -> None:
    snapshot = build_snapshot(tmp_path, payments=ROWS)
    mobile = query("transactions", SEPTEMBER, snapshot=snapshot, scope=Scope.everything(), filters=Filters.of(channel="mpay"))
    automatic = query(
        "transactions", SEPTEMBER, snapshot=snapshot, scope=Scope.everything(), filters=Filters.of(automatic="true")
    )
    assert (mobile.total.value, automatic.total.value) == (20, 20)
