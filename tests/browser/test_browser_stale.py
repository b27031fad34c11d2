"""After a click the figures of the view before are pale until the new ones have come, so that nobody reads both as one."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
Open = Callable[..., Page]

WATCH = """() => {
    window.seen = {stale: [], frame: []};
    const opacity = (element) => Number(getComputedStyle(element).opacity);
    const look = () => {
        for (const plot of document.querySelectorAll('.js-plotly-plot')) {
            const stale = plot.closest('[data-stale="true"]');
            if (stale) window.seen.stale.push(opacity(stale));
        }
        for (const part of document.querySelectorAll('[data-testid="stSidebar"] [data-stale], .st-key-filters [data-stale]'))
            window.seen.frame.push(opacity(part));
        requestAnimationFrame(look);
    };
    look();
}"""


def test_figures_of_the_view_before_are_pale_until_the_new_ones_have_come(visit: Open) -> None:
    page = visit("collections")
    page.evaluate(WATCH)
    page.locator(".st-key-figure-department .bars .point path").first.click(force=True)
    expect(page.locator(".k-headline")).to_contain_text("Customs:")
    page.wait_for_selector('[data-test-script-state="notRunning"]')
    page.wait_for_timeout(300)
    seen = page.evaluate("window.seen")
    assert seen["stale"], "the page ran again without an old chart on it"
    assert min(seen["stale"]) < 0.5
    assert min(seen["frame"]) == 1
    charts = page.locator('[data-testid="stElementContainer"]:has(.js-plotly-plot)')
    assert {charts.nth(n).evaluate("e => getComputedStyle(e).opacity") for n in range(charts.count())} == {"1"}
