"""Fault 18: a column is added, dropped or renamed. The contract's action decides, and the message names it."""

from pathlib import Path

import pytest

from store.__main__ import main
from tests.support.fuzz_invariant import broken, entries
from tests.support.fuzz_rows import fils, rejects, text
from tests.support.records import csv, frame, payment, stored

SETTINGS = 'currency = "AED"\nminor_unit = "fils"\ntimezone = "Asia/Dubai"\n'
Said = pytest.CaptureFixture[str]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "store"
    folder.mkdir()
    return folder


def settle(data: Path, actions: str) -> None:
    (data / "settings.toml").write_text(f"{SETTINGS}[contract.payments]\n{actions}\n", encoding="utf-8")


def ingest(data: Path, path: Path) -> int:
    return main(["ingest", "payments", str(path), "--data", str(data)])


def changed(folder: Path, kind: str, change: str) -> Path:
    """A file of two payments whose column duration_ms is dropped, renamed, or joined by another one."""
    rows, path = frame("payments", [payment(1), payment(2)]), folder / f"p.{kind}"
    if change in ("dropped", "renamed"):
        rows = rows.rename({"duration_ms": "duration"}) if change == "renamed" else rows.drop("duration_ms")
    else:
        rows = rows.with_columns(fee=rows["amount_fils"])
    if kind == "parquet":
        rows.write_parquet(path)
        return path
    return csv(path, [{k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in row.items()} for row in rows.to_dicts()])


MISSING = "column duration_ms of source 'payments' is missing (action: freeze)"
UNKNOWN = "column {} is not in the contract of 'payments' (action: freeze)"


@pytest.mark.parametrize("kind", ["parquet", "csv"])
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("added", [UNKNOWN.format("fee"), "allow it in [contract.payments] of settings.toml"]),
        ("dropped", [MISSING]),
        ("renamed", [MISSING, UNKNOWN.format("duration"), "was it renamed?"]),
    ],
)
def test_fault_18_a_changed_column_freezes_the_source_unless_told_otherwise(
    tmp_path: Path, data: Path, capsys: Said, kind: str, change: str, said: list[str]
) -> None:
    assert ingest(data, changed(tmp_path, kind, change)) == 2
    message = capsys.readouterr().err
    assert [words for words in said if words not in message] == []
    assert entries(data) == []
    assert broken(data) == []


@pytest.mark.parametrize("kind", ["parquet", "csv"])
@pytest.mark.parametrize(
    ("change", "notes"),
    [
        ("added", ["column fee is not in the contract and left out (action: allow)"]),
        ("dropped", ["column duration_ms is missing and taken as nothing (action: allow)"]),
        (
            "renamed",
            [
                "column duration_ms is missing and taken as nothing (action: allow)",
                "column duration is not in the contract and left out (action: allow)",
            ],
        ),
    ],
)
def test_fault_18_an_allowed_change_is_taken_in_and_said(
    tmp_path: Path, data: Path, capsys: Said, kind: str, change: str, notes: list[str]
) -> None:
    settle(data, 'added = "allow"\nmissing = { duration_ms = "allow" }')
    assert ingest(data, changed(tmp_path, kind, change)) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line for line in said if line.startswith("note: ")] == [f"note: p.{kind}: {note}" for note in notes]
    assert stored(data, "payments")["duration_ms"].to_list() == ([45_000] * 2 if change == "added" else [None] * 2)
    assert fils(data) == (200_00, 200_00, 0, 0)
    assert broken(data) == []


@pytest.mark.parametrize(
    ("action", "code", "outcome", "said"),
    [
        ("drop_row", 0, (300_00, 200_00, 0, 100_00), "3 rows in = 2 accepted + 0 duplicates + 1 rejected"),
        ("allow", 0, (300_00, 300_00, 0, 0), "3 rows in = 3 accepted + 0 duplicates + 0 rejected"),
        ("freeze", 2, (0, 0, 0, 0), "p.csv, line 3: column duration_ms cannot be read (integer; action: freeze)"),
    ],
)
def test_fault_18_a_column_whose_values_changed_meets_its_action(
    tmp_path: Path, data: Path, capsys: Said, action: str, code: int, outcome: tuple[int, ...], said: str
) -> None:
    settle(data, f'unreadable = {{ duration_ms = "{action}" }}')
    assert ingest(data, csv(tmp_path / "p.csv", [text(1), text(2, duration_ms="45 s"), text(3)])) == code
    streams = capsys.readouterr()
    assert said in streams.out + streams.err
    assert fils(data) == outcome
    assert rejects(data) == ([(3, "duration_ms", "integer")] if action == "drop_row" else [])
    assert broken(data) == []


def test_fault_18_a_column_that_numbers_rest_on_cannot_be_allowed_away(tmp_path: Path, data: Path, capsys: Said) -> None:
    settle(data, 'missing = { amount_fils = "allow" }')
    assert ingest(data, changed(tmp_path, "csv", "dropped")) == 2
    assert "the contract wants a value here, so it cannot be taken as nothing" in capsys.readouterr().err
    assert entries(data) == []
