"""Fault 23: the trailer total is wrong by 1 fils. The file is rejected, or taken in on demand and shown as unreconciled."""

import json
from pathlib import Path

import pytest

from store.__main__ import main
from store.control import SUFFIX
from store.errors import ControlError, InputError
from store.verify import verify
from tests.support.fuzz_invariant import broken, entries
from tests.support.fuzz_rows import counts, fils, mapping, text
from tests.support.records import csv, parquet, payment, take

TRAILER = "trailer = 'END,(?P<rows>[0-9]+),(?P<fils>-?[0-9]+)'"
ROWS = [{"amount_fils": 7}, {"amount_fils": 10}, {"amount_fils": -5}]
"""Two good rows and a bad one; a trailer counts all of them: 3 rows, 12 fils."""


def beside(folder: Path, kind: str, **said: int) -> Path:
    path = folder / f"p.{kind}"
    if kind == "csv":
        csv(path, [text(n, **row) for n, row in enumerate(ROWS, 1)])
    else:
        parquet(path, "payments", [payment(n, **row) for n, row in enumerate(ROWS, 1)])
    path.with_name(path.name + SUFFIX).write_text(json.dumps(said), encoding="utf-8")
    return path


def inside(folder: Path, rows: int, total: int) -> Path:
    path = csv(folder / "p.csv", [text(n, **row) for n, row in enumerate(ROWS, 1)])
    with path.open("a", encoding="utf-8") as file:
        file.write(f"END,{rows},{total}\n")
    return path


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize(("said", "differs"), [(11, "a difference of +1"), (13, "a difference of -1")])
def test_fault_23_a_side_file_wrong_by_1_fils_rejects_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, said: int, differs: str
) -> None:
    data, path = tmp_path / "store", beside(tmp_path, kind, rows=3, fils=said)
    command = ["ingest", "payments", str(path), "--data", str(data)]

    assert main(command) == 2
    assert f"p.{kind}: fils {said} promised, 12 came, {differs}. Nothing of it was taken in" in capsys.readouterr().err
    assert entries(data) == []

    assert main([*command, "--unreconciled"]) == 0
    assert fils(data) == (12, 17, 0, -5)
    assert [note for note in verify(data).notes if "unreconciled" in note] == [
        f"payments/p.{kind} is unreconciled: fils {said} promised, 12 came, {differs}"
    ]
    assert broken(data) == []


@pytest.mark.parametrize(("rows", "total"), [(3, 11), (3, 13), (2, 12), (4, 12)])
def test_fault_23_a_trailer_wrong_by_1_rejects_the_file(tmp_path: Path, rows: int, total: int) -> None:
    data, read = tmp_path / "store", mapping(tmp_path, settings=TRAILER)
    with pytest.raises(ControlError, match=r"a difference of [+-]1"):
        take(data, "payments", inside(tmp_path, rows, total), mapping=read)
    assert entries(data) == []
    assert counts(take(data, "payments", inside(tmp_path, rows, total), mapping=read, unreconciled=True)) == (3, 2, 0, 1)
    assert len([note for note in verify(data).notes if "unreconciled" in note]) == 1
    assert broken(data) == []


def test_fault_23_a_trailer_that_is_right_is_no_row_and_no_reject(tmp_path: Path) -> None:
    data = tmp_path / "store"
    found = take(data, "payments", inside(tmp_path, 3, 12), mapping=mapping(tmp_path, settings=TRAILER))
    assert counts(found) == (3, 2, 0, 1)
    assert fils(data) == (12, 17, 0, -5)
    assert broken(data) == []


def test_fault_23_a_trailer_that_is_missing_rejects_the_file_even_on_demand(tmp_path: Path) -> None:
    """Cut short after a whole line: nothing but the trailer could tell."""
    data, path = tmp_path / "store", inside(tmp_path, 3, 12)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), encoding="utf-8")
    with pytest.raises(InputError, match="the trailer is missing, so the file was cut short"):
        take(data, "payments", path, mapping=mapping(tmp_path, settings=TRAILER), unreconciled=True)
    assert entries(data) == []


def test_fault_23_a_side_file_and_a_trailer_that_disagree_reject_the_file(tmp_path: Path) -> None:
    data, path = tmp_path / "store", inside(tmp_path, 3, 12)
    path.with_name(path.name + SUFFIX).write_text(json.dumps({"fils": 13}), encoding="utf-8")
    with pytest.raises(ControlError, match="its side file says fils 13, its trailer 12"):
        take(data, "payments", path, mapping=mapping(tmp_path, settings=TRAILER))
    assert entries(data) == []
