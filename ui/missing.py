"""What of the payments inside the period of a view was not delivered, so that no title claims days that nobody reported.

Rule: days that the log of payments lacks are counted where the view is of anybody in the log; months that a body left out of its
totals are named with the body.
Hazard: only what lies between deliveries is missing here; what comes after the last one is for complete-through to say.
"""

from __future__ import annotations

from typing import Final

from metrics import Result
from ui.answers import ask
from ui.context import Context
from ui.lookups import names_of
from ui.owed import left_out, months_named
from ui.progression import is_year_to_date
from ui.sentences import span
from ui.standing import deliveries

_LOG: Final = "payments"
_OF_THE_LOG: Final = "success_rate"
"""A KPI that only the log answers: who reports totals has no attempts."""
_NAMED: Final = 3
"""Bodies that a list names; more of them it counts."""


def missing_payments(context: Context) -> str:
    """The days and months missing inside the period, as a list; empty where nothing is."""
    _, write, chosen = context._, context.format, context.state.filters.get("department")
    log = [one for one in deliveries(context, context.window) if one.source == _LOG]
    days = [day for one in log for day in one.missing if day <= context.window.end]
    said = []
    if days and (not chosen or ask(context, _OF_THE_LOG, base=None).total.value is not None):
        said.append(_.ngettext("{n} day of the payment log", "{n} days of the payment log", len(days), n=write.count(len(days))))
    for one in left_out(context):
        bodies = [code for code in one.bodies if not chosen or code in chosen]
        if bodies:
            said.append(_("{months} ({names})", months=months_named(context, one.months), names=_named(context, bodies)))
    return _("; ").join(said)


def missing_in_words(context: Context) -> str:
    """The same as a sentence."""
    missing = missing_payments(context)
    return context._("Not delivered in this period: {missing}.", missing=missing) if missing else ""


def running_title(context: Context, amount: Result) -> str:
    """Since when a running total runs; where something inside is missing, it claims no more than was delivered."""
    _, whole = context._, not missing_payments(context)
    if is_year_to_date(context.window) and not amount.since:
        return _("Collected since 1 January") if whole else _("Collected since 1 January, as far as delivered")
    when = span(context, amount)
    return _("Collected {when}", when=when) if whole else _("Collected {when}, as far as delivered", when=when)


def _named(context: Context, codes: list[str]) -> str:
    names = [context.format.name(names_of(context).of("department", code)) for code in codes]
    if len(names) > _NAMED:
        return context._.ngettext("{n} body", "{n} bodies", len(names), n=context.format.count(len(names)))
    return context._(", ").join(names)
