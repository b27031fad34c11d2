"""Log against settlement as tables: by day, by department, and the items that do not match.

Rule: both sides stand beside each other, in full; the last row of items is a net difference, in which two may cancel out.
Hazard: a snapshot lists the largest items only (ui.settlement.listed_of says so).
"""

from __future__ import annotations

from typing import Final

import polars as pl

import metrics
from metrics.words import N_
from ui.columns import amounts, counts, days, texts
from ui.context import Context
from ui.grid import Cell, Column, Grid
from ui.known import major
from ui.money import minor_to_major
from ui.names import Names
from ui.settled import PAIRS, Settled, judged

WHY: Final = {
    "not_settled": N_("in the log, not settled yet"),
    "not_in_log": N_("settled, not in the log"),
    "not_paid": N_("settled, though the log says it failed or was abandoned"),
    "amount": N_("amounts differ"),
    "elsewhere": N_("settled for another day or department"),
}


def by_day(found: Settled, names: Names) -> Grid:
    """Every compared day, those that differ first, newest first."""
    rows = found.rows.sort("differs", "day", descending=True)
    return _grid(rows, Column(names.format.words("Day"), "date"), rows["day"].to_list(), names)


def by_department(context: Context, names: Names) -> Grid:
    """Every department, those that differ most first."""
    frame = judged(metrics.settlement(context.snapshot, context.scope, context.window, "department"))
    rows = frame.sort(pl.col("items"), pl.col("log_gross_fils"), descending=True)
    codes: list[Cell] = [names.of("department", code) for code in rows["department"]]
    return _grid(rows, Column(names.format.words("Department"), "text"), codes, names)


def _grid(frame: pl.DataFrame, key: Column, keys: list[Cell], names: Names) -> Grid:
    """Both sides of each row, gross and refunded apart, the net difference, and the number of items behind it."""
    words = names.format.words
    columns = (
        key,
        *counts(words("Payments, log"), words("Payments, bank"), words("Refunds, log"), words("Refunds, bank")),
        *amounts(names, words("Paid, log"), words("Paid, bank"), words("Refunded, log"), words("Refunded, bank")),
        *amounts(names, words("Net difference")),
        *counts(words("Unmatched items")),
    )
    order = [name for pair in PAIRS for name in pair]

    def cells(values: dict[str, int]) -> list[Cell]:
        amounts = {name: minor_to_major(values[name]) for name in (*order, "fils_apart") if "fils" in name}
        return [*(amounts.get(name, values[name]) for name in (*order, "fils_apart")), values["items"]]

    rows = tuple((first, *cells(row)) for first, row in zip(keys, frame.iter_rows(named=True), strict=True))
    sums = {name: int(frame[name].sum()) for name in (*order, "fils_apart", "items")}
    return Grid(columns, rows, (words("Total"), *cells(sums)))


def unmatched_grid(context: Context, names: Names) -> Grid:
    """The items that do not match, newest first; the last row is the net of their differences, and says so."""
    words = names.format.words
    columns = (
        *texts(words("Number in the log")),
        *days(words("Day")),
        *texts(words("Department"), words("Why")),
        *amounts(names, words("Amount, log"), words("Amount, bank"), words("Difference")),
        *days(words("Booked on")),
    )
    frame = metrics.unmatched(context.snapshot, context.scope, context.window)
    frame = frame.with_columns((pl.col("bank_fils").fill_null(0) - pl.col("log_fils").fill_null(0)).alias("apart"))
    rows = tuple(
        (
            str(r["event_id"]),
            r["day"],
            names.of("department", r["department"]),
            words(WHY[r["reason"]]),
            *(major(r[k]) for k in ("log_fils", "bank_fils", "apart")),
            r["settled_on"],
        )
        for r in frame.iter_rows(named=True)
    )
    return Grid(columns, rows, (words("Net difference"), "", "", "", "", "", minor_to_major(int(frame["apart"].sum())), ""))
