"""Reads the curated vocabularies and figures in `generators/data`.

Rule: words and numbers that a reader may want to correct are data, not code. Every table is read once per process.
"""

import csv
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "data"


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Rows of `data/<name>.csv` in file order, one dictionary of text per row."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
