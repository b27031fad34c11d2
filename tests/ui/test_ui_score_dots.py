"""Scores by department or wave: value and interval beside the dot, n and response rate below it, targets and unfinished waves."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from metrics import Result, Window
from tests.support.contexts import context_over
from tests.support.marts import build_snapshot
from ui.answers import ask
from ui.charts import Figure
from ui.context import Context
from ui.own_targets import Goal
from ui.rows import axis_in_words
from ui.score_dots import fits_beside, score_dots
from ui.text import plain
from ui.waves import finished_first, unfinished_note, unfinished_waves

THROUGH = date(2012, 9, 30)


def survey(day: date, wave: str, n: int, good: int, **more: Any) -> dict[str, Any]:
    scores = {"csat_valid": n, "csat_top2": good, "nps_valid": n, "promoters": good, "detractors": n - good}
    return {"day": day, "wave": wave, "invited": 2 * n, "completed": n, **scores, **more}


def wave(code: str, start: date, end: date) -> dict[str, Any]:
    return {
        "code": code,
        "survey": "customer-poll",
        "name_en": code,
        "name_ar": code,
        "starts_on": start,
        "ends_on": end,
        "departments": "",
    }


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    """Two waves that are over, two that run when the data ends (the better one began later), and the continuous survey."""
    snapshot = build_snapshot(
        tmp_path_factory.mktemp("waves"),
        surveys=[
            survey(date(2012, 3, 2), "spring", 200, 150),
            survey(date(2012, 6, 2), "summer", 200, 180),
            survey(date(2012, 9, 25), "poll-a", 50, 30),
            survey(date(2012, 9, 28), "poll-b", 50, 49),
            survey(date(2012, 5, 2), "continuous", 400, 320),
            survey(date(2011, 9, 28), "poll-b", 90, 40),
        ],
        waves=[
            wave("spring", date(2012, 3, 1), date(2012, 3, 21)),
            wave("summer", date(2012, 6, 1), date(2012, 6, 21)),
            wave("poll-a", date(2012, 9, 24), date(2012, 10, 20)),
            wave("poll-b", date(2012, 9, 28), date(2012, 10, 26)),
            wave("winter", date(2012, 12, 1), date(2012, 12, 21)),
        ],
        complete_through=THROUGH,
    )
    yield context_over(snapshot)
    snapshot.close()


def by_wave(context: Context) -> Result:
    return finished_first(ask(context, "satisfaction", "wave"), unfinished_waves(context))


def texts(figure: Figure) -> list[str]:
    return [plain(note["text"]) for note in figure["layout"]["annotations"]]


def test_a_wave_that_ends_after_the_data_is_still_running(context: Context) -> None:
    assert unfinished_waves(context) == {
        "poll-a": "still running, until 20 October 2012",
        "poll-b": "still running, until 26 October 2012",
    }


def test_a_wave_that_the_period_cuts_is_there_in_part(context: Context) -> None:
    march = replace(context, fitted=Window(date(2012, 3, 1), date(2012, 3, 10)))
    assert unfinished_waves(march) == {"spring": "only in part in this period: it ran 1 March to 21 March 2012"}


def test_unfinished_waves_stand_behind_the_finished_in_the_order_they_began(context: Context) -> None:
    assert [row.key("wave") for row in by_wave(context).rows] == ["summer", "continuous", "spring", "poll-a", "poll-b"]


def test_an_unfinished_wave_is_compared_with_nothing(context: Context) -> None:
    assert next(row for row in ask(context, "satisfaction", "wave").rows if row.key("wave") == "poll-b").base_value == 40 / 90
    row = next(row for row in by_wave(context).rows if row.key("wave") == "poll-b")
    assert (row.base_value, row.change, row.significant) == (None, None, None)


@pytest.mark.parametrize(
    ("language", "running"),
    [("en", "still running, until 26 October 2012"), ("ar", "ما زالت جارية حتى 26 أكتوبر 2012")],
)
def test_an_unfinished_wave_is_hollow_and_says_until_when_it_runs(context: Context, language: str, running: str) -> None:
    reader = context_over(context.snapshot, language)
    unfinished = unfinished_waves(reader)
    figure = score_dots(reader, by_wave(reader), unfinished=unfinished)
    assert figure["data"][0]["marker"]["symbol"] == ["circle", "circle", "circle", "circle-open", "circle-open"]
    assert sum(running in said for said in texts(figure)) == 1
    assert running in plain(figure["data"][0]["hovertext"][-1])
    assert unfinished_note(reader, by_wave(reader), unfinished)


def test_beside_a_dot_stand_value_and_interval_and_below_it_n_and_response_rate(context: Context) -> None:
    said = texts(score_dots(context, by_wave(context)))
    assert "<b>90.0%</b> 85.1–93.4%" in said
    assert "n 200 · 50.0% answered" in said


def test_the_scale_of_scores_has_a_number_at_each_end_and_is_named_with_its_unit(context: Context) -> None:
    for kpi, said in (("satisfaction", "axis from 40% to 100%"), ("nps", "axis from −50 to 100 points")):
        result = ask(context, kpi, "wave")
        axis = score_dots(context, result)["layout"]["xaxis"]
        assert axis["range"] == [axis["tickvals"][0], axis["tickvals"][-1]]
        assert axis_in_words(context, axis, result.kpi.unit) == said


def test_a_department_says_its_target_and_whether_it_was_missed(context: Context) -> None:
    result = ask(context, "satisfaction", "department")
    for target, said in ((99, "target 99.00% missed"), (60, "target 60.0% reached"), (81, "target 81.0% within the interval")):
        figure = score_dots(context, result, goals={"dewa": Goal(Fraction(target, 100), own=True)})
        assert any(said in text for text in texts(figure)), said
        assert figure["data"][2]["x"] == [target / 100]


def test_many_departments_stand_beside_many_waves_and_across_the_page_beside_one(context: Context) -> None:
    waves = ask(context, "satisfaction", "wave")
    departments = replace(waves, rows=waves.rows[:1] * 20)
    assert fits_beside(departments, waves)
    assert not fits_beside(departments, replace(waves, rows=waves.rows[:1]))
