"""What a publication takes from the ledger, read in one transaction so that no file enters half-way through.

Rule: only files in state 'live' count towards parts and days; what they were (rejected rows, control totals) is copied as is.
"""

import sqlite3
from dataclasses import dataclass
from typing import Final

MAX_REJECTS: Final = 1_000
"""Rejected rows per source that a snapshot shows, open ones and newest files first; the ledger has all."""

Value = str | int | None


@dataclass(frozen=True)
class Part:
    """An immutable Parquet file of accepted rows; `month` is YYYY-MM, or 'none' for references."""

    path: str
    source: str
    month: str
    rows: int
    fils: int | None
    sha256: str


@dataclass(frozen=True)
class State:
    """Everything the ledger says that ends up in a snapshot; tuples follow the columns of that table in store.marts.

    `coverage` lacks complete_through, which needs the marts; `reach` is the last day each source delivered whole: as the
    sender of its files declares, else the last one with a record.
    """

    parts: tuple[Part, ...]
    files: tuple[tuple[Value, ...], ...]
    coverage: tuple[tuple[Value, ...], ...]
    days: tuple[tuple[Value, ...], ...]
    rejects: tuple[tuple[Value, ...], ...]
    reach: tuple[tuple[Value, ...], ...]
    controls: tuple[tuple[Value, ...], ...]
    banked: tuple[tuple[Value, ...], ...]
    """First and last day of spans that the bank delivered whole: those it declares, and before them all that it delivered; where
    it declares none, all but its last day, which may be partial still."""


def read(ledger: sqlite3.Connection) -> State:
    """The state of the store at this moment."""
    ledger.execute("BEGIN")
    try:
        return State(
            parts=tuple(Part(*row) for row in ledger.execute(_PARTS)),
            files=_rows(ledger, _FILES),
            coverage=_rows(ledger, _COVERAGE),
            days=_rows(ledger, _DAYS),
            rejects=_rows(ledger, _REJECTS, MAX_REJECTS),
            reach=_rows(ledger, _REACH),
            controls=_rows(ledger, _CONTROLS),
            banked=_rows(ledger, _BANKED),
        )
    finally:
        ledger.execute("ROLLBACK")


def _rows(ledger: sqlite3.Connection, sql: str, *parameters: Value) -> tuple[tuple[Value, ...], ...]:
    return tuple(tuple(row) for row in ledger.execute(sql, parameters))


_PARTS: Final = """
    SELECT parts.path, parts.source, parts.month, parts.rows, parts.fils, parts.sha256
    FROM parts JOIN files ON files.sha256 = parts.file_sha256
    WHERE files.state = 'live' AND parts.rows > 0
    ORDER BY parts.source, parts.month, parts.sha256"""
_FILES: Final = """
    SELECT source, name, sha256, ingested_at, rows_in, accepted, duplicates, rejected, fils_accepted
    FROM files WHERE state <> 'superseded' ORDER BY source, name, sha256"""
_COVERAGE: Final = """
    SELECT source, count(*), sum(rows_in), sum(accepted), sum(duplicates), sum(rejected),
           (SELECT count(*) FROM quarantine WHERE quarantine.source = files.source AND quarantine.state = 'open'),
           sum(fils_in), sum(fils_accepted), sum(fils_duplicates), sum(fils_rejected),
           min(coalesce(min(first_day, covers_from), first_day, covers_from)),
           max(coalesce(max(last_day, covers_to), last_day, covers_to)),
           max(ingested_at)
    FROM files WHERE state <> 'superseded' GROUP BY source ORDER BY source"""
_DAYS: Final = """
    WITH RECURSIVE
    live AS (SELECT * FROM files WHERE state = 'live'),
    declared (source, day, last) AS (
        SELECT source, covers_from, covers_to FROM live WHERE covers_from IS NOT NULL
        UNION SELECT source, date(day, '+1 day'), last FROM declared WHERE day < last),
    every AS (
        SELECT days.source, day, days.accepted, days.fils_accepted, days.duplicates, days.fils_duplicates,
               days.rejected, days.fils_rejected, 0 AS declared
        FROM days JOIN live ON live.sha256 = days.file_sha256 WHERE day <> ''
        UNION ALL SELECT DISTINCT source, day, 0, NULL, 0, NULL, 0, NULL, 1 FROM declared)
    SELECT source, day, sum(accepted), sum(fils_accepted), sum(duplicates), sum(fils_duplicates), sum(rejected),
           sum(fils_rejected), sum(accepted) > 0 OR (max(declared) AND sum(rejected) = 0)
    FROM every GROUP BY source, day ORDER BY source, day"""
_REACH: Final = (
    "SELECT source, max(coalesce(covers_to, last_day)) AS day FROM files WHERE state = 'live' GROUP BY source HAVING day <> ''"
)
_BANKED: Final = """
    WITH bank AS (SELECT * FROM files WHERE state = 'live' AND source = 'settlements' AND coalesce(covers_to, last_day) <> '')
    SELECT covers_from, covers_to FROM bank WHERE covers_from IS NOT NULL
    UNION SELECT min(first_day), date(coalesce(min(covers_from), max(last_day)), '-1 day') FROM bank HAVING count(*) > 0
    ORDER BY 1, 2"""
_REJECTS: Final = """
    SELECT source, file, line, state, corrected_by, "column", rule, raw FROM (
        SELECT *, row_number() OVER (PARTITION BY source ORDER BY state <> 'open', seq DESC, line) AS rank FROM quarantine)
    WHERE rank <= ? ORDER BY source, rank"""
_CONTROLS: Final = """
    SELECT source, name, sha256, ingested_at,
           max(CASE WHEN what = 'rows' THEN CAST(expected AS INTEGER) END),
           max(CASE WHEN what = 'rows' THEN CAST(found AS INTEGER) END),
           max(CASE WHEN what = 'fils' THEN CAST(expected AS INTEGER) END),
           max(CASE WHEN what = 'fils' AND found NOT GLOB '*[^-0-9]*' THEN CAST(found AS INTEGER) END),
           max(what = 'sha256')
    FROM controls JOIN files ON sha256 = file_sha256 WHERE state <> 'superseded'
    GROUP BY source, name, sha256, ingested_at ORDER BY source, name, sha256"""
