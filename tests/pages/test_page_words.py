"""No page leaves a reader with words of another language: on an Arabic page no English source of the catalogue is left."""

import json
import re
from pathlib import Path

import pytest

from tests.support.scenes import government
from tests.support.visits import text, visit
from ui import i18n

PAGES = ("", "collections", "availability", "satisfaction", "data")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("government")
    government(folder).close()
    return folder


def sources() -> set[str]:
    """English sources without placeholders that are words, not signs or codes."""
    ids = {m.id if isinstance(m.id, str) else m.id[0] for m in i18n.read_catalogue("ar") if m.id}
    return {text for text in ids if re.fullmatch(r"[A-Z][a-z]+( [\w,'-]+)*\.?", text)}


@pytest.mark.parametrize("page", PAGES)
def test_no_english_sentence_is_left_on_an_arabic_page(monkeypatch: pytest.MonkeyPatch, data: Path, page: str) -> None:
    app = visit(monkeypatch, data, page, lang="ar", department="customs")
    charts = " ".join(json.dumps(json.loads(element.proto.spec), ensure_ascii=False) for element in app.get("plotly_chart"))
    widgets = " ".join(
        str(w.label) for kind in ("button", "radio", "selectbox", "multiselect", "text_input") for w in app.get(kind)
    )
    words = " ".join((text(app), charts.replace("IBM Plex Sans Arabic", ""), widgets))
    said = re.sub(r"SELECT .*?(?=[\u0600-\u06ff])", " ", words, flags=re.DOTALL)
    left = {source for source in sources() if re.search(rf"(?<![\w./-]){re.escape(source)}(?![\w-])", said)}
    assert left <= {"English"}, "the link to the other language is the only English word"
