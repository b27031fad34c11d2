"""Correction files: how rejected rows go out, and in which shape they may come back."""

import csv as csv_module
import sqlite3
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from store import handout, ledger
from store.contract import SOURCES
from store.correction import IDENTITY, body, safe
from store.errors import ConflictError
from tests.support.desk import Desk, Line, correct, desk_of_four_payments, lines, only, signs, sound
from tests.support.records import csv, parquet, payment


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_of_four_payments(tmp_path)


def test_the_file_tells_what_is_wrong_before_the_senders_values(desk: Desk) -> None:
    first, _ = lines(desk.export("payments", "out.csv"))
    assert [*first][:5] == [IDENTITY, "_rule", "_column", "_message", "event_id"]
    assert first["_rule"] == "sign_follows_status"
    assert first["_message"] == "sign of the amount does not fit the status (sign_follows_status)"
    assert (first["event_id"], first["amount_fils"], first["automatic"], first["channel"]) == ("2", "-5", "false", "web")


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
