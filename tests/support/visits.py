"""Visits to a page of the dashboard without a browser: the real front door, run by Streamlit's AppTest."""

from html import unescape
from pathlib import Path
from re import sub

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

DASHBOARD = Path(__file__).resolve().parents[2] / "dashboard.py"


def visit(monkeypatch: pytest.MonkeyPatch, data: Path, path: str = "", **params: str) -> AppTest:
    """Open a page with these query parameters; fails when the page raised."""
    monkeypatch.setenv("DATA", str(data))
    app = AppTest.from_file(str(DASHBOARD), default_timeout=30)
    app.query_params.update(params)
    app._page_hash = calc_hash(path)  # AppTest knows only pages that are files; ours are functions
    app.run()
    assert not app.exception, app.exception[0].stack_trace
    return app


def markup(app: AppTest) -> str:
    """All HTML of a page, in order."""
    return "\n".join(element.proto.body for element in app.get("html"))


def text(app: AppTest) -> str:
    """The words of all HTML of a page."""
    return unescape(sub(r"<[^>]+>", " ", markup(app)))
