"""Fault 1: the same file twice. Nothing is done, and it says so."""

from pathlib import Path

import pytest

from store.__main__ import main
from tests.support.fuzz_invariant import broken, entries
from tests.support.fuzz_rows import fils, text
from tests.support.records import csv, parquet, payment


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_fault_01_the_same_file_twice_is_ingested_once(tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    data, path = tmp_path / "store", tmp_path / f"p.{kind}"
    if kind == "csv":
        csv(path, [text(1), text(2, amount_fils=-1)])
    else:
        parquet(path, "payments", [payment(1), payment(2, amount_fils=-1)])
    command = ["ingest", "payments", str(path), "--data", str(data)]

    assert main(command) == 0
    before = entries(data)
    capsys.readouterr()
    assert main(command) == 0
    assert capsys.readouterr().out == f"p.{kind}: already ingested, nothing to do\n"

    assert entries(data) == before
    assert fils(data) == (99_99, 100_00, 0, -1)
    assert broken(data) == []
