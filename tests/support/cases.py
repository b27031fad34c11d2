"""Reads case files: for one rollup, a few input rows per relation and the rows they give, as tables with pipes.

    # what the case shows [Europe/London]
    payments
    | business_date | department | status  |
    | 2012-01-01    | rta        | settled |
    gives
    | period_start | department | settled |
    | 2012-01-01   | rta        | 1       |

Columns that are not named are NULL in the input and not compared in the result. An empty cell is NULL. Times are UTC; in a
column of seconds (`from_s`) they may be written as 2012-01-01T10:00.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

Cell = str | None
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")


@dataclass(frozen=True)
class Table:
    """Named columns and rows of text cells."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def frame(self, types: dict[str, pl.DataType]) -> pl.DataFrame:
        """The rows as columns of `types`, in that order; columns the table does not name are null."""
        unknown = set(self.columns) - set(types)
        assert not unknown, f"no such columns: {sorted(unknown)}"
        values = {name: [_seconds(row[n], types[name]) for row in self.rows] for n, name in enumerate(self.columns)}
        text = pl.DataFrame(
            {name: values.get(name, [None] * len(self.rows)) for name in types}, schema=dict.fromkeys(types, pl.String)
        )
        return text.select(_cast(pl.col(name), dtype) for name, dtype in types.items())


@dataclass(frozen=True)
class Case:
    """One example: its title, the time zone, the inputs by relation, and what they give."""

    title: str
    timezone: str
    inputs: dict[str, Table]
    gives: Table


def read_cases(path: Path) -> list[Case]:
    """All cases of a file, in order."""
    return [_case(block) for block in re.split(r"^# ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]]


def _case(block: str) -> Case:
    head, *lines = block.splitlines()
    title, zone = re.fullmatch(r"(.*?)(?: \[(.+)\])?", head.strip()).groups()
    tables = dict(_tables(line.strip() for line in lines))
    return Case(title, zone or "Asia/Dubai", {k: v for k, v in tables.items() if k != "gives"}, tables["gives"])


def _tables(lines: Iterator[str]) -> Iterator[tuple[str, Table]]:
    name, rows = "", []
    for line in [*lines, "end"]:
        if line.startswith("|"):
            rows.append(tuple(cell.strip() or None for cell in line.strip("|").split("|")))
        elif line:
            if name:
                yield name, Table(tuple(str(c) for c in rows[0]), tuple(rows[1:]))
            name, rows = line, []


def _seconds(cell: Cell, dtype: pl.DataType) -> Cell:
    if cell is None or not dtype.is_integer() or not _TIME.fullmatch(cell):
        return cell
    return str(int(datetime.fromisoformat(cell).replace(tzinfo=UTC).timestamp()))


def _cast(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Boolean):
        return column == "true"
    if isinstance(dtype, pl.Datetime):
        padded = pl.when(column.str.len_chars() == 16).then(column + ":00").otherwise(column)
        return padded.str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", time_zone="UTC").alias(column.meta.output_name())
    if isinstance(dtype, pl.Date):
        return column.str.to_date()
    return column.cast(dtype)
