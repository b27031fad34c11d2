"""Publishing: what a snapshot holds, what is refused, what is made again, and what a crash leaves behind."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from metrics import Scope, Window, total_gaps
from store import files, ledger, quarantine, series, status
from store.errors import PublishError
from store.marts import MARTS
from store.publish import publish
from store.snapshot import current_version, open_current
from store.verify import verify
from tests.support.deliveries import NOON, deliver

FEBRUARY = NOON + timedelta(days=40)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "store"


def rows(data: Path, sql: str) -> list[tuple[Any, ...]]:
    snapshot = open_current(data)
    try:
        return snapshot.cursor().execute(sql).fetchall()
    finally:
        snapshot.close()


def made(data: Path) -> dict[str, int]:
    """Unit files with the moment each was written."""
    return {p.relative_to(data / "rollup").as_posix(): p.stat().st_mtime_ns for p in (data / "rollup").rglob("*.parquet")}


def test_nothing_accepted_is_not_published(data: Path) -> None:
    with pytest.raises(PublishError, match="no accepted rows"):
        publish(data)
    assert not data.exists()


def test_all_rows_bad_is_not_published_as_zero(data: Path) -> None:
    deliver(data, "payments", [{"event_id": 1, "amount_fils": -5}])
    with pytest.raises(PublishError, match="no accepted rows"):
        publish(data)


def test_snapshot_holds_exactly_the_tables_of_the_marts(data: Path) -> None:
    deliver(data, "payments", [{"event_id": 1}])
    publish(data)
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in rows(
        data, "SELECT table_name, column_name, data_type FROM information_schema.columns ORDER BY ordinal_position"
    ):
        found.setdefault(table, {})[column] = kind
    assert found == MARTS


def test_without_anything_new_nothing_changes(data: Path) -> None:
    deliver(data, "payments", [{"event_id": 1}])
    publish(data)
    before = {p: p.stat().st_mtime_ns for p in data.glob("serve-*")} | {data / "CURRENT": (data / "CURRENT").stat().st_mtime_ns}
    assert publish(data) == f"nothing new: {current_version(data)} holds what the ledger holds"
    assert {p: p.stat().st_mtime_ns for p in before} == before
    assert len([*data.glob("serve-*")]) == 1


def test_payments_of_a_day_in_the_zone_of_the_store(data: Path) -> None:
    last_second = datetime(2011, 12, 31, 20, 30, tzinfo=UTC)
    deliver(data, "payments", [{"event_id": 1, "occurred_at": last_second, "amount_fils": 250}])
    publish(data)
    assert rows(data, "SELECT period_start, period_end, settled, gross_fils FROM payments") == [
        (date(2012, 1, 1), date(2012, 1, 1), 1, 250)
    ]


def test_coverage_shows_a_missing_day_as_a_gap(data: Path) -> None:
    deliver(data, "payments", [{"event_id": 1, "amount_fils": 7}, {"event_id": 2, "occurred_at": NOON + timedelta(days=2)}])
    publish(data)
    assert rows(data, "SELECT source, day, rows, fils FROM coverage_days ORDER BY day") == [
        ("payments", date(2012, 1, 1), 1, 7),
        ("payments", date(2012, 1, 3), 1, 100),
    ]
    assert rows(
        data, "SELECT files, rows_in, accepted, rejected, fils_accepted, first_day, last_day, complete_through FROM coverage"
    ) == [(1, 2, 2, 0, 107, date(2012, 1, 1), date(2012, 1, 3), date(2012, 1, 3))]


def test_quarantined_rows_files_and_settings_come_along(data: Path) -> None:
    deliver(data, "payments", [{"event_id": 1}, {"event_id": 2, "amount_fils": -5}], name="bad")
    publish(data)
    assert rows(data, "SELECT source, file, line, rule FROM quarantine") == [
        ("payments", "bad.parquet", 2, "sign_follows_status")
    ]
    assert rows(data, "SELECT source, name, rows_in, accepted, rejected, fils_accepted FROM files") == [
        ("payments", "bad.parquet", 2, 1, 1, 100)
    ]
    meta = dict(rows(data, "SELECT key, value FROM meta"))
    assert (meta["currency"], meta["minor_unit"], meta["timezone"]) == ("AED", "fils", "Asia/Dubai")
    assert (meta["version"], meta["complete_through"]) == (current_version(data), "2012-01-01")


def test_reconciliation_compares_the_ledger_with_the_marts(data: Path) -> None:
    deliver(
        data,
        "payments",
        [
            {"event_id": 1, "amount_fils": 500},
            {"event_id": 2, "amount_fils": 30, "status": "failed"},
            {"event_id": 3, "amount_fils": -200, "status": "refunded", "occurred_at": FEBRUARY},
        ],
    )
    deliver(data, "probes", [{}], name="probes")
    publish(data)
    assert rows(data, "SELECT * FROM reconciliation ORDER BY ALL") == [
        ("payments", date(2012, 1, 1), 2, 2, 530, 530),
        ("payments", date(2012, 2, 1), 1, 1, -200, -200),
        ("probes", date(2012, 1, 1), 1, 1, None, None),
    ]


@pytest.mark.parametrize("column", ["rows", "fils"])
def test_a_difference_of_one_refuses_the_publication(data: Path, column: str) -> None:
    deliver(data, "payments", [{"event_id": 1}])
    publish(data)
    version = current_version(data)
    deliver(data, "payments", [{"event_id": 2, "occurred_at": FEBRUARY}], name="second")
    with ledger.opened(data) as book:
        book.execute(f"UPDATE parts SET {column} = {column} + 1 WHERE month = '2012-02'")
    with pytest.raises(PublishError, match="payments 2012-02: "):
        publish(data)
    assert current_version(data) == version
    assert rows(data, "SELECT count(*) FROM payments") == [(1,)]


def test_single_payments_and_totals_of_one_department_and_time_are_refused(data: Path) -> None:
    deliver(data, "payments", [{"event_id": 1}])
    deliver(data, "payment_totals", [{"department": "dewa"}], name="totals")
    publish(data)
    version = current_version(data)
    deliver(data, "payment_totals", [{"service": "fines"}], name="more")
    with pytest.raises(PublishError, match="payments of 'rta' from 2012-01-01 to 2012-01-31 came both singly and as totals"):
        publish(data)
    assert current_version(data) == version


def test_overlapping_totals_are_refused(data: Path) -> None:
    deliver(data, "payment_totals", [{}, {"period_end": date(2012, 3, 31)}])
    with pytest.raises(
        PublishError, match="totals of 'rta', service 'salik', for 2012-01-01 to 2012-01-31 and for 2012-01-01 to 2012-03-31"
    ):
        publish(data)


def test_only_the_month_that_changed_is_rolled_up_again(data: Path) -> None:
    deliver(data, "payments", [{"event_id": 1}, {"event_id": 2, "occurred_at": FEBRUARY}])
    publish(data)
    before = made(data)
    deliver(data, "payments", [{"event_id": 3, "occurred_at": FEBRUARY}], name="late")
    publish(data)
    after = made(data)
    assert {path.rpartition("-")[0] for path, moment in after.items() if before.get(path) != moment} == {
        "payments/2012-02",
        "completion/2012-02",
        "payers/2012-02",
    }
    assert rows(data, "SELECT month(period_start), sum(settled) FROM payments GROUP BY 1 ORDER BY 1") == [(1, 1), (2, 2)]


def test_a_file_forty_days_late_changes_its_own_days(data: Path) -> None:
    deliver(data, "payments", [{"event_id": 1, "occurred_at": FEBRUARY}])
    publish(data)
    deliver(data, "payments", [{"event_id": 2, "received_at": FEBRUARY}], name="late")
    publish(data)
    assert rows(data, "SELECT period_start, settled FROM payments ORDER BY 1") == [(date(2012, 1, 1), 1), (FEBRUARY.date(), 1)]


def test_a_superseded_file_counts_no_more(data: Path) -> None:
    deliver(data, "payments", [{"event_id": 1, "amount_fils": 500}, {"event_id": 2, "occurred_at": FEBRUARY}])
    publish(data)
    deliver(data, "payments", [{"event_id": 1, "amount_fils": 300}], supersede=True)
    publish(data)
    assert rows(data, "SELECT period_start, gross_fils FROM payments") == [(date(2012, 1, 1), 300)]
    assert rows(data, "SELECT accepted FROM coverage") == [(1,)]


def test_a_damaged_unit_is_made_again(data: Path) -> None:
    deliver(data, "payments", [{"event_id": 1}])
    publish(data)
    [unit] = (data / "rollup" / "payments").glob("*.parquet")
    content = bytearray(unit.read_bytes())
    content[40] ^= 1
    unit.write_bytes(content)
    for snapshot in data.glob("serve-*"):
        snapshot.unlink()
    publish(data)
    assert rows(data, "SELECT settled, gross_fils FROM payments") == [(1, 100)]


def test_a_snapshot_of_another_layout_is_no_base(data: Path) -> None:
    deliver(data, "payments", [{"event_id": 1}])
    publish(data)
    with duckdb.connect(str(data / f"serve-{current_version(data)}.duckdb")) as connection:
        connection.execute("UPDATE meta SET value = 'older' WHERE key = 'layout'")
        connection.execute("UPDATE payments SET settled = 99")
    deliver(data, "it_spend", [{}], name="spend")
    publish(data)
    assert rows(data, "SELECT settled FROM payments") == [(1,)]


def test_the_store_is_complete_through_the_slowest_daily_source(data: Path) -> None:
    deliver(data, "payments", [{"event_id": 1, "occurred_at": FEBRUARY}])
    deliver(data, "probes", [{"probed_at": FEBRUARY - timedelta(days=3)}], name="probes")
    deliver(data, "it_spend", [{}], name="spend")
    publish(data)
    through = dict(rows(data, "SELECT source, complete_through FROM coverage"))
    assert through == {"payments": date(2012, 2, 10), "probes": date(2012, 2, 7), "it_spend": date(2012, 1, 31)}
    snapshot = open_current(data)
    assert snapshot.complete_through == date(2012, 2, 7)
    snapshot.close()


def test_signs_of_totals_follow_their_status(data: Path) -> None:
    """A refund that came as a positive number would be added to what was collected."""
    refund = {"status": "refunded", "kind": "refund"}
    outcome = deliver(
        data,
        "payment_totals",
        [
            {"amount_fils": 100_000},
            {**refund, "amount_fils": -5_000},
            {**refund, "amount_fils": 0, "branch": "b"},
            {**refund, "amount_fils": 5_000, "branch": "c"},
            {"amount_fils": -500, "branch": "d"},
            {"amount_fils": -500, "status": "waived"},
        ],
    )
    assert (outcome.accepted, outcome.rejected) == (3, 3)
    assert {(row.line, row.rule) for row in quarantine.rejected(data)} == {(n, "sign_follows_status") for n in (4, 5, 6)}
    publish(data)
    assert rows(data, "SELECT sum(gross_fils), sum(refund_fils) FROM payments") == [(100_000, 5_000)]


def test_totals_are_complete_through_the_end_of_their_last_period(data: Path) -> None:
    deliver(data, "payment_totals", [{}])
    assert publish(data).endswith("complete through 2012-01-31")


def months(department: str, *ends: date) -> list[dict[str, object]]:
    """Totals of a department for the months that end on these days."""
    return [{"department": department, "period_start": end.replace(day=1), "period_end": end} for end in ends]


JULY, AUGUST = date(2012, 7, 31), date(2012, 8, 31)


def test_totals_wait_for_the_body_that_has_not_delivered_its_last_period(data: Path) -> None:
    deliver(data, "payment_totals", [*months("dewa", JULY, AUGUST), *months("rta", JULY)])
    assert publish(data).endswith("complete through 2012-07-31; totals wait for rta")
    assert rows(data, "SELECT value FROM meta WHERE key = 'totals_behind'") == [("rta",)]
    assert rows(data, "SELECT source, last_day, complete_through FROM coverage") == [("payment_totals", AUGUST, JULY)]
    assert [s.complete_through for s in status.sources(data)] == [JULY]


def test_a_month_that_one_body_left_out_holds_nobody_back_and_stays_a_gap_until_it_comes(data: Path) -> None:
    june = date(2012, 6, 30)
    deliver(data, "payment_totals", [*months("dewa", june, JULY, AUGUST), *months("rta", june, AUGUST)])
    assert publish(data).endswith("complete through 2012-08-31")
    assert gaps(data) == (("rta", Window(date(2012, 7, 1), JULY)),)
    deliver(data, "payment_totals", months("rta", JULY), "late")
    publish(data)
    assert gaps(data) == ()


def gaps(data: Path) -> tuple[tuple[str, Window], ...]:
    with closing(open_current(data)) as snapshot:
        return total_gaps(snapshot, Scope.everything())


@pytest.mark.parametrize(
    ("last", "days", "through", "behind"),
    [
        pytest.param(date(2011, 8, 31), 31, date(2011, 8, 31), ("rta",), id="a year of silence is late"),
        pytest.param(date(2011, 8, 30), 31, AUGUST, (), id="more than a year of silence is the end"),
        pytest.param(date(2010, 12, 31), 365, date(2010, 12, 31), ("rta",), id="a body that reports by year has two years"),
        pytest.param(date(2010, 8, 31), 365, AUGUST, (), id="but not more"),
    ],
)
def test_a_body_that_stopped_long_ago_holds_nobody_back(last: date, days: int, through: date, behind: tuple[str, ...]) -> None:
    assert series.reach([("dewa", AUGUST, 31), ("rta", last, days)]) == series.Reach(through, behind)


def test_a_store_of_status_events_alone_is_complete_through_their_last_day(data: Path) -> None:
    deliver(data, "status_events", [{}, {"occurred_at": FEBRUARY, "state": "down"}])
    assert publish(data).endswith("complete through 2012-02-10")


def test_references_are_copied(data: Path) -> None:
    deliver(data, "departments", [{"code": "rta"}, {"code": "dewa"}])
    publish(data)
    assert rows(data, "SELECT code, name_en, name_ar, joined_on FROM departments ORDER BY code") == [
        ("dewa", "Roads", "الطرق", None),
        ("rta", "Roads", "الطرق", None),
    ]


def test_an_incident_over_the_end_of_a_month_is_one(data: Path) -> None:
    midnight = datetime(2012, 1, 31, 20, tzinfo=UTC)
    quarter = timedelta(minutes=15)
    deliver(
        data,
        "probes",
        [{"probed_at": midnight + n * quarter, "state": "down" if -2 <= n < 2 else "up"} for n in range(-4, 4)],
    )
    publish(data)
    assert rows(data, "SELECT period_start, started_at, ended_at, down_seconds, incidents FROM incidents") == [
        (date(2012, 1, 31), datetime(2012, 1, 31, 19, 30), datetime(2012, 1, 31, 20, 30), 3600, 1)
    ]


def test_two_snapshots_are_kept_and_an_open_one_can_still_be_read(data: Path) -> None:
    versions, first = [], None
    for n in range(1, 4):
        deliver(data, "payments", [{"event_id": n}], name=f"file-{n}")
        publish(data)
        versions.append(current_version(data))
        first = first or open_current(data)
    assert {p.name for p in data.glob("serve-*")} == {f"serve-{v}.duckdb" for v in versions[1:]}
    assert first is not None
    assert first.cursor().execute("SELECT sum(settled) FROM payments").fetchall() == [(1,)]
    first.close()


def test_versions_increase_whatever_the_clock_says(data: Path) -> None:
    deliver(data, "payments", [{"event_id": 1}])
    publish(data)
    with ledger.opened(data) as book:
        book.execute("INSERT INTO snapshots VALUES ('29990101T000000-00000000', '2999-01-01T00:00:00+00:00', NULL, '', NULL)")
    deliver(data, "payments", [{"event_id": 2}], name="second")
    publish(data)
    assert current_version(data).startswith("29990101T000001-")


class DiskFull:
    """Puts files in place like the real thing, but for the n-th one."""

    def __init__(self, place: Callable[[Path, Path, Path], None], n: int) -> None:
        self.place, self.left = place, n

    def __call__(self, written: Path, target: Path, root: Path) -> None:
        self.left -= 1
        if self.left == 0:
            raise OSError(28, "No space left on device")
        self.place(written, target, root)


@pytest.mark.parametrize("n", range(1, 6))
def test_a_publication_that_breaks_off_changes_nothing_and_the_next_one_converges(
    data: Path, monkeypatch: pytest.MonkeyPatch, n: int
) -> None:
    """Five files are put in place: three units, the snapshot, the pointer."""
    deliver(data, "payments", [{"event_id": 1}])
    publish(data)
    version = current_version(data)
    deliver(data, "payments", [{"event_id": 2}], name="second")
    with monkeypatch.context() as patch:
        patch.setattr(files, "place", DiskFull(files.place, n))
        with pytest.raises(OSError, match="No space left"):
            publish(data)
    assert current_version(data) == version
    assert rows(data, "SELECT sum(settled) FROM payments") == [(1,)]
    publish(data)
    assert current_version(data) > version
    assert rows(data, "SELECT sum(settled) FROM payments") == [(2,)]
    assert len([*data.glob("serve-*")]) == 2
    assert [*(data / "staging").iterdir()] == []


def test_a_sound_snapshot_is_no_difference_after_one_of_its_files_was_read_again(data: Path) -> None:
    """The file keeps its SHA-256 but has other parts now: verify compares the snapshot with what the ledger held then."""
    deliver(data, "payments", [{"event_id": 1}], name="a")
    deliver(data, "payments", [{"event_id": 1}, {"event_id": 2}], name="b")
    publish(data)
    deliver(data, "payments", [{"event_id": 3}], name="a", supersede=True)
    deliver(data, "payments", [{"event_id": 1}, {"event_id": 2}], name="b", supersede=True)
    report = verify(data)
    assert report.problems == ()
    assert any("came or went since snapshot" in note for note in report.notes)
    publish(data)
    assert verify(data).problems == ()
