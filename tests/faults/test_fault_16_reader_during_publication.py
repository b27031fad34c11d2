"""Fault 16: a snapshot is published while a page reads. All of its queries run on one snapshot."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

from store.snapshot import Snapshot, open_current
from tests.support.faults_run import Zygote
from tests.support.faults_scenes import state
from tests.support.records import parquet, payment

TURNS = 5
QUERIES = (
    "SELECT sum(records) FROM payments",
    "SELECT accepted FROM coverage WHERE source = 'payments'",
    "SELECT sum(rows) FROM coverage_days",
    "SELECT sum(rows_mart) FROM reconciliation",
    "SELECT count(*) FROM files",
    "SELECT sum(gross_fils) // 10000 FROM payments",
)
"""Each counts the payments in its own way: one per file, 100.00 each."""


def page(snapshot: Snapshot) -> set[int]:
    """The distinct answers of a page, each query on a cursor of its own."""
    return {int(snapshot.cursor().execute(query).fetchall()[0][0]) for query in QUERIES}


def read_until(ended: Event, data: Path, seen: list[int], mixed: list[set[int]]) -> None:
    """Open what is current, ask it everything twice over, and close it, again and again; at least once."""
    last_turn = False
    while not last_turn:
        last_turn = ended.is_set()
        snapshot = open_current(data)
        answers = page(snapshot) | page(snapshot)
        if len(answers) == 1:
            seen += answers
        else:
            mixed.append(answers)
        snapshot.close()


def test_fault_16_readers_keep_one_snapshot_while_files_come_in_snapshots_are_published_and_cleaned(
    zygote: Zygote, tmp_path: Path, inbox: Path
) -> None:
    """Three processes take in files, two of them the same ones; one publishes and one vacuums again and again; two read."""
    data = tmp_path / "store"
    paths = [parquet(inbox / f"{n}.parquet", "payments", [payment(n)]) for n in range(1, 10)]
    ingest = [["ingest", "payments", str(path), "--data", str(data)] for path in paths]
    publish, vacuum = (["publish", "--data", str(data)], ["vacuum", "--data", str(data), "--keep-days", "0"])
    assert zygote.crowd([[ingest[0], publish]])[0][0] == 0
    over, seen, mixed = Event(), [[], []], list[set[int]]()
    with ThreadPoolExecutor(len(seen)) as pool:
        readers = [pool.submit(read_until, over, data, one, mixed) for one in seen]
        try:
            ended = zygote.crowd([ingest[1:5], ingest[1:5], ingest[5:], [publish] * 5, [vacuum] * 4])
        finally:
            over.set()
    failed = [reader.exception() for reader in readers]

    assert failed == [None] * len(seen), "a reader found no snapshot, or lost the one it had"
    assert [code for code, _ in ended] == [0] * 5, ended
    assert sum(said.count("already ingested") for _, said in ended[:2]) == len(ingest[1:5]), "of one file twice, one wins"
    assert mixed == []
    for one in seen:
        assert one == sorted(one), "a reader went back to an older snapshot"
    assert len({*seen[0], *seen[1]}) > 1, "nothing was published while they read"
    assert zygote.crowd([[publish]])[0][0] == 0
    last = open_current(data)
    assert page(last) == {len(paths)}
    last.close()
    assert state(data).held == (9, 9, 9, 0, 0, 900_00, 900_00, 0, 0)


def test_fault_16_all_queries_of_a_page_run_on_one_snapshot(zygote: Zygote, tmp_path: Path, inbox: Path) -> None:
    data = tmp_path / "store"
    paths = [parquet(inbox / f"{n}.parquet", "payments", [payment(n)]) for n in range(1, TURNS + 2)]
    runs = [[["ingest", "payments", str(path), "--data", str(data)], ["publish", "--data", str(data)]] for path in paths]
    assert zygote.crowd(runs[:1])[0][0] == 0
    ended: list[tuple[int, str]] = []
    publisher = Thread(target=lambda: ended.extend(zygote.crowd([[command for run in runs[1:] for command in run]])))

    publisher.start()
    held = open_current(data)
    mixed: list[tuple[str, set[int]]] = []
    seen: list[int] = []
    while publisher.is_alive():
        snapshot = open_current(data)
        if len(answers := page(snapshot)) != 1:
            mixed.append((snapshot.version, answers))
        seen += answers
        snapshot.close()
    publisher.join()

    assert [code for code, _ in ended] == [0], ended
    assert mixed == []
    assert seen == sorted(seen)
    assert len(set(seen)) > 1, "nothing was published while the page was read"
    assert page(held) == {1}
    held.close()
    last = open_current(data)
    assert page(last) == {TURNS + 1}
    last.close()
