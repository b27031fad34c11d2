"""Each item of "Needs attention" from rows by hand: on both sides of its threshold, with the number it says and explains."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from metrics import Snapshot, month
from tests.support.contexts import context_over
from tests.support.marts import snapshot_in_memory
from tests.support.questions import reported
from ui.attention import Item, items
from ui.text import plain

SEPTEMBER_30 = date(2012, 9, 30)
PAID = {"day": SEPTEMBER_30, "settled": 1, "gross_fils": 1_000}


def found(**rows: Any) -> list[Item]:
    return items(context_over(snapshot_in_memory(**{"complete_through": SEPTEMBER_30, **rows})))


def said(**rows: Any) -> list[tuple[str, str, str]]:
    return [(item.level, plain(item.title), plain(item.details)) for item in found(**rows)]


def incident(day: date, seconds: int, service: str = "dewa-bills") -> dict[str, Any]:
    began = datetime(day.year, day.month, day.day, 6)
    times = {"started_at": began, "ended_at": began + timedelta(seconds=seconds)}
    return {"day": day, "service": service, "down_seconds": seconds, **times}


def source(name: str, through: date, **more: Any) -> dict[str, Any]:
    whole = {"files": 1, "rows_in": 100, "accepted": 100, "duplicates": 0, "rejected": 0, "first_day": date(2012, 1, 1)}
    return {"source": name, **whole, "last_day": through, "complete_through": through, **more}


def days(name: str, *delivered: date) -> list[dict[str, Any]]:
    return [{"source": name, "day": day, "rows": 1, "fils": 0, "delivered": True} for day in delivered]


def test_an_outage_of_two_hours_is_urgent_and_a_second_less_is_not() -> None:
    assert said(incidents=[incident(SEPTEMBER_30, 7_199)]) == []
    (item,) = said(incidents=[incident(SEPTEMBER_30, 7_200), incident(SEPTEMBER_30, 60, "dewa-move")])
    assert item == (
        "bad",
        "dewa-bills: 2 h down on 30 September 2012",
        "dewa; the longest of 2 incidents since 1 September 2012",
    )


def test_an_outage_is_one_of_the_last_thirty_days_and_explained_by_their_number() -> None:
    long, older = incident(date(2012, 9, 1), 9_000), incident(date(2012, 8, 31), 90_000)
    (item,) = found(incidents=[long, older])
    assert "1 September 2012" in plain(item.title)
    (answer,) = item.results
    assert (answer.kpi.id, answer.total.value) == ("incidents", 1), "the number the item says, not that of the year"
    assert (answer.window.start, answer.window.end) == (date(2012, 9, 1), SEPTEMBER_30)
    assert found(incidents=[older]) == []


def tried(day: int, failed: int, settled: int, department: str = "dha") -> dict[str, Any]:
    return {"day": date(2012, 9, day), "department": department, "settled": settled, "failed": failed, "abandoned": 500}


@pytest.mark.parametrize(
    ("failed", "settled", "urgent"),
    [(20, 80, True), (19, 81, False), (20, 79, False), (199, 801, False), (200, 800, True)],
)
def test_a_day_of_failures_has_a_hundred_attempts_of_which_a_fifth_failed(failed: int, settled: int, urgent: bool) -> None:
    """Abandoned checkouts are neither: with them, no day would be one."""
    titles = [title for level, title, _ in said(payments=[tried(25, failed, settled)]) if level == "bad"]
    share = f"{100 * failed / (failed + settled):.1f}%"
    assert titles == ([f"dha: {share} of payments failed on 25 September 2012"] if urgent else [])


def test_the_worst_day_of_failures_has_most_failed_payments_and_is_explained_by_that_day_of_that_department() -> None:
    rows = [tried(25, 1_133, 2_501), tried(3, 90, 10, "dcaa"), tried(24, 10, 990), tried(25, 0, 5_000, "rta")]
    (item,) = (item for item in found(payments=rows) if item.level == "bad")
    assert plain(item.title) == "dha: 31.2% of payments failed on 25 September 2012"
    assert plain(item.details) == "1,133 of 3,634 attempts · 1 more such case since 1 September 2012"
    (answer,) = item.results
    assert (answer.kpi.id, answer.total.numerator, answer.total.denominator) == ("request_availability", 2_501, 3_634)
    assert (answer.window.start, answer.window.end) == (date(2012, 9, 25), date(2012, 9, 25))


def test_failures_are_those_of_the_departments_chosen_and_of_the_last_thirty_days() -> None:
    rows = [tried(25, 400, 100), tried(24, 90, 10, "dcaa"), {**tried(1, 999, 1, "dcaa"), "day": date(2012, 8, 31)}]
    snapshot = snapshot_in_memory(payments=rows, complete_through=SEPTEMBER_30)
    titles = [plain(item.title) for item in items(context_over(snapshot, department="dcaa")) if item.level == "bad"]
    assert titles == ["dcaa: 90.0% of payments failed on 24 September 2012"]


def test_bodies_that_report_totals_have_no_days_of_failures() -> None:
    months = [reported(f"{month(2012, n).start}", f"{month(2012, n).end}", settled=5) for n in range(1, 10)]
    assert [item for item in found(payments=months) if item.level == "bad"] == []


def test_a_month_that_a_body_left_out_of_its_totals_is_named_with_the_body() -> None:
    rows = [
        reported(f"{month(2012, n).start}", f"{month(2012, n).end}", department=code, settled=1)
        for code, months in {"dewa": range(1, 10), "rta": (1, 3, 4, 5, 6, 7, 8, 9)}.items()
        for n in months
    ]
    snapshot = snapshot_in_memory(payments=rows, complete_through=SEPTEMBER_30)
    (item,) = (item for item in items(context_over(snapshot)) if item.level == "warning")
    assert plain(item.title) == "rta: no totals for February 2012"
    assert plain(item.details) == "Left out between months that were delivered; sums of this period lack them"
    assert [i for i in items(context_over(snapshot, department="dewa")) if i.level == "warning"] == []


def test_a_surcharge_of_one_fils_is_urgent_and_none_is_in_order() -> None:
    (none,) = found(payments=[{**PAID, "surcharge_fils": 0}])
    assert (none.level, none.title) == ("good", "No surcharge on 1 transaction")
    (one,) = found(payments=[{**PAID, "surcharge_fils": 1}])
    assert (one.level, plain(one.title)) == ("bad", "Surcharges of AED 0.01 were collected")
    assert [answer.total.value for answer in one.results] == [1, 1], "the surcharge and the transactions it was looked for in"


def test_open_complaints_are_watched_and_none_are_not() -> None:
    opened = {"day": date(2012, 9, 3), "department": "dewa", "opened": 3}
    case = {"day": date(2012, 9, 3), "department": "dewa", "resolved_on": date(2012, 9, 5), "days": 2}
    late = {**case, "resolved_on": None, "days": None}
    assert said(feedback=[{**opened, "resolved": 3}], feedback_cases=[case]) == []
    (item,) = found(feedback=[{**opened, "resolved": 1}], feedback_cases=[case, late])
    assert (item.level, plain(item.title)) == ("warning", "2 complaints are open")
    assert "50.0% resolved within 7 days" in plain(item.details)
    assert [answer.total.value for answer in item.results] == [2, 0.5]


@pytest.mark.parametrize(("lag", "level"), [(1, []), (2, ["warning"])])
def test_a_source_of_days_may_lag_by_a_day_behind_the_others_but_not_by_two(lag: int, level: list[str]) -> None:
    behind = SEPTEMBER_30 - timedelta(days=lag)
    lines = [source("payments", SEPTEMBER_30), source("probes", behind)]
    items_said = said(coverage=lines, coverage_days=[], complete_through=behind)
    assert [item[0] for item in items_said] == level
    if items_said:
        assert items_said[0][1:] == (
            "Availability probes: complete only to 28 September 2012",
            "Payments: complete to 30 September 2012",
        )


@pytest.mark.parametrize(("reached", "late"), [(date(2012, 8, 31), False), (date(2012, 7, 31), True)])
def test_a_source_of_months_is_compared_with_the_last_whole_month(reached: date, late: bool) -> None:
    day = date(2012, 9, 29)
    lines = [source("payments", day), source("it_spend", reached)]
    begun = days("it_spend", reached.replace(day=1))
    items_said = said(coverage=lines, coverage_days=begun, complete_through=day)
    assert items_said == (
        [("warning", "IT spending: complete only to 31 July 2012", "Periods that ended by 31 August 2012 were due")]
        if late
        else []
    )


def test_spending_to_the_end_of_a_month_makes_no_log_of_days_look_late() -> None:
    lines = [source("payments", date(2012, 3, 20)), source("it_spend", date(2012, 3, 31))]
    assert said(coverage=lines, coverage_days=[], complete_through=date(2012, 3, 20)) == []


def test_a_body_that_reports_by_quarter_is_not_late_within_the_quarter() -> None:
    lines = [source("payments", date(2012, 8, 31)), source("payment_totals", date(2012, 6, 30))]
    begun = days("payment_totals", date(2012, 4, 1))
    assert said(coverage=lines, coverage_days=begun, complete_through=date(2012, 6, 30)) == []
    later = [source("payments", SEPTEMBER_30), source("payment_totals", date(2012, 6, 30))]
    (item,) = said(coverage=later, coverage_days=begun, complete_through=date(2012, 6, 30))
    assert item[1] == "Payment totals: complete only to 30 June 2012"


def test_a_body_whose_totals_are_awaited_is_named() -> None:
    lines = [source("payment_totals", date(2012, 6, 30), last_day=SEPTEMBER_30)]
    begun = days("payment_totals", *(date(2012, n, 1) for n in range(1, 10)))
    departments = [{"code": "rta", "name_en": "Roads", "name_ar": "الطرق"}]
    (item,) = said(
        coverage=lines, coverage_days=begun, departments=departments, complete_through=date(2012, 6, 30), totals_behind="rta"
    )
    assert item == (
        "warning",
        "Roads: totals delivered only to 30 June 2012",
        "Totals of other bodies reach 30 September 2012",
    )


@pytest.mark.parametrize(("rejected", "level"), [(9, []), (10, ["warning"])])
def test_rejected_rows_that_are_open_are_said_from_one_in_a_hundred_on(rejected: int, level: list[str]) -> None:
    line = source("payments", SEPTEMBER_30, rows_in=1_000, accepted=995 - rejected, rejected=rejected + 5, open=rejected)
    items_said = said(coverage=[line], coverage_days=[])
    assert [item[0] for item in items_said] == level
    assert [item[1] for item in items_said] == ["10 of 1,000 rows delivered are in quarantine"] * len(level)


def test_figures_that_differ_are_urgent_and_counted_by_month() -> None:
    same = {"source": "payments", "month": date(2012, 9, 1), "rows_ledger": 9, "rows_mart": 9, "fils_ledger": 5, "fils_mart": 5}
    assert said(reconciliation=[same]) == []
    apart = [
        {**same, "fils_mart": 4},
        {**same, "source": "probes", "rows_mart": 8},
        {**same, "source": "surveys", "fils_mart": None},
    ]
    (item,) = said(reconciliation=apart)
    assert item[:2] == ("bad", "Delivered and shown figures differ in 1 month")
    assert item[2] == "Payments, Availability probes, Surveys"


def test_all_that_is_wrong_with_the_data_is_one_item_and_the_worst_four_are_shown() -> None:
    lines = [source("payments", SEPTEMBER_30, accepted=50, rejected=50, open=50), source("probes", date(2012, 9, 20))]
    apart = {"source": "payments", "month": date(2012, 9, 1), "rows_ledger": 9, "rows_mart": 8}
    shown = said(
        coverage=lines,
        coverage_days=[],
        reconciliation=[apart],
        complete_through=date(2012, 9, 20),
        payments=[{**PAID, "day": date(2012, 9, 20), "surcharge_fils": 1}],
        incidents=[incident(date(2012, 9, 20), 7_200)],
        feedback=[{"day": date(2012, 9, 3), "opened": 3}],
        feedback_cases=[{"day": date(2012, 9, 3), "days": None}],
    )
    assert [level for level, *_ in shown] == ["bad", "bad", "bad", "warning"]
    assert shown[3][1] == "3 complaints are open"
    assert shown[2][1] == "Delivered and shown figures differ in 1 month"
    assert "50 of 200 rows delivered are in quarantine" in shown[2][2]
    assert "Availability probes: complete only to 20 September 2012" in shown[2][2]


def unsettled(**more: Any) -> Snapshot:
    """A payment of dewa that the bank has not settled, beside rta, of which everything matches."""
    sides = {f"{side}_{what}": 0 for side in ("log", "bank") for what in ("payments", "refunds", "gross_fils", "refund_fils")}
    short = {**sides, "day": SEPTEMBER_30, "department": "dewa", "log_payments": 1, "log_gross_fils": 500, "not_settled": 1}
    return snapshot_in_memory(
        complete_through=SEPTEMBER_30,
        payments=[{**PAID, "department": code} for code in ("dewa", "rta")],
        coverage=[source("payments", SEPTEMBER_30), source("settlements", SEPTEMBER_30)],
        settlement=[short, {**sides, "day": SEPTEMBER_30, "department": "rta"}],
        compared_days=[{"day": SEPTEMBER_30}],
        **more,
    )


def test_settlements_that_do_not_match_are_those_of_the_departments_chosen() -> None:
    """And where the view is filtered by anything else, it is said that the item is not."""
    snapshot = unsettled()

    def details(**filters: str) -> list[str]:
        found = items(context_over(snapshot, **filters))
        return [plain(item.details) for item in found if "settlement" in item.title and item.of_data]

    assert details(department="rta") == []
    assert details() == details(department="dewa") == ["Bank less log: AED −5.00"]
    assert details(channel="web") == ["Bank less log: AED −5.00 · not by Channel"]


def test_what_stands_behind_a_worse_finding_still_says_by_what_it_is_not_filtered() -> None:
    apart = {"source": "payments", "month": date(2012, 9, 1), "rows_ledger": 9, "rows_mart": 8}
    found = items(context_over(unsettled(reconciliation=[apart]), channel="web"))
    (details,) = [plain(item.details) for item in found if item.of_data]
    assert details == "Payments · 1 payment or refund does not match the bank's settlement · not by Channel"


def test_where_there_is_nothing_to_check_nothing_is_said() -> None:
    assert said(complete_through=None) == []
