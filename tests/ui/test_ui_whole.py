"""Days that cut a period reported as one figure: the year to date gives way, chosen days are refused in words with a way on."""

from datetime import date
from pathlib import Path

import pytest

from metrics import Scope, Window, month
from tests.support.contexts import context_over
from tests.support.marts import build_snapshot, snapshot_in_memory
from tests.support.visits import markup, text, visit
from ui.lookups import known
from ui.whole import fitted

DEPARTMENTS = [
    {"code": "customs", "name_en": "Customs", "name_ar": "الجمارك"},
    {"code": "dewa", "name_en": "Electricity", "name_ar": "الكهرباء"},
]
PAYMENTS = [
    {"day": date(2012, 9, 15), "department": "customs", "service": "duty", "settled": 1, "gross_fils": 5_000},
    {"day": date(2012, 3, 1), "department": "customs", "service": "duty", "settled": 1, "gross_fils": 10_000},
    *(
        {"period_start": days.start, "period_end": days.end, "settled": 1, "gross_fils": 1_000}
        for days in (month(2012, number) for number in (7, 8, 9))
    ),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Daily payments to 15 September beside totals of whole months to 30 September."""
    folder = tmp_path_factory.mktemp("mixed")
    build_snapshot(folder, payments=PAYMENTS, departments=DEPARTMENTS, complete_through=date(2012, 9, 15)).close()
    return folder


def test_codes_are_ordered_where_a_reported_quarter_reaches_beyond_the_last_complete_month() -> None:
    quarter = {"period_start": date(2012, 7, 1), "period_end": date(2012, 9, 30), "settled": 1, "gross_fils": 100}
    snapshot = snapshot_in_memory(payments=[quarter], complete_through=date(2012, 8, 5))
    assert known(snapshot, Scope.everything()).order["department"] == ("dewa",)


def test_the_year_to_date_ends_where_nothing_is_cut() -> None:
    snapshot = snapshot_in_memory(payments=PAYMENTS, departments=DEPARTMENTS, complete_through=date(2012, 9, 15))
    context = fitted(context_over(snapshot), "collected_amount")
    assert context.window == Window(date(2012, 1, 1), date(2012, 8, 31))
    assert context.base == Window(date(2011, 1, 1), date(2011, 8, 31))


@pytest.mark.parametrize("path", ["", "collections"])
def test_a_page_says_that_it_ends_earlier_and_why(monkeypatch: pytest.MonkeyPatch, data: Path, path: str) -> None:
    app = visit(monkeypatch, data, path)
    assert "AED 120 collected" in text(app)
    (notice,) = app.info
    assert "Electricity" in notice.value
    assert "2012-09" not in notice.value
    assert "31 August 2012" in notice.value.replace("\u2068", "").replace("\u2069", "")


def test_chosen_days_are_refused_with_names_dates_and_the_nearest_whole_days(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    app = visit(monkeypatch, data, period="custom", **{"from": "2012-07-01", "to": "2012-09-10"})
    said = text(app)
    assert "There is no figure for 1 July to 10 September 2012" in said
    assert markup(app).count("<h1") == 1
    assert "dewa" not in said
    (button,) = [b for b in app.button if (b.key or "").startswith("instead-")]
    button.click().run()
    assert dict(app.query_params) == {"period": "custom", "from": "2012-07-01", "to": "2012-08-31"}
    assert "AED 20.00 collected" in text(app)


def test_a_refusal_speaks_arabic(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    said = text(visit(monkeypatch, data, lang="ar", period="custom", **{"from": "2012-07-01", "to": "2012-09-10"}))
    assert "الكهرباء" in said
    assert "2012-09" not in said
    assert "reported" not in said


def test_days_are_not_offered_where_only_months_were_reported(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    app = visit(monkeypatch, data, "collections")
    assert "By day" not in [option.content for group in app.get("button_group") for option in group.proto.options]
    alone = visit(monkeypatch, data, "collections", department="customs")
    assert "By day" in [option.content for group in alone.get("button_group") for option in group.proto.options]
