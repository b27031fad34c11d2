"""Every table and column of a snapshot is in the documentation."""

import re
from pathlib import Path

from store.marts import MARTS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "marts.md"


def test_tables_and_columns_are_documented_as_they_are() -> None:
    lines = re.findall(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert {table: re.findall(r"`(\w+)`", columns) for table, columns in lines} == {
        table: [*columns] for table, columns in MARTS.items()
    }
