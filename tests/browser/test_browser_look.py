"""What can be measured of the look: direction, phone, dark, fonts from here, nothing from outside, a quiet console."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect

from tests.browser.conftest import Server, settled

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
PAGES = ("", "collections", "availability", "satisfaction", "data")


def box(place: Locator) -> FloatRect:
    found = place.bounding_box()
    assert found
    return found


def test_arabic_has_its_sidebar_on_the_right_and_its_first_card_too(visit: Open) -> None:
    page = visit("?lang=ar")
    assert box(page.get_by_test_id("stSidebar"))["x"] > 1200
    cards = [box(card)["x"] for card in page.locator(".k-card").all()]
    assert cards == sorted(cards, reverse=True)
    assert page.evaluate("getComputedStyle(document.querySelector('.k-headline')).textAlign") in ("start", "right")
    charts = page.locator(".js-plotly-plot")
    charts.nth(1).wait_for()
    assert box(charts.nth(0))["x"] > box(charts.nth(1))["x"]


def test_english_has_its_sidebar_on_the_left(visit: Open) -> None:
    page = visit()
    assert box(page.get_by_test_id("stSidebar"))["x"] == 0
    cards = [box(card)["x"] for card in page.locator(".k-card").all()]
    assert cards == sorted(cards)


def test_the_document_is_right_to_left_at_its_first_byte(server: Server, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.url}/collections?lang=ar")
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
    context.close()


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("path", PAGES)
def test_a_phone_shows_every_page_without_scrolling_sideways(visit: Open, path: str, language: str) -> None:
    page = visit(f"{path}?lang={language}", phone=True)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("e => e.scrollWidth <= e.clientWidth"), main.evaluate(
        "e => [...e.querySelectorAll('*')].filter(c => { const r = c.getBoundingClientRect();"
        " return r.right > innerWidth + 1 || r.left < -1 }).slice(0, 5).map(c => c.outerHTML.slice(0, 160))"
    )
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_covers_the_chosen_tab_of_a_phone(visit: Open, language: str) -> None:
    page = visit(f"data?lang={language}", phone=True)
    tab = page.get_by_role("tab").first
    tab.scroll_into_view_if_needed()
    covered = tab.evaluate(
        "t => { const r = t.getBoundingClientRect(); return [r.left + 3, r.left + r.width / 2, r.right - 3]"
        ".filter(x => !t.contains(document.elementFromPoint(x, r.top + r.height / 2))) }"
    )
    assert covered == []


@pytest.mark.parametrize(("language", "edge"), [("en", "left"), ("ar", "right")])
def test_options_of_a_filter_begin_at_the_reading_side(visit: Open, language: str, edge: str) -> None:
    page = visit(f"availability?lang={language}", phone=True)
    page.locator(".st-key-filter-department button").first.click()
    page.get_by_test_id("stPopoverBody").get_by_role("combobox").click()
    option = page.get_by_role("option").first
    option.wait_for()
    gap = option.evaluate(
        "(o, edge) => { const words = document.createRange(); words.selectNodeContents(o);"
        " return Math.abs(words.getBoundingClientRect()[edge] - o.getBoundingClientRect()[edge]) }",
        edge,
    )
    assert gap < 20


def test_the_code_of_a_definition_stands_under_its_name_on_an_arabic_phone(visit: Open) -> None:
    page = visit("data?lang=ar", phone=True)
    edges = page.locator(".k-definitions summary").first.evaluate(
        "s => ['b', 'code'].map(name => { const words = document.createRange(); words.selectNodeContents(s.querySelector(name));"
        " return words.getBoundingClientRect().right })"
    )
    assert abs(edges[0] - edges[1]) < 3


@pytest.mark.parametrize(("language", "edge"), [("en", 0), ("ar", 390)])
def test_a_phones_sidebar_opens_from_the_reading_side_and_a_page_link_closes_it(visit: Open, language: str, edge: int) -> None:
    page = visit(f"?lang={language}", phone=True)
    page.get_by_test_id("stExpandSidebarButton").click()
    sidebar = page.get_by_test_id("stSidebar")
    expect(sidebar).to_be_visible()
    page.wait_for_function(
        "edge => { const r = document.querySelector('[data-testid=stSidebar]').getBoundingClientRect();"
        " return Math.abs((edge ? r.right : r.left) - edge) < 2 && r.width > 250 }",
        arg=edge,
    )
    page.get_by_test_id("stPageLink-NavLink").nth(1).click()
    page.wait_for_url(re.compile("/collections"))
    expect(sidebar).to_be_hidden()


def test_the_first_screen_of_the_overview_reaches_what_needs_attention(visit: Open) -> None:
    """Sentence, cards, both charts and the strip: what an executive sees without scrolling."""
    page = visit()
    strip = page.locator(".k-attention").bounding_box()
    assert strip
    assert strip["y"] + strip["height"] <= 900


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_line_that_opens_a_table_stands_in_the_row_of_files_and_covers_none_of_them(visit: Open, language: str) -> None:
    page = visit(f"?lang={language}")
    files, line = page.locator(".st-key-take-where-from"), page.locator(".st-key-table-where-from summary")
    row, opener = (place.bounding_box() for place in (files, line))
    assert row
    assert opener
    assert abs((row["y"] + row["height"] / 2) - (opener["y"] + opener["height"] / 2)) < 4
    for name in ("CSV", "XLSX", "PNG"):
        files.get_by_text(name, exact=True).click(trial=True)
    line.click()
    expect(page.locator(".st-key-table-where-from .k-table")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "left", "right"),
    [
        ("", "running-total", "where-from"),
        ("collections", "course", "department"),
        ("collections", "methods", "service"),
    ],
)
def test_charts_beside_each_other_begin_and_end_together(visit: Open, path: str, left: str, right: str) -> None:
    page = visit(path)
    one, other = (page.locator(f".st-key-figure-{key}") for key in (left, right))
    for figure in (one, other):
        figure.locator(".main-svg").first.wait_for()
    assert abs(box(one)["y"] - box(other)["y"]) < 2
    assert box(one)["height"] > box(other)["height"] - 60


def test_the_button_that_copies_the_link_keeps_off_the_filters_at_all_widths(visit: Open) -> None:
    page = visit("collections?department=customs")
    for width in range(920, 1440, 40):
        page.set_viewport_size({"width": width, "height": 900})
        button = box(page.locator("[data-copy]"))
        for place in page.locator(".st-key-filters button").all():
            one = box(place)
            assert one["x"] + one["width"] + 4 < button["x"] or one["y"] >= button["y"] + button["height"], width


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_phone_shows_how_long_each_incident_was_without_scrolling(visit: Open, language: str) -> None:
    page = visit(f"availability?lang={language}", phone=True)
    name = re.compile("longest of" if language == "en" else "أطول الانقطاعات")
    place = box(page.get_by_role("region", name=name).locator("tbody td.k-num"))
    assert place["x"] >= 0
    assert place["x"] + place["width"] <= 390


def cut(page: Page) -> list[str]:
    """The names of the tables on show that are wider than their place."""
    found: list[str] = page.locator(".k-table:visible").evaluate_all(
        "tables => tables.filter(t => t.scrollWidth > t.clientWidth).map(t => t.ariaLabel)"
    )
    return found


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_desk_shows_every_column_of_the_tables_about_the_data(visit: Open, language: str) -> None:
    page = visit(f"data?lang={language}")
    for tab in page.get_by_role("tab").all():
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        settled(page)
        assert cut(page) == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_desk_shows_every_column_of_an_amount_and_its_base_in_half_a_page(visit: Open, language: str) -> None:
    page = visit(f"?lang={language}")
    page.locator(".st-key-table-where-from summary").click()
    page.locator(".st-key-table-where-from .k-table").wait_for()
    assert cut(page) == []


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("key", ["satisfaction-department", "satisfaction-wave"])
def test_a_desk_shows_how_a_score_changed_in_half_a_page_without_scrolling(visit: Open, key: str, language: str) -> None:
    page = visit(f"satisfaction?lang={language}")
    page.locator(f".st-key-table-{key} summary").click()
    table = page.locator(f".st-key-table-{key} .k-table")
    change = table.get_by_role("columnheader", name=re.compile("^(Change|التغيّر)( |$)")).first
    place, frame = box(change), box(table)
    assert place["x"] >= frame["x"]
    assert place["x"] + place["width"] <= frame["x"] + frame["width"]


def test_dark_follows_the_readers_system_in_page_and_charts(visit: Open) -> None:
    page = visit(dark=True)
    assert page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor") == "rgb(16, 21, 27)"
    assert page.evaluate("getComputedStyle(document.querySelector('.k-headline')).color") == "rgb(232, 237, 241)"
    fill = page.locator(".st-key-figure-where-from .bars .point path").first.evaluate("e => getComputedStyle(e).fill")
    assert fill == "rgb(79, 180, 192)"


def test_the_theme_can_be_switched_and_stays_on_the_next_page(visit: Open) -> None:
    page = visit()
    page.get_by_role("button", name="Dark theme").click()
    page.wait_for_load_state()
    settled(page)
    expect(page.locator(".stApp")).to_have_css("background-color", "rgb(16, 21, 27)")
    page.goto(page.url + "collections")
    settled(page)
    expect(page.locator(".stApp")).to_have_css("background-color", "rgb(16, 21, 27)")
    expect(page.get_by_role("button", name="Light theme")).to_be_visible()


def test_nothing_comes_from_outside_and_the_console_is_quiet(browser: Browser, server: Server) -> None:
    context = browser.new_context()
    page = context.new_page()
    outside: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: outside.append(request.url) if foreign(request.url, server.url) else None)
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(server.url)
    settled(page)
    for name in ("Collections", "Availability", "Satisfaction"):
        page.get_by_test_id("stPageLink-NavLink").filter(has_text=name).click()
        page.wait_for_url(re.compile(name.lower()))
        settled(page)
    context.close()
    assert outside == []
    assert said == []


def foreign(url: str, home: str) -> bool:
    return not url.startswith((home, home.replace("http", "ws"), "data:", "blob:"))


def test_the_fonts_are_ours(visit: Open) -> None:
    page = visit("?lang=ar")
    assert page.evaluate(
        "document.fonts.check('16px \"IBM Plex Sans\"') && document.fonts.check('16px \"IBM Plex Sans Arabic\"', 'ع')"
    )
    loaded = page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family.replaceAll('\"', ''))")
    assert {"IBM Plex Sans", "IBM Plex Sans Arabic"} <= set(loaded)


@pytest.mark.parametrize("path", ["collections", "availability?lang=ar", "data"])
def test_a_cold_deep_link_opens_its_page_on_a_server_nobody_has_visited(visit: Open, fresh_server: Server, path: str) -> None:
    page = visit(path, url=fresh_server.url)
    expect(page.locator(".k-brand")).to_be_visible()
    expect(page.locator(".k-headline")).to_be_visible()


@pytest.mark.parametrize(("language", "said"), [("en", "There is no data to show yet"), ("ar", "لا توجد بيانات")])
def test_a_store_without_a_snapshot_is_a_designed_state_in_the_readers_language(
    browser: Browser, tmp_path: Path, language: str, said: str
) -> None:
    (tmp_path / "store").mkdir()
    empty = Server(tmp_path / "store", tmp_path / "server.log")
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{empty.url}/?lang={language}")
    expect(page.locator(".k-empty h3")).to_contain_text(said)
    assert "Traceback" not in page.inner_text("body")
    assert str(tmp_path) not in page.inner_text("body")
    context.close()
    empty.stop()
