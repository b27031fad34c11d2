"""Fault 11: kill -9 between commit and rollup. Readers keep the old snapshot, `verify` says that it is old, a rerun repairs."""

from pathlib import Path

from store.__main__ import main
from store.snapshot import current_version, open_current
from store.verify import verify
from tests.support.faults_run import Zygote
from tests.support.faults_scenes import prepare, state
from tests.support.faults_shim import KINDS


def test_fault_11_killed_between_commit_and_rollup_the_old_snapshot_says_its_age(zygote: Zygote, tmp_path: Path) -> None:
    scene = prepare("CSV with a bad row and a duplicate", tmp_path / "scene")
    untouched = zygote.run(scene.of(scene.copy(tmp_path / "untouched")), tmp_path / "untouched")
    rollup = next(operation.n for operation in untouched.operations if operation.path == "/publish.lock")
    data = scene.copy(tmp_path / "store")
    before = current_version(data)

    run = zygote.run(scene.of(data), data, KINDS["kill before"], rollup)

    assert run.code == -9
    found = state(data)
    assert (found.held, found.shown) == (scene.new.held, scene.old.shown)
    assert verify(data).problems == ()
    assert verify(data).notes == (f"1 files came or went since snapshot {before}: run `python -m store publish`",)
    snapshot = open_current(data)
    published = dict(snapshot.cursor().execute("SELECT key, value FROM meta").fetchall())["published_at"]
    assert published.replace("-", "").replace(":", "").startswith(before.partition("-")[0])
    snapshot.close()

    assert main(["publish", "--data", str(data)]) == 0
    assert state(data) == scene.new
    assert verify(data).notes == ()
