"""What must be hidden is hidden in every number of its row, and a second row goes with a single one."""

from datetime import date
from typing import Any

import pytest

from metrics import Result, Scope, month, query, same_period_last_year
from metrics.disclosure import COMPLEMENT, TOO_FEW
from tests.support.marts import snapshot_in_memory

SEPTEMBER = month(2012, 9)


def survey(department: str, n: int, year: int = 2012) -> dict[str, Any]:
    return {
        "day": date(year, 9, 1),
        "department": department,
        "csat_valid": n,
        "csat_top2": n // 2,
        "invited": 2 * n,
        "completed": n,
    }


def ask(*rows: dict[str, Any], by: tuple[str, ...] = ("department",), kpi: str = "satisfaction", base: bool = False) -> Result:
    return query(
        kpi,
        SEPTEMBER,
        snapshot=snapshot_in_memory(surveys=rows),
        scope=Scope.everything(),
        by=by,
        base=same_period_last_year(SEPTEMBER) if base else None,
    )


def reasons(answer: Result) -> dict[str, str | None]:
    return {row.key("department"): row.hidden for row in answer.rows}


def test_forty_less_twelve_less_twentyfive_is_three_so_two_are_hidden() -> None:
    answer = ask(survey("a", 12), survey("b", 25), survey("c", 3))
    assert reasons(answer) == {"a": COMPLEMENT, "b": None, "c": TOO_FEW}
    assert answer.total.n == 40


def test_a_hidden_row_keeps_nothing_but_its_keys_and_the_reason() -> None:
    hidden = next(row for row in ask(survey("a", 50), survey("b", 9), survey("c", 9)).rows if row.key("department") == "b")
    assert (hidden.hidden, hidden.value, hidden.numerator, hidden.denominator, hidden.n) == (TOO_FEW, None, None, None, 0)
    assert (hidden.interval, hidden.bounds, hidden.change) == (None, None, None)


def test_two_small_rows_hide_each_other() -> None:
    assert reasons(ask(survey("a", 50), survey("b", 9), survey("c", 9))) == {"a": None, "b": TOO_FEW, "c": TOO_FEW}


@pytest.mark.parametrize(("n", "weak"), [(10, True), (29, True), (30, False)])
def test_below_thirty_answers_a_row_is_weak(n: int, weak: bool) -> None:
    total = ask(survey("a", n), by=()).total
    assert (total.hidden, total.weak) == (None, weak)


def test_below_ten_answers_the_total_is_hidden() -> None:
    assert ask(survey("a", 9), by=()).total.hidden == TOO_FEW


def test_no_answers_at_all_is_no_data_and_not_hidden() -> None:
    total = ask(survey("a", 0), by=()).total
    assert (total.value, total.hidden) == (None, None)


def test_a_small_base_takes_its_change_with_it_but_leaves_the_current_value() -> None:
    answer = ask(survey("a", 50), survey("b", 50), survey("a", 40, 2011), survey("b", 4, 2011), survey("c", 60, 2011), base=True)
    rows = {row.key("department"): row for row in answer.rows}
    assert (rows["b"].value, rows["b"].base_value, rows["b"].base_n, rows["b"].change) == (0.5, None, None, None)
    assert (rows["a"].value, rows["a"].base_value) == (0.5, None), "the smallest other base goes with the only hidden one"
    assert rows["c"].base_value == 0.5


@pytest.mark.parametrize("kpi", ["invitations", "responses"])
def test_counts_of_invitations_and_answers_are_no_opinions(kpi: str) -> None:
    assert ask(survey("a", 3), by=(), kpi=kpi).total.value is not None
