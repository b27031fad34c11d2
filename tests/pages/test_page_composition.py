"""What every page is made of, in both languages: one sentence first, at most four charts, all of them explained and to be had."""

import re
from pathlib import Path

import pytest

from tests.support.scenes import government
from tests.support.visits import markup, visit

PAGES = ("", "collections", "availability", "satisfaction", "data")
KPI_PAGES = PAGES[:-1]
MOST_CHARTS = 4
each_page = pytest.mark.parametrize("page", PAGES)
each_kpi_page = pytest.mark.parametrize("page", KPI_PAGES)
each_language = pytest.mark.parametrize("language", ["en", "ar"])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("government")
    government(folder).close()
    return folder


def cards(page: str) -> list[str]:
    return re.findall(r'<article class="k-card".*?</article>', page, re.DOTALL)


@each_language
@each_page
def test_a_page_begins_with_one_sentence_and_has_cards_and_at_most_four_charts(
    monkeypatch: pytest.MonkeyPatch, data: Path, page: str, language: str
) -> None:
    app = visit(monkeypatch, data, page, lang=language)
    html = markup(app)
    assert html.count('class="k-headline"') == 1
    assert html.index('class="k-headline"') < html.index('class="k-card"')
    assert 1 <= len(app.get("plotly_chart")) <= MOST_CHARTS


@each_language
@each_kpi_page
def test_every_card_of_a_kpi_has_a_comparison_a_sparkline_and_how_it_was_computed(
    monkeypatch: pytest.MonkeyPatch, data: Path, page: str, language: str
) -> None:
    found = cards(markup(visit(monkeypatch, data, page, lang=language)))
    assert len(found) >= 4
    for card in found:
        assert re.search(r'<article class="k-card" data-kpi="\w+">', card), card
        [compared] = re.findall(r'<p class="k-delta">(.*?)</p>', card)
        assert re.sub(r"<[^>]+>", "", compared).strip(), card
        assert 'class="k-spark"' in card or 'data-kpi="mttr"' in card, "a single incident has no course over time"
        assert '<details class="k-how">' in card, card
        assert "SELECT" in card, card


@each_language
@each_page
def test_every_chart_can_be_taken_away_as_csv_xlsx_and_png(
    monkeypatch: pytest.MonkeyPatch, data: Path, page: str, language: str
) -> None:
    app = visit(monkeypatch, data, page, lang=language)
    charts = len(app.get("plotly_chart"))
    files = [button.proto.label for button in app.get("download_button")]
    assert markup(app).count('data-png="') == charts
    assert files.count("CSV") == files.count("XLSX") >= charts


@each_kpi_page
def test_every_chart_says_how_it_was_computed(monkeypatch: pytest.MonkeyPatch, data: Path, page: str) -> None:
    app = visit(monkeypatch, data, page)
    taken = re.findall(r'<div class="k-take"><button type="button" data-png=.*?</div></details></div>', markup(app), re.DOTALL)
    assert len(taken) == len(app.get("plotly_chart"))
    assert all("SELECT" in row and '<details class="k-how">' in row for row in taken)
