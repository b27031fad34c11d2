"""The operator's commands that keep a store in order: what they take and what they print.

Rule: as for the other commands (store.__main__): results to stdout, progress and errors to stderr, and the same exit codes.
"""

import argparse
from pathlib import Path
from typing import Any

from store import ledger, receipt
from store.errors import InputError, LedgerError
from store.progress import Terminal
from store.rebuild import rebuild, receipts


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands to the subparsers `commands`, each with the options of `common`."""
    again = commands.add_parser("rebuild", parents=[common], help="make the ledger again from the receipts and the Parquet")
    again.add_argument(
        "--incomplete", action="store_true", help="go on without what is missing or damaged; files that lose rows count no longer"
    )
    again.add_argument(
        "--receipts", action="store_true", help="the other way round: write missing or damaged receipts from a sound ledger"
    )
    again.set_defaults(run=_rebuild)


def existing(data: Path) -> None:
    """Raise InputError where there is no store in `data`, LedgerError where there is one that has lost its ledger."""
    if (data / ledger.FILE).exists():
        return
    if (data / ledger.HEAD).exists() or (data / receipt.FOLDER).exists():
        raise LedgerError(
            f"{data / ledger.FILE} is missing, though there are data beside it; put it back, "
            f"or run `python -m store rebuild --data {data}`"
        )
    raise InputError(f"{data}: no store here; begin one with `python -m store ingest SOURCE FILE... --data {data}`")


def _rebuild(options: argparse.Namespace) -> int:
    if not (options.data / receipt.FOLDER).exists() or options.receipts:
        existing(options.data)
    if options.receipts:
        print(f"{receipts(options.data):,} receipts written from the ledger")
        return 0
    found = rebuild(options.data, Terminal(), incomplete=options.incomplete)
    for problem in found.left_out:
        print(f"left out: {problem}")
    print(f"the ledger was made again: {found.files:,} files, {found.parts:,} parts, {found.rows:,} accepted rows in all")
    return 1 if found.left_out else 0
