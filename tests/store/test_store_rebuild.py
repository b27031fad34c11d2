"""The ledger is made again from the receipts and the Parquet alone; what is missing is named and refuses."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Thread

import polars as pl
import pytest

from store import files, ledger
from store.__main__ import main
from store.settings import Settings, fix
from store.snapshot import current_version, open_current
from store.verify import verify
from tests.support.records import department, parquet, payment

TABLES = ("files", "parts", "days", "controls", "rejects", "skips", "relies")


def run(data: Path, *arguments: object) -> int:
    return main([*map(str, arguments), "--data", str(data)])


def said(data: Path) -> dict[str, list[tuple[object, ...]]]:
    """Everything the ledger says of files."""
    with ledger.opened(data) as book:
        return {table: sorted(map(tuple, book.execute(f"SELECT * FROM {table}")), key=repr) for table in TABLES}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published store: a correction, a duplicate, rejects, control totals, a file that was read again."""
    folder = tmp_path_factory.mktemp("rebuild")
    data = folder / "store"
    run(data, "ingest", "departments", parquet(folder / "d.parquet", "departments", [department("dewa")]))
    first = parquet(folder / "p.parquet", "payments", [payment(1), payment(2, amount_fils=5), payment(3, amount_fils=-1)])
    run(data, "ingest", "payments", first)
    run(data, "ingest", "payments", first, "--supersede")
    (folder / "q.parquet.control.json").write_text('{"rows": 2, "from": "2012-09-30", "to": "2012-09-30"}')
    run(data, "ingest", "payments", parquet(folder / "q.parquet", "payments", [payment(1), payment(4)]))
    run(data, "publish")
    run(data, "ingest", "payments", parquet(folder / "q.parquet", "payments", [payment(1), payment(5)]), "--supersede")
    run(data, "publish")
    assert verify(data).problems == ()
    return data


@pytest.fixture
def data(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "store"))


def missing(data: Path) -> None:
    for path in data.glob("ledger.sqlite*"):
        path.unlink()


def garbage(data: Path) -> None:
    (data / ledger.FILE).write_bytes(b"no database at all" * 1000)


def damaged(data: Path) -> None:
    content = bytearray((data / ledger.FILE).read_bytes())
    content[4096 : len(content) : 7] = bytes(len(range(4096, len(content), 7)))
    (data / ledger.FILE).write_bytes(content)


def older(data: Path) -> None:
    with closing(sqlite3.connect(data / ledger.FILE)) as book:
        for table in TABLES[1:]:
            book.execute(f"DELETE FROM {table} WHERE file_sha256 IN (SELECT sha256 FROM files WHERE seq > 2)")
        book.execute("DELETE FROM files WHERE seq > 2")
        book.commit()


def stale_log(data: Path) -> None:
    """The log of a crashed ledger lies beside none."""
    missing(data)
    with closing(sqlite3.connect(data / "other.sqlite")) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("CREATE TABLE strange (a)")
        shutil.copyfile(data / "other.sqlite-wal", data / "ledger.sqlite-wal")


@pytest.mark.parametrize("spoil", [missing, garbage, damaged, older, stale_log])
def test_a_lost_ledger_is_made_again_as_it_was(
    data: Path, spoil: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    before, version = said(data), current_version(data)
    spoil(data)
    for command in ("status", "verify", "publish"):
        assert run(data, command) == 2
        assert "rebuild" in capsys.readouterr().err

    assert run(data, "rebuild") == 0

    captured = capsys.readouterr()
    assert captured.out == "the ledger was made again: 4 files, 4 parts, 5 accepted rows in all\n"
    assert captured.err.splitlines()[-1].startswith("100%")
    assert said(data) == before
    assert verify(data).problems == ()
    assert verify(data).notes == (f"snapshot {version} is older than the ledger: run `python -m store publish`",)
    assert run(data, "publish") == 0
    assert current_version(data) > version
    report = verify(data)
    assert (report.problems, report.notes) == ((), ())


def test_a_sound_ledger_made_again_is_the_same_and_takes_further_files(data: Path, tmp_path: Path) -> None:
    before = said(data)
    assert run(data, "rebuild") == 0
    assert said(data) == before
    assert run(data, "ingest", "payments", parquet(tmp_path / "r.parquet", "payments", [payment(1), payment(9)])) == 0
    assert verify(data).problems == ()


def test_a_snapshot_that_is_open_still_answers_while_the_ledger_is_made_again(data: Path) -> None:
    reader = open_current(data)
    query = "SELECT sum(records), sum(gross_fils) FROM payments"
    before = reader.cursor().execute(query).fetchall()
    missing(data)
    assert run(data, "rebuild") == 0
    assert reader.cursor().execute(query).fetchall() == before
    assert run(data, "publish") == 0
    assert reader.cursor().execute(query).fetchall() == before
    reader.close()


def test_a_missing_part_is_named_and_refuses_until_the_operator_goes_on_without(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with ledger.opened(data) as book:
        [row] = book.execute(
            "SELECT path FROM parts JOIN files ON files.sha256 = file_sha256 WHERE name = 'p.parquet'"
        ).fetchall()
    source = parquet(tmp_path / "p.parquet", "payments", [payment(1), payment(2, amount_fils=5), payment(3, amount_fils=-1)])
    (data / row["path"]).unlink()
    garbage(data)
    capsys.readouterr()
    assert run(data, "rebuild") == 2
    assert f"{row['path']}: missing" in capsys.readouterr().err
    assert run(data, "rebuild", "--incomplete") == 1
    assert "payments/p.parquet counts no longer: ingest it again with --supersede" in capsys.readouterr().out
    assert any("p.parquet lost its rows" in note for note in verify(data).notes)
    assert [problem for problem in verify(data).problems if "left out as duplicates" not in problem] == []
    assert run(data, "rebuild") == 0  # what was given up stays so
    assert run(data, "ingest", "payments", source, "--supersede") == 0
    assert [note for note in verify(data).notes if "lost" in note] == []
    assert run(data, "rebuild") == 0
    assert verify(data).problems == ()


def receipt_of(data: Path, number: int) -> Path:
    [path] = (data / "receipts").glob(f"{number:08}-*.parquet")
    return path


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(path.read_bytes()[:-1])], ids=["missing", "cut"])
def test_a_lost_receipt_refuses_and_is_written_again_from_the_ledger(
    data: Path, capsys: pytest.CaptureFixture[str], spoil: Callable[[Path], object]
) -> None:
    before = said(data)
    for number in (2, 4, 5):
        spoil(receipt_of(data, number))
    assert len(verify(data).problems) == 3
    assert all("rebuild --receipts" in problem for problem in verify(data).problems)
    assert run(data, "rebuild") == 2
    assert "receipts/00000002-" in capsys.readouterr().err
    assert run(data, "rebuild", "--receipts") == 0
    assert capsys.readouterr().out == "2 receipts written from the ledger\n"  # number 2 was read again as number 3
    assert verify(data).problems == ()
    garbage(data)
    assert run(data, "rebuild") == 0
    assert said(data) == before


def test_receipts_are_not_made_from_a_damaged_ledger(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damaged(data)
    assert run(data, "rebuild", "--receipts") == 2
    assert "damaged" in capsys.readouterr().err


def test_going_on_without_the_last_receipt_gives_its_number_again(data: Path, tmp_path: Path) -> None:
    receipt_of(data, 5).unlink()
    garbage(data)
    assert run(data, "rebuild") == 2
    assert run(data, "rebuild", "--incomplete") == 1
    assert run(data, "publish") == 0
    assert verify(data).problems == ()
    assert run(data, "ingest", "payments", parquet(tmp_path / "z.parquet", "payments", [payment(77)])) == 0
    assert verify(data).problems == ()
    assert run(data, "rebuild") == 0


def test_an_ingest_cut_off_before_its_transaction_counts_whole_or_not_at_all(data: Path, tmp_path: Path) -> None:
    """Receipts beyond HEAD whose group is not whole never happened; a whole one counts, for its rows lie there."""
    before = said(data)
    path = receipt_of(data, 5)
    entry = pl.read_parquet_metadata(path)["entry"].replace('"seq": 5', '"seq": 6').replace('"together": 5', '"together": 7')
    pl.read_parquet(path).write_parquet(tmp_path / "r", metadata={"entry": entry})
    name = f"00000006-{'0' * 16}-{files.sha256(tmp_path / 'r')[:16]}.parquet"
    shutil.copyfile(tmp_path / "r", data / "receipts" / name)
    garbage(data)
    assert run(data, "rebuild") == 0
    assert said(data) == before


def test_there_is_nothing_to_rebuild_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "s", "rebuild") == 2
    assert "no store here" in capsys.readouterr().err
    (tmp_path / "s" / "receipts").mkdir(parents=True)
    fix(tmp_path / "s", Settings(), tmp_path)
    assert run(tmp_path / "s", "rebuild") == 2
    assert "no sound receipt in receipts/" in capsys.readouterr().err
    (tmp_path / "s" / "settings.toml").unlink()
    assert run(tmp_path / "s", "rebuild") == 2
    assert "settings.toml is missing" in capsys.readouterr().err


def test_a_rebuild_waits_until_nobody_has_the_ledger_open(data: Path) -> None:
    with ledger.opened(data) as book:
        worker = Thread(target=run, args=(data, "rebuild"))
        worker.start()
        worker.join(0.3)
        assert worker.is_alive()
        assert book.execute("SELECT count(*) FROM files").fetchone()[0] == 4
    worker.join(20)
    assert not worker.is_alive()
    assert verify(data).problems == ()
