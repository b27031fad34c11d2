"""Fault 13: EIO, EACCES, a read-only file system, a short write. As with a full disk: old or new, and one line."""

import pytest

from tests.support.faults_plan import OTHERS, SMALLEST, findings, injections
from tests.support.faults_shim import BROKEN
from tests.support.faults_sweep import Sweep


@pytest.mark.parametrize("scene", [SMALLEST, *OTHERS])
def test_fault_13_disk_broken_at_any_step(sweep: Sweep, scene: str) -> None:
    assert findings(injections(sweep, scene, BROKEN)) == []
