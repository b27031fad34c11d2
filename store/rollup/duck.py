"""Small DuckDB idioms shared by the engine and the snapshot builder: file lists, literals, rows from Python.

Rule: only paths and names that the store made itself are written into SQL, and they are quoted.
Hazard: `month=` folders would become a column `month` of their own; hive partitioning is therefore off.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

CONFIG: Final[dict[str, str | bool | int | float | list[str]]] = {
    "memory_limit": "3GB",
    "autoload_known_extensions": False,
}
"""Settings of every connection that writes: bounded memory, and nothing is loaded from outside."""


def text(value: Path | str) -> str:
    """A text literal."""
    return "'" + str(value).replace("'", "''") + "'"


def name(identifier: str) -> str:
    """A quoted identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def parquet(files: Sequence[Path]) -> str:
    """A table function over Parquet files, in their order."""
    return f"read_parquet([{', '.join(text(file) for file in files)}], hive_partitioning = false, union_by_name = true)"


def create(connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str]) -> None:
    """Create an empty table of columns (name: type)."""
    connection.execute(f"CREATE TABLE {table} ({', '.join(f'{name(c)} {kind}' for c, kind in columns.items())})")


def insert(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Append rows of Python values to a table whose columns are `columns`; texts are cast to dates and timestamps."""
    frame = pl.DataFrame([*rows], schema=[*columns], orient="row", infer_schema_length=None)
    if frame.height:
        connection.register("rows_of_python", frame)
        connection.execute(f"INSERT INTO {table} FROM rows_of_python")
        connection.unregister("rows_of_python")
