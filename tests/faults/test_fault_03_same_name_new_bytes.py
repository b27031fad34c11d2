"""Fault 3: the same name with new bytes. It takes an explicit supersede, and the version before is kept."""

from pathlib import Path

import polars as pl
import pytest

from store import ledger
from store.__main__ import main
from tests.support.fuzz_invariant import broken, entries
from tests.support.fuzz_rows import fils
from tests.support.records import parquet, payment, stored


def test_fault_03_new_bytes_under_a_known_name_need_supersede(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "store"
    path = parquet(tmp_path / "p.parquet", "payments", [payment(1), payment(2)])
    command = ["ingest", "payments", str(path), "--data", str(data)]
    assert main(command) == 0
    parquet(path, "payments", [payment(1, amount_fils=7), payment(3)])
    capsys.readouterr()

    assert main(command) == 2
    assert "holds other bytes under this name; if this file corrects them add --supersede" in capsys.readouterr().err
    assert stored(data, "payments")["event_id"].to_list() == [1, 2]
    assert broken(data) == []

    assert main([*command, "--supersede"]) == 0
    assert "in place of p.parquet" in capsys.readouterr().out
    assert stored(data, "payments").select("event_id", "amount_fils").rows() == [(1, 7), (3, 100_00)]
    assert fils(data) == (100_07, 100_07, 0, 0)
    assert broken(data) == []


def test_fault_03_the_version_before_is_kept_with_all_its_rows(tmp_path: Path) -> None:
    data = tmp_path / "store"
    path = parquet(tmp_path / "p.parquet", "payments", [payment(1), payment(2)])
    command = ["ingest", "payments", str(path), "--data", str(data)]
    assert main(command) == 0
    parquet(path, "payments", [payment(3)])
    assert main([*command, "--supersede"]) == 0

    old, new = entries(data)
    assert [(e["state"], e["rows_in"], e["fils_in"]) for e in (old, new)] == [("superseded", 2, 200_00), ("live", 1, 100_00)]
    assert old["superseded_by"] == new["sha256"]
    with ledger.opened(data) as book:
        [part] = book.execute("SELECT path FROM parts WHERE file_sha256 = ?", (old["sha256"],)).fetchall()
    assert pl.read_parquet(data / part["path"], hive_partitioning=False)["event_id"].to_list() == [1, 2]
    assert broken(data) == []


def test_fault_03_of_two_versions_the_one_that_came_last_stands_whatever_the_names(tmp_path: Path) -> None:
    """A correction of a correction, and back to the first again."""
    data, path = tmp_path / "store", tmp_path / "p.parquet"
    versions = []
    for amount in (1, 2):
        parquet(path, "payments", [payment(1, amount_fils=amount)])
        versions.append(path.read_bytes())
    for content, amount in zip([*versions, versions[0]], (1, 2, 1), strict=True):
        path.write_bytes(content)
        assert main(["ingest", "payments", str(path), "--supersede", "--data", str(data)]) == 0
        assert stored(data, "payments")["amount_fils"].to_list() == [amount]
        assert broken(data) == []
