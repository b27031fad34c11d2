"""The command `python -m store reconcile`: what others say the data hold, beside what came in and is published.

Rule: it reads the published snapshot, so it says what pages say. A difference of one row or one fils in what was asked for makes
the exit code 1; a revision is none.
Hazard: files that came since are not in it yet; `publish` first. Days the bank has not delivered are not compared; where it has
delivered none of those asked for, that is a difference, or a bank that fell silent would look like one that agrees.
"""

import argparse
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from typing import Any, Final

import duckdb

from store.compared import INSIDE, REASONS
from store.listing import FORMATS
from store.snapshot import open_current

COLUMNS: Final = ("check", "of", "what", "expected", "found", "difference", "since_utc")
Rows = list[tuple[Any, ...]]
_CONTROLS: Final = """
    SELECT 'control totals', source || '/' || name, what, expected, found, found - expected, ingested_at
    FROM (SELECT source, name, ingested_at, 'rows' AS what, rows_declared AS expected, rows_found AS found FROM controls
          UNION ALL SELECT source, name, ingested_at, 'fils', fils_declared, fils_found FROM controls)
    WHERE expected IS NOT NULL AND expected IS DISTINCT FROM found
          AND CAST(timezone(?, timezone('UTC', ingested_at)) AS DATE) >= ?
    ORDER BY ingested_at DESC, source, name, what DESC"""
"""Files taken in since a day that are not what their senders declare, newest first. No file has days after it was taken in, so
none that could touch the days asked for is left out."""
_SIDES: Final = ("payments", "refunds", "gross_fils", "refund_fils")
_ITEMS: Final = ("event_id", "day", "department", "reason", "log_fils", "bank_fils", "difference", "settled_on")
_LISTED: Final = f"""
    SELECT event_id, period_start, department, reason, log_fils, bank_fils,
           coalesce(bank_fils, 0) - coalesce(log_fils, 0), settled_on
    FROM unmatched WHERE {INSIDE} ORDER BY period_start, department, event_id"""
_UNSETTLED_DAYS: Final = """
    SELECT count(*), min(day), max(day) FROM coverage_days
    WHERE source = 'payments' AND delivered AND day BETWEEN ? AND ?
          AND day >= (SELECT first_day FROM coverage WHERE source = 'settlements')"""
_REVISED: Final = ("source", "from", "to", "department", "was_rows", "rows", "was_fils", "fils", "since_utc", "files", "version")
_REVISIONS: Final = """
    SELECT source, period_start, period_end, department, was_rows, rows, was_fils, fils, revised_at, files, version
    FROM revisions WHERE period_start <= ? AND period_end >= ? ORDER BY revised_at DESC, source, period_start, department"""
_KEYS: Final = {"day": "period_start", "department": "department"}


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command to the subparsers `commands`, with the options of `common`."""
    check = commands.add_parser(
        "reconcile", parents=[common], help="compare what others say the data hold with what is published"
    )
    check.add_argument(
        "--from",
        dest="start",
        type=_day,
        default=date.min,
        metavar="D",
        help="first day that is compared, and on which files were taken in",
    )
    check.add_argument("--to", dest="end", type=_day, default=date.max, metavar="D", help="last day, inclusive")
    shown = check.add_mutually_exclusive_group()
    shown.add_argument("--by", choices=tuple(_KEYS), help="log against settlement, a line for each day or department")
    shown.add_argument("--revisions", action="store_true", help="published numbers that changed later: was, is, since")
    shown.add_argument("--unmatched", action="store_true", help="payments and settlements that do not match, one by one")
    check.add_argument("--format", choices=tuple(FORMATS), default="table")
    check.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print what was asked for; the exit code is 1 where something of it differs."""
    with closing(open_current(options.data)) as snapshot:
        cursor, days = snapshot.cursor(), (options.start, options.end)
        found = _differing(options, cursor, snapshot.settings.timezone)
        columns, rows = _asked(options, cursor, found)
        if options.format != "table" or rows:
            FORMATS[options.format](columns, rows)
        if options.format == "table":
            print(_revised(rows, snapshot.version) if options.revisions else _verdict(cursor, days, found, snapshot.version))
    return 1 if found else 0


def _differing(options: argparse.Namespace, cursor: duckdb.DuckDBPyConnection, timezone: str) -> Rows:
    """What differs of what was asked for, as rows of COLUMNS; `difference` is what was found less what was expected."""
    if options.revisions:
        return []
    settled = _unsettled(cursor, options.start, options.end)
    if options.by or options.unmatched:
        return settled
    return [*cursor.execute(_CONTROLS, [timezone, options.start]).fetchall(), *settled]


def by(cursor: duckdb.DuckDBPyConnection, key: str, start: date, end: date) -> tuple[Sequence[str], Rows]:
    """Log against settlement for each day or department: both sides, their net difference in fils, unmatched items."""
    columns = [f"{side}_{what}" for what in _SIDES for side in ("log", "bank")]
    sums = ", ".join(f"CAST(sum({name}) AS BIGINT)" for name in columns)
    net = "CAST(sum(bank_gross_fils - bank_refund_fils - log_gross_fils + log_refund_fils) AS BIGINT)"
    items = f"CAST(sum({' + '.join(REASONS)}) AS BIGINT)"
    rows = cursor.execute(
        f"SELECT {_KEYS[key]}, {sums}, {net}, {items} FROM settlement WHERE {INSIDE} GROUP BY 1 ORDER BY 1", [start, end]
    )
    return (key, *columns, "difference", "unmatched"), rows.fetchall()


def _asked(options: argparse.Namespace, cursor: duckdb.DuckDBPyConnection, found: Rows) -> tuple[Sequence[str], Rows]:
    if options.by:
        return by(cursor, options.by, options.start, options.end)
    if options.unmatched:
        return _ITEMS, cursor.execute(_LISTED, [options.start, options.end]).fetchall()
    if options.revisions:
        return _REVISED, cursor.execute(_REVISIONS, [options.end, options.start]).fetchall()
    return COLUMNS, found


def _unsettled(cursor: duckdb.DuckDBPyConnection, start: date, end: date) -> Rows:
    """Sums and items in which bank and log differ over the compared days, as rows of COLUMNS; or that the bank is silent."""
    if not _span(cursor, start, end):
        return _silent(cursor, start, end)
    names = [f"sum(log_{what}), sum(bank_{what})" for what in _SIDES] + [f"sum({reason})" for reason in REASONS]
    [sums] = cursor.execute(f"SELECT {', '.join(names)} FROM settlement WHERE {INSIDE}", [start, end]).fetchall()
    whole = [int(value or 0) for value in sums]
    pairs = zip(_SIDES, whole[0:8:2], whole[1:8:2], strict=True)
    line = ("log against settlement", _span(cursor, start, end))
    apart = [(*line, what, log, bank, bank - log, None) for what, log, bank in pairs if log != bank]
    items = zip(REASONS, whole[8:], strict=True)
    return [*apart, *((*line, f"items: {reason}", 0, number, number, None) for reason, number in items if number)]


def _silent(cursor: duckdb.DuckDBPyConnection, start: date, end: date) -> Rows:
    """That the bank delivered none of the days that the log did, as a row of COLUMNS; nothing before its first delivery."""
    [(number, first, last)] = cursor.execute(_UNSETTLED_DAYS, [start, end]).fetchall()
    if not number:
        return []
    return [("log against settlement", f"{first} to {last}", "days the bank delivered whole", number, 0, -number, None)]


def _span(cursor: duckdb.DuckDBPyConnection, start: date, end: date) -> str:
    [row] = cursor.execute(
        "SELECT count(*), min(day), max(day) FROM compared_days WHERE day BETWEEN ? AND ?", [start, end]
    ).fetchall()
    return f"{row[1]} to {row[2]}" if row[0] else ""


def _verdict(cursor: duckdb.DuckDBPyConnection, days: tuple[date, date], found: Rows, version: str) -> str:
    span = _span(cursor, *days)
    settled = f"log and settlement compared for {span}" if span else "no day that both log and settlement delivered"
    number = "1 difference" if len(found) == 1 else f"{len(found):,} differences"
    return f"{number} in {version}; {settled}" if found else f"nothing differs in {version}; {settled}"


def _revised(rows: Rows, version: str) -> str:
    number = "1 revision" if len(rows) == 1 else f"{len(rows):,} revisions"
    return f"{number} in {version}" if rows else f"no published number was revised in {version}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2012-01-31") from None
