"""Fault 11: kill -9 between commit and rollup. Readers keep the old snapshot, `verify` says that it is old, a rerun repairs."""

from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import metrics
from store.__main__ import main
from store.snapshot import current_version, open_current
from store.verify import verify
from tests.support.faults_run import Zygote
from tests.support.faults_scenes import prepare, state
from tests.support.faults_shim import KINDS
from tests.support.visits import text, visit


def test_fault_11_killed_between_commit_and_rollup_the_old_snapshot_says_its_age(
    zygote: Zygote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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
    with closing(open_current(data)) as snapshot:
        published = datetime.fromisoformat(metrics.meta(snapshot)["published_at"])
        local = published.astimezone(ZoneInfo(snapshot.settings.timezone))
    assert published.strftime("%Y%m%dT%H%M%S") == before.partition("-")[0]
    moment = f"{local.day} {local:%B %Y}, {local:%H:%M}"
    assert f"Published {moment}" in text(visit(monkeypatch, data)), "a page says the age of what it shows"

    assert main(["publish", "--data", str(data)]) == 0
    assert state(data) == scene.new
    assert verify(data).notes == ()
