"""The command line: `python -m metrics list | show | query | docs`.

Rule: what a user gets wrong is one line on stderr that names what is allowed, and exit code 2; a store that cannot be read is
one line and exit code 1.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Final, NoReturn

from metrics import docs, output
from metrics.catalogue import GROUPS, KPIS
from metrics.dimensions import dimensions, find_kpi
from metrics.errors import MetricsError, UnknownCodeError
from metrics.model import Filters, Result, Scope, Window
from metrics.periods import previous_period, same_period_last_year
from metrics.query import query
from metrics.reference import departments
from metrics.words import N_
from store.errors import StoreError
from store.settings import DEFAULT_DATA
from store.snapshot import Snapshot, open_current

BASES: Final = {"previous-year": same_period_last_year, "previous-period": previous_period}
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
FORMATS: Final = {"table": output.as_table, "json": output.as_json, "csv": output.as_csv}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except MetricsError as error:
        print(error, file=sys.stderr)
        return 2
    except StoreError as error:
        print(error, file=sys.stderr)
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m metrics", description="KPIs of a published store.")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    commands.add_parser("list", help="the KPIs").set_defaults(run=_list)
    show = commands.add_parser("show", help="the definition of a KPI")
    show.add_argument("kpi", metavar="KPI")
    show.set_defaults(run=_show)
    _add_query(commands.add_parser("query", help="the value of a KPI"))
    pages = commands.add_parser("docs", help="write docs/definitions.md from the catalogue")
    pages.add_argument("--check", action="store_true", help="only say whether it is up to date; exit code 1 when it is not")
    pages.set_defaults(run=_docs)
    return parser


def _add_query(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kpi", metavar="KPI")
    parser.add_argument("--from", dest="start", metavar="D", type=_day, required=True, help="first day, 2012-01-31")
    parser.add_argument("--to", dest="end", metavar="D", type=_day, required=True, help="last day, inclusive")
    parser.add_argument("--by", nargs="+", action="extend", default=[], metavar="DIM", help="rows per dimension")
    parser.add_argument("--where", nargs="+", action="extend", default=[], metavar="DIM=VALUE", help="only these values")
    parser.add_argument("--compare", choices=tuple(BASES), help="with the same days a year earlier, or the period just before")
    parser.add_argument("--scope", default="all", metavar="all|department=CODE", help="for whom (default: all)")
    parser.add_argument("--format", choices=tuple(FORMATS), default="table")
    parser.add_argument("--data", type=Path, metavar="DIR", help="the store (default: $DATA, else data/store)")
    parser.set_defaults(run=_query)


def _list(_: argparse.Namespace) -> int:
    width = max(map(len, KPIS))
    for heading, kpis in GROUPS.items():
        print(heading)
        for kpi in kpis:
            print(f"  {kpi.id:<{width}}  {kpi.title} ({kpi.unit})")
    return 0


def _show(options: argparse.Namespace) -> int:
    kpi = find_kpi(options.kpi)
    print(docs.definition(kpi))
    print(f"Dimensions: {', '.join(dimensions(kpi))}")
    return 0


def _query(options: argparse.Namespace) -> int:
    data = options.data or Path(os.environ.get("DATA") or DEFAULT_DATA)
    kpi = find_kpi(options.kpi)
    if options.start > options.end:
        raise MetricsError(
            N_("inverted range: {start} is after {end}; give the earlier day to --from"), start=options.start, end=options.end
        )
    window = Window(options.start, options.end)
    filters = _filters(options.where)
    with closing(open_current(data)) as snapshot:
        result: Result = query(
            kpi.id,
            window,
            snapshot=snapshot,
            scope=_scope(options.scope, snapshot),
            by=tuple(options.by),
            filters=filters,
            base=_base(options.compare, window),
        )
    print(FORMATS[options.format](result).rstrip("\n"))
    if options.format == "csv":
        for note in result.notes:
            print(note, file=sys.stderr)
    return 0


def _docs(options: argparse.Namespace) -> int:
    if not options.check:
        docs.PAGE.write_text(docs.definitions(), encoding="utf-8")
        return 0
    if docs.PAGE.exists() and docs.PAGE.read_text(encoding="utf-8") == docs.definitions():
        return 0
    print(f"{docs.PAGE} is not what the catalogue says; run `python -m metrics docs`", file=sys.stderr)
    return 1


def _filters(pairs: Sequence[str]) -> Filters:
    values: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name or not value:
            raise MetricsError(N_("--where '{pair}': write DIM=VALUE, for example channel=mpay"), pair=pair)
        values[name] = (*values.get(name, ()), value)
    return Filters.of(**values)


def _scope(text: str, snapshot: Snapshot) -> Scope:
    if text == "all":
        return Scope.everything()
    name, _, code = text.partition("=")
    if name != "department" or not code:
        raise UnknownCodeError("scope", text, ("all", "department=CODE"))
    known = [d.code for d in departments(snapshot, Scope.everything())]
    if code not in known:
        raise UnknownCodeError("department", code, known)
    return Scope.of(code)


def _base(compare: str | None, window: Window) -> Window | None:
    if compare is None:
        return None
    try:
        return BASES[compare](window)
    except (ValueError, OverflowError):
        raise MetricsError(N_("there is no calendar before the year 1 to compare {start} with"), start=window.start) from None


def _day(text: str) -> date:
    try:
        if not _DAY.fullmatch(text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no day; write it like 2012-09-30") from None
