"""Faults 1 to 6 and 23 in any order: a few random histories. `python -m tests.faults.fuzz --minutes 60` runs many."""

from tests.faults.fuzz_histories import Tally, run


def test_fault_01_random_histories_come_to_what_a_model_says() -> None:
    tally = Tally()
    for seed in range(2):
        assert run(seed, tally, kills=False, shorten=False, histories=2, steps=10) is None
    assert tally.counts["histories"] >= 4
    assert tally.counts["files"] >= 10
