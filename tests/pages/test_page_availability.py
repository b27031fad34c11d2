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
    bounds, rings, dots, _targets = services
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


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three departments: one reaches its own target, one misses its own, one has none and misses the government's."""
    folder = tmp_path_factory.mktemp("judged")
    down = {"customs": 30, "dewa": 40, "police": 90}
    rows = [
        {"day": date(2012, 9, 3), "department": code, "service": f"{code}-1", "up_seconds": 10_000 - n, "down_seconds": n}
        for code, n in down.items()
    ]
    targets = [
        {"kpi": "availability", "department": code, "year": 2012, "numerator": number, "denominator": 10_000}
        for code, number in (("*", 9_960), ("customs", 9_962), ("dewa", 9_975))
    ]
    build_snapshot(folder, availability=rows, targets=targets).close()
    return folder


@pytest.mark.parametrize(
    ("language", "missed", "general"),
    [
        ("en", "Target missed by 2 of 3: police, dewa", "No target of its own, so the government's 99.60%: police"),
        ("ar", "لم يتحقق المستهدف لدى 2 من أصل 3: police، dewa", "لا مستهدف خاص، فيسري مستهدف الحكومة 99.60%: police"),
    ],
)
def test_departments_stand_against_their_own_targets_and_who_missed_is_said(
    monkeypatch: pytest.MonkeyPatch, judged: Path, language: str, missed: str, general: str
) -> None:
    app = visit(monkeypatch, judged, "availability", lang=language)
    said = plain(text(app))
    assert missed in said
    assert general in said
    departments = json.loads(app.get("plotly_chart")[1].proto.spec)["data"]
    assert departments[3]["x"] == [0.996, 0.9975, 0.9962], "worst first: police, dewa, customs"


def test_the_target_of_a_department_stays_its_own_when_it_is_chosen(monkeypatch: pytest.MonkeyPatch, judged: Path) -> None:
    app = visit(monkeypatch, judged, "availability", department="dewa")
    departments = json.loads(app.get("plotly_chart")[1].proto.spec)["data"]
    assert departments[3]["x"] == [0.996, 0.9975, 0.9962]
