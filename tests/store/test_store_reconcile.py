"""`reconcile` says what differs in the published snapshot, and its exit code tells whether anything does, by a single fils."""

import json
from pathlib import Path

import pytest

from store.__main__ import main
from store.control import SUFFIX
from store.publish import publish
from tests.support.records import parquet, payment, take


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "store"


def reconcile(data: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    capsys.readouterr()
    code = main(["reconcile", "--data", str(data), *options])
    return code, capsys.readouterr().out


def declared(folder: Path, name: str, **said: object) -> Path:
    """A file of one payment of AED 100.00, and what its sender says of it."""
    path = parquet(folder / name, "payments", [payment(len(name))])
    path.with_name(path.name + SUFFIX).write_text(json.dumps(said), encoding="utf-8")
    return path


def test_where_nothing_differs_it_says_so(tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    take(data, "payments", declared(tmp_path, "p.parquet", rows=1, fils=100_00))
    publish(data)
    code, out = reconcile(data, capsys)
    assert (code, out.startswith("nothing differs in 2")) == (0, True)
    assert reconcile(data, capsys, "--format", "csv") == (0, "check,of,what,expected,found,difference,since\n")


def test_a_file_taken_in_unreconciled_differs_until_a_correction_takes_its_place(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    take(data, "payments", declared(tmp_path, "p.parquet", rows=3, fils=100_01), unreconciled=True)
    publish(data)
    code, out = reconcile(data, capsys, "--format", "json")
    found = [{k: line[k] for k in ("of", "what", "expected", "found", "difference")} for line in json.loads(out)]
    assert code == 1
    assert found == [
        {"of": "payments/p.parquet", "what": "rows", "expected": 3, "found": 1, "difference": -2},
        {"of": "payments/p.parquet", "what": "fils", "expected": 100_01, "found": 100_00, "difference": -1},
    ]
    correction = parquet(tmp_path / "p.parquet", "payments", [payment(1, amount_fils=100_01)])
    correction.with_name(correction.name + SUFFIX).write_text(json.dumps({"rows": 1, "fils": 100_01}), encoding="utf-8")
    take(data, "payments", correction, supersede=True)
    publish(data)
    assert reconcile(data, capsys)[0] == 0


def test_a_store_that_published_nothing_is_told_to(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    take(data, "payments", parquet(tmp_path / "p.parquet", "payments", [payment(1)]))
    assert main(["reconcile", "--data", str(data)]) == 2
    assert "nothing published yet" in capsys.readouterr().err
