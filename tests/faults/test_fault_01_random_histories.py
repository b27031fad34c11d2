"""Faults 1 to 6 and 23 in any order: a few random histories. `python -m tests.faults.fuzz --minutes 60` runs many."""

from tests.faults.fuzz_histories import Histories, Tally, run
from tests.support.fuzz_file import Row


def test_fault_01_random_histories_come_to_what_a_model_says() -> None:
    tally = Tally()
    for seed in range(2):
        assert run(seed, tally, kills=False, shorten=False, histories=2, steps=10) is None
    assert tally.counts["histories"] >= 4
    assert tally.counts["files"] >= 10


def test_fault_01_a_history_goes_on_where_nothing_is_open_any_more_to_be_exported() -> None:
    history = Histories()
    try:
        history.deliver("c", "parquet", (Row(7, "amount"), Row(7, "good")), None, supersede=False, unreconciled=False)
        for late in (-1, -2):
            history.correct(late, "fix.csv", ["twice"], None, supersede=True)
            history.the_ledger_says_what_the_model_says()
        assert history.model.open() == []
        assert [len(rows) for rows in history.exports] == [1]
    finally:
        history.teardown()
