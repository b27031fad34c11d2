"""The default engine: runs a rollup's SQL over Parquet files with DuckDB and writes its result as Parquet.

Rule: it offers the relations of `relations` as views and runs the SQL file as it is.
Hazard: a view only reads the columns its SQL names, so relations may be wide; `SELECT *` over one would read everything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from pathlib import Path

import duckdb

from store.rollup import duck
from store.rollup.plan import Rollup
from store.rollup.relations import Column, Day, columns


class DuckDBEngine:
    """One DuckDB in memory, for one publication; it spills into the folder `spill` when memory is short."""

    def __init__(self, timezone: str, calendar: Sequence[Day], spill: Path) -> None:
        self._timezone = timezone
        self._connection = duckdb.connect(config={**duck.CONFIG, "temp_directory": str(spill)})
        day = {"day": "DATE", "start_s": "BIGINT", "end_s": "BIGINT"}
        duck.create(self._connection, "days", day)
        duck.insert(self._connection, "days", [*day], map(astuple, calendar))

    def close(self) -> None:
        self._connection.close()

    def roll(
        self, rollup: Rollup, sources: Mapping[str, Sequence[Path]], rollups: Mapping[str, Sequence[Path]], target: Path
    ) -> int:
        """Write the result of a rollup over the files of its relations to `target` and return its number of rows.

        `sources` are relations of the contract (one without files is empty), `rollups` results of earlier rollups.
        """
        for relation, files in sources.items():
            self._view(relation, self._source(relation, files))
        for relation, files in rollups.items():
            self._view(relation, f"FROM {duck.parquet(files)}")
        order = ", ".join(rollup.order)
        query = f"COPY (FROM ({rollup.sql}) ORDER BY {order}) TO {duck.text(target)} (FORMAT parquet, COMPRESSION zstd)"
        return int(self._connection.execute(query).fetchall()[0][0])

    def _view(self, relation: str, query: str) -> None:
        self._connection.execute(f"CREATE OR REPLACE TEMP VIEW {relation} AS {query}")

    def _source(self, relation: str, files: Sequence[Path]) -> str:
        wanted = columns(relation)
        if not files:
            return f"SELECT {', '.join(f'CAST(NULL AS {c.type}) AS {duck.name(c.name)}' for c in wanted)} WHERE false"
        selected = ", ".join(f"{self._expression(c)} AS {duck.name(c.name)}" for c in wanted)
        return f"SELECT {selected} FROM {duck.parquet(files)}"

    def _expression(self, column: Column) -> str:
        stored = duck.name(column.stored)
        local = f"CAST(timezone({duck.text(self._timezone)}, {stored}) AS DATE)"
        match column.derivation:
            case "value":
                return f"CAST({stored} AS {column.type})"
            case "seconds":
                return f"epoch_us({stored}) // 1000000"
            case "local date":
                return local
            case "local day number":
                return f"CAST({local} - DATE '1970-01-01' AS BIGINT)"
