"""Fault 5: one transaction with two amounts. Both go to quarantine; across files the stored one stays and the new one goes."""

from pathlib import Path

import pytest

from store.__main__ import main
from store.check import CONFLICT
from tests.support.fuzz_invariant import broken
from tests.support.fuzz_rows import counts, fils, rejects, text
from tests.support.records import csv, parquet, payment, stored, take


def test_fault_05_two_amounts_of_one_transaction_are_both_quarantined(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "store"
    path = csv(tmp_path / "p.csv", [text(1), text(2), text(1, amount_fils=100_01)])

    assert main(["ingest", "payments", str(path), "--data", str(data)]) == 0
    assert "3 rows in = 1 accepted + 0 duplicates + 2 rejected" in capsys.readouterr().out

    assert rejects(data) == [(2, "", CONFLICT), (4, "", CONFLICT)]
    assert stored(data, "payments")["event_id"].to_list() == [2]
    assert fils(data) == (300_01, 100_00, 0, 200_01)
    assert main(["status", "--data", str(data)]) == 0
    assert "rejected rows are in quarantine, 2 in all" in capsys.readouterr().out
    assert broken(data) == []


def test_fault_05_copies_of_a_contradicted_row_are_no_better(tmp_path: Path) -> None:
    data = tmp_path / "store"
    rows = [payment(1), payment(1), payment(1, amount_fils=1), payment(2)]
    assert counts(take(data, "payments", parquet(tmp_path / "p.parquet", "payments", rows))) == (4, 1, 0, 3)
    assert fils(data) == (300_01, 100_00, 0, 200_01)
    assert broken(data) == []


def test_fault_05_a_later_file_does_not_change_a_stored_amount(tmp_path: Path) -> None:
    data = tmp_path / "store"
    take(data, "payments", parquet(tmp_path / "a.parquet", "payments", [payment(1)]))
    later = take(data, "payments", parquet(tmp_path / "b.parquet", "payments", [payment(1, amount_fils=1), payment(2)]))
    assert counts(later) == (2, 1, 0, 1)
    assert rejects(data) == [(1, "", CONFLICT)]
    assert stored(data, "payments").select("event_id", "amount_fils").rows() == [(1, 100_00), (2, 100_00)]
    assert fils(data) == (200_01, 200_00, 0, 1)
    assert broken(data) == []
