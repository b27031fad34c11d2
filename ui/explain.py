"""How was this computed: what stands behind a number, as one disclosure element beside it.

Rule: everything in it is taken from the Result that the number was taken from; nothing is asked for again.
Hazard: SQL parameters and names are data: every text is escaped before it becomes HTML.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

import streamlit as st

from metrics import INTERVAL_METHODS, Result, counted
from ui.context import Context
from ui.format import Formatter


def explanation(context: Context, results: Sequence[Result], more: str = "") -> str:
    """HTML of the disclosure element for the answers behind one card or chart; `more` is HTML that comes first."""
    summary = escape(context._("How was this computed"))
    body = more + "".join(_one(context, result) for result in results)
    return f'<details class="k-how"><summary>{summary}</summary><div class="k-how-body">{body}</div></details>'


def explained(context: Context, results: Sequence[Result]) -> None:
    """Draw the disclosure element by itself, for those of the answers that have a value."""
    known = [result for result in results if result.total.value is not None]
    if known:
        st.html(f'<div class="k-take">{explanation(context, known)}</div>')


def _one(context: Context, result: Result) -> str:
    _, kpi = context._, result.kpi
    facts = "".join(f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>" for term, text in _facts(context, result))
    method = [_(INTERVAL_METHODS[kpi.interval])] if kpi.interval else []
    notes = [_(caveat) for caveat in kpi.caveats] + method + [_.note(note) for note in result.notes]
    listed = "".join(f"<li>{escape(note)}</li>" for note in dict.fromkeys(notes))
    return (
        f"<h3>{escape(_(kpi.title))}</h3><p>{escape(_(kpi.definition))}</p><dl>{facts}</dl>"
        + (f"<ul>{listed}</ul>" if listed else "")
        + f"<pre><code>{_sql(result)}</code></pre>"
    )


def _facts(context: Context, result: Result) -> Iterator[tuple[str, str]]:
    _, write, total = context._, context.format, result.total
    unit = result.kpi.unit
    yield _("Value"), write.exact(total.value, unit)
    if total.hidden:
        yield _("Hidden"), _.note(total.hidden)
    if result.kpi.denominator is not None and total.numerator is not None and total.denominator is not None:
        yield _("Numerator"), _part(write, total.numerator)
        yield _("Denominator"), _part(write, total.denominator)
    yield _("Records behind it (n)"), _("{n} ({counted})", n=write.count(total.n), counted=_(counted(result.kpi)))
    if total.interval:
        yield _("95% interval"), write.interval(total.interval, unit)
    if total.bounds:
        low, high = (write.exact(bound, unit) for bound in total.bounds)
        yield _("Bounds, unknown time counted as all down and all up"), _("{low} to {high}", low=low, high=high)
    yield _("Period"), write.window(result.window)
    if result.base:
        yield _("Compared with"), write.window(result.base)
        yield _("Value then"), write.exact(total.base_value, unit)
        if result.kpi.denominator is not None and total.base_numerator is not None and total.base_denominator is not None:
            yield _("Numerator then"), _part(write, total.base_numerator)
            yield _("Denominator then"), _part(write, total.base_denominator)
    yield _("Data complete to"), write.date(result.complete_through)
    yield _("Snapshot"), result.snapshot


def _part(write: Formatter, number: int | float) -> str:
    return write.count(number) if isinstance(number, int) else write.number(number, 2)


def _sql(result: Result) -> str:
    """The statement, its parameters and those of the base, a line each; line breaks as entities: the markup stays on one line."""
    text = result.sql.strip()
    for parameters in (result.parameters, result.base_parameters):
        if parameters:
            text += "\n-- " + ", ".join(str(parameter) for parameter in parameters)
    return escape(text).replace("\n", "&#10;")
