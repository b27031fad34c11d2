"""Fault 10 in upkeep: kill -9 at every step of rebuild, vacuum, backup and restore. Nothing is lost, and a rerun converges.

Fault 12 and 13 in upkeep: the same where the disk is full, or fails.
"""

from pathlib import Path

import pytest

from tests.support.faults_run import Zygote
from tests.support.faults_shim import KINDS
from tests.support.faults_upkeep import COMMANDS, prepare, spoil

STRIDE = 12
WIDER = 37


@pytest.fixture(scope="module")
def kept(shared: Path) -> Path:
    return prepare(shared)


@pytest.mark.parametrize("kind", ["kill before", "kill after"])
@pytest.mark.parametrize("command", COMMANDS)
def test_fault_10_upkeep_killed_at_any_step_loses_nothing_and_a_rerun_converges(
    zygote: Zygote, kept: Path, tmp_path: Path, command: str, kind: str
) -> None:
    assert spoil(zygote, kept, tmp_path, command, KINDS[kind], first=1 + 2 * (kind == "kill after"), stride=STRIDE) > 2


@pytest.mark.parametrize("kind", ["ENOSPC", "ENOSPC from then on", "short write, then ENOSPC"])
@pytest.mark.parametrize("command", COMMANDS)
def test_fault_12_disk_full_in_upkeep(zygote: Zygote, kept: Path, tmp_path: Path, command: str, kind: str) -> None:
    assert spoil(zygote, kept, tmp_path, command, KINDS[kind], first=2, stride=WIDER) > 0


@pytest.mark.parametrize("kind", ["EIO", "EACCES", "EROFS from then on"])
@pytest.mark.parametrize("command", COMMANDS)
def test_fault_13_broken_disk_in_upkeep(zygote: Zygote, kept: Path, tmp_path: Path, command: str, kind: str) -> None:
    assert spoil(zygote, kept, tmp_path, command, KINDS[kind], first=3, stride=WIDER) > 0
