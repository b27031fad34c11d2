"""Fault 10, further than kill -9 can show: what a commit names would survive a loss of power in the moment after it."""

from pathlib import Path

import pytest

from tests.support.faults_durability import at_risk
from tests.support.faults_plan import OTHERS, SMALLEST
from tests.support.faults_run import Zygote
from tests.support.faults_scenes import prepare
from tests.support.faults_shim import DATA, NAME, SYNC, Operation, classes


@pytest.mark.parametrize("scene", [SMALLEST, *OTHERS])
def test_fault_10_what_a_commit_names_is_durable_before_it(zygote: Zygote, tmp_path: Path, scene: str) -> None:
    prepared = prepare(scene, tmp_path / "scene")
    data = prepared.copy(tmp_path / "store")
    folders = {"", *(f"/{path.relative_to(data)}" for path in data.rglob("*") if path.is_dir())} if data.exists() else set()
    assert [*at_risk(zygote.run(prepared.of(data), data).operations, folders)] == []


def trace(*steps: tuple[str, str]) -> list[Operation]:
    return [Operation(n, False, 1, what, 0, path) for n, (what, path) in enumerate(steps, 1)]


WRITTEN = (("mkdir", "/files"), ("write", "/staging/a"), ("fsync", "/staging/a"), ("rename", "/staging/a > /files/a"))
COMMIT = ("fdatasync", "/ledger.sqlite-wal")


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ((*WRITTEN, ("fsync", "/files"), ("fsync", ""), COMMIT), []),
        ((*WRITTEN, ("fsync", "/files"), COMMIT), ["at 6 (fdatasync /ledger.sqlite-wal), the name /files is not durable"]),
        ((*WRITTEN, ("fsync", ""), COMMIT), ["at 6 (fdatasync /ledger.sqlite-wal), the name /files/a is not durable"]),
        ((WRITTEN[1], WRITTEN[3]), ["rename /staging/a > /files/a: renamed before its content was synced"]),
    ],
)
def test_fault_10_what_is_not_durable_is_named(steps: tuple[tuple[str, str], ...], said: list[str]) -> None:
    """The check itself, on traces by hand."""
    assert [*at_risk(trace(*steps), {"", "/staging"})] == said


def test_fault_10_operations_are_classed_by_what_they_change() -> None:
    assert [classes(what) for what in ("mkdir", "write", "fdatasync")] == [NAME, DATA, SYNC]
