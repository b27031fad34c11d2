"""The calendar of delivered days: one line per source, one cell per day; what is missing stands out and is named in words.

Rule: a day that was delivered is quiet, a missing one is marked; days before a source began or after complete-through are empty.
Hazard: a missing day is a gap in the data, not a day without payments; the page says so beside the chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape
from typing import Any, Final

import streamlit as st

from metrics import Window
from ui.about import About
from ui.charts import CONFIG, Figure, colours, layout, names_axis, plot_text, room_for_first, time_axis
from ui.context import Context
from ui.data_tables import days_grid
from ui.export import grid_row
from ui.lookups import names_of
from ui.standing import Delivery

_ROW: Final = 34
_AXIS: Final = 56
"""Room for the months below the rows: a store of one source has no more than this to give."""
_MOST_LABELS: Final = 13
_MOST_NAMED: Final = 5


def show_calendar(context: Context, deliveries: Sequence[Delivery], window: Window) -> None:
    """Draw the calendar in its frame, with what is missing named in the note and all days in the files."""
    words = context._
    title = words("Days delivered")
    said = "; ".join(_listed(context, delivery) for delivery in deliveries if delivery.missing)
    note = said or words("Every day and month from the first delivery on is there; a missing one would be red.")
    with st.container(key="figure-calendar"):
        st.html(f'<h2 class="k-figure-title">{escape(title)}</h2><p class="k-figure-note">{escape(note)}</p>')
        st.plotly_chart(
            calendar(context, deliveries, window), theme=None, key="chart-calendar", config=CONFIG, alt=f"{title}. {note}"
        )
        about = About("days-delivered", title, window)
        grid_row(context, about, days_grid(deliveries, names_of(context)), chart=True)


def _listed(context: Context, delivery: Delivery) -> str:
    """The first missing days of a source, by name; what only some bodies owe, with their names."""
    words, names = context._, names_of(context)
    source = names.of("source", delivery.source)
    of_bodies = {day for one in delivery.owed for day in one.months}
    of_all = [day for day in delivery.missing if day not in of_bodies]
    said = [words("{source} missing: {days}", source=source, days=_first(context, delivery, of_all))] if of_all else []
    for one in delivery.owed:
        bodies = words(", ").join(context.format.name(names.of("department", code)) for code in one.bodies)
        days = _first(context, delivery, one.months)
        said.append(words("{source} missing from {bodies}: {days}", source=source, bodies=bodies, days=days))
    return "; ".join(said)


def _first(context: Context, delivery: Delivery, days: Sequence[date]) -> str:
    """The first of these days (or months), and how many more there are."""
    write = context.format
    named = [write.month(day) if delivery.monthly else write.date(day) for day in days[:_MOST_NAMED]]
    if more := len(days) - len(named):
        named.append(context._("{n} more", n=write.count(more)))
    return context._(", ").join(named)


def calendar(context: Context, deliveries: Sequence[Delivery], window: Window) -> Figure:
    """Cells by day of the window: delivered in the soft accent, missing in red with a cross at the line's end saying how many."""
    colour, days = colours(context), [window.start + timedelta(days=i) for i in range(window.days)]
    gaps = [_gap_days(delivery, window) for delivery in deliveries]
    cells = [
        [1 if day in d.delivered else 2 if day in gap else None for day in days] for d, gap in zip(deliveries, gaps, strict=True)
    ]
    heat: dict[str, Any] = {
        "type": "heatmap",
        "z": cells,
        "zmin": 1,
        "zmax": 2,
        "colorscale": [[0, colour.accent_soft], [0.5, colour.accent_soft], [0.5, colour.bad], [1, colour.bad]],
        "showscale": False,
        "ygap": 12,
        "hovertext": [
            [_hover(context, d, day in gap, context.format.date(day)) for day in days]
            for d, gap in zip(deliveries, gaps, strict=True)
        ],
        "hoverinfo": "text",
    }
    names, ticks = names_axis(context, [_name(context, delivery) for delivery in deliveries]), _month_ticks(context, window)
    return {
        "data": [heat],
        "layout": layout(
            context,
            _AXIS + _ROW * len(deliveries),
            margin={"l": room_for_first(ticks)},
            xaxis=time_axis(context, ticks, automargin=True, ticks=""),
            yaxis=names,
        ),
    }


def _gap_days(delivery: Delivery, window: Window) -> frozenset[object]:
    """The days to mark: the missing ones, for a monthly source all days of a missing month."""
    if not delivery.monthly:
        return frozenset(delivery.missing)
    months = {(m.year, m.month) for m in delivery.missing}
    return frozenset(d for i in range(window.days) if ((d := window.start + timedelta(days=i)).year, d.month) in months)


def _month_ticks(context: Context, window: Window) -> dict[int, str]:
    firsts = [i for i in range(window.days) if (window.start + timedelta(days=i)).day == 1] or [0]
    step = 1 + len(firsts) // _MOST_LABELS
    return {i: context.format.month(window.start + timedelta(days=i), short=True, year=False) for i in firsts[::step]}


def _name(context: Context, delivery: Delivery) -> str:
    """The source, and under it in words whether anything is missing."""
    name = plot_text(names_of(context).of("source", delivery.source))
    said = plot_text(context.format.phrase(missing_words(context, delivery)))
    return f'{name}<br><span style="font-size:10.5px;color:{colours(context).muted}">{said}</span>'


def missing_words(context: Context, delivery: Delivery) -> str:
    """How much is missing: "complete", "2 days missing", "1 month missing"."""
    words, n = context._, len(delivery.missing)
    if not n:
        begins = context.format.date(delivery.begins, short=True) if delivery.begins else ""
        return words("complete since {date}", date=begins) if begins else words("complete")
    shown = context.format.count(n)
    if delivery.monthly:
        return words.ngettext("{n} month missing", "{n} months missing", n, n=shown)
    return words.ngettext("{n} day missing", "{n} days missing", n, n=shown)


def _hover(context: Context, delivery: Delivery, missing: bool, day: str) -> str:
    name = plot_text(names_of(context).of("source", delivery.source))
    return f"<b>{name}</b><br>{day}: " + (context._("missing") if missing else context._("delivered"))
