"""Opens the published snapshot of a store, read-only: the only door from metrics to data.

Rule: a snapshot is immutable and named by its version, so everything read through one `Snapshot` belongs together. A new
version is another file: compare `current_version(data)` with `Snapshot.version` and open again; several may be open at once.
Hazard: DuckDB keeps serving a replaced file under its old name; the version is therefore part of the file name.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import duckdb

from store.errors import NoSnapshotError, OldSnapshotError
from store.marts import MARTS
from store.settings import Settings

POINTER: Final = "CURRENT"
EDITION: Final = 3
"""Raise it when the same tables come to hold something else, for example by another rule of complete-through."""
LAYOUT: Final = hashlib.sha256(json.dumps([EDITION, duckdb.__version__, MARTS]).encode()).hexdigest()
"""What a snapshot was made by: tables, meaning, file format. One of another layout is neither served nor built on."""
MEMORY_LIMIT: Final = "1GB"
_LOCKED: Final[dict[str, str | bool | int | float | list[str]]] = {
    "memory_limit": MEMORY_LIMIT,
    "threads": 2,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "enable_external_access": False,
    "lock_configuration": True,
}
"""No other files, no network, no extensions, bounded memory, and no way to change that from SQL."""
_ATTEMPTS: Final = 3
_VERSION: Final = re.compile(r"[\w.-]{1,100}")
"""What can be a version, and so a part of a file's name."""


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
        """Release the snapshot; its cursors must not be used any more."""
        self.connection.close()


def snapshot_file(data: Path, version: str) -> Path:
    """Where the snapshot `version` of a store lies."""
    return data / f"serve-{version}.duckdb"


def current_version(data: Path) -> str:
    """Version the store points to. Raises NoSnapshotError when nothing was published, or the pointer is damaged."""
    try:
        version = (data / POINTER).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise NoSnapshotError(f"{data}: nothing published yet; run `python -m store publish --data {data}`") from None
    except UnicodeDecodeError:
        version = ""
    if not _VERSION.fullmatch(version):
        raise NoSnapshotError(f"{data / POINTER}: names no snapshot; run `python -m store publish --data {data}`")
    return version


def open_current(data: Path) -> Snapshot:
    """Open the snapshot that the pointer of `data` names.

    Raises NoSnapshotError when nothing was published, or when the file the pointer names is not there; OldSnapshotError where
    another version of this program made it.
    """
    for _ in range(_ATTEMPTS):
        version = current_version(data)
        if snapshot_file(data, version).exists():
            return _open(data, version)
    raise NoSnapshotError(
        f"{snapshot_file(data, version)} is missing; run `python -m store publish --data {data}` to make it again"
    )


def is_readable(data: Path, version: str) -> bool:
    """Whether the snapshot `version` can be opened and was made by this version of the program."""
    try:
        _open(data, version).close()
    except OldSnapshotError:
        return False
    return True


def _open(data: Path, version: str) -> Snapshot:
    file = snapshot_file(data, version)
    try:
        connection = duckdb.connect(str(file), read_only=True, config=_LOCKED)
        meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
    except duckdb.Error as error:
        raise OldSnapshotError(f"{file}: cannot be read ({error}); run `python -m store publish --data {data}`") from error
    if meta.get("layout") != LAYOUT:
        connection.close()
        raise OldSnapshotError(f"{file}: published by another version; run `python -m store publish --data {data}`")
    through = meta.get("complete_through")
    return Snapshot(
        data=data,
        version=version,
        settings=Settings(meta["currency"], meta["minor_unit"], meta["timezone"]),
        complete_through=date.fromisoformat(through) if through else None,
        connection=connection,
    )
