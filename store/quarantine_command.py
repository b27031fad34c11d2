"""The command `python -m store quarantine`: lists the rejected rows, or writes the open ones out to be corrected.

Rule: what was written says by which command it comes in again. Exit code 1 where open rows could not be written.
Hazard: the table says rules in words and is for reading; CSV has codes.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from store import handout, ingest, quarantine, upkeep
from store.errors import InputError
from store.handout import Handout
from store.listing import as_csv, as_table
from store.quarantine import RejectedRow
from store.rules import in_words, thousands_hint


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command to the subparsers `commands`, with the options of `common`."""
    rows = commands.add_parser("quarantine", parents=[common], help="list the rejected rows, or write them out to be corrected")
    rows.add_argument("source", nargs="?", metavar="SOURCE")
    rows.add_argument("--format", choices=("table", "csv"), default="table")
    rows.add_argument("--export", type=Path, metavar="FILE.csv", help="write those of SOURCE that are open, to be corrected")
    rows.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """List, or write; returns the exit code."""
    upkeep.existing(options.data)
    if options.export:
        return _export(options)
    name = ingest.source_named(options.source).name if options.source else None
    rows = [*quarantine.rejected(options.data, name)]
    columns = [field.name for field in fields(RejectedRow)]
    if options.format == "csv":
        as_csv(columns, [[*asdict(row).values()] for row in rows])
    else:
        _table(columns, rows)
    return 0


def _export(options: argparse.Namespace) -> int:
    """Write correction files and say what to do with each; 1 where rows could not be written."""
    if not options.source:
        raise InputError("--export takes the rows of one source; name it")
    source = ingest.source_named(options.source)
    written, left = handout.write(options.data, source, options.export)
    for each in written:
        print(f"{each.path}: {each.rows:,} rows; correct them, remove lines you do not correct, then {_again(options, each)}")
    for file in left:
        print(
            f"note: {file.name}: {file.rows:,} rows are not written, for an earlier version of the store took them in; ingest "
            "the file again with --supersede, then export"
        )
    if not written and not left:
        print(f"no rejected row of {source.name} is open")
    return 1 if left else 0


def _again(options: argparse.Namespace, written: Handout) -> str:
    command = f"python -m store ingest {options.source} {written.path} --data {options.data}"
    return f"`{command} --mapping FILE` with mapping '{written.mapping}'" if written.mapping else f"`{command}`"


def _table(columns: Sequence[str], rows: Sequence[RejectedRow]) -> None:
    """Rejected rows for reading: the rules in words, how many stand how, and what another mapping would have read."""
    as_table(columns, [[*asdict(replace(row, rule=in_words(row.rule))).values()] for row in rows])
    if rows:
        states = Counter(row.state for row in rows)
        print(f"{len(rows):,} rejected rows: {', '.join(f'{count:,} {state}' for state, count in sorted(states.items()))}")
    hints = dict.fromkeys(thousands_hint(row.source, row.column, row.raw) for row in rows)
    for hint in filter(None, hints):
        print(f"hint: {hint}")
