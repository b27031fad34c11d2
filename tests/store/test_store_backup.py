"""A backup is taken while the store is in use, grows by what is new, and comes back byte for byte or not at all."""

import shutil
from pathlib import Path
from threading import Event, Thread

import pytest

from store import backup as module
from store import files, ledger
from store.__main__ import main
from store.backup import MANIFEST, RESTORING, UNFINISHED, BackupError, backup, restore
from store.snapshot import current_version
from store.verify import verify
from tests.support.faults_scenes import state
from tests.support.records import department, parquet, payment, take


def run(data: Path, *arguments: object) -> int:
    return main([*map(str, arguments), "--data", str(data)])


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backup")
    data = folder / "store"
    run(data, "ingest", "departments", parquet(folder / "d.parquet", "departments", [department("dewa")]))
    run(data, "ingest", "payments", parquet(folder / "p.parquet", "payments", [payment(1), payment(2, amount_fils=-1)]))
    run(data, "publish")
    backup(data, folder / "copy", with_snapshot=True)
    return folder


@pytest.fixture
def scene(kept: Path, tmp_path: Path) -> Path:
    """A folder with a store and a backup of it."""
    return Path(shutil.copytree(kept, tmp_path / "scene"))


@pytest.fixture
def data(scene: Path) -> Path:
    return scene / "store"


def test_a_backup_comes_back_as_the_store_was(data: Path, scene: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(data, "backup", scene / "other", "--with-snapshot") == 0
    assert capsys.readouterr().out == f"{scene / 'other'}: holds the store up to file number 2, 9 files; 9 were new\n"
    assert run(scene / "new", "restore", scene / "other") == 0
    assert "up to file number 2; 9 files, all hashes right" in capsys.readouterr().out
    assert state(scene / "new") == state(data)
    assert current_version(scene / "new") == current_version(data)
    report = verify(scene / "new")
    assert (report.problems, report.notes) == ((), ())
    assert run(scene / "new", "ingest", "payments", parquet(scene / "n.parquet", "payments", [payment(1), payment(7)])) == 0
    assert run(scene / "new", "publish") == 0
    assert verify(scene / "new").problems == ()


def test_without_the_snapshot_publishing_makes_it_again(data: Path, scene: Path) -> None:
    version = current_version(data)
    backup(data, scene / "other")
    restore(scene / "other", scene / "new")
    assert verify(scene / "new").problems == ()
    assert run(scene / "new", "publish") == 0
    assert current_version(scene / "new") > version
    assert state(scene / "new") == state(data)


def test_only_what_is_new_is_copied_and_what_is_gone_goes(data: Path, scene: Path) -> None:
    copy = scene / "copy"
    stamps = {path: path.stat().st_mtime_ns for path in (copy / "files").rglob("*.parquet")}
    assert backup(data, copy).copied == 3  # ledger, settings and HEAD
    take(data, "payments", parquet(scene / "p.parquet", "payments", [payment(5)]), supersede=True)
    done = backup(data, copy)
    assert (done.number, done.copied) == (3, 5)  # and a part with its receipt
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps
    assert run(data, "vacuum", "--keep-days", 0) == 0
    backup(data, copy)
    assert len([*(copy / "files").rglob("*.parquet")]) == 2
    assert len([*(copy / "state").iterdir()]) == 4  # and what was retired
    restore(copy, scene / "new")
    assert verify(scene / "new").problems == ()
    assert run(scene / "new", "rebuild") == 0
    assert verify(scene / "new").problems == ()


def test_a_backup_that_was_cut_off_leaves_the_one_before_it(
    data: Path, scene: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = state(data)
    take(data, "payments", parquet(scene / "q.parquet", "payments", [payment(9)]))
    real, steps = files.place, []

    def cut(*arguments: Path) -> None:
        if len(steps) == 2:
            raise KeyboardInterrupt
        steps.append(arguments)
        real(*arguments)

    for target in ("copy", "fresh"):
        steps.clear()
        monkeypatch.setattr(module.files, "place", cut)
        assert run(data, "backup", scene / target) == 130
        monkeypatch.undo()
        assert (scene / target / UNFINISHED).exists()
    assert run(scene / "new", "restore", scene / "fresh") == 2
    assert "a backup that was never finished" in capsys.readouterr().err
    assert run(scene / "new", "restore", scene / "copy") == 0
    assert "a later backup was begun" in capsys.readouterr().out
    assert state(scene / "new") == before
    assert run(data, "backup", scene / "copy") == 0
    assert not (scene / "copy" / UNFINISHED).exists()
    assert run(scene / "newer", "restore", scene / "copy") == 0
    assert state(scene / "newer").held == state(data).held


def test_every_file_of_a_damaged_backup_is_named_and_nothing_is_called_done(scene: Path) -> None:
    for number, path in enumerate(sorted(p for p in (scene / "copy").rglob("*") if p.is_file() and not p.name.endswith(".lock"))):
        content = path.read_bytes()
        path.write_bytes(content[:-2] + bytes([content[-2] ^ 1]) + content[-1:])
        with pytest.raises(BackupError) as refused:
            restore(scene / "copy", scene / f"new-{number}")
        assert path.name in str(refused.value)
        assert not (scene / f"new-{number}" / ledger.FILE).exists() or path.name == ledger.FILE
        path.unlink()
        with pytest.raises(BackupError, match=r"missing|no backup"):
            restore(scene / "copy", scene / f"none-{number}")
        path.write_bytes(content)
    restore(scene / "copy", scene / "new")


def test_a_restore_that_was_cut_off_is_gone_on_with(scene: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, steps = module._copy_out, []

    def cut(*arguments: object) -> bool:
        steps.append(arguments)
        if len(steps) == 4:
            raise KeyboardInterrupt
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_copy_out", cut)
    assert run(scene / "new", "restore", scene / "copy") == 130
    assert (scene / "new" / RESTORING).exists()
    assert run(scene / "new", "ingest", "payments", scene / "p.parquet") == 2  # HEAD came first
    monkeypatch.undo()
    assert run(scene / "new", "restore", scene / "copy") == 0
    assert not (scene / "new" / RESTORING).exists()
    assert state(scene / "new") == state(scene / "store")
    assert verify(scene / "new").problems == ()


def test_what_is_not_empty_or_no_place_is_refused(data: Path, scene: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(data, "restore", scene / "copy") == 2
    assert "is not empty" in capsys.readouterr().err
    assert run(scene / "new", "restore", scene / "nowhere") == 2
    assert "no backup" in capsys.readouterr().err
    for target in (data, data / "below", scene):
        assert run(data, "backup", target) == 2
        assert "a folder of its own" in capsys.readouterr().err
    (scene / "full").mkdir()
    (scene / "full" / "thesis.txt").write_text("mine")
    assert run(data, "backup", scene / "full") == 2
    assert "holds something that is no backup (thesis.txt)" in capsys.readouterr().err
    assert run(scene / "none", "backup", scene / "other") == 2


def test_a_damaged_store_is_not_backed_up_and_the_backup_before_stays(data: Path, scene: Path) -> None:
    take(data, "payments", parquet(scene / "q.parquet", "payments", [payment(9)]))
    with ledger.opened(data) as book:
        [[path]] = book.execute("SELECT path FROM parts JOIN files ON files.sha256 = file_sha256 WHERE seq = 3").fetchall()
    (data / path).write_bytes(b"x" + (data / path).read_bytes()[1:])
    with pytest.raises(BackupError, match="its bytes have changed"):
        backup(data, scene / "copy")
    (data / path).unlink()
    with pytest.raises(BackupError, match="missing"):
        backup(data, scene / "copy")
    assert restore(scene / "copy", scene / "new").number == 2


def test_a_manifest_cannot_lead_outside(scene: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (scene / "copy" / MANIFEST).read_text("utf-8").replace("settings.toml", "../settings.toml")
    (scene / "copy" / MANIFEST).write_text(text, "utf-8")
    with pytest.raises(BackupError, match="SHA-256 differs"):
        restore(scene / "copy", scene / "new")
    monkeypatch.setattr(module, "_digest", lambda _: __import__("json").loads(text)["sha256"])
    with pytest.raises(BackupError, match="lies outside"):
        restore(scene / "copy", scene / "new")


def test_files_come_in_while_a_backup_is_taken(data: Path, scene: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The backup is of one moment: what came later is in the next one."""
    real, reached, go = module._copy_in, Event(), Event()

    def slow(*arguments: object) -> object:
        reached.set()
        go.wait(20)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_copy_in", slow)
    worker = Thread(target=backup, args=(data, scene / "other"))
    worker.start()
    assert reached.wait(20)
    take(data, "payments", parquet(scene / "q.parquet", "payments", [payment(9)]))
    go.set()
    worker.join(20)
    restore(scene / "other", scene / "new")
    assert verify(scene / "new").problems == ()
    assert verify(scene / "new").files == 2
    assert verify(data).files == 3
