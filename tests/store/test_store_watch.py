"""Files are taken as they arrive; a bad one is put aside with its reason, and nothing that goes wrong ends the service."""

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from store import ingest, watch
from store.__main__ import main
from store.errors import LedgerError
from store.snapshot import open_current
from store.verify import verify
from store.watch import Rules, Stop, Watch
from tests.support.faults_run import ROOT
from tests.support.faults_scenes import state
from tests.support.records import csv, department, parquet, payment, take


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "in" / "payments").mkdir(parents=True)
    return tmp_path / "in"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def service(tmp_path: Path, inbox: Path, said: list[str]) -> Watch:
    return Watch(Rules(inbox, tmp_path / "store", every=0.01), said.append)


def looks(service: Watch, count: int = 2) -> None:
    for _ in range(count):
        service.round()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_file_is_taken_published_and_put_where_it_belongs(service: Watch, inbox: Path, tmp_path: Path, said: list[str]) -> None:
    parquet(inbox / "payments" / "p.parquet", "payments", [payment(1), payment(2, amount_fils=-1)])
    (inbox / "payments" / "p.parquet.control.json").write_text('{"rows": 2}')
    (inbox / "departments").mkdir()
    parquet(inbox / "departments" / "d.parquet", "departments", [department("dewa")])
    looks(service)
    assert names(inbox / "payments") == [".taking", "done"]
    assert names(inbox / "payments" / ".taking") == []
    assert names(inbox / "payments" / "done") == ["p.parquet", "p.parquet.control.json"]
    assert names(inbox / "departments" / "done") == ["d.parquet"]
    assert "took payments/p.parquet: 2 rows in = 1 accepted + 0 duplicates + 1 rejected" in said
    assert sum(line.startswith("published ") for line in said) == 1
    assert state(tmp_path / "store").shown[:2] == (1, 100_00)  # type: ignore[index]
    assert verify(tmp_path / "store").problems == ()
    looks(service)
    assert len(said) == 3


def test_the_same_file_again_is_known_and_keeps_a_name_of_its_own(service: Watch, inbox: Path, said: list[str]) -> None:
    for _ in range(3):
        parquet(inbox / "payments" / "p.parquet", "payments", [payment(1)])
        looks(service)
    assert names(inbox / "payments" / "done") == ["p.2.parquet", "p.3.parquet", "p.parquet"]
    assert said.count("took payments/p.parquet: already ingested, nothing to do") == 2
    assert sum(line.startswith("published ") for line in said) == 1


def _damaged(path: Path) -> None:
    path.write_bytes(b"PAR1 but no more")


def _other(path: Path) -> None:
    parquet(path, "departments", [department("dewa")])


def _useless(path: Path) -> None:
    parquet(path, "payments", [payment(1, amount_fils=-1)])


def _unreconciled(path: Path) -> None:
    parquet(path, "payments", [payment(1)])
    path.with_name(f"{path.name}.control.json").write_text('{"rows": 2}')


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_damaged, "no readable Parquet file"),
        (_other, "column"),
        (_useless, "No row can be used"),
        (_unreconciled, "rows 2 promised, 1 came"),
    ],
)
def test_a_bad_file_is_put_aside_with_its_reason_and_keeps_no_other_out(
    service: Watch, inbox: Path, tmp_path: Path, make: Callable[[Path], None], reason: str
) -> None:
    make(inbox / "payments" / "a.parquet")
    parquet(inbox / "payments" / "b.parquet", "payments", [payment(2)])
    looks(service)
    assert names(inbox / "payments" / "done") == ["b.parquet"]
    rejected = inbox / "payments" / "rejected"
    assert {"a.parquet", "a.parquet.error.txt"} <= {*names(rejected)}
    assert reason in (rejected / "a.parquet.error.txt").read_text("utf-8")
    assert ("a.parquet.control.json" in names(rejected)) == (make is _unreconciled)
    assert state(tmp_path / "store").shown[:2] == (1, 100_00)  # type: ignore[index]


def test_a_correction_is_not_taken_without_an_operator(service: Watch, inbox: Path) -> None:
    for amount in (1, 2):
        parquet(inbox / "payments" / "p.parquet", "payments", [payment(1, amount_fils=amount)])
        looks(service)
    assert "--supersede" in (inbox / "payments" / "rejected" / "p.parquet.error.txt").read_text("utf-8")


def test_links_pipes_and_folders_are_left_alone(service: Watch, inbox: Path, tmp_path: Path, said: list[str]) -> None:
    secret = parquet(tmp_path / "secret.parquet", "payments", [payment(1)])
    (inbox / "payments" / "link.parquet").symlink_to(secret)
    os.mkfifo(inbox / "payments" / "pipe.csv")
    (inbox / "payments" / "folder.parquet").mkdir()
    (inbox / "payments" / "notes.txt").write_text("hello")
    (inbox / "surveys").symlink_to(tmp_path)
    looks(service, 3)
    assert sorted(said) == [
        f"left alone {inbox}/surveys: it is a link",
        "left alone payments/link.parquet: it is a link or no plain file",
        "left alone payments/notes.txt: neither .parquet nor .csv, and there is no mapping for payments",
        "left alone payments/pipe.csv: it is a link or no plain file",
    ]
    assert not (tmp_path / "store" / "ledger.sqlite").exists()


def test_a_link_put_in_the_place_of_a_file_is_not_read(
    service: Watch, inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = csv(tmp_path / "secret.csv", [{"password": "x"}])
    path = csv(inbox / "payments" / "p.csv", [{"event_id": 1}])
    looks(service, 1)
    real = watch.inbox.move

    def swap(source: Path, target: Path) -> None:
        if source == path:
            path.unlink()
            path.symlink_to(secret)
        real(source, target)

    monkeypatch.setattr(watch.inbox, "move", swap)
    monkeypatch.setattr(ingest, "ingest", lambda *_: pytest.fail("it was read"))
    looks(service, 1)
    assert "so it was not read" in (inbox / "payments" / "rejected" / "p.csv.error.txt").read_text("utf-8")


def test_a_link_in_the_place_of_a_folder_of_ours_is_not_used(
    service: Watch, inbox: Path, tmp_path: Path, said: list[str]
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (inbox / "payments" / "done").symlink_to(tmp_path / "elsewhere")
    parquet(inbox / "payments" / "p.parquet", "payments", [payment(1)])
    looks(service, 4)
    assert names(tmp_path / "elsewhere") == []
    assert [line for line in said if "is no folder of its own" in line] != []
    (inbox / "payments" / "done").unlink()
    looks(service)
    assert names(inbox / "payments" / "done") == ["p.parquet"]


ODD = ["ملف المدفوعات.parquet", "a b'c\"; rm -rf *.parquet", "-x.parquet", "%s.parquet", "‏.parquet"]


@pytest.mark.parametrize("name", ODD)
def test_odd_names_are_only_names(service: Watch, inbox: Path, name: str) -> None:
    parquet(inbox / "payments" / name, "payments", [payment(1)])
    looks(service)
    assert names(inbox / "payments" / "done") == [name]


@pytest.mark.parametrize("name", [b"a\nERROR all is lost.parquet", b"a\xff.parquet", b"a\x1b[2J.parquet"])
def test_names_that_are_no_text_are_rejected_and_cannot_forge_a_line(
    service: Watch, inbox: Path, tmp_path: Path, said: list[str], name: bytes
) -> None:
    parquet(tmp_path / "p.parquet", "payments", [payment(1)]).rename(inbox / "payments" / os.fsdecode(name))
    looks(service)
    [line] = said
    assert line.startswith("rejected payments/a")
    assert line.isprintable()
    assert len(names(inbox / "payments" / "rejected")) == 2


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), LedgerError("ledger.sqlite: damaged")], ids=["disk", "ledger"]
)
def test_a_full_disk_or_a_damaged_ledger_is_said_and_tried_again(
    service: Watch, inbox: Path, said: list[str], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(*_: object) -> None:
        raise error

    parquet(inbox / "payments" / "p.parquet", "payments", [payment(1)])
    monkeypatch.setattr(ingest, "ingest", fails)
    looks(service, 5)
    assert len([line for line in said if str(error) in line]) <= 2
    assert names(inbox / "payments" / ".taking") == ["p.parquet"]
    monkeypatch.undo()
    looks(service, 1)
    assert names(inbox / "payments" / "done") == ["p.parquet"]
    assert names(inbox / "payments" / "rejected") == []


def test_an_unforeseen_error_rejects_the_file_and_goes_on(service: Watch, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("boom")

    parquet(inbox / "payments" / "p.parquet", "payments", [payment(1)])
    monkeypatch.setattr(ingest, "ingest", fails)
    looks(service)
    assert "report it: RuntimeError: boom" in (inbox / "payments" / "rejected" / "p.parquet.error.txt").read_text("utf-8")


def test_what_was_in_hand_when_the_service_was_killed_is_gone_on_with(inbox: Path, tmp_path: Path) -> None:
    taking = inbox / "payments" / ".taking"
    taking.mkdir()
    path = parquet(taking / "p.parquet", "payments", [payment(1)])
    take(tmp_path / "store", "payments", path)
    (inbox / "payments" / "p.parquet.done").touch()
    looks(Watch(Rules(inbox, tmp_path / "store")), 1)
    assert names(inbox / "payments" / "done") == ["p.parquet"]
    assert names(taking) == []
    assert not (inbox / "payments" / "p.parquet.done").exists()
    reader = open_current(tmp_path / "store")  # what was ingested before is published, too
    reader.close()


def test_a_file_refused_while_stopping_stays_in_hand(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    stop = Stop()
    service = Watch(Rules(inbox, tmp_path / "store"), said.append, stop)
    real = ingest.sandbox.run

    def killed(*arguments: object) -> object:
        stop.asked = True
        raise ingest.InputError("reading it ended with code -15; check the file")

    parquet(inbox / "payments" / "p.parquet", "payments", [payment(1)])
    monkeypatch.setattr(ingest.sandbox, "run", killed)
    looks(service)
    assert said == ["left in hand payments/p.parquet: stopped while it was read"]
    assert names(inbox / "payments" / ".taking") == ["p.parquet"]
    monkeypatch.setattr(ingest.sandbox, "run", real)
    looks(Watch(Rules(inbox, tmp_path / "store"), said.append), 1)
    assert names(inbox / "payments" / "done") == ["p.parquet"]


MAPPING = """
source = "payment_totals"
[input]
format = "csv"
[columns]
period_start = { from = "month", parse = "month_start", format = "%Y-%m" }
period_end = { from = "month", parse = "month_end", format = "%Y-%m" }
department = { value = "rta" }
branch = { value = "" }
service = { value = "salik" }
channel = { value = "counter" }
method = { value = "cash" }
kind = { value = "" }
status = { value = "settled" }
transactions = { value = 1 }
amount_fils = { from = "amount", parse = "money" }
"""


def test_once_takes_files_through_mappings_and_says_by_its_code_how_it_went(
    inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "m.toml").write_text(MAPPING)
    (inbox / "payment_totals").mkdir()
    (inbox / "payment_totals" / "t.txt").write_text("month,amount\n2012-09,1.50\n")
    command = ["watch", str(inbox), "--once", "--every", "0.01", "--data", str(tmp_path / "store")]
    assert main([*command, "--mapping", str(tmp_path / "m.toml")]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert "took payment_totals/t.txt: 1 rows in = 1 accepted" in lines[0]
    assert datetime.fromisoformat(lines[0].split()[0]).tzinfo == UTC
    (inbox / "payments" / "p.csv").write_text("nonsense\n1\n")
    assert main(command) == 1
    assert main(command) == 0
    assert main(["watch", str(tmp_path / "nowhere"), "--once", "--data", str(tmp_path / "store")]) == 2
    assert main([*command, "--mapping", str(tmp_path / "m.toml"), "--mapping", str(tmp_path / "m.toml")]) == 2
    assert "two mappings are for source 'payment_totals'" in capsys.readouterr().err


def test_two_services_do_not_take_from_one_folder(inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with watch.inbox.alone(inbox):
        assert main(["watch", str(inbox), "--once", "--data", str(tmp_path / "store")]) == 2
    assert "another `watch` takes files from this folder" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_service_takes_what_comes_and_stops_cleanly_when_asked(inbox: Path, tmp_path: Path, number: int) -> None:
    command = [sys.executable, "-m", "store", "watch", str(inbox), "--every", "0.1", "--data", str(tmp_path / "store")]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        parquet(tmp_path / "p.parquet", "payments", [payment(1)]).rename(inbox / "payments" / "p.parquet")
        end = time.monotonic() + 60
        while not (tmp_path / "store" / "CURRENT").exists() and process.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        process.send_signal(number)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stderr
    assert "took payments/p.parquet" in stderr
    assert stderr.splitlines()[-1].endswith(" stopped")
    assert names(inbox / "payments" / "done") == ["p.parquet"]
