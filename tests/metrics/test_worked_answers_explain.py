"""Exact change: rate and mix, volume and value, to the last digit."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import (
    QuestionError,
    Result,
    Scope,
    Snapshot,
    contributions,
    month,
    query,
    rate_and_mix,
    same_period_last_year,
    volume_and_value,
)
from tests.support.marts import snapshot_in_memory

NOW, THEN = date(2012, 9, 3), date(2011, 9, 3)
SEPTEMBER = month(2012, 9)


def asked(kpi: str, snapshot: Snapshot, by: tuple[str, ...] = ("department",)) -> Result:
    base = same_period_last_year(SEPTEMBER)
    return query(kpi, SEPTEMBER, snapshot=snapshot, scope=Scope.everything(), by=by, base=base)


def side(day: date, **settled_of_attempts: tuple[int, int]) -> list[dict[str, Any]]:
    return [{"day": day, "department": d, "settled": s, "attempts": a} for d, (s, a) in settled_of_attempts.items()]


def test_rate_and_mix_of_a_success_rate() -> None:
    """From 90/100 and 10/20 to 45/50 and 36/60: both rates hold or rise, and yet the whole falls, for the mix moved."""
    rows = [*side(THEN, dewa=(90, 100), rta=(10, 20)), *side(NOW, dewa=(45, 50), rta=(36, 60))]
    found = rate_and_mix(asked("success_rate", snapshot_in_memory(payments=rows)))
    parts = {part.keys[0][1]: part for part in found.parts}
    assert found.change == Fraction(81, 110) - Fraction(100, 120)
    assert (parts["dewa"].first, parts["rta"].first) == (0, Fraction(60, 110) * Fraction(1, 10))
    assert parts["dewa"].second == (Fraction(50, 110) - Fraction(100, 120)) * (Fraction(9, 10) - Fraction(100, 120))
    assert parts["rta"].second == (Fraction(60, 110) - Fraction(20, 120)) * (Fraction(1, 2) - Fraction(100, 120))
    assert found.first + found.second == found.change


def test_volume_and_value_of_the_published_growth() -> None:
    """More transactions at last year's value explain 83% of the growth of nine months; the rest is a higher value."""
    rows = [
        {"day": NOW, "settled": 2_448_147, "gross_fils": 320_000_000_000},
        {"day": THEN, "settled": 2_054_024, "gross_fils": 260_000_000_000},
    ]
    snapshot = snapshot_in_memory(payments=rows)
    found = volume_and_value(asked("collected_amount", snapshot, ()), asked("transactions", snapshot, ()))
    assert found.change == 60_000_000_000
    assert found.first == Fraction(2_448_147 - 2_054_024, 2_054_024) * 260_000_000_000
    assert float(found.first / found.change) == pytest.approx(0.8315, abs=5e-5)


def test_contributions_are_the_changes_of_the_parts_largest_first() -> None:
    rows = [*side(THEN, dewa=(10, 10), rta=(5, 5)), *side(NOW, dewa=(11, 11), rta=(1, 1), dha=(9, 9))]
    found = contributions(asked("transactions", snapshot_in_memory(payments=rows)))
    assert [(part.keys[0][1], part.total) for part in found.parts] == [("dha", 9), ("rta", -4), ("dewa", 1)]
    assert found.change == 6


COUNTS = st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 10**12))
SIDES = st.dictionaries(st.sampled_from(["dewa", "rta", "dha", "police"]), COUNTS, min_size=1)


def rows_of(day: date, parts: dict[str, tuple[int, int, int]]) -> list[dict[str, Any]]:
    return [
        {"day": day, "department": d, "settled": s, "failed": f, "attempts": s + f, "gross_fils": g if s else 0}
        for d, (s, f, g) in parts.items()
    ]


@settings(max_examples=40, deadline=None)
@given(now=SIDES, then=SIDES)
def test_parts_add_up_to_the_last_digit_even_when_departments_come_and_go(
    now: dict[str, tuple[int, int, int]], then: dict[str, tuple[int, int, int]]
) -> None:
    rows = [*rows_of(NOW, now), *rows_of(THEN, then)]
    snapshot = snapshot_in_memory(payments=rows)
    rate, amount, volume = (asked(kpi, snapshot) for kpi in ("success_rate", "collected_amount", "transactions"))
    if rate.total.denominator and rate.total.base_denominator:
        found = rate_and_mix(rate)
        assert sum(part.total for part in found.parts) == found.change
        assert float(found.change) == pytest.approx(rate.total.change)
    found = volume_and_value(amount, volume)
    assert sum(part.total for part in found.parts) == found.change
    assert found.change == (amount.total.value or 0) - (amount.total.base_value or 0)


def test_a_result_without_a_base_explains_no_change() -> None:
    snapshot = snapshot_in_memory(payments=side(NOW, dewa=(1, 1)))
    with pytest.raises(QuestionError, match="without a base"):
        contributions(query("transactions", SEPTEMBER, snapshot=snapshot, scope=Scope.everything()))


def test_what_does_not_add_up_has_no_contributions() -> None:
    rows = [*side(THEN, dewa=(1, 2)), *side(NOW, dewa=(1, 1))]
    with pytest.raises(QuestionError, match="does not add up"):
        contributions(asked("success_rate", snapshot_in_memory(payments=rows)))


def test_answers_to_different_questions_are_not_set_against_each_other() -> None:
    rows = [*side(THEN, dewa=(1, 2)), *side(NOW, dewa=(1, 1))]
    snapshot = snapshot_in_memory(payments=rows)
    with pytest.raises(QuestionError, match="same question"):
        volume_and_value(asked("collected_amount", snapshot), asked("transactions", snapshot, ("channel",)))
