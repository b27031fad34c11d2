"""Numbers that changed after they had been published as complete: what was, what is, since when.

Rule: a day that was revised several times is told once: what was published first, what is now, since the last time. Where
neither amount nor records differ, that is said, for something else does.
Hazard: the ledger of revisions knows sources, days and departments, so a note is about all services and channels of these days;
and files are of the whole government, so a scope that names departments is not told their names.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from metrics.compile import Question, Statement
from metrics.fetch import fetch
from metrics.model import Scope, Window
from metrics.periods import Grain, key_of
from metrics.reference import mart_frame
from metrics.words import N_, Note
from store.snapshot import Snapshot

AMOUNTS: Final = N_(
    "{log}: revised since it was published, {revised}. Over all services and channels the amount of these days was {was_fils}, is"
    " {now_fils}, since {day} ({files})."
)
RECORDS: Final = N_(
    "{log}: revised since it was published, {revised}. Over all services and channels the records of these days were {was_rows},"
    " are {now_rows}, since {day} ({files})."
)
DETAILS: Final = N_(
    "{log}: revised since it was published, {revised}. Over all services and channels these days have as many records as before,"
    " {now_rows}, but with other details, since {day} ({files})."
)
_CELL: Final = ("source", "period_start", "period_end", "department")


def revisions(snapshot: Snapshot, scope: Scope, window: Window | None = None) -> pl.DataFrame:
    """Every revision of the scope's departments, of periods that touch the window, newest first; columns of the mart.

    `files` is empty for a scope that names departments.
    """
    frame = _all(snapshot)
    if scope.departments is not None:
        frame = frame.filter(pl.col("department").is_in(sorted(scope.departments))).with_columns(files=pl.lit(""))
    if window is not None:
        frame = frame.filter(pl.col("period_start") <= window.end, pl.col("period_end") >= window.start)
    return frame


def revision_notes(snapshot: Snapshot, question: Question, window: Window) -> tuple[Note, ...]:
    """One note for each source of the KPI of which days of the window were revised."""
    frame = _of(snapshot, question, window)
    return tuple(_note(snapshot, question, lines) for _, lines in frame.group_by("source", maintain_order=True))


def revised_keys(snapshot: Snapshot, question: Question, window: Window, grain: Grain | None) -> tuple[str, ...]:
    """Keys of the periods of time in which something was revised, in order."""
    if grain is None:
        return ()
    days = _of(snapshot, question, window)["period_start"].unique().sort().to_list()
    return tuple(dict.fromkeys(key_of(max(day, window.start), grain) for day in days))


def _of(snapshot: Snapshot, question: Question, window: Window) -> pl.DataFrame:
    """Revisions of what a question is about: its sources, scope and departments, in order of source."""
    if _all(snapshot).is_empty():
        return _all(snapshot)
    frame = revisions(snapshot, question.scope, window).filter(pl.col("source").is_in(question.kpi.source.split()))
    if chosen := question.filters.get("department"):
        frame = frame.filter(pl.col("department").is_in(chosen))
    if services := question.filters.get("service"):
        frame = frame.filter(pl.col("department").is_in(_owners(snapshot, question, services)))
    return frame.sort("source", maintain_order=True)


def _owners(snapshot: Snapshot, question: Question, services: tuple[str, ...]) -> tuple[str, ...]:
    """Departments that these services belong to, or did, in the mart of the KPI."""
    sql = f"SELECT DISTINCT department FROM {question.kpi.mart} WHERE service IN ({', '.join('?' for _ in services)})"
    return tuple(str(row["department"]) for row in fetch(snapshot, Statement(sql, services)))


def _note(snapshot: Snapshot, question: Question, lines: pl.DataFrame) -> Note:
    """What the first published numbers of these days were, and what they are; `lines` are newest first."""
    first = lines.unique(_CELL, keep="last", maintain_order=True)
    last = lines.unique(_CELL, keep="first", maintain_order=True)
    newest = lines.row(0, named=True)
    unit = snapshot.settings.minor_unit
    values = {
        "log": newest["source"],
        "revised": _days(lines),
        "day": _local(newest["revised_at"], snapshot).date().isoformat(),
        "files": newest["files"] or newest["version"],
    }
    was_fils, now_fils = first["was_fils"].sum(), last["fils"].sum()
    if question.kpi.unit == "fils" and was_fils != now_fils:
        return Note(AMOUNTS, was_fils=f"{was_fils} {unit}", now_fils=f"{now_fils} {unit}", **values)
    was_rows, now_rows = first["was_rows"].sum(), last["rows"].sum()
    if was_rows != now_rows:
        return Note(RECORDS, was_rows=was_rows, now_rows=now_rows, **values)
    return Note(DETAILS, now_rows=now_rows, **values)


def _days(lines: pl.DataFrame) -> str:
    """The first and the last revised day: '2012-08-21' or '2012-08-21 to 2012-08-25'."""
    start, end = min(lines["period_start"].to_list()), max(lines["period_end"].to_list())
    return f"{start}" if start == end else f"{start} to {end}"


def _local(at: datetime, snapshot: Snapshot) -> datetime:
    return at.replace(tzinfo=UTC).astimezone(ZoneInfo(snapshot.settings.timezone))


@lru_cache(maxsize=4)
def _all(snapshot: Snapshot) -> pl.DataFrame:
    """All revisions, newest first, read once for each snapshot: most have none, and every question asks."""
    return mart_frame(snapshot, "revisions", "revised_at DESC, source, period_start DESC, department")
