"""Fault 13: EIO, EACCES, a read-only file system, a short write. As with a full disk: old or new, and one line."""

import pytest

from tests.support.faults_plan import OTHERS, SMALLEST, findings, injections
from tests.support.faults_shim import BROKEN, KINDS
from tests.support.faults_sweep import Point, Sweep


@pytest.mark.parametrize("scene", [SMALLEST, *OTHERS])
def test_fault_13_disk_broken_at_any_step(sweep: Sweep, scene: str) -> None:
    assert findings(injections(sweep, scene, BROKEN)) == []


@pytest.mark.parametrize("kind", ["EIO from then on", "EROFS from then on"])
def test_fault_13_a_correction_that_failed_is_one_error_and_nobody_looks_further(sweep: Sweep, kind: str) -> None:
    """The disk fails while the rows are written, and would fail again if one looked for what else should be read again."""
    at = sweep.step("correction", KINDS[kind], "write", "00000-2012-09.parquet")
    [failed] = sweep.at([Point("correction", kind, at)])
    assert failed.hit is not None
    assert failed.findings == ()
