"""What is held while a file is read does not grow with its rows: a file of any size fits into the memory of a child."""

import random
from datetime import timedelta
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from store import intake, read, repeats
from store.actions import Actions
from store.contract import SOURCES
from store.intake import Taken
from store.shelves import SHELF, Shelves
from store.staged import Job
from tests.support.records import NOON, parquet, payment

BATCH, HASHES, ROWS = 50, 100, 60


@pytest.mark.parametrize("row_group", [2_000, 200_000])
def test_a_parquet_reader_holds_a_batch_and_little_of_the_file(tmp_path: Path, row_group: int) -> None:
    """Counted by its allocator: of a file of many row groups, or of one, it has neither what lies behind nor what comes."""
    path, sign = tmp_path / "p.parquet", random.Random(1)
    noise = pa.table({f"c{i}": [sign.getrandbits(60) for _ in range(200_000)] for i in range(3)})
    pq.write_table(noise, path, row_group_size=row_group, data_page_size=1 << 14, use_dictionary=False)
    before = pa.total_allocated_bytes()
    held = [pa.total_allocated_bytes() - before for _ in read.parquet(path, path.name, batch=2_000)]
    assert len(held) == 100
    assert min(held) > 0
    assert max(held) < path.stat().st_size / 3


def test_row_groups_of_any_size_come_as_batches(tmp_path: Path) -> None:
    path = tmp_path / "p.parquet"
    for size in (1, 7, 30, 100):
        pl.DataFrame({"a": range(100)}).write_parquet(path, row_group_size=size)
        batches = [records.rows for records in read.parquet(path, path.name, batch=30)]
        assert pl.concat(batches)["a"].to_list() == [*range(100)]
        assert max(rows.height for rows in batches) <= 30


def twice(folder: Path, payments: int) -> Taken:
    """Payments in no order, each of them twice, taken in small batches."""
    events = [*range(1, payments + 1)] * 2
    random.Random(payments).shuffle(events)
    rows = [payment(event, occurred_at=NOON - timedelta(minutes=event)) for event in events]
    path = parquet(folder / f"{payments}.parquet", "payments", rows)
    aside = folder / f"aside-{payments}"
    aside.mkdir()
    return intake.take(Job(path, path.name, "0" * 64, SOURCES["payments"], None, Actions(), aside, "Asia/Dubai"))


def test_rows_that_repeat_each_other_are_told_apart_a_share_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every row is suspected here, and four times as many of them make the shares more, not larger."""
    monkeypatch.setattr(read.parquet, "__defaults__", (BATCH,))
    monkeypatch.setattr(repeats, "HASHES_AT_ONCE", HASHES)
    monkeypatch.setattr(repeats, "ROWS_AT_ONCE", ROWS)
    taken_out: list[int] = []
    take = Shelves.take

    def counted(shelves: Shelves, number: int) -> pl.DataFrame | None:
        rows = take(shelves, number)
        taken_out.append(0 if rows is None else rows.height)
        return rows

    monkeypatch.setattr(Shelves, "take", counted)
    most = {}
    for payments in (150, 600):
        taken_out.clear()
        taken = twice(tmp_path, payments)
        assert sum(candidate.rows for candidate in taken.candidates) == payments
        assert sum(count for _, count, _ in taken.duplicates) == payments
        assert sum(taken_out) > 2 * payments
        most[payments] = max(taken_out)
    assert max(most.values()) <= 2 * HASHES


def test_shelves_give_back_what_was_put_on_them_and_leave_nothing(tmp_path: Path) -> None:
    shelves = Shelves(tmp_path, "s", gather=3)
    for first in range(0, 10, 2):
        shelves.put(pl.DataFrame({"a": [first, first + 1], SHELF: [first % 4, 1]}))
    found = {number: shelves.take(number) for number in range(4)}
    assert {number: rows["a"].to_list() for number, rows in found.items() if rows is not None} == {
        0: [0, 4, 8],
        1: [1, 3, 5, 7, 9],
        2: [2, 6],
    }
    assert shelves.rows == 10
    assert shelves.take(1) is None
    assert not [*tmp_path.iterdir()]


def test_shelves_hold_few_rows_in_memory(tmp_path: Path) -> None:
    shelves = Shelves(tmp_path, "s", gather=3)
    for number in range(10):
        shelves.put(pl.DataFrame({"a": [number], SHELF: [0]}))
    written = sum(pl.read_ipc(path).height for path in tmp_path.iterdir())
    assert shelves.rows - written < 3
