"""Fault 17: old snapshots are cleaned up while one is read. It stays until released, and takes its disk space along then."""

from pathlib import Path

from store.snapshot import open_current, snapshot_file
from tests.support.faults_run import Zygote
from tests.support.records import parquet, payment


def test_fault_17_a_snapshot_being_read_stays_until_released(zygote: Zygote, tmp_path: Path, inbox: Path) -> None:
    data = tmp_path / "store"

    def take(event_id: int) -> None:
        path = parquet(inbox / f"{event_id}.parquet", "payments", [payment(event_id)])
        ended = zygote.crowd([[["ingest", "payments", str(path), "--data", str(data)], ["publish", "--data", str(data)]]])
        assert [code for code, _ in ended] == [0], ended

    take(1)
    reader = open_current(data)
    file = snapshot_file(data, reader.version)
    query = "SELECT sum(records), sum(gross_fils) FROM payments"
    for event_id in (2, 3, 4):
        take(event_id)
        assert reader.cursor().execute(query).fetchall() == [(1, 100_00)]
        assert reader.cursor().execute("SELECT name FROM files").fetchall() == [("1.parquet",)]
    assert not file.exists()
    assert len([*data.glob("serve-*.duckdb")]) == 2
    assert _open_here(file)
    reader.close()
    assert not _open_here(file)


def _open_here(file: Path) -> bool:
    """Whether this process still holds the file, by whatever name."""
    links = [*Path("/proc/self/fd").iterdir()]
    return any(str(link.readlink()).startswith(str(file)) for link in links if link.is_symlink())
