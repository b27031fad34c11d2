"""What the shares of a chart are shares of: all payments, or those of the filters in force.

Rule: the base is said with its size, and the parts of the chart add up to it. A chart does not filter by its own dimension: it
keeps all bars, those chosen in colour, so its shares are of more than those of the charts beside it.
Hazard: two dimensions in one chart can have two bases; then each is said by name.
"""

from __future__ import annotations

from collections.abc import Sequence

from metrics import Result
from ui.compared import listed
from ui.context import Context
from ui.lookups import names_of
from ui.sentences import some_of


def share_base(context: Context, results: Sequence[Result]) -> str:
    """Of what the parts of additive answers, each by one dimension, are shares; and which of them are chosen."""
    _ = context._
    bases = {result.by[0]: _base(context, result) for result in results}
    if len(set(bases.values())) == 1:
        said = [next(iter(bases.values()))]
    else:
        named = {"method": _("methods: {base}"), "channel": _("channels: {base}")}
        said = [named[dimension].format(base=base) for dimension, base in bases.items()]
    return listed(context, *said, *(_chosen(context, dimension) for dimension in bases))


def _base(context: Context, result: Result) -> str:
    whole = context.format.value(result.total.value, result.kpi.unit)
    return context._("share of {whole}, {payments}", whole=whole, payments=_payments(context, result))


def _payments(context: Context, result: Result) -> str:
    """The payments that an answer is about, by its filters."""
    _, filters = context._, dict(result.filters.values)
    names = some_of(context, result.filters)
    match [*filters]:
        case []:
            return _("all payments")
        case ["method"]:
            return _("payments by {names}", names=names)
        case ["channel"]:
            return _("payments through {names}", names=names)
        case ["department"]:
            return _("payments to {names}", names=names)
        case ["service"]:
            return _("payments for {names}", names=names)
        case _others:
            return _("payments of: {names}", names=names)


def _chosen(context: Context, dimension: str) -> str:
    """The bars in colour, where a chart shows others beside them."""
    chosen = context.state.filters.get(dimension)
    names = names_of(context)
    said = context._(", ").join(context.format.name(names.of(dimension, code)) for code in chosen)
    return context._("in colour: {chosen}", chosen=said) if chosen else ""
