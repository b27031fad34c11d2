"""The operator's commands: what they print, and with which exit code they end."""

import csv
import json
import os
import subprocess
import sys
from datetime import date
from io import StringIO
from pathlib import Path

import pytest

from store.__main__ import main
from store.settings import Settings, fix
from store.snapshot import current_version, snapshot_file
from tests.support.records import department, parquet, payment


def run(data: Path, *arguments: object) -> int:
    return main([*map(str, arguments), "--data", str(data)])


def test_ingest_reports_what_became_of_the_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = parquet(tmp_path / "p.parquet", "payments", [payment(1), payment(1), payment(2, amount_fils=-1)])
    assert run(tmp_path / "s", "ingest", "payments", path) == 0
    listed = f"`python -m store quarantine payments --data {tmp_path / 's'}`"
    assert capsys.readouterr().out.splitlines() == [
        "p.parquet: payments, 3 rows in = 1 accepted + 1 duplicates + 1 rejected",
        f"rejected rows of payments: {listed} lists them and says why",
    ]
    assert run(tmp_path / "s", "ingest", "payments", path) == 0
    assert capsys.readouterr().out == "p.parquet: already ingested, nothing to do\n"


def test_all_rows_bad_ends_with_1_and_says_where_to_look(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = parquet(tmp_path / "p.parquet", "payments", [payment(1, amount_fils=-1)])
    assert run(tmp_path / "s", "ingest", "payments", path) == 1
    out = capsys.readouterr().out
    assert "1 rejected. No row can be used\n" in out
    assert out.endswith(f"`python -m store quarantine payments --data {tmp_path / 's'}` lists them and says why\n")


def test_a_correction_of_no_use_is_refused_each_time_it_comes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing of it counts, so it is not 'already ingested'."""
    run(tmp_path / "s", "ingest", "payments", parquet(tmp_path / "p.parquet", "payments", [payment(1)]))
    empty = parquet(tmp_path / "p.parquet", "payments", [])
    for _ in range(2):
        capsys.readouterr()
        assert run(tmp_path / "s", "ingest", "payments", empty, "--supersede") == 1
        assert "what the store holds stays" in capsys.readouterr().out
    assert run(tmp_path / "s", "ingest", "payments", empty) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ingest", "payment", "x.parquet"], "unknown source 'payment'; the sources are departments"),
        (["ingest", "payments", "none.parquet"], "none.parquet: cannot be read"),
        (["ingest", "payments"], "no files to ingest"),
        (["ingest"], "no files to ingest"),
        (["ingest", "--all", "nowhere"], "nowhere: no such folder"),
        (["ingest", "payments", "x", "--all", "nowhere"], "--all takes no SOURCE"),
        (["ingest", "payments", "x", "--mapping", "none.toml"], "none.toml: cannot be read"),
        (["status"], "no store here"),
        (["verify"], "no store here"),
        (["publish"], "no store here"),
        (["quarantine"], "no store here"),
    ],
)
def test_what_is_refused_ends_with_2_and_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(tmp_path / "s", *arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert message in captured.err
    assert len(captured.err.splitlines()) == 1


def test_one_bad_file_does_not_keep_the_others_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "a.parquet"
    bad.write_bytes(b"")
    good = parquet(tmp_path / "b.parquet", "payments", [payment(1)])
    assert run(tmp_path / "s", "ingest", "payments", bad, good) == 2
    captured = capsys.readouterr()
    assert "error: a.parquet: no readable Parquet file" in captured.err
    assert captured.out.startswith("b.parquet: payments, 1 rows in = 1 accepted")


@pytest.fixture
def delivered(tmp_path: Path) -> Path:
    """A delivery as the generators lay it out: one folder per source."""
    for source, name, rows in (
        ("payments", "payments-2012-09.parquet", [payment(1), payment(2, amount_fils=5), payment(3, amount_fils=-5)]),
        ("departments", "departments.parquet", [department("dewa")]),
    ):
        (tmp_path / "in" / source).mkdir(parents=True)
        parquet(tmp_path / "in" / source / name, source, rows)
    (tmp_path / "in" / "manifest.json").write_text("{}")
    return tmp_path / "in"


def test_all_takes_every_source_then_publishes_and_verifies(
    tmp_path: Path, delivered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "s"
    assert run(data, "ingest", "--all", delivered) == 0
    captured = capsys.readouterr()
    assert captured.out.splitlines() == [
        "payments-2012-09.parquet: payments, 3 rows in = 2 accepted + 0 duplicates + 1 rejected",
        "2 files: 2 are in the store, 0 are not",
        f"rejected rows of payments: `python -m store quarantine payments --data {data}` lists them and says why",
    ]
    assert captured.err.splitlines()[-1].startswith("100%  done in")

    assert run(data, "ingest", "--all", delivered) == 0
    assert "already ingested" in capsys.readouterr().out

    assert run(data, "publish") == 0
    assert run(data, "verify") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "2 files, 2 parts, 3 rows added up again: all as the ledger says"


def test_regenerated_delivery_supersedes_every_file_of_the_one_before(
    tmp_path: Path, delivered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rows that move from one file to another are neither taken for duplicates nor for contradictions of the old delivery."""
    data, other = tmp_path / "s", delivered / "payments" / "payments-2012-10.parquet"
    parquet(other, "payments", [payment(7), payment(8)])
    run(data, "ingest", "--all", delivered)
    parquet(delivered / "payments" / "payments-2012-09.parquet", "payments", [payment(7, amount_fils=1)])
    parquet(other, "payments", [payment(1, amount_fils=2), payment(2)])
    assert run(data, "ingest", "--all", delivered) == 2
    capsys.readouterr()
    assert run(data, "ingest", "--all", delivered, "--supersede") == 0
    capsys.readouterr()
    run(data, "status", "--format", "json")
    [_, payments] = json.loads(capsys.readouterr().out)["sources"]
    counted = [payments[name] for name in ("accepted", "duplicates", "rejected", "fils_accepted")]
    assert counted == [3, 0, 0, 1 + 2 + 100_00]


def test_status_as_table_and_as_json(tmp_path: Path, delivered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path / "s", "ingest", "--all", delivered)
    capsys.readouterr()
    assert run(tmp_path / "s", "status") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:8] == ["source", "files", "rows_in", "accepted", "duplicates", "rejected", "open", "skipped"]
    assert lines[2].split() == ["payments", "1", "3", "2", "0", "1", "1", "0", "10,005", "1", "-", "2012-09-30", "2012-09-30"]
    assert lines[3] == "complete through 2012-09-30"
    quarantine = f"python -m store quarantine --data {tmp_path / 's'}"
    assert lines[4] == f"rejected rows are in quarantine, 1 in all, 1 of them open: `{quarantine}` lists them"

    run(tmp_path / "s", "status", "--format", "json")
    facts = json.loads(capsys.readouterr().out)
    assert (facts["complete_through"], facts["minor_unit"]) == ("2012-09-30", "fils")
    assert facts["sources"][1] == {
        "source": "payments",
        "files": 1,
        "rows_in": 3,
        "accepted": 2,
        "duplicates": 0,
        "rejected": 1,
        "open": 1,
        "skipped": 0,
        "fils_accepted": 100_05,
        "days": 1,
        "periods": None,
        "first_day": "2012-09-30",
        "complete_through": "2012-09-30",
    }


def test_status_counts_periods_of_totals_and_names_the_minor_unit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "s").mkdir(exist_ok=True)
    (tmp_path / "s").mkdir(exist_ok=True)
    fix(tmp_path / "s", Settings("GBP", "pence", "Europe/London"), tmp_path)
    spend = [{"department": "rta", "month": date(2012, n, 1), "budget_fils": 100, "spent_fils": 90} for n in (1, 2)]
    run(tmp_path / "s", "ingest", "it_spend", parquet(tmp_path / "it.parquet", "it_spend", spend))
    capsys.readouterr()
    assert run(tmp_path / "s", "status") == 0
    heads, cells, *_ = (line.split() for line in capsys.readouterr().out.splitlines())
    shown = dict(zip(heads, cells, strict=True))
    assert (shown["days"], shown["periods"], shown["pence_accepted"]) == ("-", "2", "180")


@pytest.mark.parametrize("command", [["ingest", "payments", "p.parquet"], ["publish"], ["publish", "--if-old"], ["status"]])
@pytest.mark.parametrize(
    ("store", "message"),
    [
        ("a-file", "is a file; a store is a folder"),
        ("a-file/below", ""),
        ("bad-settings", "no settings of a store"),
        ("/proc/nowhere", ""),
    ],
)
def test_a_store_that_cannot_be_one_is_one_line_and_no_traceback(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
    store: str,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    parquet(tmp_path / "p.parquet", "payments", [payment(1)])
    Path("a-file").write_text("")
    run(tmp_path / "bad-settings", "ingest", "payments", tmp_path / "p.parquet")
    run(tmp_path / "bad-settings", "publish")
    (tmp_path / "bad-settings" / "settings.toml").write_text("currency = 1\nnonsense = 2\n")
    capsys.readouterr()
    code, said = run(Path(store), *command), capsys.readouterr().err
    if store == "bad-settings" and command == ["publish", "--if-old"]:
        assert (code, said) == (0, "")
        return
    assert code == 2
    assert said.startswith("error: ")
    assert message in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("Query interrupted")], ids=["python", "duckdb"])
def test_an_interrupted_command_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException
) -> None:
    def interrupted(*_: object) -> None:
        raise error

    monkeypatch.setattr("store.ingest.sandbox.run", interrupted)
    path = parquet(tmp_path / "p.parquet", "payments", [payment(1)])
    assert run(tmp_path / "s", "ingest", "payments", path) == 130
    assert "run the command again to go on" in capsys.readouterr().err
    monkeypatch.undo()
    assert run(tmp_path / "s", "ingest", "payments", path) == 0


def test_an_empty_data_variable_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA", "")
    assert main(["ingest", "payments", str(parquet(tmp_path / "p.parquet", "payments", [payment(1)]))]) == 0
    assert (tmp_path / "data" / "store" / "ledger.sqlite").exists()


def test_publish_if_old_replaces_only_what_cannot_be_opened(
    tmp_path: Path, delivered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "s"
    assert run(data, "publish", "--if-old") == 2
    assert "nothing published yet" in capsys.readouterr().err
    run(data, "ingest", "--all", delivered)
    run(data, "publish")
    first = current_version(data)
    run(data, "ingest", "payments", parquet(tmp_path / "more.parquet", "payments", [payment(9)]))
    capsys.readouterr()
    assert run(data, "publish", "--if-old") == 0
    assert (capsys.readouterr().out, current_version(data)) == ("", first)
    snapshot_file(data, first).write_bytes(b"")
    assert run(data, "publish", "--if-old") == 0
    assert capsys.readouterr().out.startswith("published ")
    assert current_version(data) > first


def test_quarantine_as_table_and_as_csv(tmp_path: Path, delivered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path / "s", "ingest", "--all", delivered)
    capsys.readouterr()
    assert run(tmp_path / "s", "quarantine") == 0
    [_, row, counted] = capsys.readouterr().out.splitlines()
    assert row.split()[:5] == ["payments", "payments-2012-09.parquet", "3", "open", "-"]
    assert counted == "1 rejected rows: 1 open"
    assert "sign of the amount does not fit the status (sign_follows_status)" in row
    assert run(tmp_path / "s", "quarantine", "payments", "--format", "csv") == 0
    [row] = csv.DictReader(StringIO(capsys.readouterr().out))
    assert (row["line"], row["rule"], json.loads(row["raw"])["event_id"]) == ("3", "sign_follows_status", 3)
    assert run(tmp_path / "s", "quarantine", "departments", "--format", "csv") == 0
    assert capsys.readouterr().out.splitlines() == ["source,file,line,state,corrected_by,column,rule,raw"]


_SPENDING = """
source = "it_spend"
[columns]
department = { from = "body" }
month = { from = "month", parse = "month_start" }
budget_fils = { from = "budget", parse = "money" }
spent_fils = { from = "spent", parse = "money" }
"""


@pytest.mark.parametrize(
    ("amount", "hinted"),
    [('"1,000.00"', "1,000.00"), ('"1,000"', "1,000"), ("1,005", None), ("10.005", None)],
    ids=["quoted", "no-decimals", "two-fields", "three-decimals"],
)
def test_quarantine_says_how_amounts_with_commas_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], amount: str, hinted: str | None
) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text(_SPENDING, "utf-8")
    path = tmp_path / "spending.csv"
    path.write_text(f"body,month,budget,spent\ndewa,2012-02,5,{amount}\ndewa,2012-03,5,7.00\n", "utf-8")
    run(tmp_path / "s", "ingest", "it_spend", path, "--mapping", mapping)
    capsys.readouterr()
    run(tmp_path / "s", "quarantine")
    out = capsys.readouterr().out
    if hinted:
        assert "no exact amount (money)" in out
        said = (
            'is read where a mapping says that commas separate thousands: spent_fils = { from = "...", parse = "money", thousands'
        )
        assert f'hint: an amount such as "{hinted}" {said}' in out
    else:
        assert "hint" not in out


def test_verify_ends_with_1_and_names_what_differs(tmp_path: Path, delivered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path / "s", "ingest", "--all", delivered)
    [path] = (tmp_path / "s" / "files" / "payments").rglob("*.parquet")
    path.write_bytes(path.read_bytes() + b"\0")
    capsys.readouterr()
    assert run(tmp_path / "s", "verify") == 1
    assert f"differs: {path.relative_to(tmp_path / 's')}: its bytes have changed" in capsys.readouterr().out


def test_data_folder_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA", str(tmp_path / "elsewhere"))
    assert main(["ingest", "payments", str(parquet(tmp_path / "p.parquet", "payments", [payment(1)]))]) == 0
    assert (tmp_path / "elsewhere" / "ledger.sqlite").exists()


def test_a_source_of_months_is_complete_through_the_end_of_its_last_month(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {"department": "rta", "month": date(2012, 2, 1), "budget_fils": 100, "spent_fils": 90}
    run(tmp_path / "s", "ingest", "it_spend", parquet(tmp_path / "it.parquet", "it_spend", [row]))
    capsys.readouterr()
    assert run(tmp_path / "s", "status", "--format", "json") == 0
    [source] = json.loads(capsys.readouterr().out)["sources"]
    assert (source["first_day"], source["complete_through"]) == ("2012-02-01", "2012-02-29")


def test_who_stops_reading_what_is_printed_gets_no_error(tmp_path: Path) -> None:
    assert run(tmp_path / "s", "ingest", "payments", parquet(tmp_path / "p.parquet", "payments", [payment(1)])) == 0
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "store", "status", "--data", str(tmp_path / "s")]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")
