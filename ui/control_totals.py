"""Control totals on pages: what the sender of a file says it holds, beside what came in, and which files differ.

Rule: a difference of one row or one fils is a difference, and is shown with its sign: what came in less what was declared.
Hazard: such a file counts, for the operator took it in as it is; only its sender can say which of the two numbers is right.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import polars as pl

import metrics
from metrics import Scope, Snapshot
from ui.columns import amounts, counts, texts
from ui.context import Context
from ui.grid import Column, Grid
from ui.known import major
from ui.lookups import names_of
from ui.names import Names

_PAIRS: Final = (("rows_declared", "rows_found"), ("fils_declared", "fils_found"))


def controls(snapshot: Snapshot, scope: Scope) -> pl.DataFrame:
    """Every file with control totals, those that differ first, newest first: the mart `controls` with `differs`, `rows_apart`
    and `fils_apart` (found less declared)."""
    differs = pl.any_horizontal(pl.col(said).is_not_null() & pl.col(said).ne_missing(pl.col(came)) for said, came in _PAIRS)
    apart = ((pl.col(f"{what}_found") - pl.col(f"{what}_declared")).alias(f"{what}_apart") for what in ("rows", "fils"))
    frame = metrics.controls(snapshot, scope).with_columns(differs.alias("differs"), *apart)
    return frame.sort("differs", descending=True, maintain_order=True)


def contradicted(context: Context) -> pl.DataFrame:
    """The files that differ from their control totals, newest first."""
    return controls(context.snapshot, context.scope).filter("differs")


def differing_files(context: Context) -> str:
    """How many files differ, as a title; empty where none does."""
    number = contradicted(context).height
    if not number:
        return ""
    return context._.ngettext(
        "{n} file differs from the control totals of its sender",
        "{n} files differ from the control totals of their senders",
        number,
        n=context.format.count(number),
    )


def newest_difference(context: Context) -> str:
    """The newest of the files that differ: its name, how far apart it is, and since when. There must be one."""
    words, write = context._, context.format
    row = contradicted(context).row(0, named=True)
    apart = [_apart(context, row["rows_apart"])] if row["rows_apart"] else []
    apart += [write.money_exact(row["fils_apart"], sign=True)] if row["fils_apart"] else []
    return words(
        "{file} ({source}): {difference} against what was declared, since {date}",
        file=write.name(row["name"]),
        source=write.name(names_of(context).of("source", row["source"])),
        difference=words(", ").join(apart) or words("no money"),
        date=write.date(context.local(row["ingested_at"]).date()),
    )


def _apart(context: Context, rows: int) -> str:
    number = context.format.count(rows, sign=True)
    return context._.ngettext("{n} row", "{n} rows", abs(rows), n=number)


def controls_grid(frame: pl.DataFrame, names: Names, local: Callable[[datetime], datetime]) -> Grid:
    """Declared beside found per file; no total, in which differences of two files could cancel out.

    `local` gives a time (UTC) in the store's zone.
    """
    words = names.format.words
    columns = (
        *texts(words("File"), words("Source")),
        *counts(words("Rows declared"), words("Rows found"), words("Difference")),
        *amounts(names, words("Amount declared"), words("Amount found"), words("Difference")),
        *texts(words("State")),
        Column(words("Since"), "moment"),
    )
    rows = tuple(
        (
            r["name"],
            names.of("source", r["source"]),
            *(r[k] for k in ("rows_declared", "rows_found", "rows_apart")),
            *(major(r[k]) for k in ("fils_declared", "fils_found", "fils_apart")),
            _state(r, names),
            local(r["ingested_at"]),
        )
        for r in frame.iter_rows(named=True)
    )
    return Grid(columns, rows, None)


def _state(row: dict[str, Any], names: Names) -> str:
    words = names.format.words
    if row["differs"]:
        return words("differs")
    return words("as declared, checksum too") if row["bytes_confirmed"] else words("as declared")
