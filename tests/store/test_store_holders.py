"""A duplicate is held by a file that counts and has the row; once that is no longer so, the file of the duplicate is named."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from store import ledger
from store.verify import verify
from tests.support.desk import Desk, correct
from tests.support.fuzz_rows import counts
from tests.support.records import parquet, payment, stored, take

NAMED = (
    "payments/b.parquet: 1 of its rows were left out as duplicates of a.parquet, which was read again since and does not hold "
    "all its rows any more; ingest the file again with --supersede"
)


def delivered(folder: Path, name: str, *rows: dict[str, object]) -> Path:
    (folder / name).mkdir(exist_ok=True)
    return parquet(folder / name / f"{name[0]}.parquet", "payments", [*rows])


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """a holds payment 1, which b repeats; a is taken back for a moment, in which c says otherwise of payment 1."""
    store = tmp_path / "store"
    take(store, "payments", delivered(tmp_path, "a", payment(1), payment(4)))
    take(store, "payments", delivered(tmp_path, "b", payment(1), payment(3)))
    take(store, "payments", delivered(tmp_path, "a-later", payment(4)), supersede=True)
    take(store, "payments", delivered(tmp_path, "c", payment(1, amount_fils=7)))
    return store


def test_a_duplicate_whose_holder_was_read_again_and_rejects_the_row_is_named_and_comes_to_a_verdict(
    store: Path, tmp_path: Path
) -> None:
    assert counts(take(store, "payments", tmp_path / "a" / "a.parquet", supersede=True)) == (2, 1, 0, 1)
    assert verify(store).problems == (NAMED,)
    assert counts(take(store, "payments", tmp_path / "b" / "b.parquet", supersede=True)) == (2, 1, 0, 1)
    assert verify(store).problems == ()
    assert dict(stored(store, "payments").select("event_id", "amount_fils").iter_rows()) == {1: 7, 3: 100_00, 4: 100_00}


def test_a_holder_that_came_back_with_a_row_that_another_file_has_now_is_named_too(tmp_path: Path) -> None:
    """Else nobody would be told once that other file goes."""
    store = tmp_path / "store"
    first = delivered(tmp_path, "a", payment(1), payment(4))
    take(store, "payments", first)
    take(store, "payments", delivered(tmp_path, "b", payment(1), payment(3)))
    take(store, "payments", delivered(tmp_path, "a-later", payment(4)), supersede=True)
    take(store, "payments", delivered(tmp_path, "c", payment(1)))
    assert counts(take(store, "payments", first, supersede=True)) == (2, 1, 1, 0)
    assert verify(store).problems == (NAMED,)


@pytest.mark.parametrize("renamed", [False, True])
def test_a_holder_that_was_read_again_and_kept_its_rows_asks_for_nothing(tmp_path: Path, *, renamed: bool) -> None:
    store = tmp_path / "store"
    first = delivered(tmp_path, "a", payment(1), payment(4, amount_fils=-1))
    take(store, "payments", first)
    take(store, "payments", delivered(tmp_path, "b", payment(1), payment(3)))
    again = shutil.copyfile(first, tmp_path / "other.parquet") if renamed else first
    assert counts(take(store, "payments", again, supersede=True)) == (2, 1, 0, 1)
    assert verify(store).problems == ()


def test_a_ledger_made_again_names_it_as_well(store: Path, tmp_path: Path) -> None:
    take(store, "payments", tmp_path / "a" / "a.parquet", supersede=True)
    desk = Desk(tmp_path)
    for path in [*(store / "receipts").glob("*.parquet")][-1:]:
        path.unlink()
    assert desk.run("rebuild", "--receipts") == 0
    assert verify(store).problems == (NAMED,)
    assert desk.run("rebuild") == 0
    assert verify(store).problems == (NAMED,)


def test_rows_that_were_removed_on_purpose_cannot_be_compared_and_count_as_let_go(tmp_path: Path) -> None:
    store, desk = tmp_path / "store", Desk(tmp_path)
    other = take(store, "payments", delivered(tmp_path, "c", payment(4)))
    first = delivered(tmp_path, "a", payment(1), payment(4), payment(5))
    assert (other.accepted, take(store, "payments", first).accepted) == (1, 2)
    take(store, "payments", delivered(tmp_path, "b", payment(1), payment(3)))
    take(store, "payments", delivered(tmp_path, "a-later", payment(5)), supersede=True)
    take(store, "payments", delivered(tmp_path, "c-later", payment(6)), supersede=True)
    assert desk.run("vacuum", "--keep-days", "0") == 0
    assert take(store, "payments", first, supersede=True).accepted == 3
    assert verify(store).problems == (NAMED,)
    assert counts(take(store, "payments", tmp_path / "b" / "b.parquet", supersede=True)) == (2, 1, 1, 0)
    assert verify(store).problems == ()


def test_a_correction_that_was_a_duplicate_is_none_once_its_holder_rejects_the_row(store: Path, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    take(store, "payments", delivered(tmp_path, "a-first", payment(1, amount_fils=9), payment(8)), supersede=True)
    assert [line for _, line, _, _ in desk.states()] == [1]  # c says otherwise
    take(store, "payments", delivered(tmp_path, "c-later", payment(2)), supersede=True)
    take(store, "payments", tmp_path / "a" / "a.parquet", supersede=True)
    take(store, "payments", delivered(tmp_path, "q", payment(11, amount_fils=-1)))
    one = dict.fromkeys(("event_id", "transaction_id", "basket_id"), "1") | {"amount_fils": "10000"}
    fixed = correct(desk.export("payments", "out.csv"), tmp_path / "fixed.csv", one)
    assert counts(take(store, "payments", fixed)) == (1, 0, 1, 0)
    assert desk.states() == [("q.parquet", 1, "corrected", "fixed.csv")]
    take(store, "payments", tmp_path / "a-later" / "a.parquet", supersede=True)
    take(store, "payments", tmp_path / "c" / "c.parquet", supersede=True)
    take(store, "payments", tmp_path / "a" / "a.parquet", supersede=True)
    assert ("q.parquet", 1, "open", None) in desk.states()
    assert desk.settled_for_nothing() == []


def test_a_ledger_of_version_7_is_upgraded_and_its_duplicates_are_held(store: Path, tmp_path: Path) -> None:
    take(store, "payments", tmp_path / "a" / "a.parquet", supersede=True)
    with closing(sqlite3.connect(store / ledger.FILE)) as book:
        book.execute("DROP VIEW quarantine")
        book.execute("DROP VIEW counting")
        book.execute("ALTER TABLE files DROP COLUMN holds_since")
        book.execute("PRAGMA user_version = 7")
        book.commit()
    with ledger.opened(store) as book:
        assert ledger.forsaken(book) == []
        assert {row["holds_since"] for row in book.execute("SELECT holds_since FROM files")} == {0}


def test_a_copy_of_a_correction_that_contradicts_the_store_corrects_nothing_and_bars_nothing(tmp_path: Path) -> None:
    """Two rows are said to be payment 1 with another amount: the first is rejected, and its copy has nobody who holds it."""
    desk = Desk(tmp_path)
    take(desk.data, "payments", delivered(tmp_path, "a", payment(1)))
    take(desk.data, "payments", delivered(tmp_path, "q", payment(8, amount_fils=-1), payment(9, amount_fils=-1)))
    out = desk.export("payments", "out.csv")
    one = dict.fromkeys(("event_id", "transaction_id", "basket_id"), "1")
    same = correct(out, tmp_path / "same.csv", {**one, "amount_fils": "7"})
    assert counts(take(desk.data, "payments", same)) == (2, 0, 1, 1)
    assert [state for file, _, state, _ in desk.states() if file == "q.parquet"] == ["open", "open"]
    assert desk.settled_for_nothing() == []
    right = correct(desk.export("payments", "again.csv"), tmp_path / "right.csv", {"amount_fils": "5"})
    assert counts(take(desk.data, "payments", right)) == (2, 2, 0, 0)
    assert verify(desk.data).problems == ()
    assert desk.amounts() == {1: 100_00, 8: 5, 9: 5}
    assert desk.run("rebuild") == 0
    assert [state for file, _, state, _ in desk.states() if file == "q.parquet"] == ["corrected", "corrected"]
    assert verify(desk.data).problems == ()
