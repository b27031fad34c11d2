"""A reference of which there are none: said by its control totals it is a delivery like any other, unsaid it is refused."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from generators import generate
from store.__main__ import main
from store.control import SUFFIX
from store.snapshot import open_current
from store.status import sources
from store.verify import verify
from tests.support.records import department, parquet, stored, take


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "store"


def campaign(code: str) -> dict[str, Any]:
    days = {"starts_on": date(2012, 1, 1), "ends_on": date(2012, 1, 31)}
    return {"code": code, "name_en": code.title(), "name_ar": "حملة", **days, "departments": "dewa"}


def none(path: Path, source: str, rows: int = 0) -> Path:
    """A file without a row, and control totals beside it."""
    path.with_name(path.name + SUFFIX).write_text(json.dumps({"rows": rows}), encoding="utf-8")
    return parquet(path, source, [])


@pytest.mark.parametrize("source", ["targets", "campaigns", "events", "waves"])
def test_none_is_taken_in_where_the_sender_counted_none(tmp_path: Path, data: Path, source: str) -> None:
    outcome = take(data, source, none(tmp_path / "none.parquet", source))
    assert (outcome.status, outcome.rows_in, outcome.accepted) == ("stored", 0, 0)
    [found] = sources(data)
    assert (found.source, found.files, found.accepted) == (source, 1, 0)
    assert verify(data).problems == ()


def test_the_campaigns_of_before_are_gone_when_there_are_none_any_more(tmp_path: Path, data: Path) -> None:
    take(data, "campaigns", parquet(tmp_path / "a.parquet", "campaigns", [campaign("summer")]))
    outcome = take(data, "campaigns", none(tmp_path / "b.parquet", "campaigns"))
    assert outcome.superseded == ("a.parquet",)
    assert stored(data, "campaigns").height == 0
    take(data, "campaigns", parquet(tmp_path / "c.parquet", "campaigns", [campaign("winter")]))
    assert stored(data, "campaigns")["code"].to_list() == ["winter"]


def test_an_empty_file_that_says_nothing_leaves_the_campaigns_and_tells_how_to_say_none(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    take(data, "campaigns", parquet(tmp_path / "a.parquet", "campaigns", [campaign("summer")]))
    empty = parquet(tmp_path / "b.parquet", "campaigns", [])
    assert main(["ingest", "campaigns", str(empty), "--data", str(data)]) == 1
    assert 'a side file b.parquet.control.json with {"rows": 0} says so' in capsys.readouterr().out
    assert stored(data, "campaigns")["code"].to_list() == ["summer"]


def test_an_empty_file_whose_sender_counted_some_is_none_of_it_even_unreconciled(tmp_path: Path, data: Path) -> None:
    take(data, "campaigns", parquet(tmp_path / "a.parquet", "campaigns", [campaign("summer")]))
    outcome = take(data, "campaigns", none(tmp_path / "b.parquet", "campaigns", rows=3), unreconciled=True)
    assert outcome.status == "refused"
    assert stored(data, "campaigns")["code"].to_list() == ["summer"]


@pytest.mark.parametrize("source", ["departments", "services"])
def test_a_government_has_departments_and_services_whatever_is_said(tmp_path: Path, data: Path, source: str) -> None:
    take(data, "departments", parquet(tmp_path / "a.parquet", "departments", [department("dewa")]))
    assert take(data, source, none(tmp_path / "b.parquet", source)).status == "refused"
    assert stored(data, "departments")["code"].to_list() == ["dewa"]


@pytest.mark.parametrize(
    ("start", "end"), [(date(2009, 3, 1), date(2009, 3, 5)), (date(2012, 2, 1), date(2012, 2, 5))], ids=["2009", "2012"]
)
def test_days_without_a_campaign_or_an_event_are_generated_taken_in_and_published(
    tmp_path: Path, data: Path, start: date, end: date
) -> None:
    out = tmp_path / "delivery"
    written = generate("dubai", start, end, seed=7, scale=0.02, processes=1, out=out) or []
    assert {file.source for file in written if not file.rows} >= {"events"}
    assert main(["ingest", "--all", str(out), "--data", str(data)]) == 0
    assert main(["publish", "--data", str(data)]) == 0
    snapshot = open_current(data)
    try:
        events = snapshot.cursor().execute("SELECT count(*) FROM events").fetchall()
        through = snapshot.complete_through
    finally:
        snapshot.close()
    assert (events, through) == ([(0,)], end)
    assert verify(data).problems == ()
