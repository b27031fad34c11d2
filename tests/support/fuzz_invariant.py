"""The invariant of a store, looked at from every side: what came in is all accepted, duplicate or rejected, rows and fils.

Per file (its entry), per day (table `days` against the stored Parquet), per mart (published and verified), and as the pages
see it (coverage, coverage_days, reconciliation and the collected amount of metrics).
Rule: nothing here calls what wrote the numbers; sums are made again from the rows.
"""

from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from metrics import Scope, Window, coverage, coverage_days, query, reconciliation
from store import ledger
from store.contract import SOURCES
from store.publish import publish
from store.snapshot import Snapshot, open_current
from store.verify import verify

EVERYTHING = Scope.everything()
_VERDICTS = ("accepted", "duplicates", "rejected")


def broken(data: Path, *, known: Collection[str] = ()) -> list[str]:
    """What does not hold, after publishing where there is something to publish; `known` problems of `verify` are meant."""
    found = [*_files(data), *_days(data)]
    if _accepted(data):
        publish(data)
        snapshot = open_current(data)
        try:
            found += [*_pages(data, snapshot), *_collected(data, snapshot)]
        finally:
            snapshot.close()
    return found + sorted({*verify(data).problems} ^ {*known})


def entries(data: Path) -> list[dict[str, Any]]:
    """Every file the ledger knows."""
    with ledger.opened(data) as book:
        return [dict(row) for row in book.execute("SELECT * FROM files ORDER BY seq")]


def rows_of(data: Path, source: str) -> pl.DataFrame:
    """Stored rows of a source that count, with their derived columns."""
    with ledger.opened(data) as book:
        paths = [data / part["path"] for part in ledger.live_parts(book, source)]
    return pl.concat([pl.read_parquet(path, hive_partitioning=False) for path in paths]) if paths else pl.DataFrame()


def _accepted(data: Path) -> bool:
    return any(entry["accepted"] and entry["state"] == "live" for entry in entries(data))


def _files(data: Path) -> Iterator[str]:
    with ledger.opened(data) as book:
        for entry in entries(data):
            where = f"{entry['source']}/{entry['name']} {entry['sha256'][:8]}"
            if entry["rows_in"] != sum(entry[verdict] for verdict in _VERDICTS):
                yield f"{where}: rows do not add up"
            if entry["fils_in"] is not None and entry["fils_in"] != sum(entry[f"fils_{verdict}"] for verdict in _VERDICTS):
                yield f"{where}: fils do not add up"
            lines = book.execute("SELECT count(DISTINCT line) FROM rejects WHERE file_sha256 = ?", (entry["sha256"],)).fetchone()[
                0
            ]
            if lines != entry["rejected"]:
                yield f"{where}: {entry['rejected']} rows rejected, {lines} in quarantine"


def _days(data: Path) -> Iterator[str]:
    """The ledger's days against the files' entries and against the rows that are stored."""
    with ledger.opened(data) as book:
        days = [dict(row) for row in book.execute("SELECT days.*, state FROM days JOIN files ON sha256 = file_sha256")]
    for entry in entries(data):
        if SOURCES[entry["source"]].time is None:
            continue
        mine = [day for day in days if day["file_sha256"] == entry["sha256"]]
        for what in (*_VERDICTS, *(f"fils_{verdict}" for verdict in _VERDICTS)):
            if (entry[what] or 0) != sum(day[what] or 0 for day in mine):
                yield f"{entry['source']}/{entry['name']}: {what} of its days do not add up"
    for source in {entry["source"] for entry in entries(data)}:
        if SOURCES[source].time is None:
            continue
        live = [day for day in days if day["source"] == source and day["state"] == "live"]
        said = {day: _sum(live, day) for day in {row["day"] for row in live if row["accepted"]}}
        if said != (found := _by_day(data, source)):
            yield f"{source}: days of the ledger {said}, of the stored rows {found}"


def _sum(days: list[dict[str, Any]], day: str) -> tuple[int, int]:
    mine = [row for row in days if row["day"] == day]
    return sum(row["accepted"] for row in mine), sum(row["fils_accepted"] or 0 for row in mine)


def _by_day(data: Path, source: str) -> dict[str, tuple[int, int]]:
    rows, money = rows_of(data, source), SOURCES[source].money
    if rows.is_empty():
        return {}
    amount = pl.lit(0) if money is None else pl.col(money).sum()
    daily = rows.group_by("business_date").agg(pl.len(), amount.alias("fils"))
    return {day.isoformat(): (count, fils) for day, count, fils in daily.iter_rows()}


def _pages(data: Path, snapshot: Snapshot) -> Iterator[str]:
    """What the page Data shows."""
    counted = [entry for entry in entries(data) if entry["state"] != "superseded"]
    columns = ("rows_in", *_VERDICTS, "fils_in", *(f"fils_{verdict}" for verdict in _VERDICTS))
    shown = {row["source"]: row for row in coverage(snapshot, EVERYTHING).iter_rows(named=True)}
    for source in {entry["source"] for entry in counted} | shown.keys():
        mine = [entry for entry in counted if entry["source"] == source]
        for column in columns:
            if (shown[source][column] or 0) != sum(entry[column] or 0 for entry in mine):
                yield f"coverage of {source}: {column} is {shown[source][column]}"
    for source, said in shown.items():
        if said["rows_in"] != sum(said[verdict] for verdict in _VERDICTS):
            yield f"coverage of {source}: rows do not add up"
        if said["fils_in"] is not None and said["fils_in"] != sum(said[f"fils_{verdict}"] for verdict in _VERDICTS):
            yield f"coverage of {source}: fils do not add up"
    yield from _shown_days(data, snapshot)
    for line in reconciliation(snapshot, EVERYTHING).iter_rows(named=True):
        if (line["rows_ledger"], line["fils_ledger"]) != (line["rows_mart"], line["fils_mart"]):
            yield f"reconciliation of {line['source']} {line['month']} differs"


def _shown_days(data: Path, snapshot: Snapshot) -> Iterator[str]:
    with ledger.opened(data) as book:
        sums = ", ".join(f"sum(days.{verdict}), sum(coalesce(days.fils_{verdict}, 0))" for verdict in _VERDICTS)
        query = f"""SELECT days.source, day, {sums} FROM days JOIN files ON sha256 = file_sha256
                    WHERE state = 'live' AND day <> '' GROUP BY 1, 2"""
        held = {(row[0], row[1]): tuple(row)[2:] for row in book.execute(query)}
    shown = {
        (row["source"], row["day"].isoformat()): (
            row["rows"],
            row["fils"] or 0,
            row["duplicates"],
            row["fils_duplicates"] or 0,
            row["rejected"],
            row["fils_rejected"] or 0,
        )
        for row in coverage_days(snapshot, EVERYTHING).iter_rows(named=True)
    }
    for key in held.keys() | shown.keys():
        if held.get(key, (0,) * 6) != shown.get(key):
            yield f"coverage_days of {key} is {shown.get(key)}, the ledger has {held.get(key)}"


def _collected(data: Path, snapshot: Snapshot) -> Iterator[str]:
    """Collected amount, gross and refunds of every day, as a page asks for them, against the stored payments."""
    rows = rows_of(data, "payments")
    if rows.is_empty():
        return
    first, last = rows["business_date"].min(), rows["business_date"].max()
    assert isinstance(first, date)
    assert isinstance(last, date)
    delivered = coverage_days(snapshot, EVERYTHING).filter(pl.col("delivered"), source="payments")["day"]
    quiet = {day.isoformat(): 0 for day in delivered if first <= day <= last}
    wanted = {
        "collected_amount": pl.col("status").is_in(["settled", "refunded"]),
        "gross_amount": pl.col("status") == "settled",
        "refunded_amount": pl.col("status") == "refunded",
    }
    for kpi, counts in wanted.items():
        sign = -1 if kpi == "refunded_amount" else 1
        result = query(kpi, Window(first, last), snapshot=snapshot, scope=EVERYTHING, by=("day",))
        shown = {row.key("day"): row.value for row in result.rows}
        amount = pl.when(counts).then(pl.col("amount_fils") * sign).otherwise(0).sum()
        held = quiet | {day.isoformat(): fils for day, fils in rows.group_by("business_date").agg(amount).iter_rows()}
        if {day: value for day, value in shown.items() if value is not None} != held:
            yield f"{kpi} by day is {shown}, the stored rows say {held}"
        if result.total.value != sum(held.values()):
            yield f"{kpi} is {result.total.value}, the stored rows say {sum(held.values())}"
