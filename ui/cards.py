"""KPI cards: title, value, change with its base period in words, sparkline, target, and how it was computed.

Rule: one row of cards is one element of HTML; every number on a card comes from its Result, every text is escaped.
Hazard: a value can be missing, hidden or weak. Each has a design of its own, and none looks like a zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

import streamlit as st

from metrics import Result
from ui.answers import ask, unfiltered
from ui.change import change_of
from ui.compared import is_of_comparison, not_compared
from ui.context import Context
from ui.explain import explanation
from ui.lookups import names_of
from ui.series import Trend, over_time
from ui.sparkline import sparkline
from ui.targets import Progress, progress
from ui.text import capitalised, plain

_LONG: Final = 15
"""Letters beyond which a value is set smaller, so that a long name of a currency stays inside its card."""


@dataclass(frozen=True)
class Card:
    """One card: the answer (with a base), its course over time for the sparkline, and the way to its target."""

    result: Result
    series: Trend | None = None
    progress: Progress | None = None
    title: str | None = None
    remark: str = ""
    note: str = ""
    """What its course over time needs to be understood."""


def card_of(context: Context, kpi: str, title: str | None = None) -> Card:
    """The card of a KPI for a view: its change, its course, its target, and which filters mean nothing to it."""
    result, names = ask(context, kpi), names_of(context)
    ignored = [names.dimension(dimension) for dimension in unfiltered(context, kpi)]
    remark = context._("not by {dimensions}", dimensions=context._(", ").join(ignored)) if ignored else ""
    return Card(result, over_time(context, kpi), progress(context, result), title, remark)


def cards(context: Context, row: Sequence[Card]) -> None:
    """Draw a row of cards."""
    label = escape(context._("Key figures"))
    body = "".join(card_html(context, card) for card in row)
    st.html(f'<section class="k-cards" style="--k-columns:{len(row)}" aria-label="{label}">{body}</section>')


def card_html(context: Context, card: Card) -> str:
    """HTML of one card."""
    result = card.result
    parts = [
        f"<h2>{escape(card.title or context._(result.kpi.title))}</h2>",
        _value(context, result),
        f'<div class="k-says"><p class="k-delta">{_change(context, card)}</p>{_uncertainty(context, result)}</div>',
        _series(context, card),
        f'<p class="k-n">{escape(card.note)}</p>' if card.note else "",
        _target(card.progress),
        explanation(context, [result], _more(card.progress)),
    ]
    return f'<article class="k-card" data-kpi="{escape(result.kpi.id)}">{"".join(parts)}</article>'


def _value(context: Context, result: Result) -> str:
    total = result.total
    if total.value is not None:
        said = context.format.value(total.value, result.kpi.unit)
        long = " k-long" if len(plain(said)) > _LONG else ""
        return f'<p class="k-value{long}">{escape(said)}</p>'
    text = context._("hidden") if total.hidden else context._("no data")
    return f'<p class="k-value k-quiet">{escape(text)}</p>'


def _change(context: Context, card: Card) -> str:
    total, base = card.result.total, card.result.base
    if total.hidden:
        return escape(capitalised(context._.note(total.hidden)))
    if total.value is None:
        if notes := [note for note in card.result.notes if not is_of_comparison(note)]:
            return escape(context._.note(notes[0]))
        return escape(context._("Nothing was delivered for {period}.", period=context.format.window(card.result.window)))
    change = change_of(context, card.result)
    if change:
        said = change.html()
    elif why := not_compared(context, card.result):
        said = escape(why)
    elif base:
        said = escape(context._("No data for {period} to compare with", period=context.format.window_short(base)))
    else:
        return escape(capitalised(card.remark))
    return f"{said} · {escape(card.remark)}" if card.remark else said


def _uncertainty(context: Context, result: Result) -> str:
    """Interval, n and response rate of a survey's score; how weak it is."""
    _, write, total = context._, context.format, result.total
    if total.value is None or total.interval is None:
        return ""
    said = [write.uncertainty(total.value, total.interval, result.kpi.unit), _("n {n}", n=write.count(total.n))]
    if total.interval.response_rate is not None:
        said.append(_("{share} answered", share=write.share(total.interval.response_rate, decimals=0)))
    weak = f'<b class="k-warn">{escape(capitalised(_("few answers")))}</b> · ' if total.weak else ""
    return f'<p class="k-n">{weak}{escape(" · ".join(said))}</p>'


def _series(context: Context, card: Card) -> str:
    if card.series is None:
        return ""
    label = context._(
        "{kpi} over time: current period bold, {period} grey",
        kpi=context._(card.result.kpi.title),
        period=context.format.window_short(context.base),
    )
    return sparkline(card.series.current, card.series.base, label)


def _more(way: Progress | None) -> str:
    return f"<p>{escape(way.more)}</p>" if way and way.more else ""


def _target(way: Progress | None) -> str:
    if way is None:
        return ""
    width = f"{100 * min(1.0, max(0.0, way.filled)):.1f}"
    gone = "" if way.gone is None else f'<u style="inset-inline-start:{100 * way.gone:.1f}%"></u>'
    return (
        f'<div class="k-target"><div class="k-target-bar" aria-hidden="true"><i style="inline-size:{width}%"></i>{gone}</div>'
        f"<p>{escape(way.words)}</p></div>"
    )
