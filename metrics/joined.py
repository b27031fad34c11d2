"""Departments that began to report inside the base: five months of theirs beside nine would be a rise that nobody had.

Rule: a row has a change where the same question about its department alone would have one; what the base holds of it stays, so
that rows add up to the total.
Hazard: within its first month a department may just have been quiet, and what people send when they like (surveys, feedback)
says nothing about when a department began.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from metrics.compile import Question, first_days
from metrics.completeness import SPARSE, first_day, records_begin
from metrics.dimensions import marts
from metrics.fetch import fetch
from metrics.model import Row, Window
from metrics.periods import month
from store.snapshot import Snapshot

Key = tuple[str, str]


@dataclass(frozen=True)
class Joined:
    """A department (or that of a service) and the first day of its data."""

    department: str
    first: date


def joined_inside(snapshot: Snapshot, question: Question, base: Window) -> dict[Key, Joined]:
    """The (dimension, code) keys of rows whose department has its first record in a later month of the base than its first."""
    asked = {"department", "service"} & set(question.by)
    if not asked or question.kpi.kind == "balance" or SPARSE & set(question.kpi.source.split()):
        return {}
    start = max(base.start, first_day(snapshot, question.kpi) or base.start)
    quiet = month(start.year, start.month).end
    found: dict[Key, Joined] = {}
    for row in (
        row for mart in filter(records_begin, marts(question.kpi)) for row in fetch(snapshot, first_days(question, mart))
    ):
        one = Joined(str(row["department"]), row["first_day"])
        for key in ((dimension, str(row[dimension])) for dimension in asked):
            if quiet < one.first <= base.end and (key not in found or found[key].first < one.first):
                found[key] = one
    return found


def joined_on(joined: Mapping[Key, Joined], keys: Sequence[Key]) -> date | None:
    """The first day of the department that a row is about; None where it did not begin inside the base."""
    return max((joined[key].first for key in keys if key in joined), default=None)


def joiners(rows: Sequence[Row], joined: Mapping[Key, Joined]) -> list[str]:
    """Codes of the departments of rows that have a value on both sides and yet no change, for their base is not whole."""
    unlike = (row for row in rows if row.value is not None and row.base_value is not None and row.change is None)
    return sorted({joined[key].department for row in unlike for key in row.keys if key in joined})
