"""Control totals: a file holds what its sender says it holds, or nothing of it is taken in."""

import hashlib
import json
import sqlite3
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from store import ledger, ledger_versions, status
from store.control import SUFFIX, trailer
from store.errors import ConflictError, ControlError, InputError
from store.publish import publish
from store.snapshot import open_current
from store.verify import verify
from tests.support.records import NOON, csv, department, parquet, payment, take


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "store"


def say(path: Path, **said: Any) -> Path:
    """Write the side file of `path`."""
    path.with_name(path.name + SUFFIX).write_text(json.dumps(said), encoding="utf-8")
    return path


def files_of(data: Path) -> int:
    with ledger.opened(data) as book:
        return int(book.execute("SELECT count(*) FROM files").fetchone()[0])


def covered(data: Path) -> list[tuple[object, ...]]:
    snapshot = open_current(data)
    try:
        return snapshot.cursor().execute("SELECT day, rows, rejected, delivered FROM coverage_days ORDER BY day").fetchall()
    finally:
        snapshot.close()


def test_a_file_that_holds_what_is_promised_is_taken_in_and_the_ledger_keeps_both_numbers(tmp_path: Path, data: Path) -> None:
    path = parquet(tmp_path / "p.parquet", "payments", [payment(1), payment(2, amount_fils=-5), payment(1)])
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    say(path, rows=3, fils=199_95, sha256=digest.upper())
    take(data, "payments", path)
    with ledger.opened(data) as book:
        found = [tuple(row) for row in book.execute("SELECT what, expected, found FROM controls ORDER BY what")]
    assert found == [("fils", "19995", "19995"), ("rows", "3", "3"), ("sha256", digest, digest)]
    assert verify(data).problems == ()


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"fils": 100_01}, r"fils 10001 promised, 10000 came, a difference of -1\. Nothing of it was taken in"),
        ({"rows": 2}, r"rows 2 promised, 1 came, a difference of -1"),
        ({"sha256": "0" * 64}, r"sha256 000000000000\.\.\. promised, .* deliver it again"),
    ],
)
def test_a_difference_of_one_refuses_the_file(tmp_path: Path, data: Path, said: dict[str, Any], message: str) -> None:
    path = say(parquet(tmp_path / "p.parquet", "payments", [payment(1)]), **said)
    with pytest.raises(ControlError, match=message):
        take(data, "payments", path)
    assert files_of(data) == 0
    assert list((data / "files").rglob("*.parquet")) == [] or verify(data).problems == ()


def test_an_unreconciled_file_is_taken_in_on_demand_and_its_difference_stays_visible(tmp_path: Path, data: Path) -> None:
    path = say(parquet(tmp_path / "p.parquet", "payments", [payment(1)]), fils=100_01)
    take(data, "payments", path, unreconciled=True)
    with ledger.opened(data) as book:
        assert [tuple(row) for row in book.execute("SELECT what, expected, found FROM controls")] == [("fils", "10001", "10000")]
    assert [note for note in verify(data).notes if "fils 10001 promised, 10000 came" in note]


def test_damaged_bytes_are_not_taken_in_even_when_unreconciled(tmp_path: Path, data: Path) -> None:
    path = say(parquet(tmp_path / "p.parquet", "payments", [payment(1)]), sha256="1" * 64)
    with pytest.raises(ControlError, match="deliver it again"):
        take(data, "payments", path, unreconciled=True)


def test_a_promise_of_fils_of_a_source_without_money_is_never_kept(tmp_path: Path, data: Path) -> None:
    path = say(parquet(tmp_path / "d.parquet", "departments", [department("dewa")]), fils=0)
    with pytest.raises(ControlError, match="fils 0 promised, no money came"):
        take(data, "departments", path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", r"p\.parquet\.control\.json: no JSON"),
        ("[1]", "an object of rows, fils, sha256, from, to is wanted"),
        ('{"row": 1}', "not row"),
        ('{"rows": 1.5}', "'rows' is no whole number: 1.5"),
        ('{"rows": -1}', "'rows' is no whole number: -1"),
        ('{"rows": true}', "'rows' is no whole number: True"),
        ('{"rows": 9223372036854775808}', "'rows' is larger than the sum of any file: 9223372036854775808"),
        ('{"sha256": "abc"}', "'sha256' is no SHA-256 in hex"),
        ('{"from": "2012-02-30", "to": "2012-03-01"}', "'from' is no day"),
        ('{"from": "2012-01-02"}', "both or none"),
        ('{"from": "2012-01-02", "to": "2012-01-01"}', "both or none"),
    ],
)
def test_a_side_file_that_cannot_be_understood_refuses_the_file(tmp_path: Path, data: Path, text: str, message: str) -> None:
    path = parquet(tmp_path / "p.parquet", "payments", [payment(1)])
    path.with_name(path.name + SUFFIX).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        take(data, "payments", path)
    assert files_of(data) == 0


def test_declared_days_make_a_quiet_day_a_delivered_one(tmp_path: Path, data: Path) -> None:
    path = parquet(tmp_path / "p.parquet", "payments", [payment(1)])
    take(data, "payments", say(path, **{"from": "2012-09-29", "to": "2012-10-01"}))
    publish(data)
    assert covered(data) == [
        (date(2012, 9, 29), 0, 0, True),
        (date(2012, 9, 30), 1, 0, True),
        (date(2012, 10, 1), 0, 0, True),
    ]
    [found] = status.sources(data)
    assert (found.first_day, found.complete_through, found.days) == (date(2012, 9, 29), date(2012, 10, 1), 1)


def test_an_empty_log_with_declared_days_covers_them(tmp_path: Path, data: Path) -> None:
    take(data, "departments", parquet(tmp_path / "d.parquet", "departments", [department("dewa")]))
    empty = say(parquet(tmp_path / "p.parquet", "payments", []), **{"from": "2012-09-29", "to": "2012-09-30"})
    take(data, "payments", empty)
    publish(data)
    assert covered(data) == [(date(2012, 9, 29), 0, 0, True), (date(2012, 9, 30), 0, 0, True)]
    snapshot = open_current(data)
    assert snapshot.cursor().execute("SELECT first_day, last_day FROM coverage").fetchall() == [
        (None, None),
        (date(2012, 9, 29), date(2012, 9, 30)),
    ]
    assert snapshot.complete_through == date(2012, 9, 30)
    snapshot.close()
    _, found = status.sources(data)
    assert (found.first_day, found.complete_through, found.days) == (date(2012, 9, 29), date(2012, 9, 30), 0)


def test_a_declaration_that_comes_after_its_file_asks_for_a_decision_and_then_counts(tmp_path: Path, data: Path) -> None:
    path = parquet(tmp_path / "p.parquet", "payments", [payment(1)])
    take(data, "payments", path)
    say(path, rows=1, **{"from": "2012-09-29", "to": "2012-09-30"})
    with pytest.raises(ConflictError, match=r"p\.parquet\.control\.json says of them what was not known then; add --supersede"):
        take(data, "payments", path)
    assert take(data, "payments", path, supersede=True).status == "stored"
    assert take(data, "payments", path).status == "known"
    assert take(data, "payments", path, supersede=True).status == "known"
    publish(data)
    assert covered(data) == [(date(2012, 9, 29), 0, 0, True), (date(2012, 9, 30), 1, 0, True)]
    say(path, rows=2)
    with pytest.raises(ControlError, match="rows 2 promised, 1 came"):
        take(data, "payments", path, supersede=True)
    assert verify(data).problems == ()


def test_a_file_that_ends_in_the_middle_of_a_day_does_not_make_that_day_complete(tmp_path: Path, data: Path) -> None:
    rows = [payment(1), payment(2, occurred_at=NOON + timedelta(days=1))]
    take(data, "payments", say(parquet(tmp_path / "p.parquet", "payments", rows), **{"from": "2012-09-30", "to": "2012-09-30"}))
    publish(data)
    snapshot = open_current(data)
    assert snapshot.complete_through == date(2012, 9, 30)
    snapshot.close()
    assert status.sources(data)[0].complete_through == date(2012, 9, 30)


def test_a_declared_day_whose_rows_were_all_rejected_is_no_day_without_business(tmp_path: Path, data: Path) -> None:
    rows = [payment(1), payment(2, occurred_at=NOON + timedelta(days=1), amount_fils=-1)]
    take(data, "payments", say(parquet(tmp_path / "p.parquet", "payments", rows), **{"from": "2012-09-30", "to": "2012-10-01"}))
    publish(data)
    assert covered(data) == [(date(2012, 9, 30), 1, 0, True), (date(2012, 10, 1), 0, 1, False)]


def test_days_are_declared_for_logs_of_days_only(tmp_path: Path, data: Path) -> None:
    path = parquet(tmp_path / "d.parquet", "departments", [department("dewa")])
    with pytest.raises(InputError, match="'departments' is no log of days"):
        take(data, "departments", say(path, **{"from": "2012-09-30", "to": "2012-09-30"}))


def test_each_day_accounts_for_its_accepted_duplicate_and_rejected_rows_and_fils(tmp_path: Path, data: Path) -> None:
    rows = [
        payment(1),
        payment(1),
        payment(2, amount_fils=-3),
        payment(3, occurred_at=NOON + timedelta(days=1)),
        payment(4, occurred_at="no time"),
    ]
    take(data, "payments", csv(tmp_path / "p.csv", [{**row, "occurred_at": _text(row)} for row in rows]))
    with ledger.opened(data) as book:
        found = [tuple(row)[2:] for row in book.execute("SELECT * FROM days ORDER BY day")]
    assert found == [
        ("", 0, 0, 1, 0, 0, 100_00),
        ("2012-09-30", 1, 1, 1, 100_00, 100_00, -3),
        ("2012-10-01", 1, 0, 0, 100_00, 0, 0),
    ]


def _text(row: dict[str, Any]) -> str:
    moment = row["occurred_at"]
    return moment.isoformat() if isinstance(moment, datetime) else str(moment)


def test_a_ledger_of_the_version_before_is_brought_up_to_date(tmp_path: Path, data: Path) -> None:
    """What version 2 did not know, the day of duplicates and rejected rows, is put where the day is not known."""
    data.mkdir()
    with sqlite3.connect(data / ledger.FILE) as old:
        old.executescript(_VERSION_2)
    (data / "settings.toml").write_text('currency = "AED"\n')
    with ledger.opened(data) as book:
        assert book.execute("PRAGMA user_version").fetchone()[0] == ledger_versions.VERSION
        assert [tuple(row)[2:] for row in book.execute("SELECT * FROM days ORDER BY day")] == [
            ("", 0, 1, 2, 0, 20, 30),
            ("2012-09-30", 1, 0, 0, 10, 0, 0),
        ]
        assert book.execute("SELECT covers_from FROM files").fetchone()[0] is None


_VERSION_2 = """
    CREATE TABLE files (sha256 TEXT PRIMARY KEY, source TEXT NOT NULL, name TEXT NOT NULL, mapping TEXT,
        ingested_at TEXT NOT NULL, rows_in INTEGER NOT NULL, accepted INTEGER NOT NULL,
        duplicates INTEGER NOT NULL, rejected INTEGER NOT NULL,
        skipped INTEGER NOT NULL DEFAULT 0, fils_in INTEGER, fils_accepted INTEGER, fils_duplicates INTEGER,
        fils_rejected INTEGER, first_day TEXT, last_day TEXT, state TEXT NOT NULL, superseded_by TEXT) STRICT;
    CREATE TABLE days (file_sha256 TEXT NOT NULL REFERENCES files (sha256), source TEXT NOT NULL, day TEXT NOT NULL,
        rows INTEGER NOT NULL, fils INTEGER, PRIMARY KEY (file_sha256, day)) STRICT;
    CREATE INDEX days_by_source ON days (source, day);
    INSERT INTO files VALUES ('f', 'payments', 'p.csv', NULL, '2012-10-01T00:00:00+00:00', 4, 1, 1, 2, 0, 60, 10, 20, 30,
        '2012-09-30', '2012-09-30', 'live', NULL);
    INSERT INTO days VALUES ('f', 'payments', '2012-09-30', 1, 10);
    PRAGMA user_version = 2;
"""


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"from": "2012-10-05", "to": "2012-09-01"}, "both or none"),
        ({"from": "2012-10-05"}, "both or none"),
        ({"from": "20120930", "to": "2012-09-30"}, "'from' is no day"),
        ({"rows": "1_0"}, "'rows' is no whole number: '1_0'"),
    ],
)
def test_a_trailer_is_held_to_the_same_rules_as_a_side_file(said: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        trailer(said, "p.csv")


def test_a_refused_file_leaves_an_empty_store_without_settings(tmp_path: Path, data: Path) -> None:
    path = say(parquet(tmp_path / "p.parquet", "payments", [payment(1)]), rows=2)
    with pytest.raises(ControlError):
        take(data, "payments", path)
    assert not (data / "settings.toml").exists()


def test_head_catches_up_where_an_ingest_was_cut_off_before_it(tmp_path: Path, data: Path) -> None:
    path = parquet(tmp_path / "p.parquet", "payments", [payment(1)])
    take(data, "payments", path)
    (data / ledger.HEAD).write_text("0\n")
    take(data, "payments", path)
    assert ledger.committed(data) == 1
