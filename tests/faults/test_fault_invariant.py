"""The check that follows every fault test can fail: it is run on stores that are wrong by one, each in its own way."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from store.__main__ import main
from tests.support.fault_stores import stores, unsound
from tests.support.records import parquet, payment

ROOT = Path(__file__).resolve().parents[2]
Spoil = Callable[[Path], object]

FILES = """
from pathlib import Path
import pytest
from store.__main__ import main
from tests.support.records import parquet, payment

def one_file(folder, amount):
    path = parquet(folder / "p.parquet", "payments", [payment(1, amount_fils=amount)])
    assert main(["ingest", "payments", str(path), "--data", str(folder / "store")]) == 0
    return folder / "store" / "ledger.sqlite"

def test_sound(tmp_path):
    one_file(tmp_path, 5)

def test_damaged_and_not_marked(tmp_path):
    one_file(tmp_path, 5).unlink()

@pytest.mark.damaged("it has no ledger")
def test_damaged_and_marked(tmp_path):
    one_file(tmp_path, 5).unlink()

@pytest.mark.damaged("so it says")
def test_sound_and_marked(tmp_path):
    one_file(tmp_path, 5)
"""


def update(statement: str) -> Spoil:
    def spoil(data: Path) -> None:
        with closing(sqlite3.connect(data / "ledger.sqlite")) as book:
            book.execute("PRAGMA ignore_check_constraints = ON")
            book.execute(statement)
            book.commit()

    return spoil


def cut(data: Path) -> None:
    [part] = data.glob("files/payments/*/*.parquet")
    part.write_bytes(part.read_bytes()[:-1])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """One row accepted, one counted twice, one rejected; not published."""
    rows = [payment(1), payment(1), payment(2, amount_fils=-1)]
    path = parquet(tmp_path / "p.parquet", "payments", rows)
    assert main(["ingest", "payments", str(path), "--data", str(tmp_path / "store")]) == 0
    return tmp_path / "store"


@pytest.mark.damaged("a check that finds nothing here would be none")
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (update("UPDATE files SET rows_in = rows_in + 1"), "rows do not add up"),
        (update("UPDATE files SET fils_in = fils_in + 1"), "fils do not add up"),
        (
            update("UPDATE days SET fils_accepted = fils_accepted + 1 WHERE accepted > 0"),
            "fils_accepted of its days do not add up",
        ),
        (update("DELETE FROM rejects"), "1 rows rejected, 0 in quarantine"),
        (cut, "parquet: File out of specification"),
        (lambda data: (data / "ledger.sqlite").unlink(), "ledger.sqlite is missing"),
    ],
    ids=["row", "fils", "day", "reject", "part", "ledger"],
)
def test_fault_invariant_a_store_that_is_wrong_by_one_is_named(data: Path, spoil: Spoil, said: str) -> None:
    spoil(data)
    found = unsound(data.parent)
    assert [line for line in found if line.startswith("store: ") and said in line], found


def test_fault_invariant_every_store_is_found_but_none_inside_another(data: Path, tmp_path: Path) -> None:
    for name in ("deep/down/store", "store/staging/half"):
        assert main(["ingest", "payments", str(tmp_path / "p.parquet"), "--data", str(tmp_path / name)]) == 0
    assert stores(tmp_path) == [tmp_path / "deep/down/store", data]
    assert unsound(tmp_path) == []


def test_fault_invariant_is_looked_at_after_a_test_that_does_not_ask_for_it(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("from tests.faults.conftest import invariant\n")
    (tmp_path / "test_stores.py").write_text(FILES)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-c",
        str(ROOT / "pyproject.toml"),
        "--rootdir",
        str(ROOT),
        "-p",
        "no:cacheprovider",
    ]
    run = subprocess.run([*command, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False)
    failed = [line.partition("::")[2].partition(" ")[0] for line in run.stdout.splitlines() if line.startswith("ERROR ")]
    assert failed == ["test_damaged_and_not_marked", "test_sound_and_marked"], run.stdout + run.stderr
    assert "4 passed, 2 errors" in run.stdout
