"""Fault 2: the same bytes under a new name. Nothing is done, and it says under which name they came before."""

from pathlib import Path

import pytest

from store.__main__ import main
from tests.support.fuzz_invariant import broken, entries
from tests.support.fuzz_rows import fils
from tests.support.records import parquet, payment


@pytest.mark.parametrize("options", [[], ["--supersede"]])
def test_fault_02_the_same_bytes_under_a_new_name_are_ingested_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    data = tmp_path / "store"
    first = parquet(tmp_path / "p.parquet", "payments", [payment(1), payment(2)])
    other = tmp_path / "other"
    other.mkdir()
    second = other / "q.parquet"
    second.write_bytes(first.read_bytes())

    assert main(["ingest", "payments", str(first), "--data", str(data)]) == 0
    before = entries(data)
    capsys.readouterr()
    assert main(["ingest", "payments", str(second), "--data", str(data), *options]) == 0
    assert capsys.readouterr().out == "q.parquet: already ingested as p.parquet, nothing to do\n"

    assert entries(data) == before
    assert fils(data) == (200_00, 200_00, 0, 0)
    assert broken(data) == []
