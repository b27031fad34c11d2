"""The ledger is the commit point: what it says adds up, and what differs from it is named."""

import sqlite3
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import polars as pl
import pytest

from store import files, ledger
from store.control import Compared
from store.errors import LedgerError
from store.ledger import FileRecord, Part, Totals
from store.publish import publish
from store.verify import verify
from tests.support.openers import open_together
from tests.support.records import department, parquet, payment, take

TOTALS = Totals(3, 1, 1, 1, 2, 60, 10, 20, 30, "2012-09-30", "2012-09-30")
ENTRY = FileRecord(
    sha256="f" * 64,
    seq=1,
    source="payments",
    name="p.parquet",
    mapping=None,
    ingested_at="2012-10-01T00:00:00+00:00",
    state="live",
    totals=TOTALS,
    parts=(Part("files/p", "2012-09", 1, 10, "a" * 64, 1, 1),),
    covers=("2012-09-30", "2012-09-30"),
    controls=(Compared("rows", "3", "3"),),
    days=(("2012-09-30", 1, 1, 1, 10, 20, 30),),
    rejects=((2, "amount_fils", "min", "{}"),),
    skips=(("repeated header", 2),),
    relies={},
)


def test_entry_is_written_and_read_back(tmp_path: Path) -> None:
    with ledger.opened(tmp_path) as book:
        with ledger.transaction(book):
            ledger.record(book, ENTRY)
        found = ledger.file_state(book, ENTRY.sha256)
        assert found is not None
        assert (found["rows_in"], found["fils_in"], found["skipped"], found["state"]) == (3, 60, 2, "live")
        assert [tuple(row) for row in book.execute("SELECT line, rule FROM rejects")] == [(2, "min")]
        assert [row["sha256"] for row in ledger.live_files(book, "payments", "p.parquet")] == [ENTRY.sha256]
        assert ledger.live_files(book, "payments", "q.parquet") == []


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"totals": replace(TOTALS, rows_in=4)}, "rows do not add up"),
        ({"totals": replace(TOTALS, fils_in=61)}, "fils do not add up"),
        ({"totals": replace(TOTALS, skipped=0)}, "skipped lines do not add up"),
        ({"parts": ()}, "rows of parts do not add up"),
        ({"rejects": ()}, "rows of quarantine do not add up"),
        ({"days": (("2012-09-30", 2, 1, 1, 10, 20, 30),)}, "accepted rows of days do not add up"),
        ({"days": (("2012-09-30", 1, 0, 1, 10, 20, 30),)}, "duplicate rows of days do not add up"),
        ({"days": (("2012-09-30", 1, 1, 1, 11, 20, 30),)}, "accepted fils of days do not add up"),
        ({"days": (("2012-09-30", 1, 1, 1, 10, 20, 31),)}, "rejected fils of days do not add up"),
    ],
)
def test_entry_that_does_not_add_up_is_refused(tmp_path: Path, wrong: dict[str, object], what: str) -> None:
    with ledger.opened(tmp_path) as book:
        with pytest.raises(LedgerError, match=what):
            ledger.record(book, replace(ENTRY, **wrong))
        assert ledger.file_state(book, ENTRY.sha256) is None


def test_failure_inside_a_transaction_takes_everything_back(tmp_path: Path) -> None:
    def fail(book: sqlite3.Connection) -> None:
        with ledger.transaction(book):
            ledger.record(book, ENTRY)
            raise RuntimeError

    with ledger.opened(tmp_path) as book:
        with pytest.raises(RuntimeError):
            fail(book)
        assert [len(book.execute(f"SELECT * FROM {table}").fetchall()) for table in ("files", "parts", "rejects")] == [0, 0, 0]


def test_database_itself_refuses_totals_that_do_not_add_up(tmp_path: Path) -> None:
    with ledger.opened(tmp_path) as book:
        ledger.record(book, ENTRY)
        with pytest.raises(sqlite3.IntegrityError):
            book.execute("UPDATE files SET accepted = 2")
        with pytest.raises(sqlite3.IntegrityError):
            book.execute("UPDATE files SET fils_rejected = 31")


def test_ledger_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    with ledger.opened(tmp_path) as book:
        book.execute("PRAGMA user_version = 99")
    with pytest.raises(LedgerError, match="newer version of the store"):
        ledger.connect(tmp_path)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A small store with two sources, one of them without money."""
    data = tmp_path / "store"
    take(data, "payments", parquet(tmp_path / "p.parquet", "payments", [payment(1), payment(2), payment(3, amount_fils=-1)]))
    take(data, "departments", parquet(tmp_path / "d.parquet", "departments", [department("dewa")]))
    return data


def part(data: Path, source: str) -> Path:
    [path] = (data / "files" / source).rglob("*.parquet")
    return path


def test_verify_finds_nothing_in_a_sound_store(store: Path) -> None:
    publish(store)
    report = verify(store)
    assert (report.files, report.parts, report.rows, report.problems, report.notes) == (2, 2, 3, (), ())


def test_verify_says_when_something_is_not_published_yet(store: Path, tmp_path: Path) -> None:
    publish(store)
    take(store, "payments", parquet(tmp_path / "q.parquet", "payments", [payment(9)]))
    report = verify(store)
    assert report.problems == ()
    assert report.notes[0].startswith("1 files came or went since snapshot")


def test_verify_names_the_file_in_which_a_bit_was_flipped(store: Path) -> None:
    path = part(store, "payments")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert verify(store).problems == (
        f"{path.relative_to(store).as_posix()}: its bytes have changed (SHA-256 differs); restore it from a backup, "
        "or ingest its file again with --supersede; without the file, `rebuild --incomplete` leaves its rows out",
    )


@pytest.mark.parametrize("harm", ["changed", "missing"])
def test_ingesting_its_file_again_mends_a_damaged_part(tmp_path: Path, harm: str) -> None:
    data, sound = tmp_path / "store", parquet(tmp_path / "p.parquet", "payments", [payment(1), payment(2)])
    take(data, "payments", sound)
    path = part(data, "payments")
    path.write_bytes(b"PAR1") if harm == "changed" else path.unlink()
    assert len(verify(data).problems) == 1
    assert take(data, "payments", sound, supersede=True).accepted == 2
    assert take(data, "payments", sound, supersede=True).status == "known"
    assert verify(data).problems == ()


def test_verify_names_a_missing_part_and_counts_unknown_ones(store: Path) -> None:
    path = part(store, "departments")
    path.rename(path.with_name("stranger.parquet"))
    report = verify(store)
    assert [problem.split(":")[0] for problem in report.problems] == [path.relative_to(store).as_posix()]
    assert report.notes[-1].startswith("1 files below files/ are unknown to the ledger")


def test_verify_recounts_rows_and_fils_though_the_hash_agrees(store: Path) -> None:
    path = part(store, "payments")
    pl.read_parquet(path).with_columns(amount_fils=pl.lit(99_99, pl.Int64)).write_parquet(path)
    with ledger.opened(store) as book:
        book.execute("UPDATE parts SET sha256 = ? WHERE source = 'payments'", (files.sha256(path),))
    recounted, receipt = verify(store).problems
    assert recounted.endswith("2 rows and 19998 fils, the ledger says 2 and 20000")
    assert "says something else than the receipt of payments/p.parquet" in receipt


def test_verify_compares_days(store: Path) -> None:
    with ledger.opened(store) as book:
        book.execute("UPDATE days SET day = '2012-09-29' WHERE source = 'payments'")
    *problems, receipt = verify(store).problems
    assert [problem.split(", ")[1].split(":")[0] for problem in problems] == ["2012-09-29", "2012-09-30"]
    assert "than the receipt of payments/p.parquet" in receipt


def test_verify_names_an_entry_whose_rejects_are_gone(store: Path) -> None:
    with ledger.opened(store) as book:
        book.execute("DELETE FROM rejects")
    entry, receipt = verify(store).problems
    assert entry.startswith("payments/p.parquet")
    assert "says something else than the receipt of payments/p.parquet" in receipt


def test_processes_that_begin_a_ledger_in_the_same_moment_all_can(tmp_path: Path) -> None:
    """Switching to a write-ahead log does not wait for others as everything else in SQLite does."""
    context = get_context("forkserver")
    barrier, folders = context.Barrier(4), [tmp_path / str(n) for n in range(25)]
    processes = [context.Process(target=open_together, args=(barrier, folders)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 4
