"""Explanations and tables fit the screen they are opened on: nothing is cut without a sign, nothing covers what it explains."""

from collections.abc import Callable

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
PLACES = {"card": (".k-card", ".k-card .k-how"), "chart": (".js-plotly-plot", '[class*="st-key-take-"] .k-how')}


def box(place: Locator) -> FloatRect:
    found = place.bounding_box()
    assert found
    return found


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_an_explanation_is_on_the_screen_and_leaves_its_figure_to_be_seen(
    visit: Open, language: str, phone: bool, place: str
) -> None:
    page = visit(f"?lang={language}", phone=phone)
    explained, opener = (page.locator(selector).first for selector in PLACES[place])
    opener.locator("summary").click()
    body = opener.locator(".k-how-body")
    expect(body).to_be_visible()
    panel, figure = box(body), box(explained)
    assert panel["x"] >= 0
    assert panel["x"] + panel["width"] <= (390 if phone else 1440)
    assert panel["width"] >= (330 if phone else 500)
    assert panel["y"] >= figure["y"] + figure["height"] - 1, "it lies over what it explains"
    assert panel["y"] + panel["height"] <= (844 if phone else 900) + 1, "the page moves until it is seen"


@pytest.mark.parametrize(("part", "explains"), [(0, "Rows accepted"), (1, "Days and months missing")])
def test_the_explanation_of_the_data_pages_cards_leaves_them_to_be_seen(part: int, explains: str, visit: Open) -> None:
    page = visit("data")
    page.locator(".k-take .k-how", has_text=explains).locator("summary").click()
    panel, cards = box(page.locator(".k-how[open] .k-how-body")), box(page.locator(".k-cards").nth(part))
    assert panel["y"] >= cards["y"] + cards["height"]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_table_that_runs_off_fades_until_its_end_is_reached(visit: Open, language: str) -> None:
    page = visit(f"collections?lang={language}", phone=True)
    page.locator(".st-key-table-department summary").click()
    table = page.locator(".st-key-table-department .k-table")
    expect(table).to_be_visible()
    assert table.evaluate("e => e.scrollWidth > e.clientWidth")
    assert table.evaluate("e => getComputedStyle(e).getPropertyValue('--k-more')") == "1"
    name = table.locator("tbody th").first
    before = box(name)["x"]
    table.evaluate("e => { e.scrollLeft = (document.dir === 'rtl' ? -1 : 1) * e.scrollWidth }")
    page.wait_for_function(
        "getComputedStyle(document.querySelector('.st-key-table-department .k-table')).getPropertyValue('--k-more') == 0"
    )
    assert abs(box(name)["x"] - before) < 2, "the name of a row stays while one scrolls"


@pytest.mark.parametrize(("language", "said"), [("en", "Skip to main content"), ("ar", "الانتقال إلى المحتوى الرئيسي")])
def test_the_first_stop_of_the_tab_key_speaks_the_readers_language(visit: Open, language: str, said: str) -> None:
    page = visit(f"?lang={language}")
    expect(page.get_by_test_id("stSkipToContent")).to_have_text(said)


def test_no_name_of_a_page_is_cut_in_the_sidebar(visit: Open) -> None:
    page = visit()
    cut = (
        "links => links.flatMap(a => [...a.querySelectorAll('*')])"
        ".filter(e => e.scrollWidth > e.clientWidth).map(e => e.textContent)"
    )
    assert page.locator('[data-testid="stPageLink"] a').evaluate_all(cut) == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_choice_has_its_border_all_around(visit: Open, language: str) -> None:
    page = visit(f"collections?lang={language}")
    borders = page.locator('[data-testid="stButtonGroup"] button').evaluate_all(
        "all => all.map(b => ['Left', 'Right'].map(side => getComputedStyle(b)[`border${side}Color`]))"
    )
    assert borders
    assert all(colour != "rgba(0, 0, 0, 0)" for pair in borders for colour in pair)
