"""Fault 8: a bit is flipped after the commit. `verify` names what is damaged, or the damage makes no difference; what can be made
again is made again by `publish` and `rebuild`.

Bits are flipped at offsets spread over each file, its first and last bytes included; the state of the store is compared as sums.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from store.__main__ import main
from store.errors import StoreError
from store.snapshot import current_version
from store.verify import verify
from tests.support.faults_scenes import state
from tests.support.records import department, parquet, payment

OFFSETS = 12


@pytest.fixture(scope="module")
def data(shared: Path) -> Path:
    """A published store with rejects, a duplicate and a superseded file."""
    data = shared / "store"
    rows = [payment(1), payment(2, amount_fils=5), payment(1), payment(3, amount_fils=-1)]
    for source, name, content in (
        ("departments", "d.parquet", [department("dewa")]),
        ("payments", "p.parquet", rows),
        ("payments", "q.parquet", [payment(7)]),
        ("payments", "q.parquet", [payment(8), payment(1)]),
    ):
        path = parquet(shared / name, source, content)
        assert main(["ingest", source, str(path), "--supersede", "--data", str(data)]) == 0
    assert main(["publish", "--data", str(data)]) == 0
    assert verify(data).problems == ()
    return data


@contextmanager
def flipped(path: Path, offset: int, bit: int) -> Iterator[None]:
    """The file with one bit flipped, and as it was afterwards, its log included."""
    before = path.read_bytes()
    content = bytearray(before)
    content[offset] ^= 1 << bit
    path.write_bytes(content)
    try:
        yield
    finally:
        path.parent.mkdir(parents=True, exist_ok=True)
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        path.write_bytes(before)


def offsets(path: Path, count: int = OFFSETS) -> list[int]:
    size = path.stat().st_size
    return sorted({min(size - 1, number * size // count + number % 7) for number in range(count)} | {size - 1})


def said(data: Path) -> str:
    """All that `verify` says is wrong, whether it reports or refuses."""
    try:
        return "\n".join(verify(data).problems)
    except StoreError as error:
        return str(error)


@pytest.mark.parametrize("where", ["files/*/*/*.parquet", "receipts/*.parquet", "rollup/*/*.parquet"])
def test_fault_08_a_flipped_bit_in_a_hashed_file_is_always_named(data: Path, where: str) -> None:
    for number, path in enumerate(sorted(data.glob(where))[:4]):
        for offset in offsets(path, 3):
            with flipped(path, offset, (offset + number) % 8):
                problems = said(data)
            assert path.name in problems, (path.name, offset)
    assert said(data) == ""


def test_fault_08_a_flipped_bit_in_the_snapshot_is_named_and_publishing_replaces_it(data: Path, tmp_path: Path) -> None:
    path = data / f"serve-{current_version(data)}.duckdb"
    for offset in offsets(path):
        with flipped(path, offset, offset % 8):
            assert path.name in said(data), offset
    copy = Path(shutil.copytree(data, tmp_path / "store"))
    damaged, before = copy / path.name, current_version(copy)
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 4
    damaged.write_bytes(content)
    assert main(["publish", "--data", str(copy)]) == 0
    assert current_version(copy) > before
    assert said(copy) == ""
    assert state(copy) == state(data)


def test_fault_08_a_damaged_unit_is_made_again_when_it_is_wanted(data: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(data, tmp_path / "store"))
    for unit in (copy / "rollup").rglob("*.parquet"):
        unit.write_bytes(unit.read_bytes()[:-1] + b"?")
    assert "rollup/payments/" in said(copy)
    assert main(["publish", "--data", str(copy)]) == 0
    assert said(copy) == ""
    assert main(["ingest", "payments", str(parquet(tmp_path / "n.parquet", "payments", [payment(50)])), "--data", str(copy)]) == 0
    assert main(["publish", "--data", str(copy)]) == 0
    assert said(copy) == ""


def test_fault_08_a_flipped_bit_in_the_ledger_is_named_or_makes_no_difference(data: Path) -> None:
    before, named = state(data), 0
    path = data / "ledger.sqlite"
    for offset in offsets(path, 40):
        with flipped(path, offset, offset % 8):
            problems = said(data)
            assert not problems or "ledger.sqlite" in problems or "rollup/" in problems or "serve-" in problems, problems
            named += bool(problems)
            if not problems:
                assert state(data) == before, offset
    assert named > 0
    assert said(data) == ""


WORDS = (b"p.parquet", b"2012-09-30", b"sign_follows_status", b"superseded", b"dewa", b"SQLite format 3")


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.decode().replace(" ", "_"))
def test_fault_08_a_flipped_bit_in_what_the_ledger_says_is_named_and_rebuilding_mends_it(
    data: Path, tmp_path: Path, word: bytes
) -> None:
    """No check of SQLite finds another letter in a text: only the receipts tell."""
    copy = Path(shutil.copytree(data, tmp_path / "store"))
    content = (copy / "ledger.sqlite").read_bytes()
    at = content.index(word)
    (copy / "ledger.sqlite").write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    assert "ledger.sqlite" in said(copy)
    assert main(["rebuild", "--data", str(copy)]) == 0
    assert said(copy) == ""
    assert state(copy) == state(data)


def _head(data: Path) -> Path:
    return data / "HEAD"


def _pointer(data: Path) -> Path:
    return data / "CURRENT"


def _settings(data: Path) -> Path:
    return data / "settings.toml"


@pytest.mark.parametrize("which", [_head, _pointer, _settings])
def test_fault_08_a_flipped_bit_in_a_small_file_is_said_in_one_line_and_never_a_traceback(
    data: Path, which: Callable[[Path], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = which(data)
    for offset in range(0, path.stat().st_size, 1 + path.stat().st_size // 20):
        with flipped(path, offset, offset % 8):
            for command in ("verify", "status"):
                assert main([command, "--data", str(data)]) in (0, 1, 2)
                errors = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("100%")]
                assert len(errors) <= 1, errors
    assert said(data) == ""


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("files", "source", b"dEpartments"),
        ("files", "name", b"\xc7.parquet"),
        ("files", "ingested_at", b"2O26"),
        ("days", "day", b"2012-09-99"),
        ("parts", "source", b"p\xf1yments"),
        ("snapshots", "version", b"2O1"),
    ],
)
def test_fault_08_texts_of_the_ledger_that_cannot_be_are_one_line_in_every_command_and_rebuilding_mends_them(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], table: str, column: str, value: bytes
) -> None:
    copy = Path(shutil.copytree(data, tmp_path / "store"))
    with closing(sqlite3.connect(copy / "ledger.sqlite")) as book:
        book.execute(f"UPDATE {table} SET {column} = CAST(? AS TEXT) WHERE rowid = 1", (value,))
        book.commit()
    for command in ("verify", "status", "quarantine", "publish"):
        assert main([command, "--data", str(copy)]) in (0, 1, 2)
        errors = [line for line in capsys.readouterr().err.splitlines() if "error" in line]
        assert len(errors) <= 1, errors
    assert "ledger.sqlite" in said(copy) or table == "snapshots"
    assert main(["rebuild", "--data", str(copy)]) == 0
    assert said(copy) == ""
