"""The contract's actions: what happens where a file and its contract disagree, column by column."""

from pathlib import Path
from typing import Any

import pytest

from store.errors import InputError, SettingsError
from tests.support.records import csv, payment, stored, take

SETTINGS = 'currency = "AED"\nminor_unit = "fils"\ntimezone = "Asia/Dubai"\n'


def settle(data: Path, actions: str) -> None:
    data.mkdir()
    (data / "settings.toml").write_text(SETTINGS + actions, encoding="utf-8")


def file(tmp_path: Path, *rows: dict[str, Any]) -> Path:
    """A CSV file of payments in which a column may be named otherwise, missing or unknown."""
    return csv(tmp_path / "p.csv", [{k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in row.items()} for row in rows])


def without(row: dict[str, Any], column: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != column}


def test_a_column_that_is_missing_beside_an_unknown_one_is_asked_about_as_renamed(tmp_path: Path) -> None:
    row = {**without(payment(1), "duration_ms"), "duration": 5}
    message = (
        r"column duration_ms of source 'payments' is missing \(action: freeze\); column duration is not in the contract of "
        r"'payments' \(action: freeze\); was it renamed\?"
    )
    with pytest.raises(InputError, match=message):
        take(tmp_path / "s", "payments", file(tmp_path, row))


def test_an_allowed_column_is_left_out_or_taken_as_nothing_and_said(tmp_path: Path) -> None:
    settle(tmp_path / "s", '[contract.payments]\nadded = "allow"\nmissing = { duration_ms = "allow" }\n')
    row = {**without(payment(1), "duration_ms"), "note": "x"}
    outcome = take(tmp_path / "s", "payments", file(tmp_path, row))
    assert outcome.notes == (
        "p.csv: column duration_ms is missing and taken as nothing (action: allow)",
        "p.csv: column note is not in the contract and left out (action: allow)",
    )
    assert stored(tmp_path / "s", "payments")["duration_ms"].to_list() == [None]


def test_an_unreadable_value_drops_its_row_freezes_the_file_or_is_taken_as_nothing(tmp_path: Path) -> None:
    rows = [payment(1), payment(2, duration_ms="soon")]
    assert take(tmp_path / "a", "payments", file(tmp_path, *rows)).rejected == 1
    settle(tmp_path / "b", '[contract.payments]\nunreadable = { duration_ms = "freeze" }\n')
    with pytest.raises(InputError, match=r"p\.csv, line 3: column duration_ms cannot be read \(integer; action: freeze\)"):
        take(tmp_path / "b", "payments", file(tmp_path, *rows))
    settle(tmp_path / "c", '[contract.payments]\nunreadable = { duration_ms = "allow" }\n')
    outcome = take(tmp_path / "c", "payments", file(tmp_path, *rows))
    assert outcome.accepted == 2
    assert outcome.notes == ("p.csv: values of column duration_ms that cannot be read are taken as nothing (action: allow)",)
    assert stored(tmp_path / "c", "payments")["duration_ms"].to_list() == [45_000, None]


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        ('[contract.payments]\nadd = "allow"\n', "'add' is unknown; there are added, missing, unreadable"),
        ('[contract.payments]\nadded = "drop_row"\n', "an unknown column is 'freeze' or 'allow'"),
        ('[contract.payments]\nmissing = "allow"\n', "a table of column = action"),
        ('[contract.payments]\nmissing = { fee = "allow" }\n', "'fee' is no column of 'payments'"),
        ('[contract.payments]\nunreadable = { payer = "ignore" }\n', "the actions are freeze, allow, drop_row"),
        ('[contract.payments]\nmissing = { amount_fils = "allow" }\n', "the contract wants a value here"),
        ('[contract]\npayments = "allow"\n', "is to be a table"),
    ],
)
def test_actions_that_are_not_understood_are_refused(tmp_path: Path, actions: str, message: str) -> None:
    settle(tmp_path / "s", actions)
    with pytest.raises(SettingsError, match=message):
        take(tmp_path / "s", "payments", file(tmp_path, payment(1)))
