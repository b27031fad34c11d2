"""Year-end projection: the worked run rates and losses, and what a projection must always do."""

from datetime import date, timedelta
from fractions import Fraction
from math import exp, sin

import pytest

from metrics import QuestionError, Scope, month, project, year_to_date
from metrics.projection import (
    MONTHLY_DATA,
    NOT_BETTER,
    SHORT_HISTORY,
    Projection,
    Trial,
    projected,
    seasonal_naive,
)
from metrics.seasons import day_of_rest, eid_al_adha, eid_al_fitr, in_eid, in_ramadan, ramadan
from metrics.yardsticks import day_run_rate, mase, naive_scale, pinball, share_of_last_year
from tests.support.marts import snapshot_in_memory

NINE_MONTHS = year_to_date(date(2012, 9, 30))
BILLION = 10**9


def test_worked_answer_day_run_rate() -> None:
    total = day_run_rate(3_200_000_000, NINE_MONTHS)
    assert total == Fraction(3_200_000_000 * 366, 274)
    assert float(total) / BILLION == pytest.approx(4.27, abs=5e-3)
    assert float(total) / (4.4 * BILLION) - 1 == pytest.approx(-0.029, abs=5e-4)


def test_worked_answer_last_years_share_of_the_year() -> None:
    total = float(share_of_last_year(3_200_000_000, 2_600_000_000, 3_830_000_000))
    assert total / BILLION == pytest.approx(4.71, abs=5e-3)
    assert total / (4.4 * BILLION) - 1 == pytest.approx(0.071, abs=5e-4)


def test_worked_answer_pinball_loss() -> None:
    assert pinball(0.9, actual=100, forecast=90) == pytest.approx(9)
    assert pinball(0.9, actual=90, forecast=100) == pytest.approx(1)


def test_worked_answer_mase_of_seasonal_naive() -> None:
    train = [10.0, 20, 30, 12, 22, 32, 14, 24, 34]
    assert naive_scale(train, 3) == 2
    assert mase(train, 3, actual=[16, 26, 36], forecast=train[-3:]) == 1.0


def day_value(day: date, growth: float = 0.3) -> int:
    """A growing service with quiet weekends, a quiet Ramadan and quieter Eids, and a wobble that is no noise at all."""
    trend = growth * (day - date(2010, 1, 1)).days / 365.25
    rest = {0: 0.0, 1: -0.9, 2: -0.6}[day_of_rest(day)]
    season = -0.15 * in_ramadan(day) - 0.8 * in_eid(day) + 0.05 * sin(day.toordinal() * 2.4)
    return round(1_000_000 * exp(trend + rest + season))


def history(first: date, last: date, growth: float = 0.3) -> dict[date, int]:
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return {day: day_value(day, growth) for day in days}


def growing(through: date) -> Projection:
    return projected("transactions", history(date(2010, 1, 1), through), through, "Asia/Dubai")


def test_a_growing_service_is_projected_better_than_by_last_years_days() -> None:
    found = growing(date(2012, 9, 30))
    truth = sum(history(date(2012, 1, 1), date(2012, 12, 31)).values())
    assert found.reason is None
    assert found.value == pytest.approx(truth, rel=0.02)
    assert found.low is not None
    assert found.high is not None
    assert found.low < truth < found.high
    assert found.error is not None
    assert found.naive_error is not None
    assert found.error < found.naive_error
    assert [t.origin for t in found.trials] == [month(2011, m).end for m in range(1, 12)]


def test_the_path_begins_after_the_actual_and_never_falls() -> None:
    found = growing(date(2012, 9, 30))
    assert (found.path[0].day, found.path[-1].day) == (date(2012, 10, 1), date(2012, 12, 31))
    assert all(p.low <= p.value <= p.high for p in found.path)
    values = [found.actual, *(p.value for p in found.path)]
    assert values == sorted(values)
    assert (found.path[-1].value, found.path[-1].low, found.path[-1].high) == (found.value, found.low, found.high)


def test_the_interval_narrows_and_is_closed_on_the_last_day() -> None:
    widths = []
    for through in (date(2012, 6, 30), date(2012, 11, 30), date(2012, 12, 31)):
        found = growing(through)
        assert found.high is not None
        assert found.low is not None
        widths.append(found.high - found.low)
    assert widths[0] > widths[1] > widths[2] == 0
    last = growing(date(2012, 12, 31))
    assert (last.value, last.actual, last.path) == (last.actual, sum(history(date(2012, 1, 1), date(2012, 12, 31)).values()), ())


def test_the_interval_is_stretched_until_it_would_have_held_in_four_of_five_trials() -> None:
    found = growing(date(2012, 9, 30))
    held = [
        t.projected - found.stretch * (t.projected - t.low) <= t.actual <= t.projected + found.stretch * (t.high - t.projected)
        for t in found.trials
    ]
    assert found.stretch >= 1
    assert sum(held) / len(held) >= 0.8


def test_a_trial_says_by_how_much_its_interval_fell_short() -> None:
    assert Trial(date(2011, 9, 30), actual=130, projected=100, low=95, high=110, naive=90).stretch == 3
    assert Trial(date(2011, 9, 30), actual=90, projected=100, low=95, high=110, naive=90).stretch == 2
    assert Trial(date(2011, 9, 30), actual=100, projected=100, low=100, high=100, naive=90).stretch == 0


def test_the_same_history_gives_the_same_projection() -> None:
    assert growing(date(2012, 9, 30)) == growing(date(2012, 9, 30))


def test_without_two_complete_years_there_is_no_value_but_a_reason() -> None:
    through = date(2012, 9, 30)
    found = projected("transactions", history(date(2010, 6, 1), through), through, "Asia/Dubai")
    assert (found.value, found.low, found.high, found.trials, found.reason) == (None, None, None, (), SHORT_HISTORY)


def test_where_last_years_days_repeat_exactly_the_projection_is_not_shown_but_its_backtest_is() -> None:
    through = date(2012, 9, 30)
    known = {d: 1_000 + 500 * (d.month % 3) + d.day for d in history(date(2010, 1, 1), through)}
    found = projected("transactions", known, through, "Asia/Dubai")
    assert (found.value, found.reason) == (None, NOT_BETTER)
    assert found.naive_error == 0
    assert len(found.trials) == 11


def test_seasonal_naive_adds_the_same_days_of_the_year_before() -> None:
    known = {date(2012, 1, 1): 5, date(2011, 2, 28): 7, date(2011, 1, 1): 100}
    assert seasonal_naive(known, date(2012, 1, 1)) == 5 + 7 + 7, "28 February stands in for the 29th too"


def test_bodies_that_report_months_have_no_daily_path() -> None:
    rows = [{"period_start": date(2012, 9, 1), "period_end": date(2012, 9, 30), "settled": 5}]
    found = project(snapshot_in_memory(payments=rows), Scope.everything(), "transactions")
    assert (found.value, found.reason) == (None, MONTHLY_DATA)


def test_a_projection_reads_the_days_of_the_snapshot() -> None:
    rows = [{"day": day, "settled": value // 1_000} for day, value in history(date(2010, 1, 1), date(2012, 11, 30)).items()]
    snapshot = snapshot_in_memory(payments=rows)
    found = project(snapshot, Scope.everything(), "transactions")
    assert (found.year, found.through) == (2012, date(2012, 11, 30))
    assert found.actual == sum(r["settled"] for r in rows if r["day"].year == 2012)
    assert found.reason is None


def test_a_ratio_has_no_total_to_project() -> None:
    snapshot = snapshot_in_memory(payments=[{"day": date(2012, 9, 1), "settled": 5}])
    with pytest.raises(QuestionError, match="no sum"):
        project(snapshot, Scope.everything(), "success_rate")


def test_seasons_of_2012_are_those_of_the_calendar() -> None:
    assert [(w.start, w.end) for w in ramadan(2012)] == [(date(2012, 7, 20), date(2012, 8, 18))]
    assert eid_al_fitr(2012)[0].start == date(2012, 8, 19)
    assert eid_al_adha(2012)[0].start == date(2012, 10, 25)
    assert len(ramadan(2030)) == 2, "about eleven days earlier each year, so some years have two"


def test_the_weekend_moves_in_2022_and_is_western_elsewhere() -> None:
    friday, saturday, sunday = date(2021, 12, 24), date(2021, 12, 25), date(2021, 12, 26)
    assert [day_of_rest(d) for d in (friday, saturday, sunday)] == [1, 2, 0]
    assert [day_of_rest(d + timedelta(days=28)) for d in (friday, saturday, sunday)] == [0, 1, 2]
    assert [day_of_rest(d, "Europe/London") for d in (friday, saturday, sunday)] == [0, 1, 2]


def test_a_service_used_on_a_few_days_only_has_no_model() -> None:
    through = date(2012, 9, 30)
    known = {d: (5 if d.day == 1 else 0) for d in history(date(2010, 1, 1), through)}
    assert projected("transactions", known, through, "Asia/Dubai").reason == SHORT_HISTORY
