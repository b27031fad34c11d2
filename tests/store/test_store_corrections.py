"""Rejected rows come in again corrected: each once, by name, and never beside a row that counts already."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from store import corrected, ledger
from store.correction import IDENTITY
from store.verify import verify
from tests.support.desk import Desk, correct, desk_of_four_payments, lines, only, rejected_rules, signs, sound
from tests.support.records import department, parquet, payment


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_of_four_payments(tmp_path)


def test_what_is_corrected_counts_and_is_named_and_nothing_stays_open(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.run("quarantine", "payments", "--export", desk.folder / "out.csv") == 0
    assert f"python -m store ingest payments {desk.folder / 'out.csv'} --data {desk.data}`" in capsys.readouterr().out
    fixed = correct(desk.folder / "out.csv", desk.folder / "fixed.csv", signs)
    assert desk.run("ingest", "payments", fixed) == 0
    assert "fixed.csv: payments, 2 rows in = 2 accepted + 0 duplicates + 0 rejected" in capsys.readouterr().out
    assert desk.amounts() == {1: 100_00, 2: 5, 3: -100_00, 4: 100_00}
    assert desk.states() == [("p.parquet", 2, "corrected", "fixed.csv"), ("p.parquet", 3, "corrected", "fixed.csv")]
    assert desk.corrections() == [("fixed.csv", 2, "p.parquet", 2), ("fixed.csv", 3, "p.parquet", 3)]
    assert desk.run("quarantine", "payments", "--export", desk.folder / "none.csv") == 0
    assert "no rejected row of payments is open" in capsys.readouterr().out
    assert not (desk.folder / "none.csv").exists()
    assert sound(desk)


def test_the_same_corrections_again_change_nothing_under_any_name(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    fixed = correct(desk.export("payments", "out.csv"), desk.folder / "fixed.csv", signs)
    desk.run("ingest", "payments", fixed)
    before = desk.amounts()
    capsys.readouterr()
    assert desk.run("ingest", "payments", shutil.copyfile(fixed, desk.folder / "copy.csv")) == 0
    assert "already ingested as fixed.csv, nothing to do" in capsys.readouterr().out
    other = correct(desk.folder / "out.csv", desk.folder / "other.csv", lambda line: {**signs(line), "_message": "seen to"})
    assert desk.run("ingest", "payments", other) == 0
    assert "other.csv: payments, 2 rows in = 0 accepted + 2 duplicates + 0 rejected" in capsys.readouterr().out
    assert desk.amounts() == before
    assert sound(desk)


def test_a_row_is_not_corrected_a_second_time_otherwise_be_it_with_another_key(desk: Desk) -> None:
    out = desk.export("payments", "out.csv")
    desk.run("ingest", "payments", correct(out, desk.folder / "fixed.csv", signs))
    otherwise = correct(out, desk.folder / "otherwise.csv", only("2", amount_fils="6", event_id="22"))
    assert desk.run("ingest", "payments", otherwise) == 1
    assert rejected_rules(desk, "otherwise.csv") == ["already_corrected"]
    assert desk.amounts()[2] == 5
    assert 22 not in desk.amounts()
    assert ("otherwise.csv", 2, "again", None) in desk.states()
    assert sound(desk)


def test_two_lines_that_correct_one_row_differently_are_both_rejected(desk: Desk) -> None:
    out = desk.export("payments", "out.csv")
    twice = correct(out, desk.folder / "twice.csv", signs)
    with twice.open("a", encoding="utf-8") as file:
        file.write(twice.read_text("utf-8-sig").splitlines()[1].replace(",5,", ",6,").replace(",2,2,2,", ",22,2,2,") + "\n")
    assert desk.run("ingest", "payments", twice) == 0
    assert rejected_rules(desk, "twice.csv") == ["corrected_twice", "corrected_twice"]
    assert desk.amounts() == {1: 100_00, 3: -100_00, 4: 100_00}
    assert [state for file, _, state, _ in desk.states() if file == "p.parquet"] == ["open", "corrected"]
    assert sound(desk)


@pytest.mark.parametrize(
    ("identity", "rule"),
    [("0123456789abcdef:2", "names_no_rejected_row"), ("", "names_no_rejected_row"), ("{}:1", "names_no_rejected_row")],
    ids=["of no file", "nothing", "of a row that was accepted"],
)
def test_a_line_that_names_no_rejected_row_is_rejected(desk: Desk, identity: str, rule: str) -> None:
    out = desk.export("payments", "out.csv")
    start = lines(out)[0][IDENTITY].partition(":")[0]
    stray = correct(out, desk.folder / "stray.csv", only("2", amount_fils="5", **{IDENTITY: identity.format(start)}))
    assert desk.run("ingest", "payments", stray) == 1
    assert rejected_rules(desk, "stray.csv") == [rule]
    assert 2 not in desk.amounts()
    assert [state for file, _, state, _ in desk.states() if file == "p.parquet"] == ["open", "open"]
    assert sound(desk)


def test_a_row_that_is_still_bad_is_rejected_again_and_stays_open_under_its_first_file(desk: Desk) -> None:
    out = desk.export("payments", "out.csv")
    half = correct(out, desk.folder / "half.csv", {"amount_fils": "5"})
    assert desk.run("ingest", "payments", half) == 0
    assert desk.states() == [
        ("half.csv", 3, "again", None),
        ("p.parquet", 2, "corrected", "half.csv"),
        ("p.parquet", 3, "open", None),
    ]
    rest = correct(desk.export("payments", "rest.csv"), desk.folder / "rest-fixed.csv", signs)
    assert [line["event_id"] for line in lines(rest)] == ["3"]
    assert desk.run("ingest", "payments", rest) == 0
    assert desk.amounts() == {1: 100_00, 2: 5, 3: -100_00, 4: 100_00}
    assert sound(desk)


def test_a_row_rejected_in_a_correction_file_cannot_be_corrected_there(desk: Desk) -> None:
    """Else one row of the sender could come in twice: by its own name, and by that of its failed correction."""
    half = correct(desk.export("payments", "out.csv"), desk.folder / "half.csv", {"amount_fils": "5"})
    desk.run("ingest", "payments", half)
    with ledger.opened(desk.data) as book:
        [(sha256,)] = book.execute("SELECT sha256 FROM files WHERE name = 'half.csv'").fetchall()
    again = correct(half, desk.folder / "again.csv", only("3", amount_fils="-1", **{IDENTITY: f"{sha256[:16]}:3"}))
    assert desk.run("ingest", "payments", again) == 1
    assert rejected_rules(desk, "again.csv") == ["names_no_rejected_row"]


def test_a_corrected_row_with_a_key_that_is_stored_is_a_duplicate_or_contradicts(desk: Desk) -> None:
    out = desk.export("payments", "out.csv")
    same = {"event_id": "1", "transaction_id": "1", "basket_id": "1", "amount_fils": "10000"}
    first = correct(out, desk.folder / "first.csv", only("2", **same))
    assert desk.run("ingest", "payments", first) == 0
    contradicting = correct(out, desk.folder / "second.csv", only("3", event_id="4", status="settled", amount_fils="7"))
    assert desk.run("ingest", "payments", contradicting) == 1
    assert rejected_rules(desk, "second.csv") == ["conflicting_duplicate"]
    assert desk.amounts() == {1: 100_00, 4: 100_00}
    assert [state for file, _, state, _ in desk.states() if file == "p.parquet"] == ["corrected", "open"]
    assert sound(desk)


def test_of_two_rows_that_contradict_each_other_the_right_one_comes_in_as_it_is(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    rows = [payment(1, amount_fils=5), payment(1, amount_fils=6), payment(2)]
    desk.run("ingest", "payments", parquet(tmp_path / "p.parquet", "payments", rows))
    chosen = correct(
        desk.export("payments", "out.csv"), tmp_path / "chosen.csv", lambda line: line if line["amount_fils"] == "6" else None
    )
    assert desk.run("ingest", "payments", chosen) == 0
    assert desk.amounts() == {1: 6, 2: 100_00}
    assert desk.states() == [("p.parquet", 1, "open", None), ("p.parquet", 2, "corrected", "chosen.csv")]
    rest = correct(desk.export("payments", "rest.csv"), tmp_path / "both.csv", {"amount_fils": "6"})
    assert desk.run("ingest", "payments", rest) == 0
    assert desk.amounts() == {1: 6, 2: 100_00}
    assert {state for _, _, state, _ in desk.states()} == {"corrected"}
    assert sound(desk)


def test_a_row_corrected_twice_with_the_same_content_counts_once_and_the_row_it_contradicted_stays_open(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    rows = [payment(1, amount_fils=5), payment(1, amount_fils=6), payment(2)]
    desk.run("ingest", "payments", parquet(tmp_path / "p.parquet", "payments", rows))
    twice = correct(
        desk.export("payments", "out.csv"), tmp_path / "twice.csv", lambda line: line if line["amount_fils"] == "6" else None
    )
    with twice.open("a", encoding="utf-8") as file:
        file.write(twice.read_text("utf-8-sig").splitlines()[1] + "\n")
    assert desk.run("ingest", "payments", twice) == 0
    assert desk.corrections() == [("twice.csv", 2, "p.parquet", 2), ("twice.csv", 3, "p.parquet", 2)]
    assert desk.amounts() == {1: 6, 2: 100_00}
    assert desk.states() == [("p.parquet", 1, "open", None), ("p.parquet", 2, "corrected", "twice.csv")]
    assert [line["amount_fils"] for line in lines(desk.export("payments", "rest.csv"))] == ["5"]
    assert sound(desk)


def test_corrections_that_copy_a_row_beside_them_leave_nothing_to_export(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    rows = [payment(1, amount_fils=10**17), payment(1), payment(2)]
    desk.run("ingest", "payments", parquet(tmp_path / "p.parquet", "payments", rows))
    copied = correct(desk.export("payments", "out.csv"), tmp_path / "copied.csv", {"amount_fils": "10000"})
    with copied.open("a", encoding="utf-8") as file:
        file.write(copied.read_text("utf-8-sig").splitlines()[1] + "\n")
    assert desk.run("ingest", "payments", copied) == 0
    assert desk.states() == [("p.parquet", 1, "corrected", "copied.csv")]
    assert desk.amounts() == {1: 100_00, 2: 100_00}
    assert not desk.export("payments", "rest.csv").exists()
    assert sound(desk)


def test_a_line_left_empty_is_rejected(desk: Desk) -> None:
    out = desk.export("payments", "out.csv")
    empty = correct(out, desk.folder / "empty.csv", lambda line: dict.fromkeys(line, "") | {IDENTITY: line[IDENTITY]})
    assert desk.run("ingest", "payments", empty) == 1
    assert {rule.partition(",")[0] for rule in rejected_rules(desk, "empty.csv")} == {"nothing_filled_in"}


def test_a_correction_file_of_the_name_of_the_first_file_replaces_nothing(desk: Desk) -> None:
    (desk.folder / "desk").mkdir()
    fixed = correct(desk.export("payments", "out.csv"), desk.folder / "desk" / "p.parquet", signs)
    assert desk.run("ingest", "payments", fixed, "--supersede") == 0
    assert desk.amounts() == {1: 100_00, 2: 5, 3: -100_00, 4: 100_00}


def test_a_reference_is_completed_by_corrections_not_replaced(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    rows = [department("dewa"), department("rta", size=-1)]
    desk.run("ingest", "departments", parquet(tmp_path / "d.parquet", "departments", rows))
    out = desk.export("departments", "out.csv")
    assert desk.run("ingest", "departments", correct(out, tmp_path / "fixed.csv", {"size": "1"})) == 0
    with ledger.opened(desk.data) as book:
        assert [(row["name"], row["accepted"]) for row in ledger.live_files(book, "departments")] == [
            ("d.parquet", 1),
            ("fixed.csv", 1),
        ]
    assert desk.states("departments") == [("d.parquet", 2, "corrected", "fixed.csv")]
    assert desk.run("ingest", "payments", parquet(tmp_path / "p.parquet", "payments", [payment(1)])) == 0
    assert desk.run("publish") == 0
    assert sound(desk)
    whole = parquet(tmp_path / "d2.parquet", "departments", [department("dewa"), department("rta", size=2)])
    assert desk.run("ingest", "departments", whole) == 0
    assert desk.states("departments") == []
    assert sound(desk)


def test_a_ledger_of_version_6_is_upgraded_and_its_corrections_count(desk: Desk) -> None:
    desk.run("ingest", "payments", correct(desk.export("payments", "out.csv"), desk.folder / "fixed.csv", signs))
    with closing(sqlite3.connect(desk.data / ledger.FILE)) as book:
        book.execute("DROP VIEW quarantine")
        book.execute("DROP VIEW counting")
        book.execute("ALTER TABLE corrections DROP COLUMN held_by")
        book.execute("CREATE VIEW quarantine AS SELECT * FROM corrections")
        book.execute("PRAGMA user_version = 6")
        book.commit()
    assert desk.states() == [("p.parquet", 2, "corrected", "fixed.csv"), ("p.parquet", 3, "corrected", "fixed.csv")]
    assert sound(desk)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM corrections WHERE by_line = 2", "2 rows came in by it, and it corrects 1"),
        ("UPDATE corrections SET content = 'x' WHERE by_line = 2", "1 of its rows are stored and correct no rejected row"),
        ("UPDATE corrections SET line = 4 WHERE by_line = 2", "corrects line 4 of"),
    ],
)
def test_verify_names_what_differs_between_corrections_and_rows(desk: Desk, statement: str, said: str) -> None:
    desk.run("ingest", "payments", correct(desk.export("payments", "out.csv"), desk.folder / "fixed.csv", signs))
    with ledger.opened(desk.data) as book:
        book.execute(statement)
        assert any(said in problem for problem in corrected.differing(book, desk.data))
    assert any("receipt of payments/fixed.csv" in problem for problem in verify(desk.data).problems)


def test_a_backup_brings_corrections_back(desk: Desk) -> None:
    desk.run("ingest", "payments", correct(desk.export("payments", "out.csv"), desk.folder / "fixed.csv", signs))
    assert desk.run("backup", desk.folder / "backup") == 0
    before = desk.states(), desk.corrections()
    shutil.rmtree(desk.data)
    assert desk.run("restore", desk.folder / "backup") == 0
    assert (desk.states(), desk.corrections()) == before
    assert sound(desk)


def test_receipts_made_again_from_the_ledger_hold_corrections(desk: Desk) -> None:
    desk.run("ingest", "payments", correct(desk.export("payments", "out.csv"), desk.folder / "fixed.csv", signs))
    before = desk.corrections()
    for path in (desk.data / "receipts").glob("*.parquet"):
        path.unlink()
    assert desk.run("rebuild", "--receipts") == 0
    assert sound(desk)
    assert desk.corrections() == before


def test_a_correction_file_that_arrives_in_the_watched_folder_is_taken_as_one(desk: Desk) -> None:
    inbox = desk.folder / "inbox" / "payments"
    inbox.mkdir(parents=True)
    correct(desk.export("payments", "out.csv"), inbox / "fixed.csv", signs)
    (inbox / "fixed.csv.done").touch()
    assert desk.run("watch", desk.folder / "inbox", "--once") == 0
    assert desk.amounts() == {1: 100_00, 2: 5, 3: -100_00, 4: 100_00}
    assert {state for _, _, state, _ in desk.states()} == {"corrected"}
