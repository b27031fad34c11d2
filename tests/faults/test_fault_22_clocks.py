"""Fault 22: a time without a zone, a time in the future, a clock that goes backwards.

The policy: a naive time is no time unless a mapping declares its zone; more than a day ahead of this machine is quarantined; and
what came later is what came in later, by sequence, whatever the clock of this machine says.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from store import ledger, quarantine
from store import publish as publish_module
from store.errors import InputError
from store.snapshot import current_version
from tests.support.fuzz_invariant import broken, entries
from tests.support.fuzz_rows import counts, fils, mapping, rejects, text
from tests.support.records import NOON, csv, frame, parquet, payment, stored, take

NAIVE = "2012-09-30T12:00:00"


def test_fault_22_a_naive_time_in_csv_is_quarantined(tmp_path: Path) -> None:
    data = tmp_path / "store"
    rows = [text(1), text(2, occurred_at=NAIVE, received_at="2012-09-30T12:00:05Z"), text(3, received_at="2012-09-30 12:00:05")]
    assert counts(take(data, "payments", csv(tmp_path / "p.csv", rows))) == (3, 1, 0, 2)
    assert rejects(data) == [(3, "occurred_at", "timestamp_with_offset"), (4, "received_at", "timestamp_with_offset")]
    assert fils(data) == (300_00, 100_00, 0, 200_00)
    assert broken(data) == []


def test_fault_22_naive_times_in_parquet_refuse_the_file(tmp_path: Path) -> None:
    path = tmp_path / "p.parquet"
    frame("payments", [payment(1)]).with_columns(pl.col("occurred_at").dt.replace_time_zone(None)).write_parquet(path)
    with pytest.raises(InputError, match="times in column 'occurred_at' have no zone"):
        take(tmp_path / "store", "payments", path)
    assert entries(tmp_path / "store") == []


def test_fault_22_a_mapping_gives_naive_times_their_zone_and_hours_that_are_not_one_go_to_quarantine(tmp_path: Path) -> None:
    """Berlin: 02:30 on 25 March 2012 never was, 02:30 on 28 October was twice."""
    data = tmp_path / "store"
    zone = '{{ from = "{}", timezone = "Europe/Berlin" }}'
    local = mapping(tmp_path, occurred_at=zone.format("occurred_at"), received_at=zone.format("received_at"))
    times = ["2012-09-30 14:00:00", "2012-03-25 02:30:00", "2012-10-28 02:30:00"]
    rows = [text(n, occurred_at=time, received_at="2012-12-01 00:00:00") for n, time in enumerate(times, 1)]
    take(data, "payments", csv(tmp_path / "p.csv", rows), mapping=local)
    assert stored(data, "payments")["occurred_at"].to_list() == [NOON]
    assert rejects(data) == [(3, "occurred_at", "timestamp"), (4, "occurred_at", "timestamp")]
    assert broken(data) == []


def test_fault_22_second_sixty_is_no_time_for_it_would_be_one_of_the_next_minute(tmp_path: Path) -> None:
    data = tmp_path / "store"
    times = ["2012-12-31T19:59:59Z", "2012-12-31T19:59:60Z", "2012-12-31 23:59:60.5+04:00"]
    rows = [text(n, occurred_at=time, received_at="2012-12-31T20:00:05Z") for n, time in enumerate(times, 1)]
    assert counts(take(data, "payments", csv(tmp_path / "p.csv", rows))) == (3, 1, 0, 2)
    local = mapping(tmp_path, occurred_at='{ from = "occurred_at", timezone = "Asia/Dubai" }')
    take(
        data,
        "payments",
        csv(tmp_path / "q.csv", [text(9, occurred_at="2012-12-31 23:59:60", received_at="2012-12-31T20:00:05Z")]),
        mapping=local,
    )
    assert rejects(data) == [
        (2, "occurred_at", "timestamp"),
        (3, "occurred_at", "timestamp_with_offset"),
        (4, "occurred_at", "timestamp_with_offset"),
    ]


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_fault_22_a_time_in_the_future_is_quarantined_beyond_a_day(tmp_path: Path, kind: str) -> None:
    data = tmp_path / "store"
    times = [NOON, NOON + timedelta(days=1), NOON + timedelta(days=1, microseconds=1), NOON.replace(year=2099)]
    if kind == "csv":
        path = csv(tmp_path / "p.csv", [text(n, occurred_at=time) for n, time in enumerate(times, 1)])
    else:
        path = parquet(tmp_path / "p.parquet", "payments", [payment(n, occurred_at=time) for n, time in enumerate(times, 1)])
    take(data, "payments", path, now=NOON)
    first = 4 if kind == "csv" else 3
    assert rejects(data) == [(line, "occurred_at", "not_in_the_future") for line in (first, first + 1)]
    assert stored(data, "payments")["event_id"].to_list() == [1, 2]
    assert broken(data) == []


@pytest.mark.parametrize(
    "moment", ["9999-12-31T23:00:00Z", "0000-06-30T00:00:00Z", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z"]
)
def test_fault_22_a_time_off_any_calendar_is_quarantined_and_hinders_nobody(tmp_path: Path, moment: str) -> None:
    data = tmp_path / "store"
    rows = [text(1), text(2, occurred_at=moment, received_at="9999-12-31T23:59:59Z")]
    assert counts(take(data, "payments", csv(tmp_path / "p.csv", rows))) == (2, 1, 0, 1)
    assert broken(data) == []
    with ledger.opened(data) as book:
        months = {row["month"] for row in book.execute("SELECT month FROM rollups")}
    assert len(months) <= 2, "a month far off is rolled up, too"
    assert "2012-09" in months


def test_fault_22_records_may_come_in_any_order_of_time_but_none_was_received_before_it_occurred(tmp_path: Path) -> None:
    data = tmp_path / "store"
    rows = [payment(n, occurred_at=NOON - timedelta(hours=n)) for n in (3, 1, 2)]
    rows.append(payment(4, received_at=NOON - timedelta(microseconds=1)))
    take(data, "payments", parquet(tmp_path / "p.parquet", "payments", rows))
    assert rejects(data) == [(4, "", "received_after_occurred")]
    assert stored(data, "payments")["event_id"].to_list() == [1, 2, 3]
    assert broken(data) == []


def test_fault_22_the_later_version_stands_although_the_clock_went_backwards(tmp_path: Path) -> None:
    data, path, now = tmp_path / "store", tmp_path / "p.parquet", datetime(2012, 10, 1, 9, tzinfo=UTC)
    for amount, hours in ((1, 0), (2, -5), (3, -9)):
        parquet(path, "payments", [payment(1, amount_fils=amount), payment(2, amount_fils=-amount)])
        take(data, "payments", path, supersede=True, now=now + timedelta(hours=hours))
        assert stored(data, "payments")["amount_fils"].to_list() == [amount]
        assert broken(data) == []
    assert [entry["state"] for entry in entries(data)] == ["superseded", "superseded", "live"]


def test_fault_22_quarantine_lists_the_newest_file_first_by_sequence(tmp_path: Path) -> None:
    data, now = tmp_path / "store", datetime(2012, 10, 1, 9, tzinfo=UTC)
    for number, hours in ((1, 0), (2, -5)):
        bad = payment(number, amount_fils=-number)
        take(data, "payments", parquet(tmp_path / f"{number}.parquet", "payments", [bad]), now=now + timedelta(hours=hours))
    assert [row.file for row in quarantine.rejected(data)] == ["2.parquet", "1.parquet"]


def test_fault_22_a_later_snapshot_has_a_later_version_although_the_clock_went_backwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, versions = tmp_path / "store", []
    for number, day in ((1, 3), (2, 2), (3, 1)):
        take(data, "payments", parquet(tmp_path / f"{number}.parquet", "payments", [payment(number)]))

        class Clock(datetime):
            at = datetime(2012, 10, day, tzinfo=UTC)

            @classmethod
            def now(cls, tz: object = None) -> datetime:  # type: ignore[override]  # a clock that stands
                return cls.at

        monkeypatch.setattr(publish_module, "datetime", Clock)
        publish_module.publish(data)
        versions.append(current_version(data))
        assert broken(data) == []
    assert versions == sorted(set(versions))
    assert versions[0].startswith(f"{date(2012, 10, 3):%Y%m%d}")
