"""A published snapshot made of hand-written rows, for tests of metrics and pages.

Rule: what a test does not say has one plain value: department 'dewa', service 'dewa-bills', paid on the web by credit card.
Columns that follow from others (attempts, mobile_settled, baskets) are filled in as the store would fill them.
A row says `day` for one day, or `period_start` and `period_end` for a longer period. Give None to mean NULL.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import duckdb

from store.contract import MOBILE_CHANNELS, SOURCES
from store.marts import MARTS
from store.settings import Settings
from store.snapshot import LAYOUT, POINTER, Snapshot, open_current, snapshot_file

Rows = Iterable[Mapping[str, Any]]
DIMENSIONS = {
    "department": "dewa",
    "service": "dewa-bills",
    "channel": "web",
    "method": "credit_card",
    "automatic": False,
    "origin": "probes",
    "language": "en",
    "survey": "customer",
    "wave": "continuous",
    "wording": "v1",
    "kind": "complaint",
}
SOURCE_OF = {
    "payments": "payments",
    "completion": "payments",
    "payers": "payments",
    "availability": "probes",
    "incidents": "probes",
    "monitor_summaries": "monitor_summaries",
    "surveys": "surveys",
    "feedback": "feedback",
    "feedback_cases": "feedback",
    "it_spend": "it_spend",
}
DUBAI = Settings()
_versions = count(1)
_SCHEMA = ";\n".join(
    f"CREATE TABLE {name} ({', '.join(f'{json.dumps(column)} {kind}' for column, kind in columns.items())})"
    for name, columns in MARTS.items()
)


def build_snapshot(
    folder: Path, *, complete_through: date | None = None, settings: Settings = DUBAI, totals_behind: str = "", **marts: Rows
) -> Snapshot:
    """Publish a snapshot in `folder` with the given rows per mart (names of store.marts.MARTS) and open it.

    `complete_through` is by default the last day of any row, and every source begins on 1 January of the year
    of its first row. Departments, services, coverage and coverage_days are made from the rows unless they are given.
    """
    tables = _tables(complete_through, settings, totals_behind, marts)
    version = tables["meta"][0]["value"]
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(snapshot_file(folder, version))) as connection:
        _write(connection, tables)
    (folder / POINTER).write_text(version, encoding="utf-8")
    return open_current(folder)


def snapshot_in_memory(
    *, complete_through: date | None = None, settings: Settings = DUBAI, totals_behind: str = "", **marts: Rows
) -> Snapshot:
    """The same without a file, for tests that need many."""
    tables = _tables(complete_through, settings, totals_behind, marts)
    meta = {row["key"]: row["value"] for row in tables["meta"]}
    connection = duckdb.connect(":memory:", config={"threads": 1})
    _write(connection, tables)
    through = meta["complete_through"]
    return Snapshot(Path(), meta["version"], settings, date.fromisoformat(through) if through else None, connection)


def _tables(
    complete_through: date | None, settings: Settings, totals_behind: str, marts: Mapping[str, Rows]
) -> dict[str, list[dict[str, Any]]]:
    unknown = set(marts) - set(MARTS)
    assert not unknown, f"no such mart: {sorted(unknown)}"
    tables = {name: [filled(name, row) for row in rows] for name, rows in marts.items()}
    logs = {name: rows for name, rows in tables.items() if name in SOURCE_OF}
    through = complete_through or max((row["period_end"] for rows in logs.values() for row in rows), default=None)
    meta = {
        "version": f"test{next(_versions)}",
        "published_at": "2012-10-01T03:00:00+00:00",
        "complete_through": through.isoformat() if through else "",
        "currency": settings.currency,
        "minor_unit": settings.minor_unit,
        "timezone": settings.timezone,
        "layout": LAYOUT,
    } | ({"totals_behind": totals_behind} if totals_behind else {})
    made = {**_reference(logs), **_coverage(logs, through), "meta": [{"key": k, "value": v} for k, v in meta.items()]}
    return {**made, **tables}


def filled(mart: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """A whole row of a mart from the columns that a test cares for. A column the mart does not have is an error."""
    row = dict(given)
    if "day" in row and "day" not in MARTS[mart]:
        row["period_start"] = row["period_end"] = row.pop("day")
    if mart == "payments":
        row = {**_payment(row), **row}
    if mart == "services":
        row = {"name_en": row["code"], "name_ar": row["code"], "channels": "", "launched_on": date(2009, 1, 1), **row}
    defaults: dict[str, Any] = {
        column: DIMENSIONS[column] if column in DIMENSIONS else {"BIGINT": 0, "BOOLEAN": False}.get(kind)
        for column, kind in MARTS[mart].items()
    }
    if mart == "incidents":
        defaults |= {"incidents": 1, "started_at": datetime.combine(row["period_start"], datetime.min.time())}
    unknown = set(row) - set(MARTS[mart])
    assert not unknown, f"{mart} has no column {sorted(unknown)}"
    return {**defaults, **row}


def _payment(row: Mapping[str, Any]) -> dict[str, Any]:
    settled = row.get("settled", 0)
    baskets = row.get("baskets", settled)
    return {
        "attempts": settled + (row.get("failed") or 0) + (row.get("abandoned") or 0),
        "mobile_settled": settled if row.get("channel") in MOBILE_CHANNELS else 0,
        "automatic_settled": settled if row.get("automatic") else 0,
        "baskets": baskets,
        "basket_accounts": settled,
    }


def _reference(logs: Mapping[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Departments and services of the rows, named by their codes."""
    pairs = sorted({(row["department"], row.get("service")) for rows in logs.values() for row in rows}, key=str)
    return {
        "departments": [filled("departments", {"code": d, "name_en": d, "name_ar": d}) for d in sorted({d for d, _ in pairs})],
        "services": [filled("services", {"code": s, "department": d}) for d, s in pairs if s],
    }


def _coverage(logs: Mapping[str, list[dict[str, Any]]], through: date | None) -> dict[str, list[dict[str, Any]]]:
    """Coverage as the store would copy it: a source covers the days of the rows it gave, every day of a longer period."""
    days: dict[str, set[date]] = {}
    for mart, rows in logs.items():
        for row in rows:
            length = (row["period_end"] - row["period_start"]).days + 1
            covered = days.setdefault(SOURCE_OF[mart], set())
            covered.update(row["period_start"] + timedelta(days=n) for n in range(length))
    sources = sorted(set(days) & set(SOURCES))
    return {
        "coverage": [
            filled(
                "coverage",
                {
                    "source": s,
                    "files": 1,
                    "first_day": min(days[s]).replace(month=1, day=1),
                    "last_day": max(days[s]),
                    "complete_through": through,
                },
            )
            for s in sources
        ],
        "coverage_days": [
            {"source": s, "day": day, "rows": 1, "fils": 0, "delivered": True} for s in sources for day in sorted(days[s])
        ],
    }


def _write(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, list[dict[str, Any]]]) -> None:
    connection.begin()
    connection.execute(_SCHEMA)
    for name, rows in tables.items():
        if rows:
            columns = MARTS[name]
            places = ", ".join(f"({', '.join('?' * len(columns))})" for _ in rows)
            connection.execute(f"INSERT INTO {name} VALUES {places}", [row.get(c) for row in rows for c in columns])
    connection.commit()
