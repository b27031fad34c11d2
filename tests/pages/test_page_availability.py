"""Availability in both languages: bounds, maintenance both ways, incidents on the local clock, and stores without probes."""

import json
from datetime import date
from pathlib import Path

import pytest

from tests.support.marts import build_snapshot
from tests.support.scenes import government, libraries
from tests.support.visits import text, visit
from ui.text import plain

LANGUAGES = ("en", "ar")
DAY = "2012-09-12"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("government")
    government(folder).close()
    return folder


def test_it_answers_its_question_with_what_is_not_known(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    said = text(visit(monkeypatch, data, "availability", period="custom", **{"from": DAY, "to": DAY}))
    # of 2 x 85,500 known seconds 10,800 down; 1,800 unknown: 160,200 / 171,000, bounds over 172,800
    assert "Services were available 93.7% of the time on 12 September 2012" in said
    assert "1 incident, 3 h of unplanned downtime" in said
    assert "92.7% to 93.8%" in said


def test_incidents_are_listed_on_the_local_clock(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    said = text(visit(monkeypatch, data, "availability"))
    assert "12 Sep 2012, 10:00" in said
    assert "12 Sep 2012, 13:00" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_services_come_worst_first_with_both_readings_of_maintenance(
    monkeypatch: pytest.MonkeyPatch, data: Path, language: str
) -> None:
    app = visit(monkeypatch, data, "availability", lang=language)
    services = json.loads(app.get("plotly_chart")[-1].proto.spec)["data"]
    bounds, rings, dots = services
    assert dots["customdata"] == [["service", "dewa-bills"], ["service", "customs-duty"]]
    assert dots["x"][0] < dots["x"][1] == 1.0
    assert len(rings["x"]) == 2
    assert len(bounds["x"]) == 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_store_without_probes_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, language: str) -> None:
    libraries(tmp_path).close()
    app = visit(monkeypatch, tmp_path, "availability", lang=language)
    assert not app.get("plotly_chart")
    if language == "en":
        assert "No availability data in this period" in text(app)


def test_computed_downtime_stands_beside_what_the_monitor_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    day = date(2023, 5, 4)
    build_snapshot(
        tmp_path,
        availability=[{"day": day, "up_seconds": 79_200, "down_seconds": 7_200, "origin": "status_events"}],
        monitor_summaries=[{"day": day, "reported_down_seconds": 7_260}],
    ).close()
    said = plain(text(visit(monkeypatch, tmp_path, "availability")))
    assert "Computed beside reported" in said
    assert "2 h 1 min" in said
    assert "1 min" in said
