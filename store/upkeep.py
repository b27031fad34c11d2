"""The operator's commands that keep a store in order: what they take and what they print.

Rule: as for the other commands (store.__main__): results to stdout, progress and errors to stderr, and the same exit codes.
"""

import argparse
import signal
from pathlib import Path
from typing import Any

from store import ledger, receipt
from store.backup import backup, restore
from store.errors import InputError, LedgerError
from store.mapping import MappedFile, load
from store.progress import Terminal
from store.rebuild import rebuild, receipts
from store.vacuum import vacuum
from store.watch import MARKER, Rules, Stop, Watch


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
    clean = commands.add_parser("vacuum", parents=[common], help="remove what nothing needs any more")
    clean.add_argument(
        "--keep-days",
        type=_days,
        metavar="N",
        help="remove rows of files superseded more than N days ago, too (default: keep all)",
    )
    clean.add_argument("--dry-run", action="store_true", help="only say what would go")
    clean.set_defaults(run=_vacuum)
    copy = commands.add_parser("backup", parents=[common], help="copy the store to another folder while it is in use")
    copy.add_argument("folder", type=Path, metavar="DIR", help="the backup; what is there already is not copied again")
    copy.add_argument("--with-snapshot", action="store_true", help="with the published snapshot, which can also be made again")
    copy.set_defaults(run=_backup)
    back = commands.add_parser("restore", parents=[common], help="make a store from a backup, in an empty folder")
    back.add_argument("folder", type=Path, metavar="DIR", help="the backup")
    back.set_defaults(run=_restore)
    wait = commands.add_parser("watch", parents=[common], help="take files in as they arrive in DIR/<source>/, and publish")
    wait.add_argument("folder", type=Path, metavar="DIR")
    wait.add_argument("--every", type=_seconds, default=10.0, metavar="SECONDS", help="between two looks (default: 10)")
    wait.add_argument(
        "--done-marker", metavar="SUFFIX", help="take a file only once FILE<SUFFIX> is there (default: or once it stands still)"
    )
    wait.add_argument(
        "--mapping", type=Path, action="append", default=[], metavar="FILE", help="how files of its source are read; one for each"
    )
    wait.add_argument("--once", action="store_true", help="one round, for cron")
    wait.set_defaults(run=_watch)


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


def _days(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 5):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days")
    return int(text)


def _vacuum(options: argparse.Namespace) -> int:
    existing(options.data)
    removed = vacuum(options.data, options.keep_days, Terminal(), dry_run=options.dry_run)
    for kind, count in removed.files.items():
        if count:
            print(f"{kind}: {count:,}, {removed.bytes[kind]:,} bytes")
    total = removed.bytes.total() + removed.ledger
    print(f"{total:,} bytes would be freed, nothing was removed" if options.dry_run else f"{total:,} bytes freed")
    return 0


def _backup(options: argparse.Namespace) -> int:
    existing(options.data)
    done = backup(options.data, options.folder, Terminal(), with_snapshot=options.with_snapshot)
    print(f"{options.folder}: holds the store up to file number {done.number:,}, {done.files:,} files; {done.copied:,} were new")
    return 0


def _restore(options: argparse.Namespace) -> int:
    done = restore(options.folder, options.data, Terminal())
    if done.unfinished:
        print(f"note: a later backup was begun in {options.folder} and not finished; this is the one before it")
    print(
        f"{options.data}: as it was at {done.made_at}, up to file number {done.number:,}; {done.files:,} files, all hashes right"
    )
    print(f"now run `python -m store publish --data {options.data}`")
    return 0


def _seconds(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds up to a day")
    return found


def _watch(options: argparse.Namespace) -> int:
    marker = options.done_marker
    if marker is not None and (not marker or "/" in marker):
        raise InputError(f"--done-marker {marker!r}: an ending of file names is wanted, such as .done")
    mappings: dict[str, MappedFile] = {}
    for mapping in map(load, options.mapping):
        if mappings.setdefault(mapping.source.name, mapping) is not mapping:
            raise InputError(f"--mapping: two mappings are for source '{mapping.source.name}'; a folder holds files of one shape")
    rules = Rules(options.folder, options.data, options.every, marker or MARKER, marker is not None, mappings)
    stop = Stop()

    def ask(_signal: int, _frame: object) -> None:
        stop.asked = True

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        watch = Watch(rules, stop=stop)
        if not options.once:
            watch.run()
            return 0
        found = watch.once()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 2 if found.troubled else 1 if found.rejected else 0


def _rebuild(options: argparse.Namespace) -> int:
    if not (options.data / receipt.FOLDER).exists() or options.receipts:
        existing(options.data)
    if options.receipts:
        print(f"{receipts(options.data, Terminal()):,} receipts written from the ledger")
        return 0
    found = rebuild(options.data, Terminal(), incomplete=options.incomplete)
    for problem in found.left_out:
        print(f"left out: {problem}")
    print(f"the ledger was made again: {found.files:,} files, {found.parts:,} parts, {found.rows:,} accepted rows in all")
    return 1 if found.left_out else 0
