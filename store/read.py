"""A staged file -> batches of records as they came, each with its line number and, on demand, its raw text.

Rule: reading changes no value: text stays text until the contract's types are applied (store.parse), and a line that is no
whole record becomes a problem of that line. A file that cannot be read at all is refused as a whole.
Hazard: memory. A batch is bounded whatever the size of the file; only JSON, which has no end before its last sign, is read whole.
"""

import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl
import polars.selectors as cs
import pyarrow as pa
import pyarrow.parquet as pq

from store.errors import InputError
from store.parse import LINE, PROBLEMS

Raw = Callable[[Collection[int]], dict[int, str]]
"""Raw text of the given lines of a batch."""

BATCH_ROWS: Final = 500_000
PIECE_BYTES: Final = 1 << 16
"""How much of a column of a row group is read at once."""


@dataclass(frozen=True)
class Records:
    """A batch of what was read.

    rows       LINE and the file's columns, as they came.
    problems   lines that should be records and are none (LINE, column, rule); they are not in `rows`.
    raw        raw text of lines.
    """

    rows: pl.DataFrame
    problems: pl.DataFrame
    raw: Raw


def parquet(path: Path, name: str, batch: int = BATCH_ROWS) -> Iterator[Records]:
    """Records of a Parquet file; the line is the row number from 1, the raw text the row as JSON. At least one batch."""
    last = 0
    for rows in _batches(path, name, batch):
        yield _records(rows.with_row_index(LINE, last + 1).cast({LINE: pl.Int64}))
        last += rows.height


def _batches(path: Path, name: str, batch: int) -> Iterator[pl.DataFrame]:
    """pyarrow decodes row groups of any size in bounded memory, which polars does not.

    But it keeps what it has read in advance until it comes to the end, so it reads nothing in advance, and a column in pieces.
    """
    try:
        file = pq.ParquetFile(path, pre_buffer=False, buffer_size=PIECE_BYTES)
        if file.metadata.num_rows == 0:
            yield pl.read_parquet(path, hive_partitioning=False, glob=False)
            return
        held: list[pl.DataFrame] = []
        for found in file.iter_batches(batch_size=batch):  # they end with row groups, which may be small
            if held and sum(rows.height for rows in held) + found.num_rows > batch:
                yield pl.concat(held)
                held = []
            held.append(pl.DataFrame(found))
        if held:
            yield pl.concat(held)
    except (pa.ArrowException, pl.exceptions.PolarsError, OSError, ValueError) as error:
        raise _damaged(name, error) from error


def _damaged(name: str, error: Exception) -> InputError:
    return InputError(f"{name}: no readable Parquet file ({str(error).splitlines()[0]}); deliver it again, whole")


def _records(rows: pl.DataFrame) -> Records:
    def raw(lines: Collection[int]) -> dict[int, str]:
        wanted = rows.filter(pl.col(LINE).is_in(list(lines)))
        try:
            named = wanted.rows(named=True)
        except (ValueError, OverflowError):  # times no calendar knows
            named = wanted.with_columns(cs.temporal().to_physical()).rows(named=True)
        return {row.pop(LINE): json.dumps(row, ensure_ascii=False, default=str) for row in named}

    return Records(rows, pl.DataFrame(schema=PROBLEMS), raw)
