"""What nothing needs goes, what counts stays, and what went on purpose is never taken for a loss."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store import files, ledger, retired, vacuum
from store.__main__ import main
from store.snapshot import open_current, snapshot_file
from store.verify import verify
from tests.support.faults_scenes import litter, state
from tests.support.records import parquet, payment


def run(data: Path, *arguments: object) -> int:
    return main([*map(str, arguments), "--data", str(data)])


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published store in which one file was superseded, in a month of its own."""
    folder = tmp_path_factory.mktemp("vacuum")
    data = folder / "store"
    august = payment(1)["occurred_at"].replace(month=8)
    run(data, "ingest", "payments", parquet(folder / "p.parquet", "payments", [payment(1, occurred_at=august)]))
    run(data, "publish")
    run(data, "ingest", "payments", parquet(folder / "p.parquet", "payments", [payment(2), payment(3)]), "--supersede")
    run(data, "publish")
    return folder


@pytest.fixture
def data(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "scene")) / "store"


def spoil(data: Path) -> list[Path]:
    """What crashes leave: work in progress, a part, a receipt, a unit and an old snapshot that nobody names."""
    made = [
        data / "staging" / "left" / "input.parquet",
        data / "files" / "payments" / "month=2012-01" / "orphan.parquet",
        data / "receipts" / f"00000099-{'0' * 16}-{'0' * 16}.parquet",
        data / "rollup" / "payments" / "2012-01-0123456789abcdef.parquet",
        data / "serve-20120101T000000-00000000.duckdb",
    ]
    for path in made:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 1000)
    return made


def test_what_crashes_left_goes_and_what_counts_stays(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, made = state(data), spoil(data)
    there = {path for path in data.rglob("*") if path.is_file()}
    capsys.readouterr()
    assert run(data, "vacuum", "--dry-run") == 0
    assert "bytes would be freed, nothing was removed" in capsys.readouterr().out
    assert all(path.exists() for path in made)
    assert run(data, "vacuum") == 0
    said = capsys.readouterr().out.splitlines()
    assert said[:5] == [
        "abandoned work: 1, 1,000 bytes",
        "receipts of interrupted ingests: 1, 1,000 bytes",
        "Parquet of interrupted ingests: 1, 1,000 bytes",
        "units: 1, 1,000 bytes",
        "snapshots: 1, 1,000 bytes",
    ]
    left = {path for path in data.rglob("*") if path.is_file()}
    assert {path for path in there - left if not path.name.startswith("ledger.sqlite-")} == {*made}
    assert litter(data) == []
    assert state(data) == before
    assert (verify(data).problems, verify(data).notes) == ((), ())
    assert run(data, "vacuum") == 0
    assert capsys.readouterr().out == "0 bytes freed\n"


def superseded(data: Path) -> list[Path]:
    with ledger.opened(data) as book:
        query = "SELECT path FROM parts JOIN files ON files.sha256 = file_sha256 WHERE state = 'superseded'"
        return [data / path for (path,) in book.execute(query)]


def test_superseded_rows_stay_unless_asked_for(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [part] = superseded(data)
    for arguments in ((), ("--keep-days", 1), ("--keep-days", 0, "--dry-run")):
        assert run(data, "vacuum", *arguments) == 0
        assert part.exists()
    assert "rows of superseded files: 1, " in capsys.readouterr().out


def test_retired_rows_are_no_loss_to_verify_rebuild_and_publish(data: Path, kept: Path, tmp_path: Path) -> None:
    before = state(data)
    [part] = superseded(data)
    assert run(data, "vacuum", "--keep-days", 0) == 0
    assert not part.parent.exists()
    note = "1 superseded files were retired: their rows are not kept any more"
    assert (verify(data).problems, verify(data).notes) == ((), (note,))
    assert run(data, "rebuild") == 0
    assert verify(data).problems == ()
    assert note in verify(data).notes
    assert run(data, "publish") == 0
    assert state(data) == before
    again = parquet(tmp_path / "p.parquet", "payments", [payment(1, occurred_at=payment(1)["occurred_at"].replace(month=8))])
    assert run(data, "ingest", "payments", again, "--supersede") == 0
    assert part.exists()
    assert [note for note in verify(data).notes if "retired" in note] == []
    assert verify(data).problems == ()
    assert run(data, "rebuild") == 0
    assert verify(data).problems == ()


@pytest.mark.parametrize("after", ["record", "ledger"])
def test_a_run_that_was_cut_off_is_finished_by_the_next(data: Path, monkeypatch: pytest.MonkeyPatch, after: str) -> None:
    [part] = superseded(data)

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(vacuum, "_remove", cut)
    if after == "record":
        monkeypatch.setattr(vacuum.ledger, "transaction", cut)
    assert run(data, "vacuum", "--keep-days", 0) == 130
    monkeypatch.undo()
    assert part.exists()
    assert [*retired.read(data).parts] == [1]
    assert verify(data).problems == ()
    assert run(data, "vacuum") == 0
    assert not part.exists()
    assert verify(data).problems == ()


def test_files_are_superseded_when_their_successor_comes(data: Path) -> None:
    later = datetime.now(UTC) + timedelta(days=9)
    assert vacuum.vacuum(data, 10, dry_run=True, now=later).files["rows of superseded files"] == 0
    assert vacuum.vacuum(data, 8, dry_run=True, now=later).files["rows of superseded files"] == 1


def test_a_reader_keeps_its_snapshot_and_work_in_progress_stays(data: Path) -> None:
    reader = open_current(data)
    query = "SELECT sum(records), sum(gross_fils) FROM payments"
    with files.staging(data) as aside:
        (aside / "input.parquet").write_bytes(b"x")
        snapshot_file(data, reader.version).rename(data / "serve-20120101T000000-00000000.duckdb")
        assert run(data, "vacuum", "--keep-days", 0) == 0
        assert (aside / "input.parquet").exists()
    assert reader.cursor().execute(query).fetchall() == [(2, 200_00)]
    reader.close()
    assert run(data, "publish") == 0
    reader = open_current(data)
    assert reader.cursor().execute(query).fetchall() == [(2, 200_00)]
    reader.close()
