"""The overview in both languages, over a government with every source, one with monthly totals only, and an empty store."""

from datetime import date
from pathlib import Path

import pytest

from tests.support.marts import build_snapshot
from tests.support.scenes import government, libraries, nothing
from tests.support.visits import markup, text, visit
from ui.text import plain

LANGUAGES = ("en", "ar")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("government")
    government(folder).close()
    return folder


def test_it_answers_its_question_in_the_first_sentence(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    said = text(visit(monkeypatch, data))
    assert "AED 3,000 collected to 30 September 2012, 25% more than in the same period of 2011" in said
    assert "All of the growth came from more transactions" in said


def test_the_cards_carry_value_change_and_uncertainty(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    app = visit(monkeypatch, data)
    said = text(app)
    assert markup(app).count('class="k-card"') == 5
    assert "180" in said
    assert "36 more than Jan–Sep 2011" in said
    assert "80.0%" in said
    assert "no significant change" in said
    assert "n 360" in said
    assert "40% answered" in said


def test_what_needs_attention_comes_from_the_data(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    said = text(visit(monkeypatch, data))
    assert "Bills: 3 h down on 12 September 2012" in said
    assert "3 complaints are open" in said
    assert "No surcharge on any of 180 transactions" in said


def test_an_outage_says_which_filters_do_not_narrow_it(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    assert "since 1 September 2012 · not by Channel" in text(visit(monkeypatch, data, channel="web"))
    assert "since 1 September 2012 · not by" not in text(visit(monkeypatch, data))


def test_a_filter_narrows_every_number(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    said = text(visit(monkeypatch, data, department="customs"))
    assert "Customs: AED 2,000 collected to 30 September 2012, 25% more" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_of_the_data_are_escaped(monkeypatch: pytest.MonkeyPatch, data: Path, language: str) -> None:
    page = markup(visit(monkeypatch, data, lang=language, department="dewa"))
    assert "Water <b>" not in page


def test_arabic_says_it_in_arabic(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    said = plain(text(visit(monkeypatch, data, lang="ar")))
    assert "المبالغ المحصّلة" in said
    assert "3,000 درهم" in said
    assert "collected" not in said.split("SELECT")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_bodies_that_report_months_only_get_a_page_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, language: str) -> None:
    libraries(tmp_path).close()
    app = visit(monkeypatch, tmp_path, lang=language)
    said = plain(text(app))
    assert "1,500" in said  # 2 authorities x 6 months x £125.00
    assert app.get("plotly_chart")
    if language == "en":
        assert "£1,500 collected to 30 June 2021, 25% more than in the same period of 2020" in said
        assert said.count("no data") >= 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_store_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, language: str) -> None:
    nothing(tmp_path).close()
    app = visit(monkeypatch, tmp_path, lang=language)
    assert not app.get("plotly_chart")
    if language == "en":
        assert "No collections were reported" in text(app)


def test_a_new_snapshot_is_shown_on_the_next_run_without_a_restart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    day = date(2012, 9, 30)
    build_snapshot(tmp_path, payments=[{"day": day, "settled": 1, "gross_fils": 1_000}]).close()
    app = visit(monkeypatch, tmp_path)
    assert "AED 10.00 collected" in text(app)
    build_snapshot(tmp_path, payments=[{"day": day, "settled": 2, "gross_fils": 2_500}]).close()
    app.run()
    assert "AED 25.00 collected" in text(app)


def test_where_nothing_is_paid_the_page_leads_with_what_is_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    up = {"day": date(2012, 9, 30), "up_seconds": 90, "down_seconds": 10}
    build_snapshot(tmp_path, availability=[up]).close()
    page = markup(visit(monkeypatch, tmp_path))
    assert "available 90.0% of the time" in page.split("</h1>")[0]
    assert "No collections were reported to 30 September 2012." in page


def test_a_filtered_year_says_why_it_has_no_projection(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    why = "no projection: it is made and tested for all departments and channels together"
    assert why in text(visit(monkeypatch, data, department="customs"))
    assert why not in text(visit(monkeypatch, data))
    assert why not in text(visit(monkeypatch, data, department="customs", period="month", month="2012-08"))


def test_behind_the_name_of_a_filter_a_sentence_begins_small(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    said = text(visit(monkeypatch, data, department="customs", period="custom", **{"from": "2012-01-01", "to": "2012-01-02"}))
    assert "Customs: services were available" in said
    assert "Customs: AED 2,000 collected" in text(visit(monkeypatch, data, department="customs"))
