"""Revisions: a snapshot that changes numbers published as complete says was, is and since; nothing else is called a revision."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from store import ledger
from store.backup import backup, restore
from store.ledger import FILE
from store.publish import publish
from store.rebuild import rebuild
from store.snapshot import current_version, open_current, snapshot_file
from tests.support.deliveries import NOON, Row, deliver

COLUMNS = "source, period_start, department, was_rows, rows, was_fils, fils, files"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "store"


def revised(data: Path, columns: str = COLUMNS) -> list[tuple[Any, ...]]:
    snapshot = open_current(data)
    try:
        return (
            snapshot.cursor()
            .execute(f"SELECT {columns} FROM revisions ORDER BY version, source, period_start, department")
            .fetchall()
        )
    finally:
        snapshot.close()


def paid(event_id: int, day: int = 1, **said: object) -> Row:
    return {"event_id": event_id, "occurred_at": NOON + timedelta(days=day - 1), **said}


def january(day: int) -> date:
    return date(2012, 1, day)


def test_a_late_file_says_what_was_what_is_since_when_and_by_which_file(data: Path) -> None:
    deliver(data, "payments", [paid(1), paid(2, day=2), paid(3, day=3)], name="first")
    publish(data)
    first = current_version(data)
    deliver(data, "payments", [paid(4, amount_fils=5), paid(5, department="dewa", amount_fils=7), paid(6, day=4)], name="late")
    publish(data)
    assert revised(data) == [
        ("payments", january(1), "dewa", None, 1, None, 7, "late.parquet"),
        ("payments", january(1), "rta", 1, 2, 100, 105, "late.parquet"),
    ]
    [(version, was_version, since)] = {*revised(data, "version, was_version, revised_at")}
    assert (version, was_version) == (current_version(data), first)
    assert since == revised(data, "(SELECT CAST(value AS TIMESTAMP) FROM meta WHERE key = 'published_at')")[0][0]


def test_only_files_with_accepted_rows_of_a_day_are_named_as_having_revised_it(data: Path) -> None:
    """Neither a refused one, nor one whose rows of that day are duplicates or rejects, though it has accepted rows of another."""
    deliver(data, "payments", [paid(1), paid(2, day=2)], name="first")
    publish(data)
    deliver(data, "payments", [paid(3, amount_fils=5)], name="late")
    deliver(data, "payments", [paid(1), paid(4, day=2, amount_fils=7)], name="repeats")
    deliver(data, "payments", [paid(5, amount_fils=-1), paid(6, day=2)], name="rejects")
    refused = deliver(data, "payments", [paid(7, amount_fils=-1)], name="first", supersede=True)
    assert refused.status == "refused"
    publish(data)
    assert revised(data, "period_start, fils, files") == [
        (january(1), 105, "late.parquet"),
        (january(2), 207, "rejects.parquet, repeats.parquet"),
    ]


def test_a_correction_and_a_correction_of_it_are_a_history(data: Path) -> None:
    deliver(data, "payments", [paid(1), paid(2, day=2)], name="p")
    publish(data)
    for amount in (90, 95):
        deliver(data, "payments", [paid(1, amount_fils=amount), paid(2, day=2)], name="p", supersede=True)
        publish(data)
    assert [(line[1], *line[3:]) for line in revised(data)] == [
        (january(1), 1, 1, 100, 90, "p.parquet"),
        (january(1), 1, 1, 90, 95, "p.parquet"),
    ]


def test_what_was_not_settled_any_more_is_revised_though_rows_and_control_total_stay(data: Path) -> None:
    deliver(data, "payments", [paid(1)], name="p")
    publish(data)
    deliver(data, "payments", [paid(1, status="failed")], name="p", supersede=True)
    publish(data)
    assert [line[3:7] for line in revised(data)] == [(1, 1, 100, 0)]


def test_a_gap_that_is_filled_is_revised_from_nothing(data: Path) -> None:
    deliver(data, "payments", [paid(1), paid(3, day=3)], name="p")
    publish(data)
    deliver(data, "payments", [paid(2, day=2)], name="gap")
    publish(data)
    assert [line[1:7] for line in revised(data)] == [(january(2), "rta", None, 1, None, 100)]


def test_new_days_a_new_source_and_days_before_the_first_are_no_revisions(data: Path) -> None:
    deliver(data, "payments", [paid(5, day=5), paid(6, day=6)], name="p")
    publish(data)
    deliver(data, "payments", [paid(1), paid(7, day=7)], name="earlier-and-later")
    deliver(data, "surveys", [{"invitation_id": 1, "invited_at": NOON + timedelta(days=4)}])
    publish(data)
    assert revised(data) == []


def test_days_the_snapshot_before_was_not_complete_through_are_not_revised(data: Path) -> None:
    """Surveys have come to the 1st only, so the store is complete to the 1st, and the 2nd was never shown as complete."""
    deliver(data, "payments", [paid(1), paid(2, day=2)], name="p")
    deliver(data, "surveys", [{"invitation_id": 1, "invited_at": NOON}])
    assert "complete through 2012-01-01" in publish(data)
    deliver(data, "payments", [paid(3, day=2)], name="more")
    publish(data)
    assert revised(data) == []


def test_publishing_again_adds_nothing(data: Path) -> None:
    deliver(data, "payments", [paid(1)], name="p")
    publish(data)
    deliver(data, "payments", [paid(2)], name="late")
    publish(data)
    deliver(data, "payments", [paid(3, day=2)], name="next")
    publish(data)
    publish(data)
    assert len(revised(data)) == 1


def test_a_snapshot_that_was_never_pointed_to_leaves_no_revision_behind(data: Path) -> None:
    deliver(data, "payments", [paid(1)], name="p")
    publish(data)
    pointed = (data / "CURRENT").read_text("utf-8")
    deliver(data, "payments", [paid(2)], name="late")
    publish(data)
    (data / "CURRENT").write_text(pointed, "utf-8")
    publish(data)
    assert [line[3:5] for line in revised(data)] == [(1, 2)]
    with ledger.opened(data) as book:
        assert book.execute("SELECT count(*), max(version) FROM revisions").fetchone()[:] == (1, current_version(data))


def test_the_history_survives_a_ledger_made_again_through_the_published_snapshot(data: Path) -> None:
    deliver(data, "payments", [paid(1)], name="p")
    publish(data)
    deliver(data, "payments", [paid(2)], name="late")
    publish(data)
    before = revised(data, "*")
    (data / FILE).unlink()
    rebuild(data)
    deliver(data, "payments", [paid(3)], name="later")
    publish(data)
    assert revised(data, "*")[:1] == before
    assert [line[3:5] for line in revised(data)] == [(1, 2), (2, 3)]


def test_a_damaged_snapshot_is_not_compared_and_takes_no_history_along(data: Path) -> None:
    deliver(data, "payments", [paid(1)], name="p")
    publish(data)
    deliver(data, "payments", [paid(2)], name="late")
    publish(data)
    file = snapshot_file(data, current_version(data))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    deliver(data, "payments", [paid(3)], name="later")
    publish(data)
    assert [line[3:5] for line in revised(data)] == [(1, 2)]


def test_the_history_is_in_a_backup(data: Path, tmp_path: Path) -> None:
    deliver(data, "payments", [paid(1)], name="p")
    publish(data)
    deliver(data, "payments", [paid(2)], name="late")
    publish(data)
    before = revised(data, "*")
    backup(data, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "again")
    publish(tmp_path / "again")
    assert revised(tmp_path / "again", "*") == before


def test_a_reader_that_has_the_snapshot_open_does_not_hide_a_revision(data: Path) -> None:
    deliver(data, "payments", [paid(1)], name="p")
    publish(data)
    reader = open_current(data)
    deliver(data, "payments", [paid(2)], name="late")
    publish(data)
    reader.close()
    assert len(revised(data)) == 1


def test_each_source_is_watched(data: Path) -> None:
    deliver(data, "probes", [{}, {"probed_at": NOON + timedelta(hours=20)}], name="a")
    deliver(data, "feedback", [{"case_id": 1}], name="a")
    deliver(data, "surveys", [{"invitation_id": 1}], name="a")
    deliver(data, "it_spend", [{}], name="a")
    deliver(data, "status_events", [{"service": "fines"}], name="a")
    deliver(data, "payment_totals", [{"department": "dha", "period_end": date(2012, 1, 1)}], name="a")
    publish(data)
    deliver(data, "probes", [{"probed_at": NOON + timedelta(hours=1)}], name="b")
    deliver(data, "feedback", [{"case_id": 2}], name="b")
    deliver(data, "surveys", [{"invitation_id": 2}], name="b")
    deliver(data, "status_events", [{"service": "fines", "occurred_at": NOON + timedelta(hours=1), "state": "down"}], name="b")
    totals = {"department": "dha", "period_end": date(2012, 1, 1), "service": "other", "amount_fils": 9}
    deliver(data, "payment_totals", [totals], name="b")
    publish(data)
    assert {line[0]: line[3:7] for line in revised(data)} == {
        "feedback": (1, 2, None, None),
        "payment_totals": (1, 2, 100, 109),
        "probes": (1, 2, None, None),
        "status_events": (1, 2, None, None),
        "surveys": (1, 2, None, None),
    }
