"""Faults 7, 23 and 27 at random: files of a few spoiled bytes. `python -m tests.faults.fuzz --bytes --minutes 60` runs many."""

from pathlib import Path

from tests.support.fuzz_bytes import Spoiler

FILES = 50


def test_fault_07_spoiled_bytes_never_end_the_process_or_change_a_promised_total(tmp_path: Path) -> None:
    spoiler = Spoiler(tmp_path)
    found = [spoiler.trial(seed) for seed in range(FILES)]
    assert [each for each in found if each] == []
    kinds = {kind for _, kind in spoiler.tally}
    assert {"taken in", "refused", "refused by its control totals"} <= kinds, "the damage is too small or too large"
    assert sum(spoiler.tally.values()) == FILES
