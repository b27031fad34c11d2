"""The versions of the ledger's tables: how one that an earlier program wrote becomes one of today, and an empty one begins.

Rule: an upgrade is one transaction, and loses nothing; what an earlier version did not know is nothing, never a guess.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from store.contract import SOURCES
from store.errors import LedgerError

VERSION: Final = 8
_SCHEMA: Final = Path(__file__).with_name("ledger.sql")


def version(connection: sqlite3.Connection) -> int:
    """The version of the ledger's tables; 0 where there are none yet."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def upgrade(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the ledger at `path` to VERSION. Call inside a transaction.

    Raises LedgerError where a newer program wrote it.
    """
    found = version(connection)
    if found > VERSION:
        raise LedgerError(f"{path}: written by a newer version of the store (schema {found}, known {VERSION})")
    if found == 2:
        _from_2(connection)
    if found:
        for view in ("quarantine", "counting"):  # ledger.sql makes those of today
            connection.execute(f"DROP VIEW IF EXISTS {view}")
        _add_columns(connection)
    for statement in _statements(_SCHEMA.read_text(encoding="utf-8")):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _from_2(connection: sqlite3.Connection) -> None:
    """Bring a ledger of version 2 to the columns of ledger.sql, which then creates what is new.

    Version 2 kept no days of duplicates and rejected rows: they are put where the day is not known.
    """
    connection.execute("ALTER TABLE files ADD COLUMN seq INTEGER NOT NULL DEFAULT 0")
    connection.execute("UPDATE files SET seq = (SELECT count(*) FROM files earlier WHERE earlier.rowid <= files.rowid)")
    connection.execute("ALTER TABLE files ADD COLUMN covers_from TEXT")
    connection.execute("ALTER TABLE files ADD COLUMN covers_to TEXT")
    connection.execute("ALTER TABLE days RENAME TO days_2")
    connection.execute("DROP INDEX days_by_source")
    [create] = [s for s in _statements(_SCHEMA.read_text(encoding="utf-8")) if "TABLE IF NOT EXISTS days " in s]
    connection.execute(create)
    connection.execute("INSERT INTO days SELECT file_sha256, source, day, rows, 0, 0, fils, fils - fils, fils - fils FROM days_2")
    calendars = ", ".join(f"'{source.name}'" for source in SOURCES.values() if source.time is not None)
    connection.execute(
        "INSERT INTO days SELECT sha256, source, '', 0, duplicates, rejected, fils_in - fils_in, fils_duplicates, fils_rejected"
        f" FROM files WHERE duplicates + rejected > 0 AND source IN ({calendars})"
    )
    connection.execute("DROP TABLE days_2")


def _add_columns(connection: sqlite3.Connection) -> None:
    """Add to a ledger of version 2 to 7 what later versions know more of files and snapshots."""
    for table, column in (
        ("files", "retired_at TEXT"),
        ("snapshots", "sha256 TEXT"),
        ("files", "reading TEXT"),
        ("files", "corrects INTEGER NOT NULL DEFAULT 0"),
        ("corrections", "held_by TEXT"),
        ("files", "holds_since INTEGER NOT NULL DEFAULT 0"),
    ):
        columns = [row["name"] for row in connection.execute(f"PRAGMA table_info({table})")]
        if columns and column.partition(" ")[0] not in columns:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {column}")


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one, for `executescript` would commit between them."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
