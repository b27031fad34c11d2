"""Fault 10 in upkeep: kill -9 at every step of rebuild, vacuum, backup and restore. Nothing is lost, and a rerun converges."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from store.__main__ import main
from store.backup import RESTORING
from store.snapshot import open_current
from store.verify import verify
from tests.support.faults_run import Zygote
from tests.support.faults_scenes import state
from tests.support.faults_shim import KINDS
from tests.support.records import parquet, payment

STRIDE = 12


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published store with a superseded file, and a backup from before that."""
    folder = tmp_path_factory.mktemp("upkeep")
    data = str(folder / "store")
    for number, amount in enumerate((1, 2)):
        path = parquet(folder / "p.parquet", "payments", [payment(1, amount_fils=amount)])
        assert main(["ingest", "payments", str(path), "--supersede", "--data", data]) == 0
        assert main(["publish", "--data", data]) == 0
        if number == 0:
            assert main(["backup", str(folder / "copy"), "--data", data]) == 0
    return folder


def spoilt(data: Path) -> None:
    with closing(sqlite3.connect(data / "ledger.sqlite")) as book:
        book.execute("DELETE FROM days")
        book.commit()


@pytest.mark.parametrize("kind", ["kill before", "kill after"])
@pytest.mark.parametrize("command", ["rebuild", "vacuum", "backup", "restore"])
def test_fault_10_upkeep_killed_at_any_step_loses_nothing_and_a_rerun_converges(
    zygote: Zygote, kept: Path, tmp_path: Path, command: str, kind: str
) -> None:
    before, step, killed = state(kept / "store"), 1 if kind == "kill before" else 3, 0
    arguments = {"vacuum": ["--keep-days", "0"], "backup": ["{}/copy"], "restore": ["{}/copy"]}.get(command, [])
    while True:
        scene = Path(shutil.copytree(kept, tmp_path / f"{step}"))
        data = scene / ("new" if command == "restore" else "store")
        if command == "rebuild":
            spoilt(data)
        reader = open_current(scene / "store")
        line = [command, *(part.format(scene) for part in arguments), "--data", str(data)]
        run = zygote.run([line], scene, KINDS[kind], step)
        assert reader.cursor().execute("SELECT sum(gross_fils) FROM payments").fetchall() == [(2,)]
        reader.close()
        if not run.injected:
            assert run.code == 0, run.said
            break
        killed += 1
        assert run.code == -9, run.said
        if command in ("vacuum", "backup"):
            assert verify(data).problems == (), step
        if command != "restore" or not (data / "ledger.sqlite").exists() or (data / RESTORING).exists():  # else it was done
            assert main(line) == 0, step
        if command == "backup":
            assert main(["restore", f"{scene}/copy", "--data", f"{scene}/new"]) == 0
            assert state(scene / "new").held == before.held
        found = state(data).held
        assert found == before.held if command != "restore" else found[:3] == before.held[:3]
        assert verify(data).problems == (), step
        shutil.rmtree(scene)
        step += STRIDE
    assert killed > 2
