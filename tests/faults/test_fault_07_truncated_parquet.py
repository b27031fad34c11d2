"""Fault 7: a Parquet file that was cut short, or is empty. It is refused as a whole, and nothing of it is visible."""

from pathlib import Path

import pytest

from store import sandbox
from store.__main__ import main
from tests.support.fuzz_bytes import cut_short
from tests.support.fuzz_invariant import broken, entries
from tests.support.records import parquet, payment, stored, take

OFFSETS = 50


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    return parquet(tmp_path / "p.parquet", "payments", [payment(n) for n in range(1, 21)])


def test_fault_07_a_file_cut_short_anywhere_cannot_be_read(tmp_path: Path, whole: Path) -> None:
    """Every length from nothing to one byte less than all, each read as ingest reads it."""
    size = whole.stat().st_size
    taken = sandbox.run(whole.name, sandbox.LIMITS, cut_short, whole, tmp_path / "aside", range(size))
    assert size > 2_000
    assert taken == []


def test_fault_07_a_file_cut_short_is_refused_and_nothing_of_it_is_visible(
    tmp_path: Path, whole: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, content = tmp_path / "store", whole.read_bytes()
    take(data, "payments", parquet(tmp_path / "before.parquet", "payments", [payment(99)]))
    before = entries(data)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    paths = []
    for number in range(OFFSETS):
        paths.append(inbox / f"{number}.parquet")
        paths[-1].write_bytes(content[: len(content) * number // OFFSETS])

    assert main(["ingest", "payments", *map(str, paths), "--data", str(data)]) == 2

    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert [line.partition(": no readable Parquet file")[0] for line in said] == [f"error: {path.name}" for path in paths]
    assert entries(data) == before
    assert stored(data, "payments")["event_id"].to_list() == [99]
    assert len([*(data / "files").rglob("*.parquet")]) == 1
    assert broken(data) == []


def test_fault_07_the_whole_file_is_taken_after_its_stump_was_refused(tmp_path: Path, whole: Path) -> None:
    data, content = tmp_path / "store", whole.read_bytes()
    whole.write_bytes(content[:-1])
    assert main(["ingest", "payments", str(whole), "--data", str(data)]) == 2
    whole.write_bytes(content)
    assert main(["ingest", "payments", str(whole), "--data", str(data)]) == 0
    assert len(stored(data, "payments")) == 20
    assert broken(data) == []
