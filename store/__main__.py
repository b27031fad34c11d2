"""The operator's commands: `python -m store ingest | publish | status | verify | quarantine`.

Rule: results go to stdout, progress and errors to stderr. Exit codes: 0 done, 1 done but nothing usable in a file (or
`verify` found a difference), 2 refused; what is refused leaves the store as it was.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from store import ingest
from store.contract import SOURCES
from store.errors import InputError, StoreError
from store.ingest import Order, Outcome
from store.progress import Terminal
from store.settings import DEFAULT_DATA


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except StoreError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m store", description="Load, publish and check the data of the dashboard.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
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
    take.set_defaults(run=_ingest)
    return parser


def _ingest(options: argparse.Namespace) -> int:
    deliveries = _deliveries(options)
    if not deliveries:
        raise InputError("no files to ingest; give SOURCE FILE..., or --all DIR with DIR/<source>/*.parquet")
    leaving = {}
    if options.supersede:
        for name in dict.fromkeys(name for name, _ in deliveries):
            leaving[name] = ingest.leaving(
                options.data, ingest.source_named(name), [path for source, path in deliveries if source == name]
            )
    code, done, total = 0, 0, sum(path.stat().st_size for _, path in deliveries if path.is_file())
    show = Terminal()
    for name, path in deliveries:
        order = Order(options.data, ingest.source_named(name), options.supersede, leaving.get(name, frozenset()))
        try:
            outcome = ingest.ingest(path, order)
        except StoreError as error:
            show(f"{name}/{path.name}: refused", done, total)
            print(f"error: {error}", file=sys.stderr)
            code = 2
        else:
            code = max(code, _report(outcome, quiet=options.all is not None))
        done += path.stat().st_size if path.is_file() else 0
        if len(deliveries) > 1:
            show(f"{name}/{path.name}", done, total)
    return code


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
    line = f"{outcome.name}: "
    if outcome.status == "known":
        line += "already ingested, nothing to do"
    else:
        line += f"{outcome.source}, {outcome.rows_in:,} rows in = {outcome.accepted:,} accepted"
        line += f" + {outcome.duplicates:,} duplicates + {outcome.rejected:,} rejected"
        line += f"; in place of {', '.join(outcome.superseded)}" if outcome.superseded else ""
    if useless:
        line += f". No row can be used: see `python -m store quarantine {outcome.source}`"
    elif outcome.status == "refused":
        line += ". There is nothing in it, so what the store holds stays"
    if not quiet or outcome.rejected or outcome.status == "refused":
        print(line)
    return 1 if useless or outcome.status == "refused" else 0


if __name__ == "__main__":
    sys.exit(main())
