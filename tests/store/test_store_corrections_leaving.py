"""Corrections leave with the file they corrected, or are taken back; what they corrected is open again, and said to be."""

from pathlib import Path

import pytest

from store import ledger, status
from store.verify import verify
from tests.support.desk import Desk, correct, desk_of_four_payments, lines, only, rejected_rules, signs, sound
from tests.support.records import parquet, payment


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_of_four_payments(tmp_path)


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
