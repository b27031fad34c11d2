"""Satisfaction in both languages: no score without n, response rate and interval; hidden and missing scores say why."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.marts import build_snapshot
from tests.support.scenes import government, libraries, nothing
from tests.support.visits import markup, text, visit
from ui import figure
from ui.text import plain

LANGUAGES = ("en", "ar")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("government")
    government(folder).close()
    return folder


def survey(day: date, department: str, asked: int, answered: int, content: int, **more: Any) -> dict[str, Any]:
    return {
        "day": day,
        "department": department,
        "service": f"{department}-1",
        "invited": asked,
        "opened": asked,
        "started": answered,
        "completed": answered,
        "csat_valid": answered,
        "csat_top2": content,
        **more,
    }


@pytest.fixture(scope="module")
def uneven(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rise that is significant, a department with too few answers and one with few, and a new wording in June."""
    folder = tmp_path_factory.mktemp("uneven")
    rows = [
        survey(date(2011, 3, 1), "customs", 4000, 2000, 1000),
        survey(date(2012, 3, 1), "customs", 4000, 2000, 1600),
        survey(date(2012, 6, 1), "customs", 3000, 1500, 1200, wording="v2"),
        survey(date(2012, 6, 2), "dewa", 9, 9, 9),
        survey(date(2012, 6, 3), "police", 12, 12, 6),
        survey(date(2012, 6, 4), "rta", 60, 20, 15),
    ]
    build_snapshot(folder, surveys=rows).close()
    return folder


def charts(app: AppTest) -> Iterator[dict[str, Any]]:
    return (json.loads(element.proto.spec) for element in app.get("plotly_chart"))


def written(app: AppTest) -> str:
    """Every text inside the charts."""
    return plain(json.dumps(list(charts(app)), ensure_ascii=False))


def test_it_answers_its_question_with_its_certainty(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    said = text(visit(monkeypatch, data, "satisfaction"))
    assert "80.0% of customers satisfied to 30 September 2012, no significant change on the same period of 2011" in said
    assert "With 95% certainty 75.6% to 83.8%, from 360 answers. 40.0% of those invited answered." in said


def test_it_answers_in_arabic(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    said = plain(text(visit(monkeypatch, data, "satisfaction", lang="ar")))
    assert "80.0% من المتعاملين راضون حتى 30 سبتمبر 2012، دون تغيّر معنوي عن الفترة نفسها من عام 2011" in said
    assert "بثقة 95%: من 75.6% إلى 83.8%، استنادًا إلى 360 إجابة" in said


@pytest.mark.parametrize(
    ("language", "sentence", "certain"),
    [
        (
            "en",
            "Net promoter score of 30.0 to 30 September 2012, no significant change on the same period of 2011",
            "from 360 answers. 40.0% of those invited answered.",
        ),
        ("ar", "صافي نقاط الترويج 30.0 حتى 30 سبتمبر 2012، دون تغيّر معنوي عن الفترة نفسها من عام 2011", "استنادًا إلى 360 إجابة"),
    ],
)
def test_the_headline_answers_for_the_score_of_the_link(
    monkeypatch: pytest.MonkeyPatch, data: Path, language: str, sentence: str, certain: str
) -> None:
    said = plain(text(visit(monkeypatch, data, "satisfaction", score="nps", lang=language)))
    assert sentence in said
    assert certain in said


def test_a_wave_that_still_runs_is_said_in_note_and_table_and_its_peak_of_the_response_rate_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    surveys = [
        *(survey(date(2012, month, 2), "customs", 400, 120, 90) for month in range(1, 10)),
        survey(date(2012, 9, 25), "customs", 400, 320, 300, wave="poll-customs"),
    ]
    wave = {
        "code": "poll-customs",
        "survey": "customer-poll",
        "name_en": "Poll, Customs",
        "name_ar": "استطلاع",
        "departments": "",
    }
    waves = [{**wave, "departments": "", "starts_on": date(2012, 9, 24), "ends_on": date(2012, 10, 20)}]
    build_snapshot(tmp_path, surveys=surveys, waves=waves, complete_through=date(2012, 9, 30)).close()
    shown: dict[str, Any] = {}
    monkeypatch.setattr(figure, "show_table", lambda _, key, sheet: shown.update({key: sheet}))
    app = visit(monkeypatch, tmp_path, "satisfaction", period="month", month="2012-09")
    assert "Hollow: 1 wave that is not finished; its score may still change, and it is not ranked" in text(app)
    assert "Invitations of the last days can still be answered" in text(app)
    assert "still running, until 20 October 2012" in written(app)
    grid = shown["satisfaction-wave"].grid()
    place = [column.title for column in grid.columns].index("Progress of the wave")
    assert [(row[0], row[place]) for row in grid.rows] == [
        ("continuous", ""),
        ("poll-customs", "still running, until 20 October 2012"),
    ], "the wave has the higher score, and is not ranked by it"


def test_a_significant_change_is_said_in_points(monkeypatch: pytest.MonkeyPatch, uneven: Path) -> None:
    said = text(visit(monkeypatch, uneven, "satisfaction", period="custom", **{"from": "2012-01-01", "to": "2012-06-04"}))
    assert "29.9 points more than in the same period of 2011" in said


def test_every_score_of_the_cards_has_n_response_rate_and_interval(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    page = markup(visit(monkeypatch, data, "satisfaction"))
    for kpi in ("satisfaction", "nps", "effort", "awareness"):
        card = page.split(f'data-kpi="{kpi}"')[1].split("</article>")[0]
        assert re.search(r"±\d|\d\.\d–\d\d\.\d%|\d to \d", card), kpi
        assert "n 360" in card, kpi
        assert "40% answered" in card, kpi


def test_a_department_carries_n_response_rate_and_interval(monkeypatch: pytest.MonkeyPatch, uneven: Path) -> None:
    said = written(visit(monkeypatch, uneven, "satisfaction"))
    assert "n 3,500 · 50.0% answered" in said
    assert "<b>80.0%</b> 78.6–81.3%" in said


def test_hidden_departments_say_why_and_weak_ones_that_they_are(monkeypatch: pytest.MonkeyPatch, uneven: Path) -> None:
    said = written(visit(monkeypatch, uneven, "satisfaction"))
    assert "hidden: fewer than 10 answers" in said
    assert "hidden: the total would give away a hidden row" in said
    assert "few answers" in said


def test_no_number_of_a_hidden_department_reaches_the_browser(monkeypatch: pytest.MonkeyPatch, uneven: Path) -> None:
    app = visit(monkeypatch, uneven, "satisfaction")
    by_department = next(c for c in charts(app) if "dewa" in json.dumps(c["layout"]))
    marked = [code for trace in by_department["data"] for (code,) in trace.get("customdata", [])]
    assert sorted(marked) == ["customs", "rta"]


def test_a_new_wording_is_marked_and_pooling_is_said(monkeypatch: pytest.MonkeyPatch, uneven: Path) -> None:
    app = visit(monkeypatch, uneven, "satisfaction")
    assert "from here: customer (wording 2)" in written(app)
    pooled = "Answers to different wordings of the question are pooled here: customer (wording 1), customer (wording 2)."
    assert pooled in text(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_code_of_a_wording_reaches_a_reader(monkeypatch: pytest.MonkeyPatch, uneven: Path, language: str) -> None:
    app = visit(monkeypatch, uneven, "satisfaction", lang=language)
    said = re.sub(r"(?s)<pre>.*?</pre>", "", markup(app)) + written(app)
    assert not re.search(r"\bv[12]\b", said)


def test_the_funnel_counts_people_and_their_share_of_the_invited(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    said = written(visit(monkeypatch, data, "satisfaction"))
    for label in ("900 · 100%", "540 · 60.0%", "405 · 45.0%", "360 · 40.0%"):
        assert label in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_filters_that_leave_nobody_are_said_so(monkeypatch: pytest.MonkeyPatch, data: Path, language: str) -> None:
    app = visit(monkeypatch, data, "satisfaction", lang=language, department="customs")
    said = text(app)
    assert ("No survey invitations in this period" if language == "en" else "لا توجد دعوات استبيان في هذه الفترة") in said
    assert not list(charts(app))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scene", [libraries, nothing])
def test_a_store_without_surveys_has_a_page_that_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, language: str, scene: Any
) -> None:
    scene(tmp_path).close()
    said = text(visit(monkeypatch, tmp_path, "satisfaction", lang=language))
    assert ("No surveys in this store" if language == "en" else "لا توجد استبيانات في هذا المخزن") in said


def test_a_wave_of_last_year_alone_is_no_row_of_this_period(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = {"invited": 100, "completed": 50, "csat_valid": 50, "csat_top2": 40}
    surveys = [{**asked, "day": date(year, 3, 1), "wave": f"{year}-spring"} for year in (2011, 2012)]
    build_snapshot(tmp_path, surveys=surveys, complete_through=date(2012, 9, 30)).close()
    app = visit(monkeypatch, tmp_path, "satisfaction")
    specs = [element.proto.spec for element in app.get("plotly_chart")]
    assert any("2012-spring" in spec for spec in specs)
    assert not any("2011-spring" in spec for spec in specs)


SCORES = {
    "satisfaction": ("csat_valid", "csat_top2", "<b>80.0%</b>"),
    "nps": ("nps_valid", "promoters", "<b>80.0</b>"),
    "effort": ("effort_valid", "effort_easy", "<b>80.0%</b>"),
    "awareness": ("aware", None, "<b>100%</b>"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("score", SCORES)
def test_every_score_can_be_chosen_by_department(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, score: str, language: str
) -> None:
    """Each with n, response rate and interval; below 10 answers hidden, below 30 weak."""
    answers, good, value = SCORES[score]
    sizes = (("customs", 400), ("dewa", 9), ("police", 8), ("rta", 20))
    rows = [
        survey(date(2012, 6, 1), code, n * 2, n, 0) | {"csat_valid": 0, answers: n, **({good: n * 8 // 10} if good else {})}
        for code, n in sizes
    ]
    build_snapshot(tmp_path, surveys=rows).close()
    app = visit(monkeypatch, tmp_path, "satisfaction", score=score, lang=language)
    chart = next(c for c in charts(app) if "rta" in json.dumps(c["layout"]))
    said = plain(json.dumps(chart, ensure_ascii=False))
    assert value in said
    english, arabic = "50.0% answered", "أجاب 50.0%"
    assert (english if language == "en" else arabic) in said
    assert ("few answers" if language == "en" else "إجابات قليلة") in said
    marked = [code for trace in chart["data"] for (code,) in trace.get("customdata", [])]
    assert sorted(marked) == ["customs", "rta"], "hidden departments have no mark"


def test_the_chosen_score_is_what_charts_files_and_explanations_are_about(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    app = visit(monkeypatch, data, "satisfaction", score="nps")
    said = markup(app)
    for title in ("Net promoter score by month", "Net promoter score by department", "Net promoter score by wave"):
        assert title in said
    assert "nps-by-department" in said, "the files are named after the score"
    assert "Promoters (9 and 10) less detractors (0 to 6), in points" in said


def test_an_unknown_score_is_the_first(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    assert "Satisfaction by month" in markup(visit(monkeypatch, data, "satisfaction", score="panel-2"))


def monthly(*answers: int) -> list[dict[str, Any]]:
    """A survey with so many answers in January, February..."""
    return [survey(date(2012, i, 2), "customs", 100, n, n) for i, n in enumerate(answers, start=1)]


def test_a_hidden_month_is_a_gap_in_line_and_band_a_cross_and_a_word(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    rows = monthly(50, 50, 9, 50, 9, 50, 50, 50)
    build_snapshot(tmp_path, surveys=rows).close()
    app = visit(monkeypatch, tmp_path, "satisfaction")
    *band, line, alone, end, _unfinished, crosses = next(charts(app))["data"]
    assert line["y"] == [1, 1, None, 1, None, 1, 1, 1]
    assert [trace["x"] for trace in band] == [[0, 1], [0, 1], [3, 3], [5, 6, 7], [5, 6, 7]], "the band has the gaps of the line"
    assert (alone["x"], end["x"], crosses["x"]) == ([3], [7], [2, 4])
    assert "× hidden: fewer than 10 answers (Mar, May)" in text(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_trend_of_hidden_periods_alone_is_said_in_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, language: str) -> None:
    weeks = [survey(date(2012, 9, day), "customs", 30, 4, 4) for day in (3, 10, 17, 24)]
    build_snapshot(tmp_path, surveys=weeks, complete_through=date(2012, 9, 30)).close()
    app = visit(monkeypatch, tmp_path, "satisfaction", lang=language, period="month", month="2012-09")
    said = {"en": "No score can be shown for any part of this period (hidden: fewer than 10 answers", "ar": "لا يمكن عرض"}
    assert said[language] in text(app)
    assert len(list(charts(app))) == 3, "funnel, waves and departments; no empty grid"


def test_a_wave_of_the_base_alone_is_in_the_table_for_it_is_in_the_total(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = {"invited": 100, "completed": 50, "csat_valid": 50, "csat_top2": 40}
    surveys = [{**asked, "day": date(year, 3, 1), "wave": f"{year}-spring"} for year in (2011, 2012)]
    build_snapshot(tmp_path, surveys=surveys, complete_through=date(2012, 9, 30)).close()
    shown: dict[str, Any] = {}
    monkeypatch.setattr(figure, "show_table", lambda _, key, sheet: shown.update({key: sheet.results}))
    visit(monkeypatch, tmp_path, "satisfaction")
    (answer,) = shown["satisfaction-wave"]
    assert [row.base_n for row in answer.rows] == [0, 50]
    assert answer.total.base_n == 50
