"""The headline of Satisfaction answers for the chosen score: value, change, interval, n and response rate, in both languages."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

import metrics
from store.snapshot import Snapshot
from tests.support.contexts import context_over
from tests.support.marts import build_snapshot
from ui.answers import ask
from ui.survey_headlines import certainty, scored
from ui.text import plain


def answers(day: date, good: int) -> dict[str, Any]:
    return {
        "day": day,
        "invited": 4000,
        "completed": 2000,
        "csat_valid": 2000,
        "csat_top2": good,
        "nps_valid": 2000,
        "promoters": good,
        "detractors": 400,
        "effort_valid": 2000,
        "effort_easy": good,
        "aware": good,
        "not_aware": 2000 - good,
    }


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """Half were content in 2010 and 2011, seven of ten in 2012."""
    rows = [answers(date(2010, 3, 1), 1000), answers(date(2011, 3, 1), 1000), answers(date(2012, 3, 1), 1400)]
    found = build_snapshot(tmp_path_factory.mktemp("scores"), surveys=rows, complete_through=date(2012, 9, 30))
    yield found
    found.close()


@pytest.mark.parametrize(
    ("language", "kpi", "said"),
    [
        ("en", "satisfaction", "70.0% of customers satisfied to 30 September 2012, 20.0 points more than in"),
        ("en", "nps", "Net promoter score of 50.0 to 30 September 2012, 20.0 points more than in the same period of 2011"),
        ("en", "effort", "70.0% of customers found it easy to 30 September 2012, 20.0 points more than in"),
        ("en", "awareness", "70.0% of those asked knew of the service to 30 September 2012, 20.0 points more than in"),
        ("ar", "nps", "صافي نقاط الترويج 50.0 حتى 30 سبتمبر 2012، بزيادة 20.0 نقطة عن الفترة نفسها من عام 2011"),
        ("ar", "effort", "70.0% من المتعاملين وجدوا الخدمة سهلة حتى 30 سبتمبر 2012، بزيادة 20.0 نقطة مئوية"),
        ("ar", "awareness", "70.0% ممن سُئلوا على دراية بالخدمة حتى 30 سبتمبر 2012، بزيادة 20.0 نقطة مئوية"),
    ],
)
def test_each_score_has_a_sentence_of_its_own(snapshot: Snapshot, language: str, kpi: str, said: str) -> None:
    context = context_over(snapshot, language)
    assert plain(scored(context, ask(context, kpi))).startswith(said)


def test_a_change_inside_its_uncertainty_is_none_and_without_a_base_none_is_said(snapshot: Snapshot) -> None:
    context = context_over(snapshot)
    year = metrics.year(2011)
    same = ask(context, "nps", window=year, base=metrics.year(2010))
    assert scored(context, same) == "Net promoter score of 30.0 in 2011, no significant change on the same period of 2010"
    assert scored(context, ask(context, "nps", window=year, base=None)) == "Net promoter score of 30.0 in 2011"


def test_interval_n_and_response_rate_are_those_of_the_score(snapshot: Snapshot) -> None:
    context = context_over(snapshot)
    said = certainty(context, ask(context, "nps"))
    assert said == "With 95% certainty 46.5 to 53.5, from 2,000 answers. 50.0% of those invited answered."


def test_a_question_that_nobody_answered_is_no_survey_that_was_not_sent(snapshot: Snapshot) -> None:
    asked = build_snapshot(snapshot.data, surveys=[{"day": date(2012, 3, 1), "invited": 50, "completed": 0}])
    context = context_over(asked)
    assert scored(context, ask(context, "effort")) == "Nobody answered this question to 1 March 2012"
    asked.close()
