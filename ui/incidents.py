"""Tables of the availability page: the longest incidents, and what a monitor reported beside what is computed.

Rule: times are shown on the clock of the configured zone; a list is as long as one can read;
it says how many there are, and its file has all of them.
Hazard: a monitor's own summary follows its own rules; the difference is shown, never corrected.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from html import escape

import streamlit as st

import metrics
from metrics import Number
from ui.answers import ask, usable
from ui.context import Context
from ui.export import sheet_row
from ui.grid import Cell, Column, Grid
from ui.lookups import names_of
from ui.sheet import Sheet
from ui.shell import section
from ui.tables import table_html

MOST = 12


def incident_table(context: Context) -> None:
    """The longest incidents that began in the window."""
    _, names = context._, names_of(context)
    allowed = dict(usable(context, "incidents").values)
    found = [
        incident
        for incident in metrics.incidents(context.snapshot, context.scope, context.window)
        if incident.department in allowed.get("department", (incident.department,))
        and incident.service in allowed.get("service", (incident.service,))
    ]
    if not found:
        return
    found.sort(key=lambda incident: -incident.down_seconds)
    whole = Grid(
        (
            Column(_("Service"), "text"),
            Column(_("Down"), "seconds", context.format.unit("seconds")),
            Column(_("Began"), "moment"),
            Column(_("Ended"), "moment"),
            Column(_("Department"), "text"),
        ),
        tuple(
            (
                names.of("service", i.service),
                i.down_seconds,
                context.local(i.started_at),
                context.local(i.ended_at) if i.ended_at else None,
                names.of("department", i.department),
            )
            for i in found
        ),
        (_all_of(context, len(found)), sum(i.down_seconds for i in found), "", "", ""),
    )
    grid = replace(whole, rows=whole.rows[:MOST])
    title = _("The longest of {n} incidents", n=context.format.count(len(found)))
    section(title)
    st.html(table_html(grid, title, context.format))
    counted = [ask(context, "incidents"), ask(context, "downtime")]
    sheet_row(context, "incidents", Sheet(_incidents(context, len(found)), counted, lambda: whole, units=False))


def _incidents(context: Context, n: int) -> str:
    """The title of the file, which holds them all."""
    return context._.ngettext("{n} incident", "{n} incidents, longest first", n, n=context.format.count(n))


def _all_of(context: Context, n: int) -> str:
    """The name of the total, which stands under the longest few but is that of all."""
    return context._.ngettext("Total of {n} incident", "Total of {n} incidents", n, n=context.format.count(n))


def reported_table(context: Context) -> None:
    """Downtime as computed beside downtime as the monitor itself reported it, for the services where one did."""
    _, names = context._, names_of(context)
    frame = metrics.monitor_summaries(context.snapshot, context.scope, context.window)
    if frame.is_empty():
        return
    reported: dict[str, int] = defaultdict(int)
    for service, seconds in zip(frame["service"], frame["reported_down_seconds"], strict=True):
        reported[service] += seconds
    computed = {row.key("service"): row.value for row in ask(context, "downtime", "service", base=None).rows}
    unit = context.format.unit("seconds")
    known = [down for code in reported if (down := computed.get(code)) is not None]
    grid = Grid(
        (
            Column(_("Service"), "text"),
            Column(_("Down, computed"), "seconds", unit),
            Column(_("Down, reported by the monitor"), "seconds", unit),
            Column(_("Difference"), "seconds", unit),
        ),
        tuple(_beside(names.of("service", code), computed.get(code), seconds) for code, seconds in sorted(reported.items())),
        _beside(_("Total"), sum(known) if len(known) == len(reported) else None, sum(reported.values())),
    )
    title = _("Computed beside reported")
    section(title)
    st.html(table_html(grid, title, context.format))
    note = _("A monitor counts by rules of its own, for example whole minutes; the difference is shown, not corrected.")
    st.html(f'<p class="k-figure-note">{escape(note)}</p>')
    downtime = [ask(context, "downtime", "service", base=None)]
    sheet_row(context, "computed-beside-reported", Sheet(title, downtime, lambda: grid, units=False))


def _beside(name: str, computed: Number | None, reported: int) -> tuple[Cell, ...]:
    """A row of both and of what lies between them; no difference where one is not known."""
    return (name, computed, reported, None if computed is None else abs(int(computed) - reported))
