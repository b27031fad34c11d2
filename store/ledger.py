"""The ledger: an SQLite file that says which files came in, what became of each row, and where the accepted rows lie.

Rule: it is the only commit point. A file, its parts, days and rejects enter in one transaction, after everything it names
lies safely on disk; what the ledger does not name does not exist, and what it names can be checked.
Hazard: only files in state 'live' count; every query over parts or days joins `files` for that.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from store.errors import LedgerError

FILE: Final = "ledger.sqlite"
VERSION: Final = 1
_SCHEMA: Final = Path(__file__).with_name("ledger.sql")


def connect(data: Path) -> sqlite3.Connection:
    """The ledger of the store in `data`, created when absent: WAL, durable commits, rows by name, explicit transactions."""
    data.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(data / FILE, timeout=60, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    _migrate(connection, data)
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing, with the write lock taken at once so that two writers queue instead of failing late."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _migrate(connection: sqlite3.Connection, data: Path) -> None:
    if connection.execute("PRAGMA user_version").fetchone()[0] == VERSION:
        return
    with transaction(connection):
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if found == VERSION:
            return
        if found > VERSION:
            raise LedgerError(f"{data / FILE}: written by a newer version of the store (schema {found}, known {VERSION})")
        for statement in _statements(_SCHEMA.read_text(encoding="utf-8")):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one, for `executescript` would commit between them."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
