"""The operator's commands: `python -m store ingest | publish | status | verify | quarantine`, and those of reconcile and upkeep.

Rule: results go to stdout, progress and errors to stderr. Exit codes: 0 done, 1 done but nothing usable in a file (or
`verify` found a difference), 2 refused; what is refused leaves the store as it was; 130 interrupted; 141 nobody reads on.
"""

import argparse
import json
import os
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from store import ingest, ledger, quarantine_command, reconcile, settings, status, upkeep
from store.contract import SOURCES
from store.errors import InputError, StoreError
from store.ingest import Order, Outcome
from store.listing import as_table as _table
from store.mapping import load
from store.progress import Terminal, silent
from store.publish import publish
from store.settings import DEFAULT_DATA
from store.snapshot import current_version, is_readable
from store.verify import verify

_NOT_READ: Final = 141
"""What a shell makes of a program that wrote to nobody; an ingest of several files may have been cut off, so it is not 0."""
_INTERRUPTED: Final = "Query interrupted"
"""What DuckDB makes of a KeyboardInterrupt that comes while it works."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        _folder(options.data)
        code: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:  # who reads what is printed, for example `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _NOT_READ
    except StoreError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except (OSError, sqlite3.Error, duckdb.Error, pl.exceptions.PolarsError) as error:
        print(f"error: {error}; nothing is half done, mend the cause and run the command again", file=sys.stderr)
        return 2
    except (KeyboardInterrupt, RuntimeError) as error:
        if not isinstance(error, KeyboardInterrupt) and str(error) != _INTERRUPTED:
            raise
        print("\ninterrupted; what was done counts, run the command again to go on", file=sys.stderr)
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m store", description="Load, publish and check the data of the dashboard.")
    commands = parser.add_subparsers(required=True)
    common = argparse.ArgumentParser(add_help=False)
    default = Path(os.environ.get("DATA") or DEFAULT_DATA)
    common.add_argument(
        "--data", type=Path, default=default, metavar="DIR", help="folder of the store (default: $DATA, else data/store)"
    )

    take = commands.add_parser("ingest", parents=[common], help="take files into the store")
    take.add_argument("source", nargs="?", metavar="SOURCE", help=f"one of {', '.join(SOURCES)}")
    take.add_argument("files", nargs="*", type=Path, metavar="FILE")
    take.add_argument("--all", type=Path, metavar="DIR", help="take DIR/<source>/*.parquet of every source")
    take.add_argument("--mapping", type=Path, metavar="FILE", help="TOML that says how to read files of another shape")
    take.add_argument(
        "--supersede", action="store_true", help="let a file replace the one of the same name, or read the same bytes again"
    )
    take.add_argument(
        "--unreconciled", action="store_true", help="take a file in although rows or fils are not what its control totals say"
    )
    take.set_defaults(run=_ingest)

    out = commands.add_parser("publish", parents=[common], help="roll up what changed and publish a snapshot")
    out.add_argument(
        "--if-old", action="store_true", help="only where this version of the program cannot open what was published"
    )
    out.set_defaults(run=_publish)
    look = commands.add_parser("status", parents=[common], help="say what is in the store")
    look.add_argument("--format", choices=("table", "json"), default="table")
    look.set_defaults(run=_status)
    check = commands.add_parser("verify", parents=[common], help="add everything up again from the files")
    check.set_defaults(run=_verify)
    quarantine_command.add(commands, common)
    reconcile.add(commands, common)
    upkeep.add(commands, common)
    return parser


def _ingest(options: argparse.Namespace) -> int:
    deliveries = _deliveries(options)
    if not deliveries:
        raise InputError("no files to ingest; give SOURCE FILE..., or --all DIR with DIR/<source>/*.parquet")
    mapping = load(options.mapping) if options.mapping else None
    orders = {
        name: Order(options.data, ingest.source_named(name), mapping, options.supersede, unreconciled=options.unreconciled)
        for name, _ in deliveries
    }
    if options.supersede:
        for name, order in orders.items():
            paths = [path for source, path in deliveries if source == name]
            orders[name] = replace(order, leaving=ingest.leaving(options.data, order.source, paths))
    codes = _take(deliveries, orders, options)
    if options.supersede and min(codes) < 2:
        with ledger.opened(options.data) as connection:
            for row in ledger.forsaken(connection):
                print(f"note: {ledger.reread(row)}")
    return max(codes)


def _take(deliveries: Sequence[tuple[str, Path]], orders: Mapping[str, Order], options: argparse.Namespace) -> list[int]:
    """Ingest file after file, one bad file not keeping the others out; returns an exit code for each."""
    sizes = [path.stat().st_size if path.is_file() else 0 for _, path in deliveries]
    show = Terminal() if len(deliveries) > 1 else silent
    codes, quiet, with_rejects = [], options.all is not None, dict[str, None]()
    for number, (name, path) in enumerate(deliveries):
        try:
            outcome = ingest.ingest(path, orders[name])
            codes.append(_report(outcome, quiet=quiet))
            if outcome.rejected and outcome.status != "known":
                with_rejects[name] = None
        except StoreError as error:
            print(f"error: {error}", file=sys.stderr)
            codes.append(2)
        show(f"{name}/{path.name}", sum(sizes[: number + 1]), sum(sizes))
    if quiet:
        print(f"{len(deliveries):,} files: {codes.count(0):,} are in the store, {len(codes) - codes.count(0):,} are not")
    for name in with_rejects:
        print(f"rejected rows of {name}: `python -m store quarantine {name} --data {options.data}` lists them and says why")
    return codes


def _deliveries(options: argparse.Namespace) -> list[tuple[str, Path]]:
    if options.all is None:
        return [(ingest.source_named(options.source).name, path) for path in options.files] if options.source else []
    if options.source or options.mapping:
        raise InputError("--all takes no SOURCE, FILE or --mapping: it reads DIR/<source>/*.parquet")
    if not options.all.is_dir():
        raise InputError(f"{options.all}: no such folder")
    return [(name, path) for name in SOURCES for path in sorted((options.all / name).glob("*.parquet"))]


def _report(outcome: Outcome, *, quiet: bool) -> int:
    """One line per file, unless all went well and nobody wants to read sixty of them."""
    useless = outcome.rows_in > 0 and outcome.rejected == outcome.rows_in
    line = f"{outcome.given}: "
    if outcome.status == "known":
        line += "already ingested" + (f" as {outcome.name}" if outcome.name != outcome.given else "") + ", nothing to do"
    else:
        line += f"{outcome.source}, {outcome.rows_in:,} rows in = {outcome.accepted:,} accepted"
        line += f" + {outcome.duplicates:,} duplicates + {outcome.rejected:,} rejected"
        line += f"; {outcome.skipped:,} further lines skipped by the mapping" if outcome.skipped else ""
        line += f"; in place of {', '.join(outcome.superseded)}" if outcome.superseded else ""
    if useless:
        line += ". No row can be used"
    elif outcome.status == "refused":
        line += f". {outcome.nothing}"
    for note in outcome.notes:
        print(f"note: {note}")
    if not quiet or outcome.rejected or outcome.status == "refused":
        print(line)
    return 1 if useless or outcome.status == "refused" else 0


def _publish(options: argparse.Namespace) -> int:
    if options.if_old and is_readable(options.data, current_version(options.data)):
        return 0
    _existing(options.data)
    print(publish(options.data, Terminal()))
    return 0


def _status(options: argparse.Namespace) -> int:
    _existing(options.data)
    found = status.sources(options.data)
    through, unit = status.complete_through(found), settings.read(options.data).minor_unit
    if options.format == "json":
        facts = {"complete_through": through, "minor_unit": unit, "sources": [asdict(source) for source in found]}
        print(json.dumps(facts, indent=2, default=str))
        return 0
    columns = [field.name.replace("fils", unit) for field in fields(status.SourceStatus)]
    _table(columns, [list(asdict(source).values()) for source in found])
    print(f"complete through {through or '-'}")
    if rejected := sum(source.rejected for source in found):
        print(
            f"rejected rows are in quarantine, {rejected:,} in all, {sum(source.open for source in found):,} of them open: "
            f"`python -m store quarantine --data {options.data}` lists them"
        )
    return 0


def _verify(options: argparse.Namespace) -> int:
    _existing(options.data)
    report = verify(options.data, Terminal())
    for note in report.notes:
        print(f"note: {note}")
    for problem in report.problems:
        print(f"differs: {problem}")
    verdict = f"{len(report.problems)} differences" if report.problems else "all as the ledger says"
    print(f"{report.files:,} files, {report.parts:,} parts, {report.rows:,} rows added up again: {verdict}")
    return 1 if report.problems else 0


def _folder(data: Path) -> None:
    if data.exists() and not data.is_dir():
        raise InputError(f"{data}: is a file; a store is a folder, name one with --data or in the environment variable DATA")


def _existing(data: Path) -> None:
    upkeep.existing(data)


if __name__ == "__main__":
    sys.exit(main())
