"""The command `python -m store reconcile`: what others say the data hold, beside what came in and is published.

Rule: it reads the published snapshot, so it says what pages say. A difference of one row or one fils makes the exit code 1.
Hazard: files that came since are not in it yet; `publish` first.
"""

import argparse
from contextlib import closing
from typing import Any, Final

import duckdb

from store.listing import FORMATS
from store.snapshot import open_current

COLUMNS: Final = ("check", "of", "what", "expected", "found", "difference", "since")
_CONTROLS: Final = """
    SELECT 'control totals', source || '/' || name, what, expected, found, found - expected, ingested_at
    FROM (SELECT source, name, ingested_at, 'rows' AS what, rows_declared AS expected, rows_found AS found FROM controls
          UNION ALL SELECT source, name, ingested_at, 'fils', fils_declared, fils_found FROM controls)
    WHERE expected IS NOT NULL AND expected IS DISTINCT FROM found
    ORDER BY ingested_at DESC, source, name, what DESC"""
"""Files that are not what their senders declare, newest first."""


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command to the subparsers `commands`, with the options of `common`."""
    check = commands.add_parser(
        "reconcile", parents=[common], help="compare what others say the data hold with what is published"
    )
    check.add_argument("--format", choices=tuple(FORMATS), default="table")
    check.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print what differs; the exit code is 1 where anything does."""
    with closing(open_current(options.data)) as snapshot:
        rows = differences(snapshot.cursor())
        if options.format != "table" or rows:
            FORMATS[options.format](COLUMNS, rows)
        if options.format == "table":
            print(
                f"{len(rows):,} differences in snapshot {snapshot.version}" if rows else f"nothing differs in {snapshot.version}"
            )
    return 1 if rows else 0


def differences(cursor: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """What differs, as rows of COLUMNS; `difference` is what was found less what was expected."""
    return cursor.execute(_CONTROLS).fetchall()
