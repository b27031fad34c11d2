"""A chart in its frame: title and note in words above, the figure, and below it what can be taken away and the table.

Rule: the title says what is seen, the note its unit, period and base; the figure itself carries no title, because the PNG is
composed of all three in the browser (static/dashboard.js), without the hint of what a click does.
Hazard: the key is the chart's identity for the browser: as long as it stays, plotly updates in place.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from metrics import Result
from ui import url
from ui.charts import CONFIG, Figure
from ui.context import Context
from ui.export import export_row, sheet_row
from ui.lookups import names_of
from ui.sheet import Sheet, sheet_of
from ui.state import Facts, State
from ui.tables import show_table


def figure(
    context: Context,
    key: str,
    chart: Figure,
    results: Sequence[Result],
    *,
    title: str,
    note: str,
    hint: str = "",
    filters: str | None = None,
    sheets: Sequence[Sheet] = (),
    more: str = "",
) -> None:
    """Draw a chart of `results` with what can be taken away and the table behind it.

    With `filters`, a click on a mark filters the view by that dimension, a second one undoes it; `hint` says so.

    The marks carry what they filter by in `customdata`: a code of that dimension, or a dimension of their own and a code.
    `sheets` are the table and the files, where those are not just the answers; the first one is shown. `more` begins the
    explanation.
    """
    sheets = sheets or [sheet_of(title, results, names_of(context))]
    with st.container(key=f"figure-{key}"):
        added = f'<span class="k-hint"> · {escape(hint)}</span>' if hint else ""
        st.html(f'<h2 class="k-figure-title">{escape(title)}</h2><p class="k-figure-note">{escape(note)}{added}</p>')
        widget = f"chart-{key}"
        clicked: Any = partial(_filter, widget, filters, context.facts) if filters else "ignore"
        st.plotly_chart(
            chart, theme=None, key=widget, config=CONFIG, on_select=clicked, selection_mode="points", alt=f"{title}. {note}"
        )
        export_row(context, key, results, sheets, more=more)
    show_table(context, key, sheets[0])


def _filter(widget: str, default: str, facts: Facts) -> None:
    """Callback of a click: toggles the filter of the bar that was hit; a click beside the bars changes nothing.

    A second click on the same bar arrives as an empty selection: the bar of the click before is then toggled back.
    """
    points = st.session_state[widget]["selection"]["points"]
    hit = [tuple(codes) for point in points if (codes := point.get("customdata"))]
    before = st.session_state.pop(f"{widget}-hit", None)
    found = hit[0] if hit else before
    if found is None:
        return
    if hit:
        st.session_state[f"{widget}-hit"] = found
    dimension, code = found if len(found) == 2 else (default, *found)
    url.change(partial(State.toggled, dimension=dimension, code=code, facts=facts))


def only_table(context: Context, key: str, sheet: Sheet, why: str) -> None:
    """The place of a chart that may not be drawn: why, and the table and files behind it."""
    no_figure(sheet.title, why)
    sheet_row(context, key, sheet)
    show_table(context, key, sheet)


def no_figure(title: str, why: str) -> None:
    """The place of a chart that has nothing to show."""
    st.html(f'<div class="k-empty"><h3>{escape(title)}</h3><p>{escape(why)}</p></div>')
