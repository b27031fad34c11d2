"""Which numbers a new snapshot changes that the one before it had published as complete: by source, day and department.

Rule: compared are the sums of a day and department in the marts of both snapshots, over days that the one before was complete
through and its source had begun to deliver. New days are no revision, and neither is a source's first delivery.
Hazard: a change that leaves all sums of a day and department as they were (a channel, a service) is not noticed, nor is one over
a change of the program, for the snapshots of two programs cannot be compared.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb

from store.marts import MARTS
from store.rollup import duck
from store.rollup.plan import WHOLE
from store.rollup.serve import fill
from store.snapshot import LAYOUT

Revision = tuple[Any, ...]
"""The columns of the mart `revisions`, days and moments as text."""
_COLUMNS: Final = tuple(MARTS["revisions"])
_NAMED: Final = 3
"""Files a revision names before it only counts them."""


@dataclass(frozen=True)
class _Watched:
    """How a source is found in its mart: which rows are its own, and what of them is told as rows and as fils."""

    mart: str
    where: str
    rows: str
    fils: str = "NULL"


_NET: Final = "sum(gross_fils) - sum(refund_fils)"
_SOURCES: Final = {
    "payments": _Watched("payments", "attempts IS NOT NULL", "sum(records)", _NET),
    "payment_totals": _Watched("payments", "attempts IS NULL", "sum(records)", _NET),
    "probes": _Watched("availability", "origin = 'probes'", "sum(records)"),
    "status_events": _Watched("availability", "origin = 'status_events'", "sum(records)"),
    "surveys": _Watched("surveys", "true", "sum(invited)"),
    "feedback": _Watched("feedback", "true", "sum(opened) + sum(resolved)"),
    "it_spend": _Watched("it_spend", "true", "count(*)", "sum(spent_fils)"),
}


def note(
    snapshot: duckdb.DuckDBPyConnection, before: Path | None, book: sqlite3.Connection, version: str, now: str
) -> list[Revision]:
    """Fill the mart `revisions` with what was revised up to and by this snapshot, and return all of it.

    `before` is the file of the snapshot published before, None where there is none or it is damaged. `version` and `now` are
    those of the new one, whose other tables are whole.
    """
    known: list[Revision]
    if before is not None and _attached(snapshot, before):
        try:
            known = _since(snapshot, book, version, now)
        finally:
            snapshot.execute("DETACH published")
    else:
        known = [tuple(row) for row in book.execute(f"SELECT {', '.join(_COLUMNS)} FROM revisions")]
    fill(snapshot, "revisions", known)
    return known


def _attached(snapshot: duckdb.DuckDBPyConnection, before: Path) -> bool:
    """Whether the file could be opened beside the snapshot, as `published`; one that another version of DuckDB wrote cannot."""
    try:
        snapshot.execute(f"ATTACH {duck.text(before)} AS published (READ_ONLY)")
        snapshot.execute("SELECT count(*) FROM published.meta")
    except duckdb.Error:
        return False
    return True


def keep(book: sqlite3.Connection, known: Sequence[Revision]) -> None:
    """Let the ledger hold exactly these revisions. What a snapshot that was never pointed to had noted is not among them."""
    book.execute("DELETE FROM revisions")
    marks = ", ".join("?" for _ in _COLUMNS)
    book.executemany(f"INSERT INTO revisions ({', '.join(_COLUMNS)}) VALUES ({marks})", known)


def _since(snapshot: duckdb.DuckDBPyConnection, book: sqlite3.Connection, version: str, now: str) -> list[Revision]:
    """What the published snapshot knew, or the ledger up to it, and what is new in this one."""
    meta = dict(snapshot.execute("SELECT key, value FROM published.meta").fetchall())
    was = meta["version"]
    mine = book.execute(f"SELECT {', '.join(_COLUMNS)} FROM revisions WHERE version <= ?", (was,)).fetchall()
    if meta["layout"] != LAYOUT:
        return [tuple(row) for row in mine]
    texts = ", ".join(name if kind == "BIGINT" else f"CAST({name} AS VARCHAR)" for name, kind in MARTS["revisions"].items())
    known = mine or snapshot.execute(f"SELECT {texts} FROM published.revisions").fetchall()
    return [*(tuple(row) for row in known), *((*line, version, was, now) for line in _found(snapshot, book))]


def _found(snapshot: duckdb.DuckDBPyConnection, book: sqlite3.Connection) -> Iterable[Revision]:
    """Revisions up to the names of the files that brought them."""
    changed = snapshot.execute(_CHANGED).fetchall()
    brought = _brought(book, [sha for (sha,) in snapshot.execute(_FILES).fetchall()])
    for source, watched in _SOURCES.items():
        months = [month for mart, month in changed if mart == watched.mart]
        if months:
            for line in snapshot.execute(_revised(watched, months), [source]).fetchall():
                start = str(line[0])
                yield (source, *line, _names(brought.get((source, start)) or brought.get((source, "")) or set()))


def _revised(watched: _Watched, months: Sequence[str]) -> str:
    """SQL of the days and departments of a source whose sums differ: period, department, and rows and fils, was and is."""
    sums = ", ".join(f"sum({name})" for name, kind in MARTS[watched.mart].items() if kind == "BIGINT")
    inside = "" if WHOLE in months else f" AND strftime(period_start, '%Y-%m') IN ({', '.join(map(duck.text, months))})"

    def side(schema: str) -> str:
        return (
            f"SELECT period_start, period_end, department, [count(*), {sums}] AS sums, CAST({watched.rows} AS BIGINT) AS rows,"
            f" CAST({watched.fils} AS BIGINT) AS fils FROM {schema}{watched.mart}, shown WHERE {watched.where}{inside}"
            " AND period_start >= first_day AND period_end <= through GROUP BY ALL"
        )

    return (
        f"WITH shown AS ({_SHOWN}), was AS ({side('published.')}), now AS ({side('')})"
        " SELECT CAST(period_start AS VARCHAR), CAST(period_end AS VARCHAR), department, was.rows, now.rows, was.fils, now.fils"
        " FROM was FULL JOIN now USING (period_start, period_end, department) WHERE was.sums IS DISTINCT FROM now.sums"
        " ORDER BY ALL"
    )


def _brought(book: sqlite3.Connection, changed: Iterable[str]) -> dict[tuple[str, str], set[str]]:
    """Names of files (SHA-256) by the (source, day) they have accepted rows of, and by (source, '') for all of its days.

    A refused file, and one that has only duplicates or rejects of a day, changed nothing there.
    """
    found: dict[tuple[str, str], set[str]] = {}
    for sha in changed:
        for source, name in book.execute("SELECT source, name FROM files WHERE sha256 = ?", (sha,)).fetchall():
            days = {day for (day,) in book.execute("SELECT day FROM days WHERE file_sha256 = ? AND accepted > 0", (sha,))}
            for day in {*days, ""} if days else ():
                found.setdefault((source, day), set()).add(name)
    return found


def _names(files: set[str]) -> str:
    named = sorted(files)
    return ", ".join(named[:_NAMED]) + (f" +{len(named) - _NAMED}" if len(named) > _NAMED else "")


_CHANGED: Final = """
    SELECT DISTINCT mart, month FROM (
        (FROM rollups EXCEPT FROM published.rollups) UNION ALL (FROM published.rollups EXCEPT FROM rollups))"""
_FILES: Final = """
    SELECT DISTINCT sha256 FROM (
        (SELECT sha256, ingested_at FROM files EXCEPT SELECT sha256, ingested_at FROM published.files)
        UNION ALL (SELECT sha256, ingested_at FROM published.files EXCEPT SELECT sha256, ingested_at FROM files))"""
_SHOWN: Final = """
    SELECT first_day, (SELECT CAST(value AS DATE) FROM published.meta WHERE key = 'complete_through') AS through
    FROM published.coverage WHERE source = ?"""
