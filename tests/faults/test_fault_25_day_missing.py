"""Fault 25: a day is missing. It is a gap, not a zero, for whoever asks by day; a day declared quiet is a zero."""

import json
from datetime import date, timedelta
from pathlib import Path

from metrics import Window, coverage_days, query
from store.control import SUFFIX
from store.publish import publish
from store.snapshot import open_current
from tests.support.fuzz_invariant import EVERYTHING, broken
from tests.support.records import NOON, parquet, payment, take

DAYS = Window(date(2012, 9, 28), date(2012, 9, 30))


def asked(data: Path, kpi: str) -> dict[str, float | None]:
    publish(data)
    snapshot = open_current(data)
    try:
        rows = query(kpi, DAYS, snapshot=snapshot, scope=EVERYTHING, by=("day",)).rows
        return {row.key("day"): row.value for row in rows}
    finally:
        snapshot.close()


def delivered(data: Path) -> dict[str, bool]:
    snapshot = open_current(data)
    try:
        return {f"{row['day']}": row["delivered"] for row in coverage_days(snapshot, EVERYTHING).iter_rows(named=True)}
    finally:
        snapshot.close()


def test_fault_25_a_day_that_was_not_delivered_is_none_and_no_zero(tmp_path: Path) -> None:
    data = tmp_path / "store"
    rows = [payment(1, amount_fils=5, occurred_at=NOON - timedelta(days=2)), payment(2, amount_fils=7)]
    take(data, "payments", parquet(tmp_path / "p.parquet", "payments", rows))
    for kpi, values in {"collected_amount": (5, None, 7), "transactions": (1, None, 1), "success_rate": (1, None, 1)}.items():
        found = asked(data, kpi)
        assert tuple(found.get(f"2012-09-{day}") for day in (28, 29, 30)) == values, kpi
        assert 0 not in found.values()
    assert delivered(data) == {"2012-09-28": True, "2012-09-30": True}
    assert broken(data) == []


def test_fault_25_the_missing_day_fills_once_it_comes(tmp_path: Path) -> None:
    data = tmp_path / "store"
    rows = [payment(1, amount_fils=5, occurred_at=NOON - timedelta(days=2)), payment(2, amount_fils=7)]
    take(data, "payments", parquet(tmp_path / "p.parquet", "payments", rows))
    asked(data, "collected_amount")
    late = [payment(3, amount_fils=6, occurred_at=NOON - timedelta(days=1))]
    take(data, "payments", parquet(tmp_path / "late.parquet", "payments", late))
    assert asked(data, "collected_amount") == {"2012-09-28": 5, "2012-09-29": 6, "2012-09-30": 7}
    assert broken(data) == []


def test_fault_25_a_day_declared_delivered_without_a_record_is_known_to_be_quiet(tmp_path: Path) -> None:
    data = tmp_path / "store"
    rows = [payment(1, amount_fils=5, occurred_at=NOON - timedelta(days=2)), payment(2, amount_fils=7)]
    path = parquet(tmp_path / "p.parquet", "payments", rows)
    path.with_name(path.name + SUFFIX).write_text(json.dumps({"from": "2012-09-28", "to": "2012-09-30"}), encoding="utf-8")
    take(data, "payments", path)
    assert asked(data, "collected_amount") == {"2012-09-28": 5, "2012-09-29": 0, "2012-09-30": 7}
    assert delivered(data) == dict.fromkeys(("2012-09-28", "2012-09-29", "2012-09-30"), True)
    assert broken(data) == []
