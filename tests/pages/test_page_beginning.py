"""A store whose data begin in the middle of a year, or lack months: what the pages draw and say of the days without data."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.marts import build_snapshot
from tests.support.visits import markup, text, visit
from ui.text import plain

FIRST, THROUGH = date(2012, 3, 10), date(2012, 9, 30)


def store(folder: Path, first: date = FIRST, *, without: tuple[str, ...] = (), sources: tuple[str, ...] = ("payments",)) -> Path:
    """AED 1 on each day from `first` on, but in the months `without`; further sources begin with the year."""
    days = [first + timedelta(days=n) for n in range((THROUGH - first).days + 1)]
    days = [day for day in days if f"{day:%Y-%m}" not in without]
    begun = {source: first if source == "payments" else first.replace(month=1, day=1) for source in sources}
    build_snapshot(
        folder,
        payments=[{"day": day, "settled": 1, "gross_fils": 100} for day in days],
        complete_through=THROUGH,
        coverage=[
            {"source": source, "files": 1, "first_day": day, "last_day": THROUGH, "complete_through": THROUGH, "rows_in": 9}
            for source, day in begun.items()
        ],
        coverage_days=[
            {"source": source, "day": day + timedelta(days=n), "rows": 1, "fils": 0, "delivered": True}
            for source, day in begun.items()
            for n in range((THROUGH - day).days + 1)
            if f"{day + timedelta(days=n):%Y-%m}" not in without
        ],
    ).close()
    return folder


def chart(app: Any, number: int = 0) -> Any:
    return json.loads(app.get("plotly_chart")[number].proto.spec)


def drawn(figure: Any) -> dict[int, float]:
    """Values of the boldest line by position."""
    line = max((trace for trace in figure["data"] if trace.get("mode") == "lines"), key=lambda trace: trace["line"]["width"])
    return {place: value for place, value in zip(line["x"], line["y"], strict=True) if value is not None}


def missing_card(app: Any) -> str:
    return markup(app).split("Days and months missing</h2>")[1].split("</article>")[0]


def test_the_running_total_and_its_sentences_begin_where_data_begin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    app = visit(monkeypatch, store(tmp_path))
    values, slot = drawn(chart(app)), (FIRST - date(2012, 1, 1)).days
    assert (min(values), values[slot], max(values.values())) == (slot, 100, 205_00)
    said = text(app)
    assert said.count("from 10 March 2012, the first day delivered, to 30 September 2012") == 2
    assert "since 1 January" not in said
    assert "10 Mar–30 Sep 2012: AED 205" in json.dumps(chart(app), ensure_ascii=False)


def test_the_data_page_says_from_when_on_nothing_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    app = visit(monkeypatch, store(tmp_path), "data")
    card = missing_card(app)
    assert "None since 10 March 2012, the first day delivered; before it there is no data" in card
    assert "k-warn" in card
    assert "complete since 10 Mar 2012" in plain(json.dumps(chart(app), ensure_ascii=False))


def test_the_data_page_names_the_source_that_begins_later_than_the_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    card = missing_card(visit(monkeypatch, store(tmp_path, sources=("payments", "probes")), "data"))
    assert "None since each source began; no data before that of: Payments" in card
    assert "k-good" in card


def test_a_period_after_the_first_day_is_said_to_be_complete(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    card = missing_card(visit(monkeypatch, store(tmp_path), "data", period="month", month="2012-08"))
    assert "Nothing missing in the period shown" in card


def test_a_year_before_that_is_not_whole_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    app = visit(monkeypatch, store(tmp_path, date(2011, 3, 10)))
    said = text(app)
    assert "AED 274 collected to 30 September 2012 " in said
    assert said.count("No comparison for the whole period: data begin on 10 March 2011.") >= 3
    assert "What changed No comparison for" in " ".join(said.split())
    assert "grey: 10 Mar–30 Sep 2011" in said


def test_months_that_were_not_delivered_are_a_gap_and_no_fall(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    app = visit(monkeypatch, store(tmp_path, date(2011, 1, 1), without=("2012-04", "2012-05")))
    said = text(app)
    assert "AED 213 collected to 30 September 2012 " in said
    assert "No comparison for the whole period: nothing was delivered for April 2012, May 2012." in said
    values = drawn(chart(app))
    april, june = ((date(2012, month, 1) - date(2012, 1, 1)).days for month in (4, 6))
    assert not set(range(april, june)) & set(values)
    assert (values[april - 1], values[june]) == (91_00, 92_00)


def test_arabic_says_from_when_there_are_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = plain(text(visit(monkeypatch, store(tmp_path), lang="ar")))
    assert "من 10 مارس 2012، أول يوم سُلّمت بياناته، إلى 30 سبتمبر 2012" in said
    assert "لا مقارنة للفترة بكاملها: تبدأ البيانات في 10 مارس 2012." in said
