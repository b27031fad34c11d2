"""How a question is answered: rows and their order, bases, gaps, zeros, refusals, notes, scope."""

from datetime import date, timedelta
from typing import Any

import pytest

from metrics import (
    CutPeriodError,
    Filters,
    QuestionError,
    Result,
    Scope,
    Snapshot,
    UnknownCodeError,
    Window,
    change_unit,
    dimensions,
    kpi,
    month,
    previous_period,
    query,
    same_period_last_year,
    year,
)
from store.settings import Settings
from tests.support.marts import snapshot_in_memory

EVERYTHING = Scope.everything()
SEPTEMBER = month(2012, 9)


def ask(snapshot: Snapshot, kpi_id: str = "transactions", window: Window = SEPTEMBER, **options: Any) -> Result:
    return query(kpi_id, window, snapshot=snapshot, scope=options.pop("scope", EVERYTHING), **options)


def september(day: int, **columns: Any) -> dict[str, Any]:
    return {"day": date(2012, 9, day), **columns}


def reported(start: str, end: str, **columns: Any) -> dict[str, Any]:
    """A row of a body that reports a whole period as one number, and neither attempts nor durations."""
    unknown = (
        "attempts",
        "failed",
        "abandoned",
        "mobile_settled",
        "automatic_settled",
        "baskets",
        "timed",
        "under_60s",
        "automatic",
    )
    period = {"period_start": date.fromisoformat(start), "period_end": date.fromisoformat(end)}
    return {**period, **dict.fromkeys(unknown), **columns}


def test_rows_are_ordered_by_value_and_no_data_comes_last() -> None:
    snapshot = snapshot_in_memory(
        payments=[
            september(1, department="dewa", settled=1, attempts=2),
            september(1, department="rta", settled=3, attempts=3),
            september(1, department="dha", settled=0, attempts=0),
        ]
    )
    rows = ask(snapshot, "success_rate", by=("department",)).rows
    assert [(r.key("department"), r.value) for r in rows] == [("rta", 1.0), ("dewa", 0.5), ("dha", None)]


def test_rows_of_time_are_ordered_by_time_then_value() -> None:
    snapshot = snapshot_in_memory(
        payments=[september(2, settled=9), september(1, settled=1), september(1, channel="mpay", settled=5)]
    )
    rows = ask(snapshot, by=("channel", "day")).rows
    assert [r.keys for r in rows] == [
        (("channel", "mpay"), ("day", "2012-09-01")),
        (("channel", "web"), ("day", "2012-09-01")),
        (("channel", "web"), ("day", "2012-09-02")),
    ]


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


def test_rows_exist_where_either_window_has_them() -> None:
    snapshot = snapshot_in_memory(
        payments=[
            september(1, department="dewa", settled=6),
            {"day": date(2011, 9, 1), "department": "dewa", "settled": 4},
            {"day": date(2011, 9, 1), "department": "rta", "settled": 2},
            september(2, department="dha", settled=1),
        ]
    )
    answer = ask(snapshot, base=same_period_last_year(SEPTEMBER), by=("department",))
    assert {r.key("department"): (r.value, r.base_value, r.change) for r in answer.rows} == {
        "dewa": (6, 4, 0.5),
        "dha": (1, None, None),
        "rta": (0, 2, -1.0),
    }
    assert (answer.total.value, answer.total.base_value) == (7, 6)


def test_days_of_a_base_stand_beside_the_same_day_of_the_current_year() -> None:
    snapshot = snapshot_in_memory(
        payments=[
            {"day": date(2012, 2, 29), "settled": 8},
            {"day": date(2012, 2, 28), "settled": 4},
            {"day": date(2011, 2, 28), "settled": 2},
        ]
    )
    window = Window(date(2012, 2, 28), date(2012, 2, 29))
    answer = ask(snapshot, window=window, base=same_period_last_year(window), by=("day",))
    assert [(r.key("day"), r.value, r.base_value) for r in answer.rows] == [("2012-02-28", 4, 2), ("2012-02-29", 8, 2)]
    assert answer.total.base_value == 2


def test_change_is_relative_for_sums_and_a_difference_for_shares() -> None:
    rows = [september(1, settled=8, attempts=10), {"day": date(2011, 9, 1), "settled": 5, "attempts": 10}]
    snapshot = snapshot_in_memory(payments=rows)
    base = same_period_last_year(SEPTEMBER)
    assert ask(snapshot, base=base).total.change == pytest.approx(0.6)
    assert ask(snapshot, "success_rate", base=base).total.change == pytest.approx(0.3)
    assert (change_unit(kpi("transactions")), change_unit(kpi("success_rate")), change_unit(kpi("nps"))) == (
        "ratio",
        "difference",
        "difference",
    )
    assert change_unit(kpi("average_transaction_value")) == "ratio"


def test_a_window_that_cuts_a_reported_month_is_refused_with_the_nearest_whole_ones() -> None:
    snapshot = snapshot_in_memory(
        payments=[
            reported("2012-08-01", "2012-08-31", department="council", settled=7),
            reported("2012-09-01", "2012-09-30", department="council", settled=7),
            september(1, department="dewa", settled=3),
        ]
    )
    with pytest.raises(CutPeriodError) as refused:
        ask(snapshot, window=Window(date(2012, 8, 15), date(2012, 9, 30)))
    message = str(refused.value)
    assert "'council' reports 2012-08-01 to 2012-08-31 as one period" in message
    assert message.endswith("nearest whole windows: 2012-09-01..2012-09-30, 2012-08-01..2012-09-30")
    dewa = ask(snapshot, window=Window(date(2012, 8, 15), date(2012, 9, 30)), filters=Filters.of(department="dewa"))
    assert dewa.total.value == 3


def test_a_base_that_cuts_a_reported_month_is_refused_too() -> None:
    snapshot = snapshot_in_memory(payments=[reported("2012-08-01", "2012-08-31", settled=7), september(10, settled=3)])
    with pytest.raises(CutPeriodError, match="2012-08-01 to 2012-08-31"):
        ask(snapshot, window=Window(date(2012, 9, 1), date(2012, 9, 10)), base=Window(date(2012, 8, 22), date(2012, 8, 31)))


def test_a_reported_february_is_compared_with_the_whole_one_of_a_leap_year() -> None:
    """The same calendar days would end on 28 February 2012 and cut the month that was reported."""
    snapshot = snapshot_in_memory(
        payments=[reported("2013-02-01", "2013-02-28", settled=3), reported("2012-02-01", "2012-02-29", settled=2)]
    )
    answer = ask(snapshot, window=month(2013, 2), base=same_period_last_year(month(2013, 2)), by=("month",))
    assert answer.base == month(2012, 2)
    assert answer.notes == ("The base ends on 29 February, for months are reported as a whole.",)
    assert (answer.rows[0].base_value, answer.total.base_value) == (2, 2)


def test_days_of_a_log_keep_the_same_calendar_days_in_a_leap_year() -> None:
    snapshot = snapshot_in_memory(payments=[{"day": date(2013, 2, 28), "settled": 3}, {"day": date(2012, 2, 29), "settled": 2}])
    answer = ask(snapshot, window=month(2013, 2), base=same_period_last_year(month(2013, 2)))
    assert answer.base == Window(date(2012, 2, 1), date(2012, 2, 28))


@pytest.mark.parametrize("grain", ["day", "week"])
def test_a_reported_month_has_no_days_and_no_weeks(grain: str) -> None:
    snapshot = snapshot_in_memory(payments=[reported("2012-09-01", "2012-09-30", settled=7)])
    with pytest.raises(CutPeriodError, match=f"'{grain}' cuts; ask by a longer grain of time"):
        ask(snapshot, by=(grain,))
    assert [r.value for r in ask(snapshot, by=("month",)).rows] == [7]


def test_a_refusal_names_no_department_outside_the_scope() -> None:
    snapshot = snapshot_in_memory(payments=[reported("2012-09-01", "2012-09-30", department="council", settled=7), september(1)])
    assert ask(snapshot, window=Window(date(2012, 9, 1), date(2012, 9, 2)), scope=Scope.of("dewa")).total.value == 0


def test_rows_without_what_a_ratio_needs_are_left_out_of_both_sides_and_named() -> None:
    snapshot = snapshot_in_memory(
        payments=[
            september(1, department="dewa", settled=8, attempts=10),
            reported("2012-09-01", "2012-09-30", department="council", settled=1_000),
        ]
    )
    answer = ask(snapshot, "success_rate")
    assert (answer.total.numerator, answer.total.denominator, answer.total.n) == (8, 10, 10)
    assert answer.notes == ("Left out, for they do not report what this needs: council.",)
    assert ask(snapshot, "success_rate", scope=Scope.of("council")).total.value is None
    assert ask(snapshot).notes == ()


def test_a_window_beyond_complete_through_carries_a_note_and_unfinished_keys() -> None:
    snapshot = snapshot_in_memory(payments=[september(1, settled=1)], complete_through=date(2012, 9, 20))
    answer = ask(snapshot, window=year(2012), by=("month",))
    assert answer.complete_through == date(2012, 9, 20)
    assert answer.notes == ("Data is complete through 2012-09-20; what comes after may be missing.",)
    assert answer.unfinished == ("2012-09",)
    assert answer.notes[0].source.startswith("Data is complete through {day}")  # type: ignore[attr-defined]


def test_without_a_daily_source_data_counts_as_complete_through_its_last_day() -> None:
    snapshot = snapshot_in_memory(payments=[september(7, settled=1)])
    snapshot = Snapshot(snapshot.data, snapshot.version, snapshot.settings, None, snapshot.connection)
    assert ask(snapshot).complete_through == date(2012, 9, 7)


def test_several_wordings_are_never_pooled_silently() -> None:
    rows = [september(1, wording="v1", csat_valid=40, csat_top2=20), {"day": date(2011, 9, 1), "wording": "v2", "csat_valid": 40}]
    snapshot = snapshot_in_memory(surveys=rows, complete_through=SEPTEMBER.end)
    assert ask(snapshot, "satisfaction").notes == ()
    compared = ask(snapshot, "satisfaction", base=same_period_last_year(SEPTEMBER))
    assert compared.notes == ("Answers to different wordings of the question are pooled here: v1, v2.",)
    assert ask(snapshot, "satisfaction", base=same_period_last_year(SEPTEMBER), by=("wording",)).notes == ()


def test_time_from_two_monitors_is_named() -> None:
    rows = [september(1, up_seconds=9), september(1, up_seconds=9, origin="status_events")]
    snapshot = snapshot_in_memory(availability=rows, complete_through=SEPTEMBER.end)
    both = ask(snapshot, "availability", by=("service",), filters=Filters.of(origin=("probes", "status_events")))
    assert both.notes == ("Time from different monitors is added up here: probes, status_events.",)


def test_an_unknown_kpi_dimension_or_value_names_the_allowed_ones_close_matches_first() -> None:
    snapshot = snapshot_in_memory(payments=[september(1, settled=1)])
    with pytest.raises(UnknownCodeError) as unknown:
        ask(snapshot, "transaction")
    assert unknown.value.allowed[0] == "transactions"
    with pytest.raises(UnknownCodeError, match="unknown dimension 'chanel'; allowed: channel, "):
        ask(snapshot, by=("chanel",))
    with pytest.raises(UnknownCodeError, match="unknown channel 'mpy'; allowed: mpay, "):
        ask(snapshot, filters=Filters.of(channel="mpy"))
    with pytest.raises(UnknownCodeError, match="unknown dimension to filter by 'wave'"):
        ask(snapshot, filters=Filters.of(wave="w1"))


@pytest.mark.parametrize("text", ["B' OR 1=1--", "dewa;DROP TABLE payments", 'dewa"', "DEWA", " dewa", "ԁewa"])
def test_a_value_is_a_value_and_never_sql(text: str) -> None:
    snapshot = snapshot_in_memory(payments=[september(1, settled=1)])
    with pytest.raises(UnknownCodeError):
        ask(snapshot, filters=Filters.of(department=text))
    assert ask(snapshot, scope=Scope.of(text)).total.value is None


def test_an_error_in_one_scope_does_not_betray_the_codes_of_another() -> None:
    snapshot = snapshot_in_memory(
        payments=[september(1, department="dewa", settled=1), september(1, department="rta", settled=9)]
    )
    with pytest.raises(UnknownCodeError, match=r"unknown department 'rta'; allowed: dewa$"):
        ask(snapshot, scope=Scope.of("dewa"), filters=Filters.of(department="rta"))


@pytest.mark.parametrize("kpi_id", ["satisfaction", "transactions", "cost_per_transaction", "services_offered"])
def test_a_scope_of_nobody_sees_nothing(kpi_id: str) -> None:
    snapshot = snapshot_in_memory(
        surveys=[september(1, csat_valid=50, csat_top2=20)],
        payments=[september(1, settled=5)],
        it_spend=[{"period_start": date(2012, 9, 1), "period_end": date(2012, 9, 30), "spent_fils": 1}],
    )
    assert ask(snapshot, kpi_id).total.value is not None
    nobody = ask(snapshot, kpi_id, scope=Scope(frozenset()), by=("department",))
    assert (nobody.rows, nobody.total.value) == ((), None)


@pytest.mark.parametrize(
    ("by", "filters", "message"),
    [
        (("day", "month"), Filters(), "two grains of time"),
        (("channel", "channel"), Filters(), "named twice"),
        ((), Filters.of(month="2012-09"), "choose days by the window"),
    ],
)
def test_what_makes_no_question_is_refused(by: tuple[str, ...], filters: Filters, message: str) -> None:
    with pytest.raises(QuestionError, match=message):
        ask(snapshot_in_memory(payments=[september(1, settled=1)]), by=by, filters=filters)


def test_dimensions_come_from_every_mart_that_a_kpi_reads() -> None:
    assert dimensions(kpi("transactions"))[5:] == ("department", "service", "channel", "method", "automatic")
    assert dimensions(kpi("cost_per_transaction"))[5:] == ("department",)
    assert dimensions(kpi("complaints_per_10000"))[5:] == ("department", "service"), "paid by one channel, filed by another"
    assert "kind" not in dimensions(kpi("complaints_opened"))
    assert {"wave", "wording", "language", "survey"} <= set(dimensions(kpi("nps")))


def test_money_is_in_the_minor_unit_of_the_store() -> None:
    settings = Settings("GBP", "pence", "Europe/London")
    snapshot = snapshot_in_memory(payments=[september(1, settled=1, gross_fils=250)], settings=settings)
    assert (ask(snapshot, "collected_amount").unit, ask(snapshot).unit) == ("pence", "count")


def test_a_result_repeats_itself_from_its_sql_and_parameters() -> None:
    snapshot = snapshot_in_memory(payments=[september(1, settled=3), {"day": date(2011, 9, 1), "settled": 2}])
    answer = ask(snapshot, base=same_period_last_year(SEPTEMBER), scope=Scope.of("dewa"))
    for parameters, value in ((answer.parameters, 3), (answer.base_parameters, 2)):
        cursor = snapshot.connection.cursor().execute(answer.sql, list(parameters))
        named = dict(zip([c[0] for c in cursor.description or ()], cursor.fetchall()[0], strict=True))
        assert named["numerator"] == value


def test_many_comparisons_keep_only_what_stands_together() -> None:
    """rta alone has p = 0.037; beside nine departments where nothing changed it does not stand."""
    now = [september(1, department=f"d{i}", csat_valid=100, csat_top2=50) for i in range(9)]
    then = [{**row, "day": date(2011, 9, 1)} for row in now]
    now.append(september(1, department="rta", csat_valid=100, csat_top2=65))
    then.append({"day": date(2011, 9, 1), "department": "rta", "csat_valid": 100, "csat_top2": 50})
    base = same_period_last_year(SEPTEMBER)
    alone = snapshot_in_memory(surveys=[now[-1], then[-1]])
    together = snapshot_in_memory(surveys=now + then)
    assert ask(alone, "satisfaction", by=("department",), base=base).rows[0].significant is True
    assert ask(together, "satisfaction", by=("department",), base=base).rows[0].significant is False


def test_no_part_of_a_period_is_compared_with_a_whole_one() -> None:
    start = date(2011, 6, 1)
    days = [start + timedelta(days=n) for n in range(457)]
    snapshot = snapshot_in_memory(payments=[{"day": day, "settled": 10} for day in days])
    window = Window(date(2012, 7, 2), date(2012, 7, 29))
    weeks = ask(snapshot, window=window, base=same_period_last_year(window), by=("week",)).rows
    assert [(r.key("week"), r.value, r.base_value, r.change) for r in weeks] == [
        ("2012-W27", 70, 70, 0.0),
        ("2012-W28", 70, 70, 0.0),
        ("2012-W29", 70, 70, 0.0),
        ("2012-W30", 70, None, None),
    ]
    window = Window(date(2012, 6, 10), date(2012, 8, 20))
    months = ask(snapshot, window=window, base=previous_period(window), by=("month",)).rows
    assert [(r.key("month"), r.base_value, r.change is None) for r in months] == [
        ("2012-06", None, True),
        ("2012-07", 300, False),
        ("2012-08", None, True),
    ]


def test_a_window_beyond_complete_through_is_compared_as_far_as_both_are_complete() -> None:
    rows = [
        september(1, settled=6),
        {"day": date(2012, 10, 1), "settled": 1},
        {"day": date(2011, 9, 20), "settled": 4},
        {"day": date(2011, 12, 1), "settled": 90},
    ]
    snapshot = snapshot_in_memory(payments=rows, complete_through=date(2012, 9, 20))
    answer = ask(snapshot, window=year(2012), base=year(2011))
    assert (answer.window, answer.base) == (
        Window(date(2012, 1, 1), date(2012, 9, 20)),
        Window(date(2011, 1, 1), date(2011, 9, 20)),
    )
    assert (answer.total.value, answer.total.base_value, answer.total.change) == (6, 4, 0.5)
    assert answer.notes == ("Compared as far as the data are complete: to 2012-09-20, with the base to 2011-09-20.",)
    later = ask(snapshot, window=month(2012, 10), base=SEPTEMBER)
    assert (later.total.value, later.base) == (1, None)
    assert later.notes[0] == "No comparison: data is complete through 2012-09-20 only."


def test_a_base_that_begins_before_the_data_is_no_base() -> None:
    rows = [{"day": date(year, month, 1), "settled": 5} for year, month in ((2010, 2), (2010, 6), (2010, 12), (2011, 2))]
    snapshot = snapshot_in_memory(payments=rows, complete_through=date(2011, 6, 30))
    window = Window(date(2010, 12, 1), date(2011, 6, 30))
    answer = ask(snapshot, window=window, base=same_period_last_year(window), by=("month",))
    assert (answer.total.value, answer.total.base_value, answer.total.change) == (10, None, None)
    assert answer.notes == ("No comparison: the base is incomplete, for data begin on 2010-01-01.",)
    by_month = {r.key("month"): (r.value, r.base_value) for r in answer.rows}
    assert (by_month["2010-12"], by_month["2011-02"]) == ((5, None), (5, 5))
    assert [r.base_value for r in ask(snapshot, window=window, base=same_period_last_year(window), by=("department",)).rows] == [
        None
    ]


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


def test_overdue_complaints_are_counted_as_of_the_last_complete_day() -> None:
    cases = [
        {"day": date(2012, 9, 1), "resolved_on": date(2012, 9, 3), "days": 2},
        september(28),
    ]
    snapshot = snapshot_in_memory(feedback_cases=cases, complete_through=SEPTEMBER.end)
    for end in (date(2012, 9, 30), date(2012, 12, 31)):
        total = ask(snapshot, "complaints_resolved_within_7_days", window=Window(date(2012, 9, 1), end)).total
        assert (total.numerator, total.denominator) == (1, 1), end


def test_a_day_that_two_monitors_measured_counts_once_as_probed() -> None:
    rows = [
        september(1, up_seconds=80, down_seconds=20),
        september(1, up_seconds=90, down_seconds=10, origin="status_events"),
        september(2, up_seconds=70, down_seconds=30, origin="status_events"),
    ]
    snapshot = snapshot_in_memory(availability=rows, incidents=[september(1, down_seconds=20)], complete_through=SEPTEMBER.end)
    assert ask(snapshot, "downtime").total.value == 50
    assert ask(snapshot, "mtbf").total.value == 150
    assert ask(snapshot, "availability").total.value == 0.75
    assert ask(snapshot, "downtime", filters=Filters.of(origin="status_events")).total.value == 40
    assert {r.key("origin"): r.value for r in ask(snapshot, "downtime", by=("origin",)).rows} == {
        "probes": 20,
        "status_events": 40,
    }


def test_probes_of_one_department_say_nothing_about_another_with_a_service_of_the_same_code() -> None:
    rows = [
        september(1, department="dewa", service="bills", up_seconds=80, down_seconds=20),
        september(1, department="rta", service="bills", up_seconds=90, down_seconds=10, origin="status_events"),
    ]
    snapshot = snapshot_in_memory(availability=rows, complete_through=SEPTEMBER.end)
    assert ask(snapshot, "downtime").total.value == 30
