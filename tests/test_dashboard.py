"""The front door: which store it opens, and that neither it nor a page does anything but serve."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit import net_util
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.bootstrap import _print_url
from streamlit.web.server.server_util import is_url_from_allowed_origins

DASHBOARD = Path(__file__).resolve().parents[1] / "dashboard.py"


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the front door sets on import is set back."""
    monkeypatch.setattr(PagesManager, "uses_pages_directory", PagesManager.uses_pages_directory)
    monkeypatch.setattr(net_util, "get_external_ip", net_util.get_external_ip)


@pytest.mark.parametrize(
    ("named", "opened"),
    [
        pytest.param("my/store", "my/store", id="named"),
        pytest.param("", "data/store", id="empty"),
        pytest.param(None, "data/store", id="not named"),
    ],
)
def test_it_opens_the_store_that_data_names_else_the_default(
    named: str | None, opened: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if named is None:
        monkeypatch.delenv("DATA", raising=False)
    else:
        monkeypatch.setenv("DATA", named)
    assert runpy.run_path(str(DASHBOARD), run_name="dashboard")["DATA"] == Path(opened)


def test_neither_its_start_nor_a_foreign_origin_makes_it_ask_the_network(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(net_util, "_make_blocking_http_get", lambda url, timeout: asked.append(url))
    runpy.run_path(str(DASHBOARD), run_name="dashboard")
    _print_url(is_running_hello=False)
    assert not is_url_from_allowed_origins("https://foreign.example")
    assert asked == []
    assert "http://localhost:8501" in capsys.readouterr().out


@pytest.mark.parametrize("page", sorted(path.stem for path in (DASHBOARD.parent / "pages").glob("[a-z]*.py")))
def test_a_page_does_nothing_on_import(page: str) -> None:
    """Whatever a page file would draw or read on import is called before the reader is known."""
    watch = (
        "import sys, streamlit as st\n"
        "from streamlit.delta_generator import DeltaGenerator\n"
        "import metrics, ui.shell, ui.export, ui.filters, ui.figure\n"
        "def refuse(*args, **kwargs): raise SystemExit('drawn or read on import')\n"
        "DeltaGenerator._enqueue = DeltaGenerator._block = refuse\n"
        "metrics.query = metrics.open_snapshot = metrics.current_version = refuse\n"
        "st.query_params.__class__.__getitem__ = refuse\n"
        f"import pages.{page} as page\n"
        "assert callable(page.page)\n"
    )
    run = subprocess.run([sys.executable, "-c", watch], cwd=DASHBOARD.parent, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
