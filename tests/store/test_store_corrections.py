"""Rejected rows go out, are corrected and come in again: each once, by name, and never beside a row that counts already."""

import csv as csv_module
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from store import corrected, handout, ledger, status
from store.contract import SOURCES
from store.correction import IDENTITY, body, safe
from store.errors import ConflictError
from store.verify import verify
from tests.support.desk import Correct, Desk, Line, correct, lines
from tests.support.records import csv, department, parquet, payment


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Four payments came in, two of them with a sign that does not fit."""
    desk = Desk(tmp_path)
    rows = [payment(1), payment(2, amount_fils=-5), payment(3, status="refunded"), payment(4)]
    desk.run("ingest", "payments", parquet(tmp_path / "p.parquet", "payments", rows))
    return desk


def signs(line: Line) -> Line:
    """Both rows put right."""
    return {**line, "amount_fils": {"2": "5", "3": "-10000"}[line["event_id"]]}


def only(key: str, /, **values: str) -> Correct:
    """One row put right, the other left out."""
    return lambda line: {**line, **values} if line["event_id"] == key else None


def sound(desk: Desk) -> bool:
    """The store adds up, and its ledger made again from receipts and Parquet is the same."""
    assert verify(desk.data).problems == ()
    return desk.run("rebuild") == 0 and verify(desk.data).problems == ()


def rejected_rules(desk: Desk, name: str) -> list[str]:
    with ledger.opened(desk.data) as book:
        query = "SELECT rule FROM rejects JOIN files ON sha256 = file_sha256 WHERE name = ? ORDER BY line"
        return [rule for (rule,) in book.execute(query, (name,))]


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


def test_the_file_tells_what_is_wrong_before_the_senders_values(desk: Desk) -> None:
    first, _ = lines(desk.export("payments", "out.csv"))
    assert [*first][:5] == [IDENTITY, "_rule", "_column", "_message", "event_id"]
    assert first["_rule"] == "sign_follows_status"
    assert first["_message"] == "sign of the amount does not fit the status (sign_follows_status)"
    assert (first["event_id"], first["amount_fils"], first["automatic"], first["channel"]) == ("2", "-5", "false", "web")


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


def test_a_line_left_empty_is_rejected(desk: Desk) -> None:
    out = desk.export("payments", "out.csv")
    empty = correct(out, desk.folder / "empty.csv", lambda line: dict.fromkeys(line, "") | {IDENTITY: line[IDENTITY]})
    assert desk.run("ingest", "payments", empty) == 1
    assert {rule.partition(",")[0] for rule in rejected_rules(desk, "empty.csv")} == {"nothing_filled_in"}


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "utf-8"), ("\t", "utf-16"), (",", "utf-8-sig")])
def test_what_a_spreadsheet_makes_of_the_file_is_read(desk: Desk, delimiter: str, encoding: str) -> None:
    out = desk.export("payments", "out.csv")
    fixed = correct(out, desk.folder / "fixed.csv", signs, delimiter=delimiter, encoding=encoding)
    assert desk.run("ingest", "payments", fixed) == 0
    assert desk.amounts() == {1: 100_00, 2: 5, 3: -100_00, 4: 100_00}


def test_the_columns_that_only_tell_may_be_removed_and_columns_moved(desk: Desk) -> None:
    def moved(line: Line) -> Line:
        kept = {name: value for name, value in signs(line).items() if name not in ("_rule", "_column", "_message", IDENTITY)}
        return {**kept, IDENTITY: line[IDENTITY]}

    fixed = correct(desk.export("payments", "out.csv"), desk.folder / "fixed.csv", moved)
    assert desk.run("ingest", "payments", fixed) == 0
    assert desk.corrections() == [("fixed.csv", 2, "p.parquet", 2), ("fixed.csv", 3, "p.parquet", 3)]


def test_no_other_file_may_bring_rows_with_the_column_of_corrections(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    out = desk.export("payments", "out.csv")
    pl.read_csv(out, infer_schema=False).write_parquet(desk.folder / "out.parquet")
    (desk.data / "settings.toml").write_text(
        (desk.data / "settings.toml").read_text() + '\n[contract.payments]\nadded = "allow"\n', encoding="utf-8"
    )
    assert desk.run("ingest", "payments", desk.folder / "out.parquet") == 2
    assert f"has a column {IDENTITY} and is no correction file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("_quarantine", "_Quarantine", "has a column '_Quarantine'; that of a correction file is called _quarantine"),
        ("_rule", "Rule", "column Rule is not in the contract of 'payments' (action: freeze); found"),
        ("_rule", "Rule", "in a correction file only _quarantine, _rule, _column, _message stand beside"),
    ],
)
def test_a_renamed_column_of_a_correction_file_is_named_as_such(
    desk: Desk, old: str, new: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    fixed = correct(desk.export("payments", "out.csv"), desk.folder / "fixed.csv", signs)
    fixed.write_text(fixed.read_text("utf-8-sig").replace(old, new, 1), encoding="utf-8")
    assert desk.run("ingest", "payments", fixed) == 2
    assert said in capsys.readouterr().err


def test_superseding_the_first_file_takes_its_corrections_along(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """The whole file was checked anew: what was corrected by hand would stand beside what the sender corrected himself."""
    fixed = correct(desk.export("payments", "out.csv"), desk.folder / "fixed.csv", only("2", event_id="22", amount_fils="5"))
    desk.run("ingest", "payments", fixed)
    assert 22 in desk.amounts()
    capsys.readouterr()
    rows = [payment(1), payment(2, amount_fils=5), payment(3, status="refunded", amount_fils=-1), payment(4)]
    assert desk.run("ingest", "payments", parquet(desk.folder / "p.parquet", "payments", rows), "--supersede") == 0
    assert "; in place of p.parquet, fixed.csv" in capsys.readouterr().out
    assert desk.amounts() == {1: 100_00, 2: 5, 3: -1, 4: 100_00}
    assert desk.states() == []
    assert sound(desk)
    assert desk.run("vacuum", "--keep-days", "0") == 0
    assert sound(desk)
    assert desk.run("ingest", "payments", fixed) == 2  # it was superseded
    assert desk.run("ingest", "payments", fixed, "--supersede") == 1
    assert rejected_rules(desk, "fixed.csv") == ["file_counts_no_longer"]
    assert desk.amounts() == {1: 100_00, 2: 5, 3: -1, 4: 100_00}


def test_corrections_of_other_files_that_leave_along_are_named_and_come_back(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.run("ingest", "payments", parquet(desk.folder / "q.parquet", "payments", [payment(9, amount_fils=-9), payment(8)]))
    amounts = {"2": "5", "3": "-10000", "9": "9"}
    fixed = correct(
        desk.export("payments", "out.csv"),
        desk.folder / "fixed.csv",
        lambda line: {**line, "amount_fils": amounts[line["event_id"]]},
    )
    desk.run("ingest", "payments", fixed)
    capsys.readouterr()
    rows = [payment(1), payment(2, amount_fils=5), payment(3), payment(4)]
    desk.run("ingest", "payments", parquet(desk.folder / "p.parquet", "payments", rows), "--supersede")
    said = "fixed.csv corrected rows of a file that was replaced, and counts no longer; 1 of the rows it corrected are open again"
    assert said in capsys.readouterr().out
    assert desk.states() == [("q.parquet", 1, "open", None)]
    assert desk.run("ingest", "payments", fixed, "--supersede") == 0
    assert rejected_rules(desk, "fixed.csv") == ["file_counts_no_longer"] * 2
    assert desk.amounts() == {1: 100_00, 2: 5, 3: 100_00, 4: 100_00, 8: 100_00, 9: 9}
    assert ("q.parquet", 1, "corrected", "fixed.csv") in desk.states()
    assert sound(desk)


def test_reading_the_first_file_again_is_nothing_to_do_once_all_is_corrected(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.run("ingest", "payments", correct(desk.export("payments", "out.csv"), desk.folder / "fixed.csv", signs))
    capsys.readouterr()
    assert desk.run("ingest", "payments", desk.folder / "p.parquet", "--supersede") == 0
    assert "already ingested, nothing to do" in capsys.readouterr().out
    assert desk.amounts()[2] == 5


def test_reading_the_first_file_again_takes_its_corrections_along_and_says_so(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    fixed = correct(desk.export("payments", "out.csv"), desk.folder / "fixed.csv", only("2", amount_fils="5"))
    desk.run("ingest", "payments", fixed)
    capsys.readouterr()
    assert desk.run("ingest", "payments", desk.folder / "p.parquet", "--supersede") == 0
    assert "1 of the rows it corrected are open again: ingest it again with --supersede" in capsys.readouterr().out
    assert 2 not in desk.amounts()
    assert desk.run("ingest", "payments", fixed, "--supersede") == 0
    assert desk.amounts()[2] == 5
    assert sound(desk)


def test_superseding_a_correction_file_opens_what_it_corrected(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    out = desk.export("payments", "out.csv")
    desk.run("ingest", "payments", correct(out, desk.folder / "fixed.csv", signs))
    wrong = correct(out, desk.folder / "fixed.csv", only("2", amount_fils="6"))
    capsys.readouterr()
    assert desk.run("ingest", "payments", wrong) == 2
    assert "give this file a name of its own, or take those back" in capsys.readouterr().err
    assert desk.run("ingest", "payments", wrong, "--supersede") == 0
    said = capsys.readouterr().out
    assert "fixed.csv was replaced by other corrections; 1 of the rows the earlier one corrected are open again" in said
    assert "ingest it again" not in said  # that would undo what was taken back
    assert desk.amounts() == {1: 100_00, 2: 6, 4: 100_00}
    assert desk.states() == [("p.parquet", 2, "corrected", "fixed.csv"), ("p.parquet", 3, "open", None)]
    assert sound(desk)


def test_a_row_whose_correction_was_a_copy_of_one_that_was_taken_back_is_open_again(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Else it would count nowhere, and nobody would be asked for it."""
    out = desk.export("payments", "out.csv")
    desk.run("ingest", "payments", correct(out, desk.folder / "first.csv", signs))
    copy = correct(out, desk.folder / "copy.csv", lambda line: {**signs(line), "_message": "seen to"})
    desk.run("ingest", "payments", copy)
    desk.run("ingest", "payments", correct(out, desk.folder / "first.csv", only("3", amount_fils="-10000")), "--supersede")
    said = capsys.readouterr().out
    assert "1 of the rows" in said
    assert "payments/copy.csv: 2 of its rows were left out as duplicates of first.csv" in said
    assert desk.amounts() == {1: 100_00, 3: -100_00, 4: 100_00}
    assert desk.states() == [("p.parquet", 2, "open", None), ("p.parquet", 3, "corrected", "first.csv")]
    assert status.sources(desk.data)[0].open == 1
    assert [line["event_id"] for line in lines(desk.export("payments", "rest.csv"))] == ["2"]
    assert desk.run("rebuild") == 0
    assert desk.states()[0] == ("p.parquet", 2, "open", None)
    assert desk.run("ingest", "payments", copy, "--supersede") == 0
    assert desk.amounts()[2] == 5
    assert desk.states() == [("p.parquet", 2, "corrected", "copy.csv"), ("p.parquet", 3, "corrected", "first.csv")]
    assert sound(desk)


def test_a_correction_that_was_a_duplicate_of_a_file_is_none_once_that_file_is_replaced(desk: Desk) -> None:
    q = parquet(desk.folder / "q.parquet", "payments", [payment(9), payment(8)])
    desk.run("ingest", "payments", q)
    nine = dict.fromkeys(("event_id", "transaction_id", "basket_id"), "9")
    desk.run(
        "ingest",
        "payments",
        correct(desk.export("payments", "out.csv"), desk.folder / "fix.csv", only("2", **nine, amount_fils="10000")),
    )
    assert desk.states()[0] == ("p.parquet", 2, "corrected", "fix.csv")
    desk.run("ingest", "payments", parquet(q, "payments", [payment(8)]), "--supersede")
    assert desk.states()[0] == ("p.parquet", 2, "open", None)
    assert desk.settled_for_nothing() == []


@pytest.mark.parametrize("lost", ["files", "receipts"])
def test_corrections_of_a_file_that_was_given_up_leave_with_it_and_no_record_counts_twice(
    desk: Desk, lost: str, capsys: pytest.CaptureFixture[str]
) -> None:
    fixed = correct(desk.export("payments", "out.csv"), desk.folder / "fixed.csv", only("2", event_id="22", amount_fils="5"))
    first = {*(desk.data / lost).rglob("*.parquet")}
    desk.run("ingest", "payments", fixed)
    for path in first:
        path.unlink()
    capsys.readouterr()
    assert desk.run("rebuild", "--incomplete") == 1
    assert "payments/fixed.csv corrected rows of a file that counts no longer" in capsys.readouterr().out
    rows = [payment(1), payment(2, amount_fils=5), payment(3, status="refunded", amount_fils=-1), payment(4)]
    whole = parquet(desk.folder / "p.parquet", "payments", rows)
    assert desk.run("ingest", "payments", whole, "--supersede") == 0
    assert desk.amounts() == {1: 100_00, 2: 5, 3: -1, 4: 100_00}
    assert sound(desk)


def test_verify_names_corrections_of_a_file_that_counts_no_longer(desk: Desk) -> None:
    desk.run("ingest", "payments", correct(desk.export("payments", "out.csv"), desk.folder / "fixed.csv", signs))
    with ledger.opened(desk.data) as book:
        book.execute("UPDATE files SET state = 'superseded' WHERE name = 'p.parquet'")
    assert any("which is no rejected row of a file that counts" in problem for problem in verify(desk.data).problems)


def test_a_correction_file_of_the_name_of_the_first_file_replaces_nothing(desk: Desk) -> None:
    (desk.folder / "desk").mkdir()
    fixed = correct(desk.export("payments", "out.csv"), desk.folder / "desk" / "p.parquet", signs)
    assert desk.run("ingest", "payments", fixed, "--supersede") == 0
    assert desk.amounts() == {1: 100_00, 2: 5, 3: -100_00, 4: 100_00}


def test_an_export_writes_over_nothing_and_takes_no_name_that_is_used(desk: Desk) -> None:
    out = desk.export("payments", "out.csv")
    with pytest.raises(ConflictError, match="perhaps half corrected"):
        desk.export("payments", "out.csv")
    desk.run("ingest", "payments", correct(out, desk.folder / "fixed.csv", only("2", amount_fils="5")))
    (desk.folder / "fixed.csv").unlink()
    with pytest.raises(ConflictError, match="holds corrections of this name"):
        desk.export("payments", "fixed.csv")


@pytest.mark.parametrize(
    "text", ["=1+1", "'=x", "''@a", "-x", "-5", "+971", "plain", "'plain", "", "\t=", "＝1", "a\0b", "-1.234,50"]
)
def test_a_cell_comes_back_as_it_was_and_no_spreadsheet_runs_it(text: str) -> None:
    shown = safe(text)
    assert body(pl.DataFrame({"_line": [2], "a": [shown]}))["a"].to_list() == [text.replace("\0", "\ufffd")]
    assert not shown.startswith(("=", "@", "\t", "＝", "-x"))


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


def test_rows_of_a_csv_go_out_as_they_were_written(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    good = {name: str(value) for name, value in payment(1).items()} | {"automatic": "false"}
    rows = [good, {**good, "event_id": "2", "amount_fils": "5.5", "service": '"a,b"'}, {**good, "event_id": "3", "payer": "7,8"}]
    desk.run("ingest", "payments", csv(tmp_path / "p.csv", rows))
    first, second = lines(desk.export("payments", "out.csv"))
    assert (first["_rule"], first["amount_fils"], first["service"]) == ("integer", "5.5", "a,b")
    assert (second["_rule"], second["event_id"]) == ("field_count", "")
    assert second["_message"].startswith("more or fewer fields than the header (field_count); the line as it came: 3,")


MAPPING = """
source = "payment_totals"
[input]
format = "{format}"
{how}
[columns]
period_start = {{ from = "month", parse = "month_start" }}
period_end = {{ from = "month", parse = "month_end" }}
department = {{ from = "town", parse = "code" }}
branch = {{ value = "" }}
service = {{ value = "fines" }}
channel = {{ value = "counter" }}
method = {{ from = "paid", values = {{ CASH = "cash", CARD = "credit_card" }} }}
kind = {{ value = "" }}
status = {{ value = "settled" }}
transactions = {{ value = 1 }}
amount_fils = {{ from = "amount", parse = "money" }}
"""
FILES = {
    "csv": (
        'delimiter = ";"',
        "month;town;paid;amount\n2012-01;Bath;CASH;1.50\n2012-02;Bath;GOLD;2.50\n2012-03;Bath;CARD;3,50\n",
    ),
    "lines": (
        r"pattern = '^(?P<month>\S+) (?P<town>\S+) (?P<paid>\S+) (?P<amount>\S+)$'",
        "2012-01 Bath CASH 1.50\n2012-02 Bath GOLD 2.50\n2012-03 Bath CARD 3,50\n",
    ),
    "json": (
        "",
        '[{"month": "2012-01", "town": "Bath", "paid": "CASH", "amount": 1.50}, {"month": "2012-02", "town": "Bath",'
        ' "paid": "GOLD", "amount": 2.50}, {"month": "2012-03", "town": "Bath", "paid": "CARD", "amount": "3,50"}]',
    ),
}


@pytest.mark.parametrize("form", FILES)
def test_rows_of_a_mapped_file_go_out_in_its_columns_and_come_in_through_its_mapping(
    tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    desk, (how, text) = Desk(tmp_path), FILES[form]
    mapping = tmp_path / "towns.toml"
    mapping.write_text(MAPPING.format(format=form, how=how), encoding="utf-8")
    (tmp_path / "t.txt").write_text(text, encoding="utf-8")
    desk.run("ingest", "payment_totals", tmp_path / "t.txt", "--mapping", mapping)
    out = desk.export("payment_totals", "out.csv")
    assert [{name: value for name, value in line.items() if not name.startswith("_")} for line in lines(out)] == [
        {"month": "2012-02", "town": "Bath", "paid": "GOLD", "amount": "2.50"},
        {"month": "2012-03", "town": "Bath", "paid": "CARD", "amount": "3,50"},
    ]
    fixed = correct(
        out, tmp_path / "fixed.csv", lambda line: {**line, "paid": "CASH", "amount": line["amount"].replace(",", ".")}
    )
    capsys.readouterr()
    assert desk.run("ingest", "payment_totals", fixed) == 2
    assert "rows it corrects came in through mapping 'towns', and it is read without one" in capsys.readouterr().err
    assert desk.run("ingest", "payment_totals", fixed, "--mapping", mapping) == 0
    with ledger.opened(desk.data) as book:
        assert book.execute("SELECT sum(fils_accepted) FROM files WHERE state = 'live'").fetchone()[0] == 750
    assert [state for _, _, state, _ in desk.states("payment_totals")] == ["corrected", "corrected"]
    assert sound(desk)


def test_rows_of_several_mappings_go_out_in_a_file_each(tmp_path: Path) -> None:
    desk, (how, text) = Desk(tmp_path), FILES["csv"]
    (tmp_path / "towns.toml").write_text(MAPPING.format(format="csv", how=how), encoding="utf-8")
    (tmp_path / "t.txt").write_text(text, encoding="utf-8")
    desk.run("ingest", "payment_totals", tmp_path / "t.txt", "--mapping", tmp_path / "towns.toml")
    columns = SOURCES["payment_totals"].schema.column_names()
    csv(tmp_path / "plain.csv", [dict.fromkeys(columns, "x")])
    desk.run("ingest", "payment_totals", tmp_path / "plain.csv")
    written, left = handout.write(desk.data, SOURCES["payment_totals"], tmp_path / "out.csv")
    assert [(each.path.name, each.rows, each.mapping) for each in written] == [
        ("out.csv", 1, None),
        ("out-towns.csv", 2, "towns"),
    ]
    assert left == []
    [row] = csv_module.reader((tmp_path / "out.csv").read_text("utf-8-sig").splitlines()[1:])
    assert row[4:] == ["x"] * len(columns)


def test_a_ledger_of_version_4_is_upgraded_and_its_text_rows_wait_to_be_read_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Desk(tmp_path)
    good = {name: str(value) for name, value in payment(1).items()} | {"automatic": "false"}
    desk.run("ingest", "payments", csv(tmp_path / "p.csv", [good, {**good, "event_id": "2", "amount_fils": "x"}]))
    desk.run("ingest", "payments", parquet(tmp_path / "q.parquet", "payments", [payment(3, amount_fils=-1)]))
    with closing(sqlite3.connect(desk.data / ledger.FILE)) as book:
        book.execute("DROP VIEW quarantine")
        book.execute("DROP VIEW counting")
        book.execute("DROP TABLE corrections")
        book.execute("ALTER TABLE files DROP COLUMN reading")
        book.execute("ALTER TABLE files DROP COLUMN corrects")
        book.execute("PRAGMA user_version = 4")
        book.commit()
    capsys.readouterr()
    assert desk.run("quarantine", "payments", "--export", tmp_path / "out.csv") == 1
    out = capsys.readouterr().out
    assert "p.csv: 1 rows are not written, for an earlier version of the store took them in" in out
    assert [line["event_id"] for line in lines(tmp_path / "out.csv")] == ["3"]
    assert desk.run("ingest", "payments", tmp_path / "p.csv", "--supersede") == 0
    assert [line["event_id"] for line in lines(desk.export("payments", "all.csv"))] == ["3", "2"]


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


LISTED = "`python -m store quarantine payments --data {data}` lists them"


def test_how_many_corrected_rows_are_open_again_is_said_with_the_command_that_lists_them(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file is read again, so both of its corrected rows are rejected anew, beside one that was open."""
    rows = [payment(1, amount_fils=-1), payment(2, amount_fils=-5), payment(3, status="refunded"), payment(4)]
    desk.run("ingest", "payments", parquet(desk.folder / "p.parquet", "payments", rows), "--supersede")
    fixed = correct(
        desk.export("payments", "out.csv"),
        desk.folder / "fixed.csv",
        lambda line: None if line["event_id"] == "1" else signs(line),
    )
    desk.run("ingest", "payments", fixed)
    capsys.readouterr()
    desk.run("ingest", "payments", desk.folder / "p.parquet", "--supersede")
    assert f"note: 2 rows that were corrected before are open again: {LISTED.format(data=desk.data)}" in capsys.readouterr().out
    assert [state for file, _, state, _ in desk.states() if file == "p.parquet"] == ["open"] * 3


def test_rows_that_are_open_again_since_another_file_held_them_are_counted(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    q = parquet(desk.folder / "q.parquet", "payments", [payment(9), payment(8)])
    desk.run("ingest", "payments", q)
    nine = dict.fromkeys(("event_id", "transaction_id", "basket_id"), "9") | {"amount_fils": "10000"}
    fixed = correct(desk.export("payments", "out.csv"), desk.folder / "fix.csv", only("2", **nine))
    desk.run("ingest", "payments", fixed)
    capsys.readouterr()
    desk.run("ingest", "payments", parquet(q, "payments", [payment(8)]), "--supersede")
    assert f"note: 1 rows that were corrected before are open again: {LISTED.format(data=desk.data)}" in capsys.readouterr().out


def test_rows_that_their_sender_corrected_himself_are_not_open_again(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.run("ingest", "payments", correct(desk.export("payments", "out.csv"), desk.folder / "fixed.csv", signs))
    capsys.readouterr()
    desk.run("ingest", "payments", parquet(desk.folder / "p.parquet", "payments", [payment(1), payment(4)]), "--supersede")
    out = capsys.readouterr().out
    assert "in place of p.parquet, fixed.csv" in out
    assert "open again" not in out
