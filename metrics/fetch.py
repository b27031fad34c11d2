"""The one place of metrics where SQL is executed: a statement in, rows out.

Rule: every statement has a cursor of its own, closed when it is read; values are bound, never written into the text.
Hazard: cursors of DuckDB are not shared between threads.
"""

from __future__ import annotations

from typing import Any

from metrics.compile import Statement
from store.snapshot import Snapshot


def fetch(snapshot: Snapshot, statement: Statement) -> list[dict[str, Any]]:
    """The rows of a statement, as dictionaries by column name."""
    cursor = snapshot.cursor()
    try:
        done = cursor.execute(statement.sql, list(statement.parameters))
        names = [column[0] for column in done.description or ()]
        return [dict(zip(names, row, strict=True)) for row in done.fetchall()]
    finally:
        cursor.close()
