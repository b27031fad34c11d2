"""Collections in both languages: parts that add up, the choices of the page, and stores that report months only."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.scenes import government, libraries, nothing
from tests.support.visits import markup, text, visit
from ui.text import plain

LANGUAGES = ("en", "ar")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("government")
    government(folder).close()
    return folder


def charts(app: AppTest) -> list[dict[str, object]]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_draws_four_charts_whose_bars_add_up_to_the_card(monkeypatch: pytest.MonkeyPatch, data: Path, language: str) -> None:
    drawn = charts(visit(monkeypatch, data, "collections", lang=language))
    assert len(drawn) == 4
    months, departments, both, services = (chart["data"][0] for chart in drawn)  # type: ignore[index]
    assert sum(months["y"]) == pytest.approx(300_000)
    assert sum(departments["x"]) == pytest.approx(3000)
    assert sum(services["x"]) == pytest.approx(3000)
    assert sum(both["x"]) == pytest.approx(2 * 3000), "methods and channels stand in one chart"
    assert departments["customdata"] == [["department", "customs"], ["department", "dewa"]]


def test_it_names_the_largest(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    said = text(visit(monkeypatch, data, "collections"))
    assert "Customs collected the most, 67% of the whole, before Electricity & Water <b>." in said
    assert "Water <b>" not in markup(visit(monkeypatch, data, "collections"))


def test_the_choice_of_measure_and_step_is_in_the_url(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    app = visit(monkeypatch, data, "collections", measure="transactions", grain="day", period="month", month="2012-08")
    days, departments, _, _ = (chart["data"] for chart in charts(app))
    assert [len(line["y"]) for line in days if line["mode"] == "lines"] == [31, 31]  # type: ignore[attr-defined]
    assert sum(departments[0]["x"]) == 20  # type: ignore[index]


def test_a_filtered_chart_keeps_its_other_bars_in_grey(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    _, departments, _, services = charts(visit(monkeypatch, data, "collections", department="customs"))
    shades = departments["data"][0]["marker"]["color"]  # type: ignore[index]
    assert len(shades) == 2
    assert shades[0] != shades[1]
    assert services["data"][0]["x"] == [2000.0]  # type: ignore[index]


def test_each_chart_says_of_what_its_shares_are_and_adds_up_to_it(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    """A click on a channel: channels keep all their bars, everything else is of payments through it."""
    app = visit(monkeypatch, data, "collections", channel="web")
    said = text(app)
    assert "AED; methods: share of AED 1,500, payments through Web portal; channels: share of AED 3,000, all payments" in said
    assert "in colour: Web portal" in said
    assert said.count("AED; share of AED 1,500, payments through Web portal; grey mark") == 2, "by department and by service"
    _, departments, both, services = (chart["data"][0] for chart in charts(app))  # type: ignore[index]
    amounts = dict(zip((code for _, code in both["customdata"]), both["x"], strict=True))
    assert amounts == {"credit_card": 1500.06, "web": 1500.06, "mpay": 1499.94}
    assert sum(departments["x"]) == sum(services["x"]) == 1500.06
    shades = dict(zip(amounts, both["marker"]["color"], strict=True))
    assert shades["web"] == shades["credit_card"] != shades["mpay"]


def test_only_the_days_that_are_drawn_are_promised_in_grey(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    """Of a period before, only whole months can stand beside whole months."""
    custom = {"period": "custom", "compare": "previous-period"}
    said = text(visit(monkeypatch, data, "collections", **custom, **{"from": "2012-03-10", "to": "2012-04-20"}))
    assert "grey: " not in said
    assert "AED; hatched: only 10–31 Mar 2012, 1–20 Apr 2012 chosen" in said
    said = text(visit(monkeypatch, data, "collections", **custom, **{"from": "2012-04-01", "to": "2012-05-20"}))
    assert "AED; hatched: only 1–20 May 2012 chosen" in said
    said = text(visit(monkeypatch, data, "collections", **custom, **{"from": "2012-04-01", "to": "2012-05-31"}))
    assert "AED; grey: Feb–Mar 2012" in said


def test_without_a_filter_shares_are_of_all_payments(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    said = text(visit(monkeypatch, data, "collections"))
    assert said.count("share of AED 3,000, all payments") == 3
    assert "in colour" not in said


def test_arabic_says_of_what_the_shares_are(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    said = plain(text(visit(monkeypatch, data, "collections", channel="web", lang="ar")))
    assert "الطرق: النسبة من 1,500 درهم، المدفوعات عبر البوابة الإلكترونية" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_days_fall_back_to_months_where_only_months_were_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, language: str
) -> None:
    libraries(tmp_path).close()
    app = visit(monkeypatch, tmp_path, "collections", lang=language, grain="day")
    months = charts(app)[0]["data"][0]  # type: ignore[index]
    assert months["y"] == [25_000] * 6
    assert "1,500" in plain(text(app))


def test_days_that_cut_a_reported_month_are_refused_in_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    libraries(tmp_path).close()
    said = text(visit(monkeypatch, tmp_path, "collections", period="custom", **{"from": "2021-01-10", "to": "2021-03-31"}))
    assert "There is no figure for 10 January to 31 March 2021" in said
    assert "2021-01" not in said
    assert "Traceback" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_store_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, language: str) -> None:
    nothing(tmp_path).close()
    assert not charts(visit(monkeypatch, tmp_path, "collections", lang=language))


def test_a_month_is_shown_by_its_days_with_a_way_back(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    app = visit(monkeypatch, data, "collections", month="2012-08")
    lines = [trace for trace in charts(app)[0]["data"] if trace["mode"] == "lines"]  # type: ignore[attr-defined]
    assert [len(line["y"]) for line in lines] == [31, 31]
    assert "Collected by day" in text(app)
    assert "click a month" not in text(app)
    assert app.button(key="back-to-year").label == "Back to 2012"
    app.button(key="back-to-year").click().run()
    assert "month" not in app.query_params
    assert "click a month to see its days" in text(app)


def test_the_way_back_from_a_month_of_an_earlier_year_leads_to_that_year(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    app = visit(monkeypatch, data, "collections", month="2011-08")
    app.button(key="back-to-year").click().run()
    assert (app.query_params["from"], app.query_params["to"]) == ("2011-01-01", "2011-12-31")


def test_a_month_without_days_stands_in_colour_among_the_others_of_its_year(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    libraries(tmp_path).close()
    app = visit(monkeypatch, tmp_path, "collections", month="2021-03")
    bars = charts(app)[0]["data"][0]  # type: ignore[index]
    assert bars["y"] == [25_000] * 6
    shades = bars["marker"]["color"]
    assert [shade == shades[2] for shade in shades] == [False, False, True, False, False, False]
    assert "in colour: March 2021" in text(app)
    assert "click it again for the whole year" in text(app)
