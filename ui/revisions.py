"""Revisions on the Data page: which published numbers changed later, what they were, what they are, since when and by which file.

Rule: a day that changed twice has two lines, newest first, so that the lines of a day are its history.
Hazard: only numbers that a snapshot had published as complete are here; what came before that is no revision.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import polars as pl

import metrics
from ui.columns import amounts, counts, days, texts
from ui.context import Context
from ui.fact_cards import Fact
from ui.grid import Column, Grid
from ui.known import major
from ui.names import Names


def revised(context: Context) -> Fact:
    """The card of what changed after it had been published: how many days or months of the period, and when last."""
    words, write = context._, context.format
    title, lines = words("Revised since published"), metrics.revisions(context.snapshot, context.scope, context.window)
    if lines.is_empty():
        return Fact(title, write.count(0), words("No published number changed"), "good")
    periods = lines.unique(["period_start", "period_end"])
    number = periods.height
    daily = periods.filter(pl.col("period_start") == pl.col("period_end")).height
    if daily == number:
        said = words.ngettext(
            "Day of this period, last on {date}", "Days of this period, last on {date}", number, date=_last(context, lines)
        )
    elif not daily:
        said = words.ngettext(
            "Month of this period, last on {date}", "Months of this period, last on {date}", number, date=_last(context, lines)
        )
    else:
        said = words("Days and months of this period, last on {date}", date=_last(context, lines))
    return Fact(title, write.count(number), said, "warn")


def _last(context: Context, lines: pl.DataFrame) -> str:
    """The day of the newest revision."""
    return context.format.date(context.local(lines.row(0, named=True)["revised_at"]).date())


def revisions_grid(context: Context, names: Names, local: Callable[[datetime], datetime]) -> Grid:
    """All revisions of the period, newest first: was, is, since, and by which files where the scope is the whole government.

    `local` gives a time (UTC) in the store's zone.
    """
    words, whole = names.format.words, context.scope.departments is None
    columns = (
        *texts(words("Source")),
        *days(words("From"), words("To")),
        *texts(words("Department")),
        *counts(words("Records, was"), words("Records, is")),
        *amounts(names, words("Amount, was"), words("Amount, is")),
        Column(words("Since"), "moment"),
        *(texts(words("Files")) if whole else ()),
        *texts(words("Snapshot")),
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
