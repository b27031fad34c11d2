"""Re-adds the whole store from its files, and names whatever differs from the ledger or from what is published.

Rule: nothing is taken on trust: bytes are hashed, rows and fils are counted again from the Parquet, the ledger is made again
from the receipts and compared, and the marts of the current snapshot are summed. A damaged Parquet page is read by every
engine without an error; only the hash tells.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from store import corrected, files, ledger, parts, replay, settings
from store.contract import SOURCES, Source
from store.control import Compared
from store.errors import NoSnapshotError, StoreError
from store.progress import Progress, silent
from store.rollup import checks, units
from store.snapshot import current_version, open_current, snapshot_file


@dataclass(frozen=True)
class Report:
    """`problems` name what differs; `notes` what an operator should know but is no damage."""

    files: int
    parts: int
    rows: int
    problems: tuple[str, ...]
    notes: tuple[str, ...]


def verify(data: Path, progress: Progress = silent) -> Report:
    """Check every file, part, day, reject and receipt of the ledger, the units, and the current snapshot against them.

    Raises LedgerError where the ledger cannot be opened, or is older than the data.
    """
    with ledger.opened(data) as connection:
        broken = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        if broken:
            problem = f"{ledger.FILE}: damaged ({broken[0]}), so nothing else was looked at; run `python -m store rebuild`"
            return Report(0, 0, 0, (problem,), ())
        recorded = connection.execute(_PARTS).fetchall()
        problems: list[str] = []
        notes: list[str] = []
        daily: list[pl.DataFrame] = []

        def every_part() -> Iterator[str]:
            for number, part in enumerate(recorded, 1):
                found, days = _part(data, part)
                daily.extend(days)
                progress(str(part["path"]).rpartition("/")[0], number, len(recorded))
                yield from found

        problems += _told(_sums(connection))
        problems += _told(every_part())
        problems += _told(_days(connection, daily)) if not problems else []
        problems += _told(corrected.differing(connection, data))
        problems += _told(f"{path}: {what}; run `python -m store publish`" for path, what in units.damage(data, connection))
        problems += _told(_snapshot(connection, data, notes))
        problems += _told(replay.differing(data, connection))
        notes += [*_unreconciled(connection), *_retired(connection)]
        [(count, rows)] = connection.execute("SELECT count(*), coalesce(sum(accepted), 0) FROM files").fetchall()
        named = {path for (path,) in connection.execute("SELECT path FROM parts")}
    unknown = {p.relative_to(data).as_posix() for p in (data / parts.FOLDER).rglob("*.parquet")} - named
    if unknown:
        notes.append(
            f"{len(unknown)} files below {parts.FOLDER}/ are unknown to the ledger and count for nothing, e.g. {min(unknown)}"
        )
    return Report(count, len(recorded), rows, tuple(problems), tuple(notes))


def _told(found: Iterable[str]) -> list[str]:
    """Problems as they are found, up to where the ledger says what cannot be."""
    problems = []
    try:
        for problem in found:
            problems.append(problem)  # one by one: what was found before an error stays
    except (sqlite3.Error, ValueError, TypeError, LookupError, pl.exceptions.PolarsError) as error:
        problems.append(f"{ledger.FILE}: says what cannot be ({type(error).__name__}: {error}); run `python -m store rebuild`")
    except StoreError as error:
        problems.append(str(error))
    return problems


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


def _retired(connection: sqlite3.Connection) -> Iterator[str]:
    """Files whose rows are not kept any more: on purpose, or because they were lost."""
    rows = connection.execute("SELECT * FROM files WHERE retired_at IS NOT NULL ORDER BY source, name").fetchall()
    if retired := [row for row in rows if row["superseded_by"]]:
        yield f"{len(retired)} superseded files were retired: their rows are not kept any more"
    for row in rows:
        if not row["superseded_by"]:
            yield f"{row['source']}/{row['name']} lost its rows and counts no longer: ingest it again with --supersede"


def _part(data: Path, part: sqlite3.Row) -> tuple[list[str], list[pl.DataFrame]]:
    """What is wrong with one Parquet file, and its rows and fils by day for the comparison with `days`."""
    path, source = data / part["path"], SOURCES[part["source"]]
    if not path.exists():
        return [f"{part['path']}: missing; {_LOST}"], []
    if files.sha256(path) != part["sha256"]:
        return [f"{part['path']}: its bytes have changed (SHA-256 differs); {_LOST}"], []
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
    rows = connection.execute(_ACCEPTED).fetchall()
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


def _snapshot(connection: sqlite3.Connection, data: Path, notes: list[str]) -> Iterator[str]:
    """Differences between the marts of the current snapshot and the ledger's parts of the files it was made from."""
    advice = f"run `python -m store publish --data {data}`"
    try:
        version = current_version(data)
        file = snapshot_file(data, version)
        row = connection.execute("SELECT sha256 FROM snapshots WHERE version = ?", (version,)).fetchone()
        if row and row["sha256"] and file.exists() and files.sha256(file) != row["sha256"]:
            yield f"{file.name}: its bytes have changed (SHA-256 differs); {advice}"
            return
        snapshot = open_current(data)
    except NoSnapshotError as error:
        notes.append(str(error))
        return
    try:
        cursor = snapshot.cursor()
        published = dict(cursor.execute("SELECT sha256, ingested_at FROM files").fetchall())
        entered = {
            row["sha256"]: datetime.fromisoformat(row["ingested_at"]).replace(tzinfo=None)
            for row in connection.execute("SELECT sha256, ingested_at FROM files")
        }
        read_again = sum(entered.get(sha) != when for sha, when in published.items())
        lines = checks.reconcile(cursor, cursor.execute(_OWN).fetchall() if read_again else _ledgers(connection, published))
    except duckdb.Error as error:
        yield f"{file.name}: cannot be read ({str(error).splitlines()[0]}); {advice}"
        return
    finally:
        snapshot.close()
    if snapshot.settings != settings.read(data):
        yield f"{settings.FILE}: another currency, minor unit or time zone than snapshot {version}; put it back as it was"
    live = {row["sha256"] for row in connection.execute("SELECT sha256 FROM files WHERE state <> 'superseded'")}
    if stale := len(live ^ published.keys()) + read_again:
        notes.append(f"{stale} files came or went since snapshot {snapshot.version}: run `python -m store publish`")
    elif row is None:
        notes.append(f"snapshot {snapshot.version} is older than the ledger: run `python -m store publish`")
    yield from (f"snapshot {snapshot.version}: {line}" for line in lines if line.differs)


def _ledgers(connection: sqlite3.Connection, published: Collection[str]) -> list[tuple[str, str, int, int | None]]:
    """Source, month, rows and fils of the parts of files (SHA-256) that were published."""
    every = connection.execute("SELECT file_sha256, source, month, rows, fils FROM parts").fetchall()
    return [tuple(part)[1:] for part in every if part["file_sha256"] in published]


_OWN = "SELECT source, strftime(month, '%Y-%m'), rows_ledger, fils_ledger FROM reconciliation"
"""What the ledger held when a snapshot was made. A file that was read again since has other parts now."""
_LOST = (
    "restore it from a backup, or ingest its file again with --supersede; "
    "without the file, `rebuild --incomplete` leaves its rows out"
)
_PARTS = """
    SELECT parts.* FROM parts LEFT JOIN files ON files.sha256 = file_sha256 WHERE retired_at IS NULL ORDER BY path"""
_ACCEPTED = """
    SELECT file_sha256, day, accepted, fils_accepted FROM days
    WHERE accepted > 0 AND file_sha256 NOT IN (SELECT sha256 FROM files WHERE retired_at IS NOT NULL)"""
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
