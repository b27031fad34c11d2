"""Opens the published snapshot of a store, read-only: the only door from metrics to data.

Rule: a snapshot is immutable and named by its version, so everything read through one `Snapshot` belongs together.
Hazard: DuckDB keeps serving a replaced file under its old name; the version is therefore part of the file name.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from store.errors import NoSnapshotError
from store.settings import Settings

POINTER = "CURRENT"


@dataclass(frozen=True)
class Snapshot:
    """One published version. `complete_through` is the last business day for which every daily source is complete."""

    data: Path
    version: str
    settings: Settings
    complete_through: date | None
    connection: duckdb.DuckDBPyConnection

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor of its own for one session or thread."""
        return self.connection.cursor()

    def close(self) -> None:
        self.connection.close()


def current_version(data: Path) -> str:
    """Version the store points to. Raises NoSnapshotError when nothing was published."""
    pointer = data / POINTER
    if not pointer.exists():
        raise NoSnapshotError(f"{data}: nothing published yet; run `python -m store publish --data {data}`")
    return pointer.read_text(encoding="utf-8").strip()


def open_current(data: Path) -> Snapshot:
    """Open the snapshot that the pointer of `data` names."""
    version = current_version(data)
    connection = duckdb.connect(str(data / f"serve-{version}.duckdb"), read_only=True)
    meta = dict(connection.sql("SELECT key, value FROM meta").fetchall())
    through = meta.get("complete_through")
    return Snapshot(
        data=data,
        version=version,
        settings=Settings(meta["currency"], meta["minor_unit"], meta["timezone"]),
        complete_through=date.fromisoformat(through) if through else None,
        connection=connection,
    )
