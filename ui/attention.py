"""Needs attention: what in the data asks for someone to act, worst first, and what was checked and is in order.

Rule: each item is made from answers, which it carries, or from what the store says of itself; where the source does not exist
there is no item, and nothing is ever hard-coded.
Hazard: a check that found nothing is good news only if there was something to check.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from html import escape
from typing import Final, Literal

import streamlit as st

import metrics
from metrics import Result, Scope, Window
from ui.answers import ask, unfiltered
from ui.context import Context
from ui.control_totals import differing_files, newest_difference
from ui.failures import worst_failures
from ui.lateness import late
from ui.lookups import names_of
from ui.owed import left_out, months_named
from ui.settled import settled
from ui.shell import link_to
from ui.standing import differing, standing
from ui.standing_words import MANY_REJECTED, behind

Level = Literal["bad", "warning", "good"]
_ORDER: Final[tuple[Level, ...]] = ("bad", "warning", "good")
_RECENT: Final = timedelta(days=29)
_LONG_SECONDS: Final = 2 * 3600
_MOST: Final = 4


@dataclass(frozen=True)
class Item:
    """One thing to know: how urgent, in one line, what stands behind it, and the answers it was made of."""

    level: Level
    title: str
    details: str
    results: tuple[Result, ...] = ()
    """The answers its numbers were taken from; none where they are of the store itself."""
    ignored: str = ""
    """What the view is filtered by and the item is not, in words."""
    of_data: bool = False
    """Whether it is about the data themselves, and the Data page says more."""


def items(context: Context) -> list[Item]:
    """The most urgent items of a view, at most four."""
    found = [item for check in (_outage, _failures, _surcharge, _data, _complaints) for item in check(context)]
    return sorted(found, key=lambda item: _ORDER.index(item.level))[:_MOST]


def attention(context: Context, found: Sequence[Item]) -> None:
    """Draw the strip."""
    words = {"bad": context._("Urgent"), "warning": context._("Watch"), "good": context._("In order")}
    rows = "".join(
        f'<li class="is-{item.level}"><b><span class="k-sr">{escape(words[item.level])}: </span>{escape(item.title)}</b>'
        f"{' · '.join(_behind(context, item))}</li>"
        for item in found
    )
    st.html(f'<h2 class="k-section">{escape(context._("Needs attention"))}</h2><ul class="k-attention">{rows}</ul>')


def _behind(context: Context, item: Item) -> Iterator[str]:
    """HTML of what stands behind an item: details, what it ignores, and the page that says more."""
    yield from (escape(said) for said in (item.details, item.ignored) if said)
    if item.of_data:
        yield link_to(context, "data", context._("Data page"))


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
        "{department}; the longest of {n} incident since {date}",
        "{department}; the longest of {n} incidents since {date}",
        len(found),
        date=write.date(window.start),
        department=write.name(names.of("department", worst.department)),
        n=write.count(len(found)),
    )
    yield Item(
        "bad",
        _(
            "{service}: {duration} down on {date}",
            service=write.name(names.of("service", worst.service)),
            duration=write.duration(seconds=worst.down_seconds),
            date=write.date(day),
        ),
        details,
        (ask(context, "incidents", window=window, base=None),),
        _ignored(context, unfiltered(context, "availability")),
    )


def _failures(context: Context) -> Iterator[Item]:
    """The day and department with the most failed payments in the last 30 days of the window."""
    _, write, end = context._, context.format, context.window.end
    found = worst_failures(context, Window(max(context.window.start, end - _RECENT), end))
    if found is None:
        return
    title = _(
        "{department}: {share} of payments failed on {date}",
        department=write.name(names_of(context).of("department", found.department)),
        share=write.share(float(found.share)),
        date=write.date(found.day),
    )
    details = _("{failed} of {n} attempts", failed=write.count(found.failed), n=write.count(found.attempts))
    if found.others:
        details += " · " + _.ngettext(
            "{n} more such case since {date}",
            "{n} more such cases since {date}",
            found.others,
            n=write.count(found.others),
            date=write.date(found.since),
        )
    yield Item("bad", title, details, (found.answer,), _ignored(context, unfiltered(context, found.answer.kpi.id)))


def _surcharge(context: Context) -> Iterator[Item]:
    _, write = context._, context.format
    answers = (ask(context, "surcharge_collected"), ask(context, "transactions"))
    surcharge, settled = (answer.total for answer in answers)
    if surcharge.value is None or not settled.value:
        return
    if surcharge.value:
        details = _("Services carry no surcharge: find out which payments it was added to.")
        yield Item(
            "bad", _("Surcharges of {amount} were collected", amount=write.money_exact(int(surcharge.value))), details, answers
        )
    else:
        title = _.ngettext(
            "No surcharge on {n} transaction",
            "No surcharge on any of {n} transactions",
            int(settled.value),
            n=write.count(settled.value),
        )
        yield Item("good", title, _("Checked on every settled payment"), answers)


def _complaints(context: Context) -> Iterator[Item]:
    """The backlog of complaints, who has most of it, and how the seven-day rule is kept."""
    _, write = context._, context.format
    answers = (ask(context, "complaints_backlog", "department"), ask(context, "complaints_resolved_within_7_days"))
    backlog, kept = answers[0], answers[1].total
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
    yield Item("warning", title, details, answers)


def _data(context: Context) -> Iterator[Item]:
    """What is wrong with the data itself, as one item: the worst as its title, the rest behind it."""
    found = [item for check in (_reconciliation, _controls, _settlement, _rejected, _late, _left_out) for item in check(context)]
    if not found:
        return
    first, *rest = sorted(found, key=lambda item: _ORDER.index(item.level))
    further = (said for item in rest for said in (item.title, item.ignored))
    yield replace(first, details=" · ".join(filter(None, (first.details, first.ignored, *further))), ignored="", of_data=True)


def _late(context: Context) -> Iterator[Item]:
    """Sources and bodies that lag behind what is due."""
    _, write = context._, context.format
    for one in late(context):
        names, reached, due = _(", ").join(behind(context, one)), write.date(one.reached), write.date(one.due)
        if one.bodies:
            title = _("{names}: totals delivered only to {date}", names=names, date=reached)
            yield Item("warning", title, _("Totals of other bodies reach {date}", date=due))
        elif one.monthly:
            title = _("{source}: complete only to {date}", source=names, date=reached)
            yield Item("warning", title, _("Periods that ended by {date} were due", date=due))
        else:
            title = _("{source}: complete only to {date}", source=names, date=reached)
            ahead = write.name(names_of(context).of("source", one.ahead or ""))
            yield Item("warning", title, _("{source}: complete to {date}", source=ahead, date=due))


def _left_out(context: Context) -> Iterator[Item]:
    """Months of the period that bodies left out of their totals, between months that they delivered."""
    _, write = context._, context.format
    chosen = context.state.filters.get("department")
    for one in left_out(context):
        codes = [code for code in one.bodies if not chosen or code in chosen]
        if codes:
            names = _(", ").join(write.name(names_of(context).of("department", code)) for code in codes)
            title = _("{names}: no totals for {months}", names=names, months=months_named(context, one.months))
            yield Item("warning", title, _("Left out between months that were delivered; sums of this period lack them"))


def _rejected(context: Context) -> Iterator[Item]:
    """Rows that were rejected and that nobody has corrected, where they are more than stray ones."""
    found = standing(context)
    rows_in, waiting = found.rows_in or 0, found.open or 0
    if not waiting or waiting < MANY_REJECTED * rows_in:
        return
    count = context.format.count
    title = context._.ngettext(
        "{n} of {all} rows delivered is in quarantine",
        "{n} of {all} rows delivered are in quarantine",
        waiting,
        n=count(waiting),
        all=count(rows_in),
    )
    yield Item("warning", title, "")


def _controls(context: Context) -> Iterator[Item]:
    """Files that were taken in although they are not what their senders declare."""
    if title := differing_files(context):
        yield Item("warning", title, newest_difference(context))


def _settlement(context: Context) -> Iterator[Item]:
    """Payments of the period, of the departments chosen, that the bank's settlements do not match."""
    found = settled(_of_departments_chosen(context))
    if found.days_apart:
        title = context._.ngettext(
            "{n} payment or refund does not match the bank's settlement",
            "{n} payments and refunds do not match the bank's settlement",
            found.items,
            n=context.format.count(found.items),
        )
        amount = context.format.money_exact(found.fils_apart, sign=True)
        details = context._("Bank less log: {amount}", amount=amount)
        others = [dimension for dimension, _ in context.state.filters.values if dimension != "department"]
        yield Item("warning", title, details, ignored=_ignored(context, others))


def _of_departments_chosen(context: Context) -> Context:
    """The same view for a reader of the departments it is filtered by; settlements know no other dimension."""
    chosen = frozenset(context.state.filters.get("department"))
    if not chosen:
        return context
    mine = context.scope.departments
    return replace(context, scope=Scope(chosen if mine is None else chosen & mine))


def _ignored(context: Context, dimensions: Sequence[str]) -> str:
    """By which of the dimensions that the view is filtered by an item is not."""
    if not dimensions:
        return ""
    named = context._(", ").join(map(names_of(context).dimension, dimensions))
    return context._("not by {dimensions}", dimensions=named)


def _reconciliation(context: Context) -> Iterator[Item]:
    """Months in which what was delivered and what is shown differ."""
    _, names = context._, names_of(context)
    wrong = differing(metrics.reconciliation(context.snapshot, context.scope))
    if wrong.height:
        n = wrong["month"].n_unique()
        title = _.ngettext(
            "Delivered and shown figures differ in {n} month",
            "Delivered and shown figures differ in {n} months",
            n,
            n=context.format.count(n),
        )
        sources = _(", ").join(context.format.name(names.of("source", source)) for source in sorted(set(wrong["source"])))
        yield Item("bad", title, sources)
