"""Data in both languages: what came in adds up or is named, missing days stand out, raw text stays text."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from metrics import KPIS
from tests.support.marts import build_snapshot
from tests.support.scenes import libraries, nothing
from tests.support.visits import markup, text, visit
from ui.text import plain

LANGUAGES = ("en", "ar")
MISSING = date(2012, 9, 5)


def coverage(source: str, **more: Any) -> dict[str, Any]:
    whole = {
        "files": 2,
        "rows_in": 1_000,
        "accepted": 990,
        "duplicates": 7,
        "rejected": 3,
        "first_day": date(2012, 9, 1),
        "last_day": date(2012, 9, 30),
        "complete_through": date(2012, 9, 30),
        "last_ingested_at": datetime(2012, 9, 30, 20, 30),
    }
    return {"source": source, **whole, **more}


def store(folder: Path, *, accepted: int = 990, fils_mart: int = 5_000) -> Path:
    """One month of payments with a day missing, and one rejected row."""
    days = [date(2012, 9, 1) + timedelta(days=i) for i in range(30)]
    build_snapshot(
        folder,
        payments=[{"day": day, "settled": 1, "gross_fils": 100} for day in days if day != MISSING],
        coverage=[
            coverage(
                "payments", accepted=accepted, fils_in=1_234_567, fils_accepted=1_234_567, fils_duplicates=0, fils_rejected=0
            )
        ],
        coverage_days=[
            {"source": "payments", "day": day, "rows": 33, "fils": 100, "delivered": True} for day in days if day != MISSING
        ],
        reconciliation=[
            {
                "source": "payments",
                "month": date(2012, 9, 1),
                "rows_ledger": 990,
                "rows_mart": 990,
                "fils_ledger": 5_000,
                "fils_mart": fils_mart,
            }
        ],
        quarantine=[
            {
                "source": "payments",
                "file": "september.csv",
                "line": 7,
                "column": "amount",
                "rule": "min",
                "raw": "<img src=x onerror=alert(1)>,-5",
            }
        ],
        campaigns=[
            {
                "code": "best",
                "name_en": "Best eCustomer",
                "name_ar": "أفضل متعامل",
                "starts_on": date(2012, 6, 1),
                "ends_on": date(2012, 8, 31),
                "departments": "dewa",
            }
        ],
    ).close()
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store(tmp_path_factory.mktemp("store"))


def open_tab(monkeypatch: pytest.MonkeyPatch, folder: Path, tab: str, **params: str) -> str:
    """The page with one of its tabs open."""
    app = visit(monkeypatch, folder, "data", **params)
    app.session_state["data-more"] = tab
    return markup(app.run())


def test_everything_accounted_for_is_said_first(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    said = text(visit(monkeypatch, data, "data"))
    assert "All 1,000 rows delivered to 30 September 2012 are accounted for" in said
    assert "Last file on 1 October 2012, 00:30." in said
    assert "Ledger and marts agree exactly, in rows and money, in the 1 month compared." in said
    assert "99.00% of 1,000 rows in" in said


def test_it_speaks_arabic(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    said = plain(text(visit(monkeypatch, data, "data", lang="ar")))
    assert "الصفوف الواردة حتى 30 سبتمبر 2012 وعددها 1,000 معلومة المآل كلها" in said
    assert "آخر ملف في 1 أكتوبر 2012، 00:30." in said


def test_rows_that_are_not_accounted_for_are_counted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    app = visit(monkeypatch, store(tmp_path, accepted=988), "data")
    assert "The data does not add up" in text(app)
    sources = markup(app).split('aria-label="What came in"')[1].split("</table>")[0]
    assert '<td class="k-num">988</td><td class="k-num">7</td><td class="k-num">3</td><td class="k-num">2</td>' in sources


def test_a_mart_that_differs_by_one_fils_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = store(tmp_path, fils_mart=4_999)
    app = visit(monkeypatch, folder, "data")
    assert "The data does not add up" in text(app)
    assert "months that differ: see the reconciliation" in text(app)
    assert '<td class="k-num">50.00</td><td class="k-num">49.99</td><td class="k-num">0.01</td>' in open_tab(
        monkeypatch, folder, "Reconciliation"
    )


def test_a_missing_day_is_named_and_marked(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    app = visit(monkeypatch, data, "data")
    assert "Payments missing: 5 September 2012" in text(app)
    chart = json.loads(app.get("plotly_chart")[0].proto.spec)
    (cells,) = chart["data"][0]["z"]
    start = date(2012, 1, 1)
    marked = {start + timedelta(days=i): cell for i, cell in enumerate(cells) if cell is not None}
    assert marked[MISSING] == 2
    assert {cell for day, cell in marked.items() if day != MISSING} == {1}
    assert min(marked) == date(2012, 9, 1)
    assert "1 day missing" in json.dumps(chart)


def test_rejected_rows_show_their_text_as_text(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    page = open_tab(monkeypatch, data, "Quarantine")
    assert "&lt;img src=x onerror=alert(1)&gt;,-5" in page
    assert "<img" not in page
    assert "september.csv" in page


def test_all_definitions_are_there_and_can_be_searched_in_both_languages(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    app = visit(monkeypatch, data, "data", lang="ar")
    assert all(f"<code>{kpi}</code>" in markup(app) for kpi in KPIS)
    for words in ("المبالغ المحصّلة", "collected amount"):
        app.text_input(key="search-definitions").set_value(words).run()
        found = markup(app).split('class="k-definitions"')[1]
        assert "<code>collected_amount</code>" in found
        assert "<code>mtbf</code>" not in found
    app.text_input(key="search-definitions").set_value("zzz").run()
    assert "لا يوجد تعريف مطابق" in text(app)


def test_campaigns_and_settings(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    campaigns = open_tab(monkeypatch, data, "الحملات والفعاليات", lang="ar")
    assert "أفضل متعامل" in campaigns
    assert "لا توجد فعاليات مسجّلة." in campaigns
    assert "Asia/Dubai" in open_tab(monkeypatch, data, "Settings")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scene", [libraries, nothing])
def test_other_stores_have_a_whole_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, language: str, scene: Any) -> None:
    scene(tmp_path).close()
    app = visit(monkeypatch, tmp_path, "data", lang=language)
    verdict = {
        ("en", libraries): "Data complete to 30 June 2021",
        ("ar", libraries): "البيانات مكتملة حتى 30 يونيو 2021",
        ("en", nothing): "Data complete to",
        ("ar", nothing): "البيانات مكتملة حتى",
    }
    assert verdict[language, scene] in text(app).split("</h1>")[0]
    for tab in [tab.label for tab in app.tabs]:
        app.session_state["data-more"] = tab
        app.run()
        assert not app.exception, app.exception
