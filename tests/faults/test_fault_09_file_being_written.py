"""Fault 9: a file is still being written. It waits for a stable size, or for its sender's mark that it is whole."""

from pathlib import Path

import pytest

from store.watch import Rules, Watch
from tests.support.faults_scenes import problems, state
from tests.support.records import parquet, payment


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "in" / "payments").mkdir(parents=True)
    return tmp_path / "in"


def whole(tmp_path: Path) -> bytes:
    return parquet(tmp_path / "whole.parquet", "payments", [payment(n) for n in range(1, 101)]).read_bytes()


def held(tmp_path: Path) -> tuple[int, ...]:
    return state(tmp_path / "store").held[:3]


def test_fault_09_a_file_that_grows_waits_until_it_stands_still(inbox: Path, tmp_path: Path) -> None:
    service, content = Watch(Rules(inbox, tmp_path / "store")), whole(tmp_path)
    path = inbox / "payments" / "p.parquet"
    step = len(content) // 6 + 1
    for start in range(0, len(content), step):
        with path.open("ab") as file:
            file.write(content[start : start + step])
        service.round()
        assert path.exists()
        assert held(tmp_path) == (0, 0, 0)
    service.round()
    assert not path.exists()
    assert held(tmp_path) == (1, 100, 100)
    assert problems(tmp_path / "store") == ()


def test_fault_09_a_file_written_over_in_the_same_size_waits(inbox: Path, tmp_path: Path) -> None:
    service, content = Watch(Rules(inbox, tmp_path / "store")), whole(tmp_path)
    path = inbox / "payments" / "p.parquet"
    path.write_bytes(bytes(len(content)))
    service.round()
    path.write_bytes(content)
    service.round()
    assert path.exists()
    service.round()
    assert held(tmp_path) == (1, 100, 100)


def test_fault_09_a_side_file_that_comes_later_is_waited_for(inbox: Path, tmp_path: Path) -> None:
    service = Watch(Rules(inbox, tmp_path / "store"))
    path = inbox / "payments" / "p.parquet"
    path.write_bytes(whole(tmp_path))
    service.round()
    path.with_name("p.parquet.control.json").write_text('{"ro')
    service.round()
    path.with_name("p.parquet.control.json").write_text('{"rows": 100}')
    service.round()
    assert path.exists()
    service.round()
    assert held(tmp_path) == (1, 100, 100)


def test_fault_09_a_mark_of_its_sender_makes_waiting_needless(inbox: Path, tmp_path: Path) -> None:
    path = inbox / "payments" / "p.parquet"
    path.write_bytes(whole(tmp_path))
    path.with_name("p.parquet.done").touch()
    Watch(Rules(inbox, tmp_path / "store")).round()
    assert held(tmp_path) == (1, 100, 100)
    assert [p.name for p in path.parent.iterdir() if p.is_file()] == []


def test_fault_09_where_marks_are_agreed_upon_nothing_is_taken_without_one(inbox: Path, tmp_path: Path) -> None:
    service = Watch(Rules(inbox, tmp_path / "store", marker=".ready", only_marked=True))
    path = inbox / "payments" / "p.parquet"
    path.write_bytes(whole(tmp_path)[:500])
    for _ in range(3):
        service.round()
    assert path.exists()
    path.write_bytes(whole(tmp_path))
    path.with_name("p.parquet.ready").touch()
    service.round()
    assert held(tmp_path) == (1, 100, 100)


@pytest.mark.parametrize("name", [".p.parquet", "p.parquet.part", "p.csv.filepart", "p.parquet.tmp"])
def test_fault_09_names_of_unfinished_copies_wait(inbox: Path, tmp_path: Path, name: str) -> None:
    service = Watch(Rules(inbox, tmp_path / "store"))
    (inbox / "payments" / name).write_bytes(whole(tmp_path))
    for _ in range(3):
        service.round()
    assert held(tmp_path) == (0, 0, 0)
    (inbox / "payments" / name).rename(inbox / "payments" / "p.parquet")
    for _ in range(2):
        service.round()
    assert held(tmp_path) == (1, 100, 100)
