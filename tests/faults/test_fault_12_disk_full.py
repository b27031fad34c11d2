"""Fault 12: the disk is full at each write, once or from then on, or takes half of what is written.

The old snapshot stays readable, the exit code is not 0 unless all is done, and one line says why.
"""

import pytest

from tests.support.faults_plan import OTHERS, SMALLEST, findings, injections
from tests.support.faults_shim import FULL, KINDS
from tests.support.faults_sweep import Point, Sweep


@pytest.mark.parametrize("scene", [SMALLEST, *OTHERS])
def test_fault_12_disk_full_at_any_write(sweep: Sweep, scene: str) -> None:
    assert findings(injections(sweep, scene, FULL)) == []


def test_fault_12_an_error_does_not_say_of_the_store_what_is_not_so(sweep: Sweep) -> None:
    """A transaction whose last write lies in the log, but whose sync failed, is found there by whoever opens the ledger next."""
    full = KINDS["ENOSPC from then on"]
    [failed] = sweep.at(
        [Point(SMALLEST, full.name, sweep.step(SMALLEST, full, "fdatasync", "ledger.sqlite-wal", before="unlink"))]
    )
    assert failed.findings == ()
    assert failed.untrue is None
