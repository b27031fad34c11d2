"""Log against settlement on pages: what the bank has of the payments that the log says were made, and what does not match.

Rule: the bank less the log, with its sign; a single fils is a difference. Days the bank has not delivered are not compared.
Hazard: a payment that is not settled yet is not lost: banks book later than customers pay. The words never say it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import polars as pl

import metrics
from metrics import SETTLEMENT_SUMS, UNMATCHED_REASONS, Compared, Scope, Snapshot, Window
from metrics.words import N_
from ui.context import Context
from ui.fact_cards import Fact
from ui.grid import Cell, Column, Grid
from ui.money import minor_to_major
from ui.names import Names

WHY: Final = {
    "not_settled": N_("in the log, not settled yet"),
    "not_in_log": N_("settled, not in the log"),
    "not_paid": N_("settled, though the log says it failed or was abandoned"),
    "amount": N_("amounts differ"),
    "elsewhere": N_("settled for another day or department"),
}
_PAIRS: Final = (
    ("log_payments", "bank_payments"),
    ("log_refunds", "bank_refunds"),
    ("log_gross_fils", "bank_gross_fils"),
    ("log_refund_fils", "bank_refund_fils"),
)


@dataclass(frozen=True)
class Settled:
    """Log and bank over the compared days of a window: `rows` by day with `items`, `fils_apart` and `differs`, and their sums.

    `expected`: whether there is a payment log that a bank could settle; `delivered`: whether the bank delivers at all.
    """

    expected: bool
    delivered: bool
    compared: Compared
    rows: pl.DataFrame
    payments: int
    refunds: int
    net_fils: int
    fils_apart: int
    items: int
    days_apart: int


def settled(context: Context) -> Settled:
    """The comparison over the window of a view, once for each snapshot, scope and window."""
    return _settled(context.snapshot, context.scope, context.window)


@lru_cache(maxsize=16)
def _settled(snapshot: Snapshot, scope: Scope, window: Window) -> Settled:
    rows = judged(metrics.settlement(snapshot, scope, window, "day"))
    sums = {name: int(rows[name].sum()) for name in (*SETTLEMENT_SUMS, "fils_apart", "items")}
    sources = set(metrics.coverage(snapshot, scope)["source"])
    return Settled(
        expected="payments" in sources,
        delivered="settlements" in sources,
        compared=metrics.compared(snapshot, window),
        rows=rows,
        payments=sums["log_payments"],
        refunds=sums["log_refunds"],
        net_fils=sums["log_gross_fils"] - sums["log_refund_fils"],
        fils_apart=sums["fils_apart"],
        items=sums["items"],
        days_apart=rows.filter("differs").height,
    )


def judged(frame: pl.DataFrame) -> pl.DataFrame:
    """A comparison with `fils_apart` (net, bank less log), `items` that do not match, and whether anything `differs`."""
    net = {side: pl.col(f"{side}_gross_fils") - pl.col(f"{side}_refund_fils") for side in ("log", "bank")}
    apart = pl.any_horizontal(pl.col(log) != pl.col(bank) for log, bank in _PAIRS)
    items = pl.sum_horizontal(UNMATCHED_REASONS)
    return frame.with_columns(
        (net["bank"] - net["log"]).alias("fils_apart"), items.alias("items"), (apart | (items > 0)).alias("differs")
    )


def said(context: Context, found: Settled) -> str:
    """What came of the comparison, in a sentence or two."""
    _, write = context._, context.format
    if not found.compared.days or found.compared.last is None:
        return _("The bank has not delivered any day of this period whole, so there is nothing to compare yet.")
    days = _.ngettext(
        "{n} day to {date}",
        "{n} days to {date}",
        found.compared.days,
        n=write.count(found.compared.days),
        date=write.date(found.compared.last),
    )
    transactions = write.count(found.payments + found.refunds)
    if not found.days_apart:
        return _(
            "Log and bank agree exactly, to the last {unit}: {transactions} payments and refunds, {amount} net, on {days}.",
            unit=write.minor_unit_name,
            transactions=transactions,
            amount=write.money_exact(found.net_fils),
            days=days,
        )
    return _.ngettext(
        "{items} of {transactions} payments and refunds does not match, on {days}. Bank less log: {amount}.",
        "{items} of {transactions} payments and refunds do not match, on {days}. Bank less log: {amount}.",
        found.items,
        items=write.count(found.items),
        transactions=transactions,
        days=days,
        amount=write.money_exact(found.fils_apart, sign=True),
    )


def settlement_cards(context: Context) -> list[Fact]:
    """The card of the comparison, where there is something to compare."""
    words, write, found = context._, context.format, settled(context)
    if not found.delivered or found.compared.last is None:
        return []
    title, last = words("Log against settlement"), write.date(found.compared.last)
    if found.days_apart:
        return [Fact(title, write.count(found.items), words("Items unmatched to {date}", date=last), "warn")]
    return [Fact(title, write.count(0), words("No item unmatched to {date}", date=last), "good")]


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
    words, currency = names.format.words, names.format.currency
    columns = (
        key,
        Column(words("Payments, log"), "count"),
        Column(words("Payments, bank"), "count"),
        Column(words("Refunds, log"), "count"),
        Column(words("Refunds, bank"), "count"),
        Column(words("Paid, log"), "money", currency),
        Column(words("Paid, bank"), "money", currency),
        Column(words("Refunded, log"), "money", currency),
        Column(words("Refunded, bank"), "money", currency),
        Column(words("Net difference"), "money", currency),
        Column(words("Unmatched items"), "count"),
    )
    order = [name for pair in _PAIRS for name in pair]

    def cells(values: dict[str, int]) -> list[Cell]:
        amounts = {name: minor_to_major(values[name]) for name in (*order, "fils_apart") if "fils" in name}
        return [*(amounts.get(name, values[name]) for name in (*order, "fils_apart")), values["items"]]

    rows = tuple((first, *cells(row)) for first, row in zip(keys, frame.iter_rows(named=True), strict=True))
    sums = {name: int(frame[name].sum()) for name in (*order, "fils_apart", "items")}
    return Grid(columns, rows, (words("Total"), *cells(sums)))


def unmatched_grid(context: Context, names: Names) -> Grid:
    """The items that do not match, newest first; the last row is the net of their differences, and says so."""
    words, currency = names.format.words, names.format.currency
    columns = (
        Column(words("Number in the log"), "text"),
        Column(words("Day"), "date"),
        Column(words("Department"), "text"),
        Column(words("Why"), "text"),
        Column(words("Amount, log"), "money", currency),
        Column(words("Amount, bank"), "money", currency),
        Column(words("Difference"), "money", currency),
        Column(words("Booked on"), "date"),
    )
    frame = metrics.unmatched(context.snapshot, context.scope, context.window)
    frame = frame.with_columns((pl.col("bank_fils").fill_null(0) - pl.col("log_fils").fill_null(0)).alias("apart"))
    rows = tuple(
        (
            str(r["event_id"]),
            r["day"],
            names.of("department", r["department"]),
            words(WHY[r["reason"]]),
            *(None if r[k] is None else minor_to_major(r[k]) for k in ("log_fils", "bank_fils", "apart")),
            r["settled_on"],
        )
        for r in frame.iter_rows(named=True)
    )
    return Grid(columns, rows, (words("Net difference"), "", "", "", "", "", minor_to_major(int(frame["apart"].sum())), ""))


def listed_of(context: Context, found: Settled) -> str:
    """That the snapshot lists fewer items than there are; empty where it lists them all."""
    shown = metrics.unmatched(context.snapshot, context.scope, context.window).height
    if shown >= found.items:
        return ""
    count = context.format.count
    return context._("The largest {shown} of {all} items are listed.", shown=count(shown), all=count(found.items))
