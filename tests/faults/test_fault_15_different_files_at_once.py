"""Fault 15: several processes take in different files at once, others publish meanwhile. All land, and the totals are exact."""

from pathlib import Path

from tests.support.faults_run import Zygote
from tests.support.faults_scenes import problems, state
from tests.support.records import parquet, payment, stored

PROCESSES, FILES, ROWS, SHARED = 4, 3, 40, 10


def test_fault_15_ingests_of_different_files_at_once_all_land(zygote: Zygote, tmp_path: Path, inbox: Path) -> None:
    """Each file repeats SHARED rows of the one before, so what is a duplicate depends on the order, and the totals do not."""
    data, runs = tmp_path / "store", []
    for process in range(PROCESSES):
        paths = []
        for file in range(process * FILES, (process + 1) * FILES):
            ids = range(1 + file * ROWS, 1 + (file + 1) * ROWS + SHARED)
            rows = [payment(n, amount_fils=n) for n in ids]
            paths.append(parquet(inbox / f"{file}.parquet", "payments", rows))
        runs.append([["ingest", "payments", str(path), "--data", str(data)] for path in paths])

    ended = zygote.crowd(runs)

    assert [code for code, _ in ended] == [0] * PROCESSES, ended
    files, distinct = PROCESSES * FILES, PROCESSES * FILES * ROWS + SHARED
    repeated = [n for file in range(1, files) for n in range(1 + file * ROWS, 1 + file * ROWS + SHARED)]
    fils = distinct * (distinct + 1) // 2
    held = (files, files * (ROWS + SHARED), distinct, len(repeated), 0, fils + sum(repeated), fils, sum(repeated), 0)
    assert state(data).held == held
    assert stored(data, "payments")["event_id"].to_list() == list(range(1, distinct + 1))
    assert problems(data) == ()
    assert zygote.crowd([[["publish", "--data", str(data)]]])[0][0] == 0
    assert state(data).shown[:2] == (distinct, fils)  # type: ignore[index]  # published


def test_fault_15_publishing_while_files_come_in(zygote: Zygote, tmp_path: Path, inbox: Path) -> None:
    data = tmp_path / "store"
    paths = [parquet(inbox / f"{n}.parquet", "payments", [payment(n)]) for n in range(1, 7)]
    ingest = [["ingest", "payments", str(path), "--data", str(data)] for path in paths]
    assert zygote.crowd([ingest[:1]])[0][0] == 0
    publish = [["publish", "--data", str(data)]] * 2

    ended = zygote.crowd([ingest[1:3], ingest[3:], publish, publish])

    assert [code for code, _ in ended] == [0] * 4, ended
    assert problems(data) == ()
    zygote.crowd([publish[:1]])
    assert (state(data).held[:3], state(data).shown[:2]) == ((6, 6, 6), (6, 600_00))  # type: ignore[index]  # published
