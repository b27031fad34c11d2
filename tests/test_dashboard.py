"""The front door: which store it opens."""

import runpy
from pathlib import Path

import pytest
from streamlit.runtime.pages_manager import PagesManager

DASHBOARD = Path(__file__).resolve().parents[1] / "dashboard.py"


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
    monkeypatch.setattr(PagesManager, "uses_pages_directory", PagesManager.uses_pages_directory)  # it is set on import
    if named is None:
        monkeypatch.delenv("DATA", raising=False)
    else:
        monkeypatch.setenv("DATA", named)
    assert runpy.run_path(str(DASHBOARD), run_name="dashboard")["DATA"] == Path(opened)
