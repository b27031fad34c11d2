"""Fault 14: several processes take in one file at once. One wins, the others find it in the store."""

from pathlib import Path

from tests.support.faults_run import Zygote
from tests.support.faults_scenes import problems, state
from tests.support.records import parquet, payment

PROCESSES = 4


def test_fault_14_of_several_ingests_of_one_file_at_once_one_wins(zygote: Zygote, tmp_path: Path, inbox: Path) -> None:
    path = parquet(inbox / "p.parquet", "payments", [payment(n) for n in range(1, 501)])
    for turn in range(3):
        data = tmp_path / f"store-{turn}"
        ended = zygote.crowd([[["ingest", "payments", str(path), "--data", str(data)]]] * PROCESSES)
        assert sorted(ended) == [
            *[(0, "p.parquet: already ingested, nothing to do\n")] * (PROCESSES - 1),
            (0, "p.parquet: payments, 500 rows in = 500 accepted + 0 duplicates + 0 rejected\n"),
        ]
        assert state(data).held == (1, 500, 500, 0, 0, 500 * 100_00, 500 * 100_00, 0, 0)
        assert problems(data) == ()


def test_fault_14_the_same_bytes_under_several_names_at_once(zygote: Zygote, tmp_path: Path, inbox: Path) -> None:
    paths = [parquet(inbox / f"{n}.parquet", "payments", [payment(1), payment(2)]) for n in range(PROCESSES)]
    ended = zygote.crowd([[["ingest", "payments", str(path), "--data", str(tmp_path / "store")]] for path in paths])
    assert [code for code, _ in ended] == [0] * PROCESSES
    assert sum("already ingested" in said for _, said in ended) == PROCESSES - 1
    assert state(tmp_path / "store").held == (1, 2, 2, 0, 0, 200_00, 200_00, 0, 0)
    assert problems(tmp_path / "store") == ()


def test_fault_14_two_corrections_of_one_file_at_once_leave_one(zygote: Zygote, tmp_path: Path, inbox: Path) -> None:
    """Two versions of a file at once: the one that came second stands, the other is superseded or refused, never both."""
    data = tmp_path / "store"
    first = parquet(inbox / "p.parquet", "payments", [payment(1)])
    assert zygote.crowd([[["ingest", "payments", str(first), "--data", str(data)]]])[0][0] == 0
    corrections = []
    for amount in (5, 7):
        (inbox / str(amount)).mkdir()
        path = parquet(inbox / str(amount) / "p.parquet", "payments", [payment(1, amount_fils=amount)])
        corrections.append([["ingest", "payments", str(path), "--supersede", "--data", str(data)]])
    ended = zygote.crowd(corrections)
    assert [code for code, _ in ended] == [0, 0], ended
    assert state(data).held in ((1, 1, 1, 0, 0, 5, 5, 0, 0), (1, 1, 1, 0, 0, 7, 7, 0, 0))
    assert problems(data) == ()
