"""Fault 6: a file comes 40 days late. Its days are rolled up again, only the months it touches are, and readers are told of it:
what was, what is, since when and by which file.
"""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

import metrics
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


def told(data: Path) -> tuple[list[tuple[object, ...]], tuple[str, ...], tuple[str, ...]]:
    """Was and is of each revised day, the notes of the KPI over it, and the days a chart marks."""
    snapshot = open_current(data)
    try:
        lines = metrics.revisions(snapshot, EVERYTHING)
        answer = query("collected_amount", WINDOW, snapshot=snapshot, scope=EVERYTHING, by=("day",))
        columns = ("period_start", "was_rows", "rows", "was_fils", "fils", "files")
        since = datetime.fromisoformat(metrics.meta(snapshot)["published_at"]).replace(tzinfo=None)
        assert {*lines["revised_at"]} == {since}
        assert {*lines["version"]} == {snapshot.version}
        return lines.select(columns).sort("period_start").rows(), answer.notes, answer.revised
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
    name = "old.parquet" if corrects else "late.parquet"
    first, second = date(2012, 8, 21), date(2012, 8, 22)
    revised, notes, marked = told(data)
    assert revised == [(first, 1, 2, 100_00, 100_05, name), (second, None, 1, None, 7, name)]
    assert [str(note).partition(", since ")[0] for note in notes] == [
        "payments: revised since it was published, 2012-08-21 to 2012-08-22."
        " Over all services and channels the amount of these days was 10000 fils, is 10012 fils"
    ]
    assert f"({name})" in str(notes[0])
    assert marked == ("2012-08-21", "2012-08-22")
    changed = {month for (mart, month), made in after.items() if before.get((mart, month)) != made}
    assert changed == {"2012-08"}
    assert broken(data) == []
