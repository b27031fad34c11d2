"""How a question is answered: rows and their order, units, change, and what a result carries."""

from datetime import date

import pytest

from metrics import Scope, Window, change_unit, kpi, same_period_last_year
from store.settings import Settings
from tests.support.marts import snapshot_in_memory
from tests.support.questions import SEPTEMBER, ask, september


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


def test_overdue_complaints_are_counted_as_of_the_last_complete_day() -> None:
    cases = [
        {"day": date(2012, 9, 1), "resolved_on": date(2012, 9, 3), "days": 2},
        september(28),
    ]
    snapshot = snapshot_in_memory(feedback_cases=cases, complete_through=SEPTEMBER.end)
    for end in (date(2012, 9, 30), date(2012, 12, 31)):
        total = ask(snapshot, "complaints_resolved_within_7_days", window=Window(date(2012, 9, 1), end)).total
        assert (total.numerator, total.denominator) == (1, 1), end
