"""Visits to a page of the dashboard without a browser: the real front door, run by Streamlit's AppTest."""

from html import unescape
from pathlib import Path
from re import sub

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

DASHBOARD = Path(__file__).resolve().parents[2] / "dashboard.py"


def visit(monkeypatch: pytest.MonkeyPatch, data: Path, path: str = "", **params: str) -> AppTest:
    """Open a page with these query parameters; fails when the page raised."""
    monkeypatch.setenv("DATA", str(data))
    _without_pages_of_its_own(monkeypatch)
    app = AppTest.from_file(str(DASHBOARD), default_timeout=30)
    app.query_params.update(params)
    app._page_hash = calc_hash(path)  # AppTest knows only pages that are files; ours are functions
    app.run()
    assert not app.exception, app.exception[0].stack_trace
    return app


def _without_pages_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the server branch of dashboard.py does once, AppTest undoes at each run: do it whenever a run begins."""
    begin = PagesManager.__init__

    def begun(self: PagesManager, *args: object, **kwargs: object) -> None:
        begin(self, *args, **kwargs)  # type: ignore[arg-type]
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", begun)


def markup(app: AppTest) -> str:
    """All HTML of a page, in order."""
    return "\n".join(element.proto.body for element in app.get("html"))


def text(app: AppTest) -> str:
    """The words of all HTML of a page."""
    return unescape(sub(r"<[^>]+>", " ", markup(app)))
