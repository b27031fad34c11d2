"""Log against settlement in words: what the bank has of the payments that the log says were made, as a sentence and a card.

Rule: the bank less the log, with its sign; where anything differs it is never called matched, however small it is.
Hazard: a payment that is not settled yet is not lost: banks book later than customers pay. The words never say it is.
"""

from __future__ import annotations

import metrics
from ui.context import Context
from ui.fact_cards import Fact
from ui.settled import Settled, settled


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
        "{n} payment or refund does not match on {days}; the log holds {transactions}. Bank less log: {amount}.",
        "{n} payments and refunds do not match on {days}; the log holds {transactions}. Bank less log: {amount}.",
        found.items,
        n=write.count(found.items),
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


def listed_of(context: Context, found: Settled) -> str:
    """That the snapshot lists fewer items than there are; empty where it lists them all."""
    shown = metrics.unmatched(context.snapshot, context.scope, context.window).height
    if shown >= found.items:
        return ""
    count = context.format.count
    return context._("The largest {shown} of {all} items are listed.", shown=count(shown), all=count(found.items))
