"""What a command prints as rows: side by side for reading, or as CSV or JSON for other programs.

Rule: CSV and JSON have values as they are; only the table groups digits and puts '-' for what is not known.
"""

import csv
import json
import sys
from collections.abc import Callable, Sequence
from typing import Final

Rows = Sequence[Sequence[object]]


def as_table(columns: Sequence[str], rows: Rows) -> None:
    """Print columns side by side, numbers to the right."""
    cells = [[f"{value:,}" if isinstance(value, int) else "-" if value is None else str(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    right = [any(isinstance(row[i], int) for row in rows) for i in range(len(columns))]
    for line in ([*columns], *cells):
        padded = (
            text.rjust(width) if to_right else text.ljust(width)
            for text, width, to_right in zip(line, widths, right, strict=True)
        )
        print("  ".join(padded).rstrip())


def as_csv(columns: Sequence[str], rows: Rows) -> None:
    """Print a head and the rows."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)


def as_json(columns: Sequence[str], rows: Rows) -> None:
    """Print a list of objects; days and moments as ISO text."""
    print(json.dumps([dict(zip(columns, row, strict=True)) for row in rows], indent=2, default=str, ensure_ascii=False))


FORMATS: Final[dict[str, Callable[[Sequence[str], Rows], None]]] = {"table": as_table, "json": as_json, "csv": as_csv}
