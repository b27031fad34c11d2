"""Upkeep tells how far it is, and the dashboard goes on: what is shown while a store is cleaned, copied and rebuilt."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from store import ledger
from store.__main__ import main
from store.rebuild import receipts
from tests.support.records import department, parquet, payment
from tests.support.visits import markup, text, visit

UPKEEP: dict[str, Callable[[Path], tuple[Path, list[str]]]] = {
    "vacuum": lambda folder: (folder / "store", ["vacuum", "--keep-days", "0"]),
    "backup": lambda folder: (folder / "store", ["backup", str(folder / "new-copy")]),
    "restore": lambda folder: (folder / "new-store", ["restore", str(folder / "copy")]),
    "rebuild": lambda folder: (folder / "store", ["rebuild"]),
}


def run(data: Path, *arguments: object) -> int:
    return main([*map(str, arguments), "--data", str(data)])


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published store with something to clean away, and a backup of it."""
    folder = tmp_path_factory.mktemp("upkeep")
    data, name = folder / "store", folder / "p.parquet"
    run(data, "ingest", "departments", parquet(folder / "d.parquet", "departments", [department("dewa")]))
    run(data, "ingest", "payments", parquet(name, "payments", [payment(1)]))
    run(data, "ingest", "payments", parquet(name, "payments", [payment(1), payment(2)]), "--supersede")
    run(data, "publish")
    run(data, "backup", folder / "copy")
    return folder


@pytest.fixture
def scene(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "scene"))


@pytest.mark.parametrize("command", UPKEEP)
def test_it_shows_progress_that_ends_with_everything_done(scene: Path, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    data, arguments = UPKEEP[command](scene)
    capsys.readouterr()
    assert run(data, *arguments) == 0
    assert re.search(r"^100%  done in \d+\.\d s  \S", capsys.readouterr().err, re.MULTILINE)


def test_writing_receipts_again_tells_of_each_and_ends_with_all(scene: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (scene / "store" / "receipts").iterdir():
        path.unlink()
    told: list[tuple[str, float, float]] = []
    assert receipts(scene / "store", lambda *step: told.append(step)) == 3
    assert told == [(f"receipt of file number {number}", number, 3) for number in (1, 2, 3)]
    min((scene / "store" / "receipts").iterdir()).unlink()
    capsys.readouterr()
    assert run(scene / "store", "rebuild", "--receipts") == 0
    captured = capsys.readouterr()
    assert captured.out == "1 receipts written from the ledger\n"
    assert re.fullmatch(r"100%  done in \d+\.\d s  receipt of file number 1\n", captured.err)


@pytest.mark.parametrize("command", ["vacuum", "backup", "rebuild"])
def test_an_open_dashboard_goes_on_with_the_same_numbers(monkeypatch: pytest.MonkeyPatch, scene: Path, command: str) -> None:
    data, arguments = UPKEEP[command](scene)
    app = visit(monkeypatch, data)
    before = markup(app)
    assert "AED 200" in before
    assert run(data, *arguments) == 0
    app.run()
    assert not app.exception
    assert markup(app) == before


def test_a_dashboard_answers_while_there_is_no_ledger_and_says_through_which_day_its_data_are(
    monkeypatch: pytest.MonkeyPatch, scene: Path
) -> None:
    data = scene / "store"
    for path in data.glob(f"{ledger.FILE}*"):
        path.unlink()
    said = text(visit(monkeypatch, data, "data"))
    assert "30 September 2012" in said
    assert run(data, "rebuild") == 0
    assert run(data, "publish") == 0
    assert "30 September 2012" in text(visit(monkeypatch, data, "data"))
