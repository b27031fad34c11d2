"""Fault 6: a file comes 40 days late. Its days are rolled up again, and only the months it touches are.

That readers are told of the revision (was, is, since) is tested with the revision mark.
"""

from datetime import date, timedelta
from pathlib import Path

import pytest

from metrics import Window, query
from store import ledger
from store.publish import publish
from store.snapshot import open_current
from tests.support.fuzz_invariant import EVERYTHING, broken
from tests.support.records import NOON, parquet, payment, take

LATE = NOON - timedelta(days=40)
WINDOW = Window(date(2012, 8, 1), date(2012, 9, 30))


def collected(data: Path) -> dict[str, float]:
    snapshot = open_current(data)
    try:
        rows = query("collected_amount", WINDOW, snapshot=snapshot, scope=EVERYTHING, by=("day",)).rows
        return {row.key("day"): row.value for row in rows if row.value is not None}
    finally:
        snapshot.close()


def inputs(data: Path) -> dict[tuple[str, str], str]:
    with ledger.opened(data) as book:
        return {(row["mart"], row["month"]): row["inputs"] for row in book.execute("SELECT * FROM rollups")}


@pytest.mark.parametrize("corrects", [False, True])
def test_fault_06_a_file_forty_days_late_rolls_its_days_up_again(tmp_path: Path, corrects: bool) -> None:
    """Late as a further file, and late as a correction of the one that brought the old days."""
    data = tmp_path / "store"
    july = NOON - timedelta(days=70)
    old = [payment(1, occurred_at=LATE)]
    take(data, "payments", parquet(tmp_path / "old.parquet", "payments", old))
    take(data, "payments", parquet(tmp_path / "now.parquet", "payments", [payment(2), payment(3, occurred_at=july)]))
    publish(data)
    before = inputs(data)
    assert collected(data) == {"2012-08-21": 100_00, "2012-09-30": 100_00}

    late = [payment(4, occurred_at=LATE, amount_fils=5), payment(5, occurred_at=LATE + timedelta(days=1), amount_fils=7)]
    if corrects:
        take(data, "payments", parquet(tmp_path / "old.parquet", "payments", [*old, *late]), supersede=True)
    else:
        take(data, "payments", parquet(tmp_path / "late.parquet", "payments", late))
    publish(data)

    assert collected(data) == {"2012-08-21": 100_05, "2012-08-22": 7, "2012-09-30": 100_00}
    after = inputs(data)
    changed = {month for (mart, month), made in after.items() if before.get((mart, month)) != made}
    assert changed == {"2012-08"}
    assert broken(data) == []
