"""A chart in its frame: title and note in words above, the figure, and below it what can be taken away.

Rule: the title says what is seen, the note its unit, period and base; the figure itself carries no title, because the PNG is
composed of all three in the browser (static/dashboard.js).
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
from ui.export import export_row
from ui.state import State


def figure(
    context: Context,
    key: str,
    chart: Figure,
    results: Sequence[Result],
    *,
    title: str,
    note: str,
    filters: str | None = None,
) -> None:
    """Draw a chart of `results`. With `filters`, a click on a bar filters the view by that dimension, a second one undoes it."""
    with st.container(key=f"figure-{key}"):
        st.html(f'<h2 class="k-figure-title">{escape(title)}</h2><p class="k-figure-note">{escape(note)}</p>')
        widget = f"chart-{key}"
        clicked: Any = partial(_filter, widget, filters) if filters else "ignore"
        st.plotly_chart(
            chart, theme=None, key=widget, config=CONFIG, on_select=clicked, selection_mode="points", alt=f"{title}. {note}"
        )
        export_row(context, key, results, title)


def _filter(widget: str, dimension: str) -> None:
    """Callback of a click: toggles the filter of the bar that was hit; a click beside the bars changes nothing."""
    points = st.session_state[widget]["selection"]["points"]
    codes = [code for point in points for code in point.get("customdata") or () if code]
    if codes:
        url.change(partial(State.toggled, dimension=dimension, code=str(codes[0])))


def no_figure(title: str, why: str) -> None:
    """The place of a chart that has nothing to show."""
    st.html(f'<div class="k-empty"><h3>{escape(title)}</h3><p>{escape(why)}</p></div>')
