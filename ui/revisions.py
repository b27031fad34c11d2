"""Revisions on the Data page: which published numbers changed later, what they were, what they are, since when and by which file.

Rule: a day that changed twice has two lines, newest first, so that the lines of a day are its history.
Hazard: only numbers that a snapshot had published as complete are here; what came before that is no revision.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import metrics
from ui.context import Context
from ui.grid import Column, Grid
from ui.known import major
from ui.names import Names


def revised_in_words(context: Context) -> str:
    """How many days of the period were revised, and when last; empty where none was."""
    lines = metrics.revisions(context.snapshot, context.scope, context.window)
    if lines.is_empty():
        return ""
    days = lines["period_start"].n_unique()
    last = context.local(lines.row(0, named=True)["revised_at"]).date()
    return context._.ngettext(
        "{n} day of this period was revised after it had been published, last on {date}: see Reconciliation.",
        "{n} days of this period were revised after they had been published, last on {date}: see Reconciliation.",
        days,
        n=context.format.count(days),
        date=context.format.date(last),
    )


def revisions_grid(context: Context, names: Names, local: Callable[[datetime], datetime]) -> Grid:
    """All revisions of the period, newest first: was, is, since, and by which files where the scope is the whole government.

    `local` gives a time (UTC) in the store's zone.
    """
    words, currency, whole = names.format.words, names.format.currency, context.scope.departments is None
    columns = (
        Column(words("Source"), "text"),
        Column(words("From"), "date"),
        Column(words("To"), "date"),
        Column(words("Department"), "text"),
        Column(words("Records, was"), "count"),
        Column(words("Records, is"), "count"),
        Column(words("Amount, was"), "money", currency),
        Column(words("Amount, is"), "money", currency),
        Column(words("Since"), "moment"),
        *((Column(words("Files"), "text"),) if whole else ()),
        Column(words("Snapshot"), "text"),
    )
    lines = metrics.revisions(context.snapshot, context.scope, context.window)
    rows = tuple(
        (
            names.of("source", r["source"]),
            r["period_start"],
            r["period_end"],
            names.of("department", r["department"]),
            r["was_rows"],
            r["rows"],
            major(r["was_fils"]),
            major(r["fils"]),
            local(r["revised_at"]),
            *((r["files"],) if whole else ()),
            r["version"],
        )
        for r in lines.iter_rows(named=True)
    )
    return Grid(columns, rows)
