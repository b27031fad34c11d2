"""What readers do, in a real browser: look, filter, click a bar, share the link, switch the language, take figures away."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


STANDING_BAR = """([figure, number]) => {
    const frame = document.querySelector(figure);
    const bar = [...(frame?.querySelectorAll(".bars .point path") ?? [])].at(number);
    const before = window.barBefore;
    window.barBefore = null;
    if (!bar || !document.querySelector('[data-test-script-state="notRunning"]')) return false;
    const box = bar.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    if (!frame.contains(document.elementFromPoint(x, y))) {
        bar.scrollIntoView({ block: "center", behavior: "instant" });
        return false;
    }
    window.barBefore = { bar, x, y };
    return before?.bar === bar && Math.hypot(before.x - x, before.y - y) < 0.5 && box.width > 0 && [x, y];
}"""


def click_bar(page: Page, key: str, number: int) -> None:
    """Click the middle of a bar, once the page has stopped running and the bar is in sight and has stopped moving.

    Both Streamlit and plotly put new elements in the place of old ones, at any time while they are at work. So each look finds
    the bar anew, and only a bar that is the same one in the same place twice in a row is clicked.
    """
    page.evaluate("window.barBefore = null")
    place = page.wait_for_function(STANDING_BAR, arg=[f".st-key-figure-{key}", number], polling=200).json_value()
    page.mouse.click(*place)


def headline(page: Page) -> Locator:
    return page.locator(".k-headline")


def link(page: Page, name: str) -> Locator:
    return page.get_by_test_id("stPageLink-NavLink").filter(has_text=name)


def test_main_journey_from_overview_to_the_worst_service(visit: Open) -> None:
    page = visit()
    expect(headline(page)).to_have_text("AED 3,000 collected to 30 September 2012, 25% more than in the same period of 2011")
    expect(page.locator(".k-card")).to_have_count(5)
    expect(page.locator(".js-plotly-plot")).to_have_count(2)
    link(page, "Availability").click()
    expect(headline(page)).to_contain_text("Services were available")
    expect(page).to_have_url(re.compile("/availability$"))
    expect(page.locator(".st-key-figure-availability-service .js-plotly-plot")).to_be_visible()
    expect(page).to_have_title(re.compile("Availability"))


def test_a_filter_of_the_bar_changes_page_and_url_and_its_chip_takes_it_back(visit: Open) -> None:
    page = visit("collections")
    page.locator(".st-key-filter-department button").first.click()
    page.get_by_test_id("stPopoverBody").get_by_role("combobox").click()
    page.get_by_role("option", name="Customs", exact=True).click()
    expect(headline(page)).to_have_text(re.compile("^Customs: AED 2,000 collected"))
    assert query(page)["department"] == ["customs"]
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Department: Customs").click()
    expect(headline(page)).to_have_text(re.compile("^AED 3,000 collected"))
    assert "department" not in query(page)


def test_a_click_on_a_bar_filters_and_a_second_click_does_no_longer(visit: Open) -> None:
    page = visit("collections")
    click_bar(page, "department", 1)
    expect(headline(page)).to_have_text(re.compile("^Electricity & Water <b>: AED 1,000"))
    assert query(page)["department"] == ["dewa"]
    click_bar(page, "department", 1)
    expect(headline(page)).to_have_text(re.compile("^AED 3,000"))
    assert "department" not in query(page)


def test_another_bar_takes_the_place_of_the_first(visit: Open) -> None:
    page = visit("collections")
    click_bar(page, "department", 1)
    expect(headline(page)).to_have_text(re.compile("^Electricity"))
    click_bar(page, "department", 0)
    expect(headline(page)).to_have_text(re.compile("^Customs"))
    assert query(page)["department"] == ["customs"]


def test_a_click_on_a_month_shows_its_days_and_a_button_the_year_again(visit: Open) -> None:
    page = visit("collections")
    whole = headline(page).inner_text()
    click_bar(page, "course", -1)
    expect(headline(page)).to_have_text(re.compile("September 2012"))
    expect(headline(page)).not_to_have_text(whole)
    assert (query(page)["period"], query(page)["month"]) == (["month"], ["2012-09"])
    page.get_by_role("button", name="Back to 2012").click()
    expect(headline(page)).to_have_text(whole)
    assert "month" not in query(page)
    click_bar(page, "course", -1)
    expect(headline(page)).to_have_text(re.compile("September 2012"))


def test_a_link_opens_the_same_view_in_the_other_language(visit: Open) -> None:
    address = "collections?department=customs&period=month&month=2012-08"
    english, arabic = visit(address), visit(f"{address}&lang=ar")
    values = [page.locator(".k-value").first.inner_text() for page in (english, arabic)]
    figures = [re.sub(r"[^\d.]", "", value) for value in values]
    assert figures[0] == figures[1] != ""
    expect(headline(arabic)).to_contain_text("الجمارك")


def test_switching_the_language_keeps_the_view_and_turns_the_page_around(visit: Open) -> None:
    page = visit("collections?department=customs")
    page.get_by_role("link", name="العربية").click()
    page.wait_for_selector('html[dir="rtl"]', state="attached")
    expect(headline(page)).to_contain_text("الجمارك")
    assert query(page) == {"lang": ["ar"], "department": ["customs"]}
    link(page, "التوافر").or_(link(page, "توافر")).first.click()
    expect(page).to_have_url(re.compile("/availability"))
    assert query(page) == {"lang": ["ar"], "department": ["customs"]}


def test_how_was_this_computed_opens_and_closes_by_keyboard(visit: Open) -> None:
    page = visit()
    opener = page.locator(".k-card .k-how summary").first
    opener.focus()
    page.keyboard.press("Enter")
    body = page.locator(".k-card .k-how[open] .k-how-body")
    expect(body).to_be_visible()
    expect(body).to_contain_text("1 January to 30 September 2012")
    expect(body).to_contain_text("SELECT")
    page.keyboard.press("Escape")
    expect(body).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_chart_is_taken_away_as_csv_xlsx_and_png(visit: Open, tmp_path: Path) -> None:
    page = visit("collections?department=customs")
    expect(page.locator(".st-key-figure-service .js-plotly-plot .main-svg").first).to_be_visible()
    starts = {"CSV": b"\xef\xbb\xbf# ", "XLSX": b"PK", "PNG": b"\x89PNG"}
    for name, start in starts.items():
        with page.expect_download() as download:
            page.locator(".st-key-take-service").get_by_role("button", name=name).click()
        shown = "collected_amount" if name == "PNG" else "collected_amount-transactions"
        expected = f"{shown}-by-service-department-customs-2012-01-01-2012-09-30.{name.lower()}"
        assert download.value.suggested_filename == expected
        assert Path(download.value.path()).read_bytes().startswith(start)


def test_copy_link_copies_the_view(visit: Open) -> None:
    page = visit("collections?department=customs")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_what_a_link_asks_in_vain_is_said_and_left_out(visit: Open) -> None:
    page = visit("collections?department=%3Cscript%3Ealert(1)%3C/script%3E")
    expect(page.get_by_test_id("stAlert")).to_contain_text("<script>alert(1)</script>")
    expect(headline(page)).to_have_text(re.compile("^AED 3,000"))
