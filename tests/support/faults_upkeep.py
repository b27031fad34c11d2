"""Faults in upkeep: rebuild, vacuum, backup and restore are spoiled at their n-th file operation, for every n or every few.

Rule: while it happens a reader sees what was published; afterwards nothing is lost, and the same command again comes to its end.
"""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from store.__main__ import main
from store.backup import RESTORING
from store.snapshot import open_current
from store.verify import verify
from tests.support.faults_run import Run, Zygote
from tests.support.faults_scenes import state
from tests.support.faults_shim import Kind
from tests.support.records import parquet, payment

COMMANDS: Final = ("rebuild", "vacuum", "backup", "restore")
_ARGUMENTS: Final = {"vacuum": ["--keep-days", "0"], "backup": ["{}/copy"], "restore": ["{}/copy"]}


def prepare(folder: Path) -> Path:
    """A published store with a superseded file, and a backup from before that."""
    data = str(folder / "store")
    for number, amount in enumerate((1, 2)):
        path = parquet(folder / "p.parquet", "payments", [payment(1, amount_fils=amount)])
        assert main(["ingest", "payments", str(path), "--supersede", "--data", data]) == 0
        assert main(["publish", "--data", data]) == 0
        if number == 0:
            assert main(["backup", str(folder / "copy"), "--data", data]) == 0
    return folder


def spoil(zygote: Zygote, kept: Path, scratch: Path, command: str, kind: Kind, *, first: int = 1, stride: int = 1) -> int:
    """Spoil a command at its `first` operation and every `stride`-th after it, until it runs untouched; returns how often.

    `kept` is what `prepare` made. Raises AssertionError where a promise is broken.
    """
    before, step, injected = state(kept / "store"), first, 0
    while True:
        scene = Path(shutil.copytree(kept, scratch / f"{command}-{step}"))
        data = scene / ("new" if command == "restore" else "store")
        if command == "rebuild":
            _lose_days(data)
        line = [command, *(part.format(scene) for part in _ARGUMENTS.get(command, [])), "--data", str(data)]
        run = _run(zygote, scene, line, kind, step)
        if not run.injected:
            assert run.code == 0, run.said
            shutil.rmtree(scene)
            return injected
        injected += 1
        assert run.code == -9 if kind.kills else run.code in (0, 2), (step, run.said)
        assert "Traceback" not in run.said, (step, run.said)
        if command in ("vacuum", "backup"):
            assert verify(data).problems == (), step
        if command != "restore" or not (data / "ledger.sqlite").exists() or (data / RESTORING).exists():  # else it was done
            assert main(line) == 0, step
        if command == "backup":
            assert main(["restore", f"{scene}/copy", "--data", f"{scene}/new"]) == 0
            assert state(scene / "new").held == before.held
        found = state(data).held
        assert found == before.held if command != "restore" else found[:3] == before.held[:3], step
        assert verify(data).problems == (), step
        shutil.rmtree(scene)
        step += stride


def _run(zygote: Zygote, scene: Path, line: list[str], kind: Kind, step: int) -> Run:
    """The command with a fault, while somebody reads."""
    reader = open_current(scene / "store")
    try:
        run = zygote.run([line], scene, kind, step)
        assert reader.cursor().execute("SELECT sum(gross_fils) FROM payments").fetchall() == [(2,)]
    finally:
        reader.close()
    return run


def _lose_days(data: Path) -> None:
    with closing(sqlite3.connect(data / "ledger.sqlite")) as book:
        book.execute("DELETE FROM days")
        book.commit()
