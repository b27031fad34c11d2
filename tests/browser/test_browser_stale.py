"""After a click the figures of the view before are pale until the new ones have come, so that nobody reads both as one.

How long that takes depends on the machine, so the test holds what the server says and lets it through piece by piece.
"""

import re
from collections import deque
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from tests.browser.conftest import Server, settled

pytestmark = pytest.mark.browser

OPACITY = """selector => [...document.querySelectorAll(selector)].map(e => Number(getComputedStyle(e).opacity))"""
CHARTS = '[data-testid="stElementContainer"]:has(.js-plotly-plot)'
FRAME = ':is([data-testid="stSidebar"], .st-key-filters) [data-testid="stElementContainer"]'


class Held:
    """A page of which the server's words can be held back."""

    def __init__(self, page: Page) -> None:
        self.holding = False
        self._said: deque[str | bytes] = deque()
        page.route_web_socket(re.compile("_stcore/stream"), self._opened)

    def _opened(self, reader: WebSocketRoute) -> None:
        self._reader, server = reader, reader.connect_to_server()
        reader.on_message(server.send)
        server.on_message(self._heard)

    def _heard(self, word: str | bytes) -> None:
        self._said.append(word)
        if not self.holding:
            self.let_through(len(self._said))

    def let_through(self, number: int) -> None:
        for _ in range(min(number, len(self._said))):
            self._reader.send(self._said.popleft())


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def test_figures_of_the_view_before_are_pale_until_the_new_ones_have_come(page: Page, server: Server) -> None:
    held = Held(page)
    page.goto(f"{server.url}/collections")
    settled(page)
    page.wait_for_selector(".st-key-figure-department .bars .point path")
    assert set(page.evaluate(OPACITY, CHARTS)) == {1}
    held.holding = True
    page.get_by_text("By day", exact=True).click()
    page.wait_for_timeout(1000)
    held.let_through(3)  # the run has begun; of its figures none has come
    page.wait_for_function(f"Math.max(...({OPACITY})('{CHARTS}')) < 0.5")
    assert set(page.evaluate(OPACITY, FRAME)) == {1}, "filters and sidebar are the same in every view"
    held.holding = False
    held.let_through(1000)
    expect(page.locator(".k-figure-title").first).to_have_text("Collected by day")
    page.wait_for_function(f"Math.min(...({OPACITY})('{CHARTS}')) == 1")
