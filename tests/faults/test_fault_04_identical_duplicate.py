"""Fault 4: a transaction comes again, identical. It counts once."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.fuzz_invariant import broken
from tests.support.fuzz_rows import counts, fils, text
from tests.support.records import NOON, csv, parquet, payment, stored, take


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_fault_04_an_identical_row_counts_once_in_one_file_and_across_files(tmp_path: Path, kind: str) -> None:
    data, tomorrow = tmp_path / "store", NOON + timedelta(days=1)

    def deliver(name: str, *ids: int) -> Path:
        path = tmp_path / f"{name}.{kind}"
        when = {3: tomorrow}
        if kind == "csv":
            return csv(path, [text(n, occurred_at=when.get(n, NOON)) for n in ids])
        return parquet(path, "payments", [payment(n, occurred_at=when.get(n, NOON)) for n in ids])

    assert counts(take(data, "payments", deliver("a", 1, 2, 1, 1))) == (4, 2, 2, 0)
    assert counts(take(data, "payments", deliver("b", 2, 3, 3))) == (3, 1, 2, 0)
    assert counts(take(data, "payments", deliver("c", 1, 2, 3))) == (3, 0, 3, 0)

    assert stored(data, "payments")["event_id"].to_list() == [1, 2, 3]
    assert fils(data) == (1000_00, 300_00, 700_00, 0)
    assert broken(data) == []


def test_fault_04_the_same_row_as_parquet_and_as_csv_is_one(tmp_path: Path) -> None:
    data = tmp_path / "store"
    take(data, "payments", parquet(tmp_path / "p.parquet", "payments", [payment(1)]))
    assert counts(take(data, "payments", csv(tmp_path / "p.csv", [text(1)]))) == (1, 0, 1, 0)
    local = text(1, occurred_at="2012-09-30T16:00:00+04:00", received_at="2012-09-30 12:00:02Z")
    assert counts(take(data, "payments", csv(tmp_path / "q.csv", [local]))) == (1, 0, 1, 0)
    assert fils(data) == (300_00, 100_00, 200_00, 0)
    assert broken(data) == []
