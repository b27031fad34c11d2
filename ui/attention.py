"""Needs attention: what in the data asks for someone to act, worst first, and what was checked and is in order.

Rule: each item is made from an answer; where the source does not exist there is no item, and nothing is ever hard-coded.
Hazard: a check that found nothing is good news only if there was something to check.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from typing import Final, Literal

import streamlit as st

import metrics
from metrics import Window
from ui.answers import ask, unfiltered
from ui.context import Context
from ui.lookups import names_of

Level = Literal["bad", "warning", "good"]
_ORDER: Final[tuple[Level, ...]] = ("bad", "warning", "good")
_RECENT: Final = timedelta(days=29)
_LONG_SECONDS: Final = 2 * 3600
_MOST: Final = 3


@dataclass(frozen=True)
class Item:
    """One thing to know: how urgent, in one line, and what stands behind it."""

    level: Level
    title: str
    details: str


def items(context: Context) -> list[Item]:
    """The most urgent items of a view, at most three."""
    found = [item for check in (_outage, _surcharge, _complaints, _stale, _reconciliation) for item in check(context)]
    return sorted(found, key=lambda item: _ORDER.index(item.level))[:_MOST]


def attention(context: Context, found: Sequence[Item]) -> None:
    """Draw the strip."""
    words = {"bad": context._("Urgent"), "warning": context._("Watch"), "good": context._("In order")}
    rows = "".join(
        f'<li class="is-{item.level}"><b><span class="k-sr">{escape(words[item.level])}: </span>{escape(item.title)}</b>'
        f"{escape(item.details)}</li>"
        for item in found
    )
    st.html(f'<h2 class="k-section">{escape(context._("Needs attention"))}</h2><ul class="k-attention">{rows}</ul>')


def _outage(context: Context) -> Iterator[Item]:
    """The longest unplanned outage of the last 30 days of the window."""
    _, write, end = context._, context.format, context.window.end
    window = Window(max(context.window.start, end - _RECENT), end)
    departments, services = (context.state.filters.get(d) for d in ("department", "service"))
    found = [
        incident
        for incident in metrics.incidents(context.snapshot, context.scope, window)
        if (not departments or incident.department in departments) and (not services or incident.service in services)
    ]
    worst = max(found, key=lambda incident: incident.down_seconds, default=None)
    if worst is None or worst.down_seconds < _LONG_SECONDS:
        return
    names = names_of(context)
    day = context.local(worst.started_at).date()
    details = _.ngettext(
        "{department}; the longest of {n} incident in the last 30 days",
        "{department}; the longest of {n} incidents in the last 30 days",
        len(found),
        department=write.name(names.of("department", worst.department)),
        n=write.count(len(found)),
    )
    ignored = [names.dimension(dimension) for dimension in unfiltered(context, "availability")]
    if ignored:
        details = f"{details} · {_('not by {dimensions}', dimensions=_(', ').join(ignored))}"
    yield Item(
        "bad",
        _(
            "{service}: {duration} down on {date}",
            service=write.name(names.of("service", worst.service)),
            duration=write.duration(seconds=worst.down_seconds),
            date=write.date(day),
        ),
        details,
    )


def _surcharge(context: Context) -> Iterator[Item]:
    _, write = context._, context.format
    surcharge, settled = ask(context, "surcharge_collected").total, ask(context, "transactions").total
    if surcharge.value is None or not settled.value:
        return
    if surcharge.value:
        details = _("Services carry no surcharge: find out which payments it was added to.")
        yield Item("bad", _("Surcharges of {amount} were collected", amount=write.money_exact(int(surcharge.value))), details)
    else:
        title = _.ngettext(
            "No surcharge on {n} transaction",
            "No surcharge on any of {n} transactions",
            int(settled.value),
            n=write.count(settled.value),
        )
        yield Item("good", title, _("Checked on every settled payment"))


def _complaints(context: Context) -> Iterator[Item]:
    """The backlog of complaints, who has most of it, and how the seven-day rule is kept."""
    _, write = context._, context.format
    backlog, kept = ask(context, "complaints_backlog", "department"), ask(context, "complaints_resolved_within_7_days").total
    if not backlog.total.value or kept.value is None:
        return
    most = max(backlog.rows, key=lambda row: row.value or 0)
    number = int(backlog.total.value)
    opened = write.count(number)
    title = _.ngettext("{n} complaint is open", "{n} complaints are open", number, n=opened)
    if len(backlog.rows) > 1 and most.value:
        name = write.name(names_of(context).of("department", most.key("department")))
        title = _.ngettext(
            "{n} complaint is open, at {department}",
            "{n} complaints are open, {department} has {most} of them",
            number,
            n=opened,
            department=name,
            most=write.count(most.value),
        )
    details = _("{share} resolved within 7 days", share=write.share(kept.value))
    if kept.base_value is not None:
        details = _(
            "{share} resolved within 7 days, {before} in {base}",
            share=write.share(kept.value),
            before=write.share(kept.base_value),
            base=write.base(context.window, context.base),
        )
    if backlog.total.base_value is not None and backlog.base:
        before, day = write.count(backlog.total.base_value), write.date(backlog.base.end)
        details = _("{n} were open on {date}; {details}", n=before, date=day, details=details)
    yield Item("warning", title, details)


def _stale(context: Context) -> Iterator[Item]:
    """Sources that lag behind the newest one, so that the whole waits for them."""
    _, write = context._, context.format
    frame = metrics.coverage(context.snapshot, context.scope).drop_nulls("complete_through")
    days = dict(zip(frame["source"], frame["complete_through"], strict=True))
    latest = max(days.values(), default=None)
    late = sorted((day, source) for source, day in days.items() if latest and day < latest - timedelta(days=1))
    if not late:
        return
    day, source = late[0]
    yield Item(
        "warning",
        _("{source}: complete only to {date}", source=names_of(context).of("source", source), date=write.date(day)),
        _("Other sources reach {date}", date=write.date(latest or day)),
    )


def _reconciliation(context: Context) -> Iterator[Item]:
    """Months in which what was delivered and what is shown differ."""
    _ = context._
    frame = metrics.reconciliation(context.snapshot, context.scope)
    wrong = frame.filter((frame["rows_ledger"] != frame["rows_mart"]) | (frame["fils_ledger"] != frame["fils_mart"]))
    if wrong.height:
        title = _.ngettext(
            "Delivered and shown figures differ in {n} month",
            "Delivered and shown figures differ in {n} months",
            wrong.height,
            n=context.format.count(wrong.height),
        )
        yield Item("bad", title, _("See the reconciliation on the data page"))
