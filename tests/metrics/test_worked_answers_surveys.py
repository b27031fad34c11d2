"""Worked answers of the reference definitions: survey proportions, NPS, sample sizes and weights."""

from datetime import date
from pathlib import Path

import pytest

from metrics import Scope, query
from metrics import month as month_window
from metrics.sampling import design_effect, effective_size, margin, sample_size
from metrics.uncertainty import (
    benjamini_hochberg,
    newcombe,
    nps_adjusted,
    nps_interval,
    nps_normal,
    two_shares,
    wilson,
)
from store.publish import publish
from store.snapshot import open_current
from tests.support.marts import build_snapshot
from tests.support.records import NOON, invitation, parquet, take

SEPTEMBER = month_window(2012, 9)
DAY = date(2012, 9, 1)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_worked_answer_wilson_interval(successes: int, n: int, low: float, high: float) -> None:
    assert wilson(successes, n) == pytest.approx((low, high), abs=5e-5)


def test_worked_answer_wilson_interval_reaches_the_row_of_awareness(tmp_path: Path) -> None:
    row = {"day": DAY, "aware": 81, "not_aware": 100, "dont_know": 82, "invited": 526, "completed": 263}
    total = query("awareness", SEPTEMBER, snapshot=build_snapshot(tmp_path, surveys=[row]), scope=Scope.everything()).total
    assert (total.numerator, total.denominator, total.n) == (81, 263, 263)
    assert total.interval is not None
    assert (total.interval.low, total.interval.high) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert total.interval.response_rate == 0.5


def test_worked_answer_newcombe_difference() -> None:
    assert newcombe(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    z, p = two_shares(56, 70, 48, 80)
    assert (z, p) == (pytest.approx(2.650, abs=5e-4), pytest.approx(0.0080, abs=5e-5))


def test_worked_answer_newcombe_difference_reaches_the_row_of_satisfaction(tmp_path: Path) -> None:
    rows = [
        {"day": DAY, "csat_valid": 70, "csat_top2": 56, "invited": 100, "completed": 70},
        {"day": date(2011, 9, 1), "csat_valid": 80, "csat_top2": 48, "invited": 100, "completed": 80},
    ]
    answer = query(
        "satisfaction",
        SEPTEMBER,
        snapshot=build_snapshot(tmp_path, surveys=rows),
        scope=Scope.everything(),
        base=month_window(2011, 9),
    )
    assert answer.total.change == pytest.approx(0.2)
    assert answer.total.change_interval == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert answer.total.significant is True


def test_worked_answer_nps() -> None:
    score, half = nps_normal(250, 75, 1000)
    assert (score, half) == (17.5, pytest.approx(3.36, abs=5e-3))


def test_worked_answer_nps_reaches_the_row(tmp_path: Path) -> None:
    row = {"day": DAY, "nps_valid": 1000, "promoters": 250, "detractors": 75, "invited": 4000, "completed": 1000}
    total = query("nps", SEPTEMBER, snapshot=build_snapshot(tmp_path, surveys=[row]), scope=Scope.everything()).total
    assert total.value == 17.5
    assert total.interval is not None
    assert (total.interval.low, total.interval.high) == pytest.approx((17.5 - 3.363, 17.5 + 3.363), abs=5e-4)
    assert total.interval.response_rate == 0.25


def test_worked_answer_nps_adjusted_wald() -> None:
    centre, half = nps_adjusted(10, 0, 10)
    assert (centre, half) == (pytest.approx(76.9, abs=0.05), pytest.approx(29.4, abs=0.05))
    assert nps_interval(10, 0, 10) == (pytest.approx(76.9 - 29.4, abs=0.1), 100.0)


def test_worked_answer_finite_population() -> None:
    assert 100 * margin(0.8, 200) == pytest.approx(5.54, abs=5e-3)
    assert 100 * margin(0.8, 200, population=500) == pytest.approx(4.30, abs=5e-3)


@pytest.mark.parametrize(("population", "answers"), [(500, 217), (1000, 278), (10_000, 370)])
def test_worked_answer_sample_size(population: int, answers: int) -> None:
    assert sample_size(population) == answers


def test_worked_answer_kish_weights() -> None:
    weights = [1, 1, 2, 2, 4]
    assert effective_size(weights) == pytest.approx(3.846, abs=5e-4)
    assert design_effect(weights) == pytest.approx(1.3)


def test_benjamini_hochberg_keeps_what_its_authors_kept() -> None:
    """The 15 p-values of Benjamini & Hochberg (1995), section 3.2: four hypotheses fall at 0.05."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1.0]
    assert benjamini_hochberg(p[::-1])[::-1] == (True,) * 4 + (False,) * 11
    assert benjamini_hochberg([]) == ()


def test_worked_answer_funnel_counts_each_step_and_the_response_rate_is_completed_of_invited(tmp_path: Path) -> None:
    steps = ("opened_at", "started_at", "completed_at")
    reached = [0] * 8 + [1] * 5 + [2] * 3 + [3] * 4
    rows = [invitation(n, **dict.fromkeys(steps[:count], NOON)) for n, count in enumerate(reached, 1)]
    take(tmp_path, "surveys", parquet(tmp_path / "s.parquet", "surveys", rows))
    publish(tmp_path)
    snapshot = open_current(tmp_path)
    try:
        kpis = ("invitations", "invitations_opened", "surveys_started", "responses", "response_rate")
        totals = [query(kpi, SEPTEMBER, snapshot=snapshot, scope=Scope.everything()).total for kpi in kpis]
    finally:
        snapshot.close()
    assert [total.value for total in totals] == [20, 12, 7, 4, 0.2]
    assert (totals[-1].numerator, totals[-1].denominator) == (4, 20)
