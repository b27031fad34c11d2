"""Months that single bodies owe: bodies with the same months together, and a month that nobody delivered as nobody's own."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from metrics import Window, month
from tests.support.contexts import context_over
from tests.support.marts import snapshot_in_memory
from tests.support.questions import reported
from ui.owed import Owed
from ui.standing import Delivery, deliveries

HALF = Window(date(2012, 1, 1), date(2012, 6, 30))


def first(number: int) -> date:
    return date(2012, number, 1)


def body(code: str, months: Iterable[int]) -> list[dict[str, Any]]:
    return [reported(f"{first(n)}", f"{month(2012, n).end}", department=code, settled=1) for n in months]


def totals(through: int, behind: str = "", **bodies: Iterable[int]) -> Delivery:
    """What is said of the totals of these bodies, by the months each delivered."""
    last = max(n for months in bodies.values() for n in months)
    days = sorted({n for months in bodies.values() for n in months})
    dates = {"first_day": first(1), "last_day": month(2012, last).end, "complete_through": month(2012, through).end}
    snapshot = snapshot_in_memory(
        payments=[row for code, months in bodies.items() for row in body(code, months)],
        coverage=[{"source": "payment_totals", "files": 1, **dates}],
        coverage_days=[{"source": "payment_totals", "day": first(n), "rows": 1, "fils": 0, "delivered": True} for n in days],
        complete_through=month(2012, through).end,
        totals_behind=behind,
    )
    (found,) = deliveries(context_over(snapshot), HALF)
    return found


def test_bodies_that_left_out_the_same_months_are_named_together_and_others_apart() -> None:
    found = totals(6, dewa=range(1, 7), rta=(1, 3, 4, 5, 6), land=(1, 3, 4, 5, 6), ded=(1, 2, 3, 6))
    assert found.missing == (first(2), first(4), first(5))
    assert found.owed == (Owed(("land", "rta"), (first(2),)), Owed(("ded",), (first(4), first(5))))
    assert {day.month for day in found.delivered} == {1, 3, 6}


def test_a_month_that_nobody_delivered_is_missing_from_the_source_and_not_from_a_body() -> None:
    found = totals(6, dewa=(1, 3, 4, 5, 6), rta=(1, 3, 5, 6))
    assert found.missing == (first(2), first(4))
    assert found.owed == (Owed(("rta",), (first(4),)),)


def test_a_body_that_is_behind_owes_what_follows_and_what_it_left_out_before() -> None:
    found = totals(4, "rta", dewa=range(1, 7), rta=(1, 2, 4))
    assert found.owed == (Owed(("rta",), (first(3),)), Owed(("rta",), (first(5), first(6))))
    assert found.missing == (first(3), first(5), first(6))
