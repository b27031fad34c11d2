"""Fault 26: all rows of a file are bad. That is not published as zero revenue: nothing is, or the day stays a gap."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from metrics import NoSnapshotError, Window, coverage_days, query
from store.__main__ import main
from store.snapshot import open_current
from tests.support.fuzz_invariant import EVERYTHING, broken
from tests.support.fuzz_rows import fils, rejects
from tests.support.records import NOON, parquet, payment, stored

NEXT = NOON + timedelta(days=1)
Said = pytest.CaptureFixture[str]


def bad(path: Path) -> Path:
    """Two payments of 1 October that break a rule."""
    return parquet(path, "payments", [payment(n, amount_fils=-n, occurred_at=NEXT) for n in (8, 9)])


def collected(data: Path) -> dict[str, float | None]:
    snapshot = open_current(data)
    try:
        window = Window(date(2012, 9, 30), date(2012, 10, 1))
        rows = query("collected_amount", window, snapshot=snapshot, scope=EVERYTHING, by=("day",)).rows
        return {row.key("day"): row.value for row in rows}
    finally:
        snapshot.close()


def test_fault_26_a_store_of_bad_rows_only_publishes_nothing(tmp_path: Path, capsys: Said) -> None:
    data, path = tmp_path / "store", bad(tmp_path / "bad.parquet")
    assert main(["ingest", "payments", str(path), "--data", str(data)]) == 1
    assert "No row can be used" in capsys.readouterr().out
    assert main(["publish", "--data", str(data)]) == 2
    assert "no accepted rows" in capsys.readouterr().err
    with pytest.raises(NoSnapshotError):
        open_current(data)
    assert fils(data) == (-17, 0, 0, -17)
    assert broken(data) == []


def test_fault_26_a_day_of_bad_rows_only_is_a_gap(tmp_path: Path, capsys: Said) -> None:
    data = tmp_path / "store"
    good = parquet(tmp_path / "good.parquet", "payments", [payment(1)])
    assert main(["ingest", "payments", str(good), "--data", str(data)]) == 0
    assert main(["ingest", "payments", str(bad(tmp_path / "bad.parquet")), "--data", str(data)]) == 1
    assert main(["publish", "--data", str(data)]) == 0

    assert collected(data).get("2012-09-30") == 100_00
    assert collected(data).get("2012-10-01") is None
    snapshot = open_current(data)
    days = coverage_days(snapshot, EVERYTHING).select("day", "rows", "rejected", "delivered").rows()
    through = snapshot.complete_through
    snapshot.close()
    assert days == [(date(2012, 9, 30), 1, 0, True), (date(2012, 10, 1), 0, 2, False)]
    assert through == date(2012, 9, 30)
    assert rejects(data) == [(1, "", "sign_follows_status"), (2, "", "sign_follows_status")]
    assert broken(data) == []


def test_fault_26_a_correction_of_bad_rows_only_does_not_take_the_revenue_away(tmp_path: Path, capsys: Said) -> None:
    data, path = tmp_path / "store", tmp_path / "p.parquet"
    parquet(path, "payments", [payment(1)])
    assert main(["ingest", "payments", str(path), "--data", str(data)]) == 0
    assert main(["ingest", "payments", str(bad(path)), "--supersede", "--data", str(data)]) == 1
    assert main(["publish", "--data", str(data)]) == 0
    assert collected(data)["2012-09-30"] == 100_00
    assert stored(data, "payments")["event_id"].to_list() == [1]
    assert broken(data) == []


def test_fault_26_an_empty_correction_does_not_take_the_revenue_away(tmp_path: Path, capsys: Said) -> None:
    data, path = tmp_path / "store", tmp_path / "p.parquet"
    parquet(path, "payments", [payment(1)])
    assert main(["ingest", "payments", str(path), "--data", str(data)]) == 0
    parquet(path, "payments", [])
    assert main(["ingest", "payments", str(path), "--supersede", "--data", str(data)]) == 1
    assert "There is nothing in it, so what the store holds stays" in capsys.readouterr().out
    assert main(["publish", "--data", str(data)]) == 0
    assert collected(data)["2012-09-30"] == 100_00
    assert broken(data) == []
