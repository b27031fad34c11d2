"""Re-adds the whole store from its files, and names whatever differs from the ledger or from what is published.

Rule: nothing is taken on trust: bytes are hashed, rows and fils are counted again from the Parquet, and the marts of the
current snapshot are summed. A damaged Parquet page is read by every engine without an error; only the hash tells.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from store import files, ledger, parts, receipt
from store.contract import SOURCES, Source
from store.control import Compared
from store.errors import NoSnapshotError
from store.progress import Progress, silent
from store.rollup import checks
from store.snapshot import open_current


@dataclass(frozen=True)
class Report:
    """`problems` name what differs; `notes` what an operator should know but is no damage."""

    files: int
    parts: int
    rows: int
    problems: tuple[str, ...]
    notes: tuple[str, ...]


def verify(data: Path, progress: Progress = silent) -> Report:
    """Check every file, part, day and reject of the ledger, and the current snapshot against them."""
    with ledger.opened(data) as connection:
        problems = [f"{ledger.FILE}: {row[0]}" for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        problems += _sums(connection)
        recorded = connection.execute("SELECT * FROM parts ORDER BY path").fetchall()
        daily: list[pl.DataFrame] = []
        for number, part in enumerate(recorded, 1):
            found, days = _part(data, part)
            problems += found
            daily += days
            progress(part["path"].rpartition("/")[0], number, len(recorded))
        problems += _days(connection, daily) if not problems else []
        differing, notes = _snapshot(connection, data)
        problems += receipt.differing(data, connection)
        notes += _unreconciled(connection)
        [(count, rows)] = connection.execute("SELECT count(*), coalesce(sum(accepted), 0) FROM files").fetchall()
    unknown = {p.relative_to(data).as_posix() for p in (data / parts.FOLDER).rglob("*.parquet")} - {p["path"] for p in recorded}
    if unknown:
        notes.append(
            f"{len(unknown)} files below {parts.FOLDER}/ are unknown to the ledger and count for nothing, e.g. {min(unknown)}"
        )
    return Report(count, len(recorded), rows, tuple(problems + differing), tuple(notes))


def _sums(connection: sqlite3.Connection) -> list[str]:
    """Entries of the ledger that do not add up in themselves, or miss rows since another file was superseded."""
    forsaken = [ledger.reread(row) for row in ledger.forsaken(connection)]
    return forsaken + [
        f"{row['source']}/{row['name']} ({row['sha256'][:12]}): the ledger's parts, days or rejects do not add up to its totals"
        for row in connection.execute(_BROKEN)
    ]


def _unreconciled(connection: sqlite3.Connection) -> list[str]:
    """Files that were taken in although they are not what their sender says."""
    return [
        f"{row['source']}/{row['name']} is unreconciled: {Compared(row['what'], row['expected'], row['found'])}"
        for row in connection.execute(_UNRECONCILED)
    ]


def _part(data: Path, part: sqlite3.Row) -> tuple[list[str], list[pl.DataFrame]]:
    """What is wrong with one Parquet file, and its rows and fils by day for the comparison with `days`."""
    path, source = data / part["path"], SOURCES[part["source"]]
    if not path.exists():
        return [f"{part['path']}: missing; ingest its file again, or restore it"], []
    if files.sha256(path) != part["sha256"]:
        return [f"{part['path']}: its bytes have changed (SHA-256 differs); restore it, or ingest its file again"], []
    rows = pl.scan_parquet(path, hive_partitioning=False, glob=False)
    found = rows.select(pl.len(), _fils(source)).collect().row(0)
    if found != (part["rows"], part["fils"]):
        return [f"{part['path']}: {found[0]} rows and {found[1]} fils, the ledger says {part['rows']} and {part['fils']}"], []
    if source.time is None:
        return [], []
    by_day = rows.group_by(pl.col(parts.BUSINESS_DATE).alias("day")).agg(pl.len().alias("rows"), _fils(source))
    return [], [by_day.with_columns(file_sha256=pl.lit(part["file_sha256"])).collect()]


def _fils(source: Source) -> pl.Expr:
    return (pl.lit(None, pl.Int64) if source.money is None else pl.col(source.money).sum()).alias("fils")


def _days(connection: sqlite3.Connection, daily: list[pl.DataFrame]) -> Iterator[str]:
    """Days of files whose rows or fils differ between the Parquet and the ledger."""
    key, schema = ["file_sha256", "day"], {"file_sha256": pl.String, "day": pl.String, "rows": pl.Int64, "fils": pl.Int64}
    rows = connection.execute("SELECT file_sha256, day, accepted, fils_accepted FROM days WHERE accepted > 0").fetchall()
    recorded = pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")
    columns = [pl.col(name).cast(dtype) for name, dtype in schema.items()]
    found = pl.concat([frame.select(columns) for frame in daily] or [recorded.clear()])
    summed = found.group_by(key).agg(pl.col("rows").sum(), pl.when(pl.col("fils").count() > 0).then(pl.col("fils").sum()))
    differing = pl.concat(
        [
            recorded.join(summed, on=[*schema], how="anti", nulls_equal=True),
            summed.join(recorded, on=[*schema], how="anti", nulls_equal=True),
        ]
    )
    for sha, day in differing.select(key).unique().sort(key).iter_rows():
        yield f"file {sha[:12]}, {day}: rows or fils of the Parquet differ from the ledger's day"


def _snapshot(connection: sqlite3.Connection, data: Path) -> tuple[list[str], list[str]]:
    """Differences between the marts of the current snapshot and the ledger's parts of the files it was made from."""
    try:
        snapshot = open_current(data)
    except NoSnapshotError as error:
        return [], [str(error)]
    try:
        cursor = snapshot.cursor()
        published = {sha for (sha,) in cursor.execute("SELECT sha256 FROM files").fetchall()}
        every = connection.execute("SELECT file_sha256, source, month, rows, fils FROM parts").fetchall()
        lines = checks.reconcile(cursor, (tuple(part)[1:] for part in every if part["file_sha256"] in published))
    finally:
        snapshot.close()
    live = {row["sha256"] for row in connection.execute("SELECT sha256 FROM files WHERE state <> 'superseded'")}
    stale = len(live ^ published)
    notes = [f"{stale} files came or went since snapshot {snapshot.version}: run `python -m store publish`"] if stale else []
    return [f"snapshot {snapshot.version}: {line}" for line in lines if line.differs], notes


_UNRECONCILED = """
    SELECT source, name, what, expected, found FROM controls JOIN files ON sha256 = file_sha256
    WHERE expected <> found AND state <> 'superseded' ORDER BY source, name, what"""
_BROKEN = """
    SELECT files.* FROM files
    LEFT JOIN (SELECT file_sha256 AS sha, sum(rows) AS rows, sum(fils) AS fils FROM parts GROUP BY 1) p ON p.sha = files.sha256
    LEFT JOIN (SELECT file_sha256 AS sha, sum(accepted) AS rows, sum(duplicates) AS duplicates, sum(rejected) AS rejected,
                      sum(fils_accepted) AS fils, sum(fils_duplicates) AS fils_duplicates, sum(fils_rejected) AS fils_rejected
               FROM days GROUP BY 1) d ON d.sha = files.sha256
    LEFT JOIN (SELECT file_sha256 AS sha, count(*) AS rows FROM rejects GROUP BY 1) r ON r.sha = files.sha256
    LEFT JOIN (SELECT file_sha256 AS sha, sum(lines) AS lines FROM skips GROUP BY 1) s ON s.sha = files.sha256
    WHERE accepted <> coalesce(p.rows, 0) OR files.rejected <> coalesce(r.rows, 0) OR skipped <> coalesce(s.lines, 0)
       OR coalesce(fils_accepted, 0) <> coalesce(p.fils, 0)
       OR (d.sha IS NOT NULL AND (accepted <> d.rows OR files.duplicates <> d.duplicates OR files.rejected <> d.rejected
           OR coalesce(fils_accepted, 0) <> coalesce(d.fils, 0)
           OR coalesce(files.fils_duplicates, 0) <> coalesce(d.fils_duplicates, 0)
           OR coalesce(files.fils_rejected, 0) <> coalesce(d.fils_rejected, 0)))
       OR (d.sha IS NULL AND first_day IS NOT NULL)"""
