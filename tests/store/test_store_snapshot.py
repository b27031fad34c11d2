"""A snapshot is read-only, locked down, and belongs to whoever opened it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from store.errors import NoSnapshotError, OldSnapshotError
from store.publish import publish
from store.snapshot import POINTER, current_version, open_current, snapshot_file
from tests.support.deliveries import deliver


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("snapshot") / "store"
    deliver(data, "payments", [{"event_id": 1}, {"event_id": 2, "department": "dewa"}])
    publish(data)
    return data


def test_a_store_without_a_snapshot_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoSnapshotError, match="nothing published yet; run `python -m store publish"):
        open_current(tmp_path)


def test_a_pointer_to_nowhere_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / POINTER).write_text("20120101T000000-00000000\n")
    with pytest.raises(NoSnapshotError, match=r"serve-20120101T000000-00000000\.duckdb is missing; run"):
        open_current(tmp_path)


def test_a_snapshot_of_another_version_says_what_to_do_and_publishing_replaces_it(tmp_path: Path) -> None:
    data = tmp_path / "store"
    deliver(data, "payments", [{"event_id": 1}])
    publish(data)
    old = current_version(data)
    with duckdb.connect(str(snapshot_file(data, old))) as connection:
        connection.execute("DROP TABLE waves; UPDATE meta SET value = 'older' WHERE key = 'layout'")
    with pytest.raises(OldSnapshotError, match=rf"{old}\.duckdb: published by another version; run `python -m store publish"):
        open_current(data)
    assert publish(data).startswith("published ")
    snapshot = open_current(data)
    assert snapshot.version > old
    assert snapshot.cursor().execute("SELECT count(*) FROM waves").fetchall() == [(0,)]
    snapshot.close()


def test_a_damaged_snapshot_says_what_to_do_and_publishing_replaces_it(tmp_path: Path) -> None:
    data = tmp_path / "store"
    deliver(data, "payments", [{"event_id": 1}])
    publish(data)
    snapshot_file(data, current_version(data)).write_bytes(b"no database")
    with pytest.raises(OldSnapshotError, match=r"cannot be read .*; run `python -m store publish"):
        open_current(data)
    assert publish(data).startswith("published ")
    open_current(data).close()


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("DELETE FROM payments", id="write"),
        pytest.param("CREATE TABLE mine (a INTEGER)", id="create"),
        pytest.param("SELECT * FROM read_text('/etc/hostname')", id="read a file"),
        pytest.param("COPY payments TO '/tmp/leak.csv'", id="write a file"),
        pytest.param("ATTACH '/tmp/other.duckdb'", id="attach"),
        pytest.param("LOAD httpfs", id="load"),
        pytest.param("SET memory_limit = '64GB'", id="set"),
        pytest.param("SET enable_external_access = true", id="unlock"),
    ],
)
def test_only_reading_its_own_tables_is_possible(data: Path, sql: str) -> None:
    snapshot = open_current(data)
    with pytest.raises(duckdb.Error):
        snapshot.cursor().execute(sql)
    assert snapshot.cursor().execute("SELECT count(*) FROM payments").fetchall() == [(2,)]
    snapshot.close()


def test_threads_read_through_cursors_of_their_own(data: Path) -> None:
    snapshot = open_current(data)
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda _: snapshot.cursor().execute("SELECT sum(settled) FROM payments").fetchall(), range(64))
        assert {tuple(rows) for rows in found} == {((2,),)}
    snapshot.close()


def test_closing_one_snapshot_leaves_another_of_the_same_version_open(data: Path) -> None:
    one, two = open_current(data), open_current(data)
    one.close()
    assert two.cursor().execute("SELECT count(*) FROM payments").fetchall() == [(2,)]
    two.close()


def test_an_open_snapshot_stays_what_it_is_when_a_new_one_is_published(tmp_path: Path) -> None:
    data = tmp_path / "store"
    deliver(data, "payments", [{"event_id": 1}])
    publish(data)
    old = open_current(data)
    deliver(data, "payments", [{"event_id": 2}], name="second")
    publish(data)
    new = open_current(data)
    assert old.version != new.version == current_version(data)
    counts = [s.cursor().execute("SELECT sum(settled) FROM payments").fetchall() for s in (old, new)]
    assert counts == [[(1,)], [(2,)]]
    old.close()
    new.close()
