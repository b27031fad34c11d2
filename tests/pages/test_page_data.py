"""Data in both languages: what came in adds up or is named, missing days stand out, raw text stays text."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from metrics import KPIS, Window, month
from tests.support.marts import build_snapshot
from tests.support.scenes import libraries, nothing
from tests.support.visits import markup, text, visit
from ui.about import around
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
        "open": 3,
        "first_day": date(2012, 9, 1),
        "last_day": date(2012, 9, 30),
        "complete_through": date(2012, 9, 30),
        "last_ingested_at": datetime(2012, 9, 30, 20, 30),
    }
    return {"source": source, **whole, **more}


def store(folder: Path, *, accepted: int = 990, fils_mart: int = 5_000, rejected: int = 3, waiting: int | None = None) -> Path:
    """One month of payments with a day missing, and rejected rows."""
    days = [date(2012, 9, 1) + timedelta(days=i) for i in range(30)]
    build_snapshot(
        folder,
        payments=[{"day": day, "settled": 1, "gross_fils": 100} for day in days if day != MISSING],
        coverage=[
            coverage(
                "payments",
                accepted=accepted,
                duplicates=10 - rejected,
                rejected=rejected,
                open=rejected if waiting is None else waiting,
                fils_in=1_234_567,
                fils_accepted=1_234_567,
                fils_duplicates=0,
                fils_rejected=0,
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
                "state": "open",
                "column": "amount",
                "rule": "min",
                "raw": "<img src=x onerror=alert(1)>,-5",
            },
            {
                "source": "payments",
                "file": "august.csv",
                "line": 9,
                "state": "corrected",
                "corrected_by": "fix-august.csv",
                "column": "amount",
                "rule": "min",
                "raw": "9,-9",
            },
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


def test_what_became_of_the_rows_is_said_first(monkeypatch: pytest.MonkeyPatch, data: Path, tmp_path: Path) -> None:
    clean = text(visit(monkeypatch, store(tmp_path, rejected=0), "data"))
    assert "All 1,000 rows delivered to 30 September 2012 are accounted for" in clean
    said = text(visit(monkeypatch, data, "data"))
    assert "3 of 1,000 rows delivered are in quarantine, the others are accounted for" in said.split("  Last file")[0]
    assert "Last file on 1 October 2012, 00:30." in said
    assert "Ledger and marts agree exactly, in rows and money, in the 1 month compared." in said
    assert "99.00% of 1,000 rows in" in said


def test_it_speaks_arabic(monkeypatch: pytest.MonkeyPatch, data: Path, tmp_path: Path) -> None:
    assert "3 صفوف معزولة من الصفوف الواردة وعددها 1,000" in plain(text(visit(monkeypatch, data, "data", lang="ar")))
    said = plain(text(visit(monkeypatch, store(tmp_path, rejected=0), "data", lang="ar")))
    assert "الصفوف الواردة حتى 30 سبتمبر 2012 وعددها 1,000 معلومة المآل كلها" in said
    assert "آخر ملف في 1 أكتوبر 2012، 00:30." in said


def test_rows_that_are_not_accounted_for_are_counted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    app = visit(monkeypatch, store(tmp_path, accepted=988), "data")
    assert "The data does not add up" in text(app)
    sources = markup(app).split('aria-label="What came in"')[1].split("</table>")[0]
    cells = "".join(f'<td class="k-num">{count}</td>' for count in (988, 7, 3, 3, 2))
    assert cells in sources


def test_a_mart_that_differs_by_one_fils_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = store(tmp_path, fils_mart=4_999)
    app = visit(monkeypatch, folder, "data")
    assert "The data does not add up" in text(app)
    assert "Months that differ, in Payments: see the reconciliation" in text(app)
    assert '<td class="k-num">50.00</td><td class="k-num">49.99</td><td class="k-num">0.01</td>' in open_tab(
        monkeypatch, folder, "Reconciliation"
    )


def reported(department: str, months: range) -> list[dict[str, Any]]:
    unknown = dict.fromkeys(
        ("attempts", "failed", "abandoned", "mobile_settled", "automatic_settled", "baskets", "timed", "automatic")
    )
    return [
        {
            **unknown,
            "period_start": month(2021, n).start,
            "period_end": month(2021, n).end,
            "department": department,
            "settled": 10,
        }
        for n in months
    ]


def behind(folder: Path) -> Path:
    """Two libraries that report by month: one to May, one January only; of 14 rows in, 12 were rejected."""
    totals = {"rows_in": 14, "accepted": 2, "duplicates": 0, "rejected": 12, "open": 12, "first_day": date(2021, 1, 1)}
    build_snapshot(
        folder,
        payments=[*reported("bath", range(1, 6)), *reported("bristol", range(1, 2))],
        departments=[{"code": c, "name_en": c.title(), "name_ar": n} for c, n in (("bath", "باث"), ("bristol", "بريستول"))],
        coverage=[coverage("payment_totals", **totals, last_day=date(2021, 5, 31), complete_through=date(2021, 1, 31))],
        coverage_days=[
            {"source": "payment_totals", "day": date(2021, n, 1), "rows": 1, "fils": 0, "delivered": True} for n in range(1, 6)
        ],
        complete_through=date(2021, 1, 31),
        totals_behind="bristol",
    ).close()
    return folder


def test_rejected_rows_and_a_body_that_is_behind_are_in_the_headline_and_the_cards(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app = visit(monkeypatch, behind(tmp_path), "data")
    title, rest = text(app).split("Last file", 1)
    assert "12 of 14 rows delivered are in quarantine, the others are accounted for" in title
    assert "Data complete only to 31 January 2021: Bristol behind" in title
    assert "Bristol: delivered to 31 January 2021, due to 31 May 2021." in rest
    missing = markup(app).split("Days and months missing</h2>")[1].split("</article>")[0]
    assert '<p class="k-value">4</p>' in missing
    assert '<span class="k-warn">In the period shown and after it: a gap is not a zero</span>' in missing
    assert "Payment totals missing from Bristol: February 2021, March 2021, April 2021, May 2021" in rest
    assert "4 months missing" in app.get("plotly_chart")[0].proto.spec
    quarantine = markup(app).split("In quarantine</h2>")[1].split("</article>")[0]
    assert 'class="k-bad"' in quarantine


def test_a_body_that_is_behind_is_named_in_arabic_and_on_the_overview(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = behind(tmp_path)
    said = plain(text(visit(monkeypatch, folder, "data", lang="ar")))
    assert "البيانات مكتملة حتى 31 يناير 2021 فقط، لتأخر بريستول" in said
    overview = text(visit(monkeypatch, folder))
    assert "12 of 14 rows delivered are in quarantine" in overview
    assert "Bristol: totals delivered only to 31 January 2021" in overview


def without_february(folder: Path) -> Path:
    """Bath reports January to March, Bristol January and March."""
    rows = [*reported("bath", range(1, 4)), *reported("bristol", range(1, 4, 2))]
    last = date(2021, 3, 31)
    build_snapshot(
        folder,
        payments=rows,
        departments=[{"code": c, "name_en": c.title(), "name_ar": n} for c, n in (("bath", "باث"), ("bristol", "بريستول"))],
        coverage=[coverage("payment_totals", first_day=date(2021, 1, 1), last_day=last, complete_through=last)],
        coverage_days=[
            {"source": "payment_totals", "day": date(2021, n, 1), "rows": 1, "fils": 0, "delivered": True} for n in range(1, 4)
        ],
        complete_through=last,
    ).close()
    return folder


@pytest.mark.parametrize("more", [{}, {"from": "2021-02-01", "to": "2021-02-28"}], ids=["year to date", "its month only"])
def test_a_month_that_one_body_left_out_is_missing_though_the_others_delivered_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, more: dict[str, str]
) -> None:
    app = visit(monkeypatch, without_february(tmp_path), "data", **more)
    card = markup(app).split("Days and months missing</h2>")[1].split("</article>")[0]
    assert '<p class="k-value">1</p>' in card
    assert "Payment totals missing from Bristol: February 2021" in text(app)
    assert "Every day and month from the first delivery on is there" not in text(app)
    assert "1 month missing" in app.get("plotly_chart")[0].proto.spec


def test_a_month_that_a_body_left_out_is_not_missing_in_other_months(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    app = visit(monkeypatch, without_february(tmp_path), "data", **{"from": "2021-03-01", "to": "2021-03-31"})
    assert "missing from" not in text(app)
    assert "Every day and month from the first delivery on is there" in text(app)


def test_months_are_those_of_the_calendar_whatever_the_number_of_sources(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    same = {"month": date(2012, 9, 1), "rows_ledger": 9, "rows_mart": 9, "fils_ledger": None, "fils_mart": None}
    both = [{**same, "source": source} for source in ("payments", "probes")]
    payments = [{"day": date(2012, 9, 30), "settled": 1, "gross_fils": 1}]
    build_snapshot(tmp_path / "same", payments=payments, reconciliation=both).close()
    assert "in the 1 month compared." in text(visit(monkeypatch, tmp_path / "same", "data"))
    apart = [{**line, "rows_mart": 8} for line in both]
    build_snapshot(tmp_path / "apart", payments=payments, reconciliation=apart).close()
    app = visit(monkeypatch, tmp_path / "apart", "data")
    card = markup(app).split("Ledger against marts</h2>")[1].split("</article>")[0]
    assert '<p class="k-value">1</p>' in card
    assert "Months that differ, in Payments, Availability probes: see the reconciliation" in card
    overview = text(visit(monkeypatch, tmp_path / "apart"))
    assert "Delivered and shown figures differ in 1 month" in overview
    assert "Payments, Availability probes · Data page" in " ".join(overview.split())


def test_each_part_and_each_table_says_of_which_days_it_is(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    page = " ".join(text(visit(monkeypatch, data, "data", period="custom", **{"from": "2012-09-10", "to": "2012-09-20"})).split())
    store, period = page.split("The period shown", 1)
    assert "The whole store September 2012 Rows accepted 990" in store
    assert "What came in September 2012" in store
    assert period.startswith(" 10 September to 20 September 2012 "), period[:60]
    assert "Rows accepted" not in period.split("How was this computed")[0], "counts of the whole store are not of the period"
    assert "Days and months missing 0" in period


def test_campaigns_are_of_the_days_they_run_though_the_data_end_before() -> None:
    runs = [Window(date(2012, 3, 1), date(2012, 3, 9)), Window(date(2012, 9, 20), date(2012, 10, 31))]
    assert around(runs, month(2012, 9)) == Window(date(2012, 3, 1), date(2012, 10, 31))
    assert around([], month(2012, 9)) == month(2012, 9)


def test_on_a_page_a_link_to_the_data_keeps_the_view(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    store(tmp_path / "apart", fils_mart=5_001)
    page = markup(visit(monkeypatch, tmp_path / "apart", lang="ar", period="month", month="2012-09"))
    assert '<a href="/data?lang=ar&amp;period=month&amp;month=2012-09" target="_self">صفحة البيانات</a>' in page


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


def test_rejected_rows_say_whether_they_are_open_and_where_they_were_corrected(
    monkeypatch: pytest.MonkeyPatch, data: Path, tmp_path: Path
) -> None:
    first, second = open_tab(monkeypatch, data, "Quarantine").split(">september.csv<")[1].split(">august.csv<")
    assert ">open<" in first
    assert ">corrected<" in second
    assert ">fix-august.csv<" in second
    assert "1 open, 1 corrected" in second
    said = text(visit(monkeypatch, store(tmp_path, waiting=0), "data"))
    assert "All 1,000 rows delivered to 30 September 2012 are accounted for" in said
    assert "No rejected row is open" in said


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


def test_the_settings_name_a_currency_once(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    assert "<dt>Currency</dt><dd>AED</dd>" in open_tab(monkeypatch, data, "Settings")
    assert "<dd>درهم (AED)</dd>" in open_tab(monkeypatch, data, "الإعدادات", lang="ar")


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
