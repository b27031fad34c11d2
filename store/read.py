"""A staged file -> records as they came, each with its line number and, on demand, its raw text.

Rule: reading changes no value: text stays text until the contract's types are applied (store.parse), and a line that is no
whole record becomes a problem of that line. A file that cannot be read at all is refused as a whole.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from store.errors import InputError
from store.parse import LINE, PROBLEMS

Raw = Callable[[Collection[int]], dict[int, str]]
"""Raw text of the given lines."""


@dataclass(frozen=True)
class Records:
    """What was read.

    rows       LINE and the file's columns, as they came.
    problems   lines that should be records and are none (LINE, column, rule); they are not in `rows`.
    raw        raw text of lines.
    skips      (reason, lines) of lines a mapping passes over because they are no records.
    """

    rows: pl.DataFrame
    problems: pl.DataFrame
    raw: Raw
    skips: tuple[tuple[str, int], ...] = ()


def parquet(path: Path, name: str) -> Records:
    """Records of a Parquet file; the line is the row number from 1, the raw text the row as JSON."""
    try:
        found = pl.read_parquet(path, hive_partitioning=False, glob=False)
    except (pl.exceptions.PolarsError, OSError, ValueError) as error:
        raise InputError(f"{name}: no readable Parquet file ({str(error).splitlines()[0]}); deliver it again, whole") from error

    rows = found.with_row_index(LINE, 1).cast({LINE: pl.Int64})

    def raw(lines: Collection[int]) -> dict[int, str]:
        wanted = rows.filter(pl.col(LINE).is_in(list(lines)))
        return {row.pop(LINE): json.dumps(row, ensure_ascii=False, default=str) for row in wanted.iter_rows(named=True)}

    return Records(rows, pl.DataFrame(schema=PROBLEMS), raw)
