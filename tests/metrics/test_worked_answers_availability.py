"""Worked answers of the reference definitions: time and request availability, error budgets."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from metrics import Result, Scope, Window, month, query
from metrics.reliability import budget_spent, error_budget, hours_to_exhaustion
from store.publish import publish
from store.snapshot import open_current
from tests.support.marts import build_snapshot
from tests.support.records import parquet, probe, take

DAY = date(2012, 9, 1)
SEPTEMBER = month(2012, 9)
MINUTE = 60


def ask(folder: Path, kpi: str, window: Window = SEPTEMBER, **marts: list[dict[str, Any]]) -> Result:
    return query(kpi, window, snapshot=build_snapshot(folder, **marts), scope=Scope.everything())


def thirty_days(down_minutes: dict[int, int]) -> list[dict[str, Any]]:
    """A service over September, down for so many minutes on these days of the month."""
    return [
        {
            "day": date(2012, 9, d),
            "up_seconds": 86_400 - MINUTE * down_minutes.get(d, 0),
            "down_seconds": MINUTE * down_minutes.get(d, 0),
        }
        for d in range(1, 31)
    ]


@pytest.mark.parametrize(("per_mille", "minutes"), [(999, Fraction("43.2")), (995, Fraction(216))])
def test_worked_answer_error_budget(per_mille: int, minutes: Fraction) -> None:
    assert error_budget(Fraction(per_mille, 1000), SEPTEMBER) == minutes * MINUTE


def test_worked_answer_burn_rate() -> None:
    assert budget_spent(Fraction("14.4"), Fraction(1), SEPTEMBER) == Fraction(2, 100)
    assert hours_to_exhaustion(Fraction("14.4"), SEPTEMBER) == 50


def published(folder: Path, kpis: tuple[str, ...], **logs: list[dict[str, Any]]) -> list[float | None]:
    """KPIs of 1 September 2012 of a store that took in these records."""
    for source, rows in logs.items():
        take(folder / "store", source, parquet(folder / f"{source}.parquet", source, rows))
    publish(folder / "store")
    snapshot = open_current(folder / "store")
    try:
        asked = Window(DAY, DAY)
        return [query(kpi, asked, snapshot=snapshot, scope=Scope.everything()).total.value for kpi in kpis]
    finally:
        snapshot.close()


def test_worked_answer_overlapping_downtime_is_sixty_minutes_not_seventy_five(tmp_path: Path) -> None:
    at_ten = datetime(2012, 9, 1, 10, tzinfo=UTC)
    down = [
        probe("salik", at_ten, state="down", interval_s=30 * MINUTE),
        probe("salik", at_ten + timedelta(minutes=15), state="down", interval_s=45 * MINUTE),
    ]
    assert published(tmp_path, ("downtime", "incidents", "mttr"), probes=down) == [60 * MINUTE, 1, 60 * MINUTE]


def test_worked_answer_overlapping_reports_of_two_monitors_are_one_incident_of_sixty_minutes(tmp_path: Path) -> None:
    at_ten = datetime(2012, 9, 1, 10, tzinfo=UTC)
    probes = [probe("salik", at_ten + timedelta(minutes=15 * n), state="down" if n < 2 else "up") for n in range(8)]
    events = [
        {"service": "salik", "department": "dewa", "planned": False, "occurred_at": at_ten + timedelta(minutes=m), "state": state}
        for m, state in ((15, "down"), (60, "up"))
    ]
    assert published(tmp_path, ("incidents", "mttr"), probes=probes, status_events=events) == [1, 60 * MINUTE]


def test_worked_answer_unknown_time_gives_bounds(tmp_path: Path) -> None:
    row = {"day": DAY, "up_seconds": 1380 * MINUTE, "down_seconds": 10 * MINUTE, "unknown_seconds": 50 * MINUTE}
    total = ask(tmp_path, "availability", availability=[row]).total
    assert total.value == pytest.approx(0.99281, abs=5e-6)
    assert total.bounds == pytest.approx((0.95833, 0.99306), abs=5e-6)


def test_worked_answer_sixty_minutes_down_with_a_tenth_of_the_requests(tmp_path: Path) -> None:
    payments = [{"day": DAY, "settled": 900, "failed": 100}]
    time = ask(tmp_path / "time", "availability", availability=thirty_days({1: 60}), payments=payments)
    requests = ask(tmp_path / "requests", "request_availability", Window(DAY, DAY), payments=payments)
    assert time.total.value == pytest.approx(0.99861, abs=5e-6)
    assert requests.total.value == 0.9


def test_request_availability_leaves_abandoned_checkouts_out(tmp_path: Path) -> None:
    total = ask(tmp_path, "request_availability", payments=[{"day": DAY, "settled": 90, "failed": 10, "abandoned": 50}]).total
    assert (total.numerator, total.denominator) == (90, 100)


def test_worked_answer_maintenance_excluded_and_included(tmp_path: Path) -> None:
    row = {
        "day": DAY,
        "up_seconds": (1440 - 120 - 12) * MINUTE,
        "down_seconds": 12 * MINUTE,
        "maintenance_seconds": 120 * MINUTE,
    }
    assert ask(tmp_path / "out", "availability", availability=[row]).total.value == pytest.approx(0.99091, abs=5e-6)
    including = ask(tmp_path / "in", "availability_including_maintenance", availability=[row])
    assert including.total.value == pytest.approx(0.90833, abs=5e-6)


def test_worked_answer_pooled_requests_are_no_average_of_percentages(tmp_path: Path) -> None:
    payments = [
        {"day": DAY, "service": "large", "settled": 999_000, "failed": 1_000},
        {"day": DAY, "service": "small", "settled": 900, "failed": 100},
    ]
    total = ask(tmp_path, "request_availability", payments=payments).total
    assert total.value == pytest.approx(0.99890, abs=5e-6)
    assert (total.numerator, total.denominator) == (999_900, 1_001_000)


def test_worked_answer_three_outages_of_ninety_minutes(tmp_path: Path) -> None:
    incidents = [{"day": date(2012, 9, d), "down_seconds": 30 * MINUTE} for d in (3, 9, 21)]
    marts = {"availability": thirty_days({3: 30, 9: 30, 21: 30}), "incidents": incidents}
    assert ask(tmp_path / "a", "mttr", **marts).total.value == 30 * MINUTE
    assert ask(tmp_path / "b", "mtbf", **marts).total.value == 14_370 * MINUTE
    assert ask(tmp_path / "c", "availability", **marts).total.value == pytest.approx(0.99792, abs=5e-6)
    assert ask(tmp_path / "d", "incidents", **marts).total.value == 3
    assert ask(tmp_path / "e", "downtime", **marts).total.value == 90 * MINUTE


def test_worked_answer_without_an_outage_mtbf_is_undefined(tmp_path: Path) -> None:
    marts = {"availability": thirty_days({})}
    assert ask(tmp_path / "a", "mtbf", **marts).total.value is None
    assert ask(tmp_path / "b", "mttr", **marts).total.value is None
    assert ask(tmp_path / "c", "incidents", **marts).total.value == 0


@pytest.mark.parametrize(
    "kpi", ["availability", "availability_including_maintenance", "request_availability", "downtime", "incidents", "mttr", "mtbf"]
)
def test_worked_answer_no_requests_no_probes_is_no_data(tmp_path: Path, kpi: str) -> None:
    total = ask(tmp_path, kpi, payments=[{"day": date(2012, 8, 1), "settled": 5}]).total
    assert (total.value, total.bounds) == (None, None)


def test_all_unknown_is_no_data_with_bounds_from_nothing_to_everything(tmp_path: Path) -> None:
    total = ask(tmp_path, "availability", availability=[{"day": DAY, "unknown_seconds": 86_400}]).total
    assert (total.value, total.bounds) == (None, (0.0, 1.0))
