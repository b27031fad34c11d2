"""Rows of the model as files: CSV, Parquet, and corrections of what the store exported.

Hazard: a correction file is written as a person would do it, cell by cell in the lines that went out; what is left as it is has
to come back as it went.
"""

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from store.correction import IDENTITY, TOLD
from tests.support.desk import Line
from tests.support.fuzz_file import Row, Target
from tests.support.records import frame

ANSWERS: Final[Mapping[str, tuple[str, ...]]] = {
    "leave it out": (),
    "as it is": ("",),
    "put right": ("good",),
    "put right otherwise": ("other",),
    "still bad": ("rule",),
    "another event": ("next",),
    "twice": ("good", "good"),
    "twice otherwise": ("good", "other"),
}
"""What a person does with a line: the kind of each line that takes its place."""


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write(path: Path, rows: Sequence[Row]) -> None:
    """Write rows in the format that the file's name says."""
    if path.suffix == ".csv":
        lines = [",".join(Row(1, "good").record()), *(",".join(cells(row).values()) for row in rows)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    else:
        _frame(rows).write_parquet(path)


def cells(row: Row) -> dict[str, str]:
    """A row as a CSV writes it."""
    record = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.record().items()}
    record |= {"amount_fils": "1e3"} if row.kind == "amount" else {}
    record |= {"occurred_at": "30.9.2012"} if row.kind == "time" else {}
    return {name: str(value) for name, value in record.items()}


def corrected(
    exported: Sequence[tuple[Line, Row, Target]], answers: Sequence[str], path: Path
) -> tuple[tuple[Row, ...], tuple[Target, ...]]:
    """Write a correction file by answers to lines that went out, in turn; returns its rows and what each corrects."""
    found = [*_answered(exported, answers)]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.DictWriter(file, [IDENTITY, *TOLD, *cells(Row(1, "good"))], lineterminator="\n")
        out.writeheader()
        out.writerows(line for line, _, _ in found)
    return tuple(row for _, row, _ in found), tuple(target for _, _, target in found)


def _answered(exported: Sequence[tuple[Line, Row, Target]], answers: Sequence[str]) -> Iterator[tuple[Line, Row, Target]]:
    for at, (line, row, target) in enumerate(exported):
        for kind in ANSWERS[answers[at % len(answers)]]:
            match kind:
                case "":
                    yield line, row, target
                case "next":
                    other = Row(row.event % 9 + 1, "good")
                    yield {**line, **cells(other)}, other, target
                case "good" | "other" | "rule":
                    new = Row(row.event, kind)
                    yield {**line, **cells(new)}, new, target


def _frame(rows: Sequence[Row]) -> pl.DataFrame:
    """Rows in the contract's types: an amount or a time that cannot be read is one beyond all limits, or none."""
    records = []
    for row in rows:
        record = row.record()
        record |= {"amount_fils": 10**17} if row.kind == "amount" else {}
        record |= {"occurred_at": None} if row.kind == "time" else {}
        records.append(record)
    return frame("payments", records)
