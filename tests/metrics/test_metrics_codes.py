"""What does not exist is refused by name, and nothing is betrayed across scopes."""

from datetime import date

import pytest

from metrics import Filters, QuestionError, Scope, UnknownCodeError, dimensions, kpi
from tests.support.marts import snapshot_in_memory
from tests.support.questions import ask, september


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
        (
            ("day", "channel", "month"),
            Filters(),
            "two grains of time at once: day, month; choose one of day, week, month, quarter, year, "
            "beside any of department, service, channel, method, automatic",
        ),
        (("channel", "channel"), Filters(), "a dimension is named twice: channel, channel; name each once"),
        (
            (),
            Filters.of(month="2012-09"),
            "'month' is no filter; choose days by the window, and filter by department, service, channel, method, automatic",
        ),
    ],
)
def test_what_makes_no_question_is_refused(by: tuple[str, ...], filters: Filters, message: str) -> None:
    with pytest.raises(QuestionError) as refused:
        ask(snapshot_in_memory(payments=[september(1, settled=1)]), by=by, filters=filters)
    assert str(refused.value) == message


def test_dimensions_come_from_every_mart_that_a_kpi_reads() -> None:
    assert dimensions(kpi("transactions"))[5:] == ("department", "service", "channel", "method", "automatic")
    assert dimensions(kpi("cost_per_transaction"))[5:] == ("department",)
    assert dimensions(kpi("complaints_per_10000"))[5:] == ("department", "service"), "paid by one channel, filed by another"
    assert "kind" not in dimensions(kpi("complaints_opened"))
    assert {"wave", "wording", "language", "survey"} <= set(dimensions(kpi("nps")))
