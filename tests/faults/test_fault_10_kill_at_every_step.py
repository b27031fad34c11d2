"""Fault 10: kill -9 at every step of ingest and publish. The store is old or new, and a rerun converges."""

import pytest

from tests.support.faults_plan import OTHERS, SMALLEST, findings, injections
from tests.support.faults_shim import KILLS, KINDS
from tests.support.faults_sweep import Point, Sweep


@pytest.mark.parametrize("scene", [SMALLEST, *OTHERS])
def test_fault_10_killed_at_any_step_the_store_is_old_or_new_and_a_rerun_converges(sweep: Sweep, scene: str) -> None:
    injected = injections(sweep, scene, KILLS)
    assert findings(injected) == []
    assert sum(injection.hit is None for injection in injected) <= len(KILLS), "at most the last of each kind goes beyond the end"


@pytest.mark.parametrize("scene", [SMALLEST, "correction"])
def test_fault_10_every_step_is_counted(sweep: Sweep, scene: str) -> None:
    """Killed before its last operation a run has not ended, and one operation further nothing is left to spoil."""
    kill = KINDS["kill before"]
    last = sweep.steps(scene, kill)
    inside, beyond = sweep.at([Point(scene, kill.name, last), Point(scene, kill.name, last + 50)])
    assert (inside.findings, inside.hit is not None) == ((), True)
    assert (beyond.findings, beyond.hit) == ((), None)


@pytest.mark.parametrize(("what", "path"), [("write", "input.parquet"), ("rename", "settings.toml")])
def test_fault_10_a_rerun_clears_away_what_the_killed_run_was_working_on(sweep: Sweep, what: str, path: str) -> None:
    kill = KINDS["kill before"]
    [killed] = sweep.at([Point(SMALLEST, kill.name, sweep.step(SMALLEST, kill, what, path))])
    assert killed.findings == ()
    assert killed.left == ()


def test_fault_10_the_shim_sees_all_who_write(sweep: Sweep) -> None:
    """Python, SQLite, polars and DuckDB: had one of them another way to the disk, its steps would not be tested."""
    seen = {(operation.what, _role(operation.path)) for operation in sweep.trace("correction").operations}
    assert seen >= {
        ("write", "input.parquet"),
        ("pwrite", "ledger.sqlite-wal"),
        ("fdatasync", "ledger.sqlite-wal"),
        ("pwrite", "ledger.sqlite"),
        ("write", "00000-2012-09.parquet"),
        ("fsync", "00000-2012-09.parquet"),
        ("pwrite", "unit.parquet"),
        ("pwrite", "snapshot.duckdb"),
        ("fdatasync", "snapshot.duckdb"),
        ("rename", "CURRENT"),
    }


def _role(path: str) -> str:
    return path.rpartition("/")[2]
