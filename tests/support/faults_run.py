"""Runs the operator's commands in processes of their own that begin at once, since they are forked from one that is ready.

Rule: all processes have the shim before libc, and one run at a time may be armed with a fault; what a run said and how it
ended comes back, and nothing of it goes on when it does.
"""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.support.faults_shim import Control, Kind, Operation

ROOT: Final = Path(__file__).resolve().parents[2]
_PATIENCE: Final = 120.0
"""Seconds after which a run counts as hanging."""
_HANGING: Final = 99
Commands = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Run:
    """How a run ended: its exit code (negative: killed by that signal), what it said, what was injected, its operations."""

    process: int
    code: int
    said: str
    injected: int
    operations: Sequence[Operation]


class Zygote:
    """A process that forks a run for each order, with the shim before it. Its stderr is that of the fork server's children."""

    def __init__(self, folder: Path) -> None:
        self.control = Control(folder)
        self._folder, self._pids = folder, [0]
        command = [sys.executable, "-m", "tests.support.faults_zygote"]
        self._stderr = folder / "stderr"
        with self._stderr.open("ab") as stderr:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.control.environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                bufsize=0,
            )
        self._server = self._answer(_PATIENCE)["ready"]

    def run(self, commands: Commands, root: Path, kind: Kind | None = None, n: int = 0) -> Run:
        """Run commands one after the other until one fails, with a fault at the n-th operation below `root`."""
        self.control.arm(root, kind, n)
        before = self._stderr.stat().st_size
        [(code, said)] = self.crowd([commands])
        by_children = self._stderr.read_bytes()[before:].decode("utf-8", "replace")
        return Run(self._pids[0], code, said + by_children, *self.control.disarm())

    def crowd(self, runs: Sequence[Commands]) -> list[tuple[int, str]]:
        """Run several at once, each in a process of its own; returns exit code and what was said of each."""
        outputs = [self._folder / f"output-{number}" for number in range(len(runs))]
        orders = [{"commands": run, "output": str(output)} for run, output in zip(runs, outputs, strict=True)]
        assert self._process.stdin
        self._process.stdin.write(json.dumps(orders).encode() + b"\n")
        pids = self._pids = self._answer(_PATIENCE)["pids"]
        try:
            statuses = self._answer(_PATIENCE)["statuses"]
        except TimeoutError:
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
            self._answer(_PATIENCE)
            statuses = [_HANGING << 8] * len(runs)
        self._wait_for_children()
        said = [output.read_text("utf-8", "replace") if output.exists() else "" for output in outputs]
        return [(os.waitstatus_to_exitcode(status), text) for status, text in zip(statuses, said, strict=True)]

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()
        self.control.close()

    def _answer(self, patience: float) -> dict[str, Any]:
        assert self._process.stdout
        ready, _, _ = select.select([self._process.stdout], [], [], patience)
        if not ready:
            raise TimeoutError
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the zygote has ended: {self._stderr.read_text('utf-8', 'replace')}")
        found: dict[str, Any] = json.loads(line)
        return found

    def _wait_for_children(self) -> None:
        """Until the fork server has no children, so that nothing of a killed run goes on."""
        children, end = Path(f"/proc/{self._server}/task/{self._server}/children"), time.monotonic() + _PATIENCE
        while children.exists() and children.read_text().strip() and time.monotonic() < end:
            time.sleep(0.002)
