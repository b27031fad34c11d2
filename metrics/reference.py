"""What pages need beside KPIs: names of departments and services, targets, incidents, campaigns, and how the data stands.

Rule: everything goes through the scope. What belongs to the whole government (files, quarantine, reconciliation, totals of
sources) is empty for a scope that names departments, for its numbers and raw rows cannot be told apart by department.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import polars as pl

from metrics.compile import Statement, scope_clause
from metrics.fetch import fetch
from metrics.model import Number, Scope, Window
from store.marts import MARTS
from store.snapshot import Snapshot

_POLARS: Final[dict[str, pl.DataType]] = {
    "VARCHAR": pl.String(),
    "BIGINT": pl.Int64(),
    "INTEGER": pl.Int32(),
    "BOOLEAN": pl.Boolean(),
    "DATE": pl.Date(),
    "TIMESTAMP": pl.Datetime("us"),
}


@dataclass(frozen=True)
class Department:
    """A department; `size` in employees, `joined_on` the day it joined the gateway."""

    code: str
    name_en: str
    name_ar: str
    size: int
    joined_on: date | None

    def name(self, language: str) -> str:
        """Its name in 'en' or 'ar'."""
        return self.name_ar if language == "ar" else self.name_en


@dataclass(frozen=True)
class Service:
    """An e-service of the catalogue; `fee_fils` is None where the amount is open."""

    code: str
    department: str
    name_en: str
    name_ar: str
    transactional: bool
    monitored: bool
    on_mobile: bool
    automatic_payment: bool
    fee_fils: int | None
    channels: tuple[str, ...]
    contact: str | None
    launched_on: date | None

    def name(self, language: str) -> str:
        """Its name in 'en' or 'ar'."""
        return self.name_ar if language == "ar" else self.name_en


@dataclass(frozen=True)
class Target:
    """Target of a KPI for a year, for one department or (None) the whole government, in the unit of the KPI."""

    kpi: str
    department: str | None
    year: int
    numerator: int
    denominator: int

    @property
    def value(self) -> Number:
        """The target as a number; an integer where it is whole."""
        whole, rest = divmod(self.numerator, self.denominator)
        return self.numerator / self.denominator if rest else whole


@dataclass(frozen=True)
class Incident:
    """Unplanned downtime of a service without a break. Times are UTC; `ended_at` is None while it lasts."""

    department: str
    service: str
    started_at: datetime
    ended_at: datetime | None
    down_seconds: int


@dataclass(frozen=True)
class Wave:
    """A planned wave of a survey and the days it runs, both inclusive; it is launched once it has begun."""

    code: str
    survey: str
    name_en: str
    name_ar: str
    window: Window


@dataclass(frozen=True)
class Campaign:
    """A campaign and the days it ran, both inclusive."""

    code: str
    name_en: str
    name_ar: str
    window: Window
    departments: tuple[str, ...]

    def name(self, language: str) -> str:
        """Its name in 'en' or 'ar'."""
        return self.name_ar if language == "ar" else self.name_en


@dataclass(frozen=True)
class Event:
    """A public event where services were shown."""

    code: str
    name_en: str
    name_ar: str
    window: Window
    entities: int
    area_m2: int
    polls_answered: int
    complaints: int

    def name(self, language: str) -> str:
        """Its name in 'en' or 'ar'."""
        return self.name_ar if language == "ar" else self.name_en


def departments(snapshot: Snapshot, scope: Scope) -> tuple[Department, ...]:
    """Departments of the scope, by code."""
    return tuple(Department(**r) for r in _records(snapshot, "departments", scope, column="code", order="code"))


def services(snapshot: Snapshot, scope: Scope) -> tuple[Service, ...]:
    """Services of the departments of the scope, by code."""
    records = _records(snapshot, "services", scope, order="code")
    return tuple(Service(**{**r, "channels": tuple((r["channels"] or "").split())}) for r in records)


def targets(snapshot: Snapshot, scope: Scope, kpi: str | None = None, year: int | None = None) -> tuple[Target, ...]:
    """Targets of the scope's departments, and for the scope of everything those of the whole government too."""
    wanted = [Statement(f"{c} = ?", (v,)) for c, v in (("kpi", kpi), ("year", year)) if v is not None]
    records = _records(snapshot, "targets", scope, *wanted, order="kpi, year, department")
    return tuple(Target(**{**r, "department": None if r["department"] == "*" else r["department"]}) for r in records)


def target(snapshot: Snapshot, scope: Scope, kpi: str, year: int) -> Target | None:
    """The one target of the scope as a whole: the government's, or that of its only department; None where there is none."""
    wanted = None if scope.departments is None else next(iter(scope.departments), None)
    if scope.departments is not None and len(scope.departments) != 1:
        return None
    return next((t for t in targets(snapshot, scope, kpi, year) if t.department == wanted), None)


def incidents(snapshot: Snapshot, scope: Scope, window: Window) -> tuple[Incident, ...]:
    """Incidents that began in the window, newest first."""
    began = Statement("period_start >= ? AND period_start <= ?", (window.start, window.end))
    records = _records(snapshot, "incidents", scope, began, order="started_at DESC, service")
    fields = ("department", "service", "started_at", "ended_at", "down_seconds")
    return tuple(Incident(**{f: r[f] for f in fields}) for r in records)


def monitor_summaries(snapshot: Snapshot, scope: Scope, window: Window) -> pl.DataFrame:
    """What a monitor itself reported, one row per service and day, in order of both. Never part of a KPI.

    Columns: period_start, period_end (Date), department, service (String), reported_down_seconds (Int64).
    """
    inside = Statement("period_start >= ? AND period_end <= ?", (window.start, window.end))
    return _frame("monitor_summaries", _records(snapshot, "monitor_summaries", scope, inside, order="service, period_start"))


def campaigns(snapshot: Snapshot, scope: Scope) -> tuple[Campaign, ...]:
    """Campaigns in which a department of the scope takes part, with only those departments named, oldest first."""
    found = []
    for r in _records(snapshot, "campaigns", Scope.everything(), order="starts_on, code"):
        among = tuple(d for d in r["departments"].split() if scope.departments is None or d in scope.departments)
        if among or scope.departments is None:
            found.append(Campaign(r["code"], r["name_en"], r["name_ar"], Window(r["starts_on"], r["ends_on"]), among))
    return tuple(found)


def waves(snapshot: Snapshot, scope: Scope) -> tuple[Wave, ...]:
    """Planned waves of surveys that ask about a department of the scope, in order of their start."""
    found = []
    for r in _records(snapshot, "waves", Scope.everything(), order="starts_on, code"):
        asked = tuple(r["departments"].split())
        if scope.departments is None or not asked or scope.departments & set(asked):
            found.append(Wave(r["code"], r["survey"], r["name_en"], r["name_ar"], Window(r["starts_on"], r["ends_on"])))
    return tuple(found)


def events(snapshot: Snapshot) -> tuple[Event, ...]:
    """Public events, oldest first. They belong to no department, so they need no scope."""
    return tuple(
        Event(window=Window(r.pop("starts_on"), r.pop("ends_on")), **r)
        for r in _records(snapshot, "events", Scope.everything(), order="starts_on, code")
    )


def coverage(snapshot: Snapshot, scope: Scope) -> pl.DataFrame:
    """One row per source: counts and fils of its files, first and last day, complete-through (columns of the mart `coverage`).

    A scope that names departments sees the days only; the numbers are null.
    """
    frame = _frame("coverage", _records(snapshot, "coverage", Scope.everything(), order="source"))
    if scope.departments is None:
        return frame
    numbers = [name for name, kind in MARTS["coverage"].items() if kind == "BIGINT"]
    return frame.with_columns(pl.lit(None, pl.Int64).alias(name) for name in numbers)


def coverage_days(snapshot: Snapshot, scope: Scope) -> pl.DataFrame:
    """Rows and fils per source and day, in order of both; empty for a scope that names departments."""
    return _operators(snapshot, "coverage_days", scope, "source, day")


def reconciliation(snapshot: Snapshot, scope: Scope) -> pl.DataFrame:
    """Ledger against marts per source and month; empty for a scope that names departments."""
    return _operators(snapshot, "reconciliation", scope, "source, month")


def files(snapshot: Snapshot, scope: Scope) -> pl.DataFrame:
    """Files that were ingested, newest first; empty for a scope that names departments."""
    return _operators(snapshot, "files", scope, "ingested_at DESC, source, name")


def controls(snapshot: Snapshot, scope: Scope) -> pl.DataFrame:
    """Files with control totals of their sender beside what came in, newest first; empty for a scope that names departments."""
    return _operators(snapshot, "controls", scope, "ingested_at DESC, source, name")


def quarantine(snapshot: Snapshot, scope: Scope) -> pl.DataFrame:
    """Rejected rows, how each stands and its raw text, open ones first; empty for a scope that names departments."""
    return _operators(snapshot, "quarantine", scope, "state <> 'open', source, file, line, \"column\"")


def meta(snapshot: Snapshot) -> dict[str, str]:
    """What the snapshot says of itself: version, published_at (ISO, UTC), complete_through, currency, minor_unit, timezone."""
    return {r["key"]: r["value"] for r in _records(snapshot, "meta", Scope.everything(), order="key")}


def mart_frame(snapshot: Snapshot, table: str, order: str) -> pl.DataFrame:
    """A whole table of a snapshot, whatever the scope: who calls this keeps to the scope itself."""
    return _frame(table, _records(snapshot, table, Scope.everything(), order=order))


def _operators(snapshot: Snapshot, table: str, scope: Scope, order: str) -> pl.DataFrame:
    """A table of the data operator, who sees the whole government or nothing."""
    records = _records(snapshot, table, scope, order=order) if scope.departments is None else []
    return _frame(table, records)


def _records(
    snapshot: Snapshot, table: str, scope: Scope, *conditions: Statement, order: str, column: str = "department"
) -> list[dict[str, Any]]:
    used = [c for c in (scope_clause(scope, column), *conditions) if c.sql]
    where = f"\nWHERE {' AND '.join(c.sql for c in used)}" if used else ""
    names = ", ".join(f'"{name}"' for name in MARTS[table])
    sql = f"SELECT {names}\nFROM {table}{where}\nORDER BY {order}"
    return fetch(snapshot, Statement(sql, tuple(v for c in used for v in c.parameters)))


def _frame(table: str, records: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(records, schema={name: _POLARS[kind] for name, kind in MARTS[table].items()}, orient="row")
