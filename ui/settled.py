"""The comparison of log and bank over the window of a view: its rows, its sums, and what differs.

Rule: the bank less the log, with its sign; a single fils is a difference. Days the bank has not delivered are not compared.
Hazard: net differences cancel out, so whether anything differs is told by the pairs and the items, never by the net.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import polars as pl

import metrics
from metrics import SETTLEMENT_SUMS, UNMATCHED_REASONS, Compared, Scope, Snapshot, Window
from ui.context import Context

PAIRS: Final = (
    ("log_payments", "bank_payments"),
    ("log_refunds", "bank_refunds"),
    ("log_gross_fils", "bank_gross_fils"),
    ("log_refund_fils", "bank_refund_fils"),
)
"""Columns of the log, and those of the bank that they are compared with."""


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
    apart = pl.any_horizontal(pl.col(log) != pl.col(bank) for log, bank in PAIRS)
    items = pl.sum_horizontal(UNMATCHED_REASONS)
    return frame.with_columns(
        (net["bank"] - net["log"]).alias("fils_apart"), items.alias("items"), (apart | (items > 0)).alias("differs")
    )
