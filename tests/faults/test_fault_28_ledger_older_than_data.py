"""Fault 28: the ledger was restored from an older backup than the data. Every command says so; `rebuild` is the way out."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from store import ledger
from store.__main__ import main
from store.snapshot import current_version
from store.verify import verify
from tests.support.faults_scenes import problems, state
from tests.support.records import department, parquet, payment


def run(data: Path, *arguments: object) -> int:
    return main([*map(str, arguments), "--data", str(data)])


@pytest.fixture(scope="module")
def kept(shared: Path) -> Path:
    """A store of three files, and beside it the ledger as it was after the second."""
    data = shared / "store"
    run(data, "ingest", "departments", parquet(shared / "d.parquet", "departments", [department("dewa")]))
    run(data, "ingest", "payments", parquet(shared / "p.parquet", "payments", [payment(1)]))
    run(data, "publish")
    with closing(sqlite3.connect(data / ledger.FILE)) as book, closing(sqlite3.connect(shared / "older.sqlite")) as older:
        book.backup(older)
    run(data, "ingest", "payments", parquet(shared / "q.parquet", "payments", [payment(2), payment(3, amount_fils=-1)]))
    run(data, "publish")
    return shared


@pytest.fixture
def data(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "scene")) / "store"


def restore_older(data: Path) -> None:
    for path in data.glob(f"{ledger.FILE}*"):
        path.unlink()
    shutil.copyfile(data.parent / "older.sqlite", data / ledger.FILE)


@pytest.mark.damaged("its ledger stays older than its data: that nothing is changed is what is tested")
@pytest.mark.parametrize("command", ["ingest", "publish", "status", "verify", "quarantine"])
def test_fault_28_every_command_refuses_and_names_the_way_out(
    data: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    before = {path: path.read_bytes() for path in data.rglob("*.parquet")}
    restore_older(data)
    new = parquet(data.parent / "r.parquet", "payments", [payment(9)])
    capsys.readouterr()
    assert run(data, command, *(("payments", new) if command == "ingest" else ())) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "older than the data beside it: its last file is number 2, the data reach number 3" in captured.err
    assert f"run `python -m store rebuild --data {data}`" in captured.err
    assert len(captured.err.splitlines()) == 1
    assert {path: path.read_bytes() for path in data.rglob("*.parquet")} == before


def test_fault_28_rebuilding_brings_back_what_the_data_hold(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, version = state(data), current_version(data)
    restore_older(data)
    assert run(data, "rebuild") == 0
    assert state(data) == before
    assert problems(data) == ()
    assert run(data, "publish") == 0
    assert current_version(data) > version
    assert state(data) == before
    assert run(data, "ingest", "payments", data.parent / "q.parquet") == 0
    assert "already ingested" in capsys.readouterr().out


def test_fault_28_a_head_that_is_older_than_the_ledger_is_fine(data: Path) -> None:
    """A crash between the transaction and HEAD leaves it so."""
    (data / ledger.HEAD).write_text("1\n")
    before = state(data)
    assert [run(data, command) for command in ("status", "verify", "publish")] == [0, 0, 0]
    assert run(data, "ingest", "payments", parquet(data.parent / "r.parquet", "payments", [payment(9)])) == 0
    assert (data / ledger.HEAD).read_text() == "4\n"
    assert state(data).held[0] == before.held[0] + 1
    assert problems(data) == ()
    (data / ledger.HEAD).unlink()
    assert run(data, "verify") == 0


@pytest.mark.parametrize("content", [b"", b"three\n", b"\xff\xfe", b"-\n"])
def test_fault_28_a_head_that_names_no_number_says_so(data: Path, capsys: pytest.CaptureFixture[str], content: bytes) -> None:
    before = state(data)
    (data / ledger.HEAD).write_bytes(content)
    capsys.readouterr()
    assert run(data, "status") == 2
    assert "HEAD: names no number" in capsys.readouterr().err
    assert run(data, "rebuild") == 0
    assert (data / ledger.HEAD).read_text() == "3\n"
    assert state(data) == before
    assert problems(data) == ()


@pytest.mark.parametrize("command", ["ingest", "publish", "status", "verify", "rebuild"])
def test_fault_28_missing_settings_are_named(data: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    new = parquet(data.parent / "r.parquet", "payments", [payment(9)])
    kept = (data / "settings.toml").read_bytes()
    (data / "settings.toml").unlink()
    capsys.readouterr()
    assert run(data, command, *(("payments", new) if command == "ingest" else ())) == 2
    assert "settings.toml is missing" in capsys.readouterr().err
    (data / "settings.toml").write_bytes(kept)
    assert verify(data).problems == ()
