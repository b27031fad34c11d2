"""Rows of dots with their names above them, and the axis they share: what fits a phone as well as a desk.

Rule: the server does not know how wide the screen is, so nothing depends on it: a name has the whole width of the chart,
and the label of a row has room of its own beside the plot, as wide as the widest label is.
Hazard: a name that is longer than the narrowest chart is shortened there and everywhere; whole when pointed at.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from metrics import Unit
from ui.charts import colours, layout, nice_ticks, plot_text, tick_text, value_axis
from ui.context import Context
from ui.text_width import shortened, text_width

NARROWEST: Final = 350
"""Pixels of a chart on a phone of 390, less a little."""
NAME: Final = 12.0
LABEL: Final = 11.5
SMALL: Final = 10.5
"""Sizes of type, in pixels."""
TOP: Final = 26
"""Pixels above the rows, for the numbers of the axis."""
_EDGE: Final = 18
"""Pixels beside the plot for half of the first number of the axis."""
_TICK: Final = 10
"""Size of a tick; plotly draws it 1.4 times as high."""
_GAP: Final = 9
"""Pixels between a mark and its label."""


def shared_axis(context: Context, low: float, high: float, unit: Unit) -> dict[str, Any]:
    """The scale above the rows, with a number at each of its two ends; it grows from the reading side."""
    ticks = nice_ticks(low, high, 5)
    ends = [ticks[-1], ticks[0]] if context.rtl else [ticks[0], ticks[-1]]
    written = [tick_text(context.format, tick, unit, ticks) for tick in ticks]
    return value_axis(context, low, high, unit, side="top", range=ends, tickvals=ticks, ticktext=written, tickangle=0, ticklen=0)


def axis_in_words(context: Context, axis: dict[str, Any], unit: Unit) -> str:
    """From where to where the scale reaches, for the note above the chart: it need not begin at zero."""
    first, last = axis["ticktext"][0], axis["ticktext"][-1]
    if unit in ("points", "score"):
        return context._("axis from {low} to {high} points", low=first, high=last)
    return context._("axis from {low} to {high}", low=first, high=last)


def rows_axis(context: Context, rows: int) -> dict[str, Any]:
    """The lines of the rows, the first one on top; their names are annotations above them."""
    return {
        "tickvals": list(range(rows)),
        "showticklabels": False,
        "autorange": False,
        "range": [rows - 0.5, -0.5],
        "fixedrange": True,
        "showgrid": True,
        "gridcolor": colours(context).line,
        "zeroline": False,
    }


def rows_layout(
    context: Context,
    axis: dict[str, Any],
    labels: Sequence[str],
    annotations: Sequence[dict[str, Any]],
    row: int,
    above: float,
) -> dict[str, Any]:
    """The layout of rows `row` pixels high, with `above` of a row for the first name and room for the widest label beside."""
    lines = {**rows_axis(context, len(labels)), "range": [len(labels) - 0.6, -above]}
    height, margin = row * len(labels) + TOP + 8, margins(context, labels)
    return layout(
        context, height, margin=margin, xaxis=axis, yaxis=lines, annotations=list(annotations), clickmode="event+select"
    )


def row_marks(points: Sequence[tuple[int, float]], marker: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Marks at values of rows (position, value), silent on hover unless `more` says otherwise."""
    place = {"x": [value for _, value in points], "y": [position for position, _ in points]}
    return {"type": "scatter", "mode": "markers", "hoverinfo": "skip", **place, "marker": marker, **more}


def row_ticks(points: Sequence[tuple[int, float]], shade: str) -> dict[str, Any]:
    """Upright ticks: a base in grey, a target in black; low enough to keep off the words above and below the line."""
    return row_marks(points, {"symbol": "line-ns", "size": _TICK, "line": {"width": 2, "color": shade}})


def name_above(context: Context, position: int, name: str, above: float) -> dict[str, Any]:
    """A name at the reading side, so many pixels above the line of its row."""
    short = shortened(name, NAME, NARROWEST)
    written = _at_the_edge(context, position, plot_text(short), above, NAME, colours(context).ink)
    return written if short == name else {**written, "hovertext": plot_text(name)}


def said_below(context: Context, position: int, said: str, below: float) -> dict[str, Any]:
    """What else is to be said of a row (already harmless), small, so many pixels below its line."""
    return _at_the_edge(context, position, said, -below, SMALL, colours(context).muted)


def _at_the_edge(context: Context, position: int, text: str, up: float, size: float, colour: str) -> dict[str, Any]:
    return {
        "xref": "paper",
        "x": 1 if context.rtl else 0,
        "xanchor": "right" if context.rtl else "left",
        "xshift": (1 if context.rtl else -1) * (_EDGE - 2),
        "y": position,
        "yanchor": "middle",
        "yshift": up,
        "borderpad": 0,
        "text": context.format.phrase(text),
        "showarrow": False,
        "font": {"size": size, "color": colour},
    }


def label_beside(context: Context, position: int, reach: float, text: str) -> dict[str, Any]:
    """The label of a row, beside the mark of it that reaches furthest."""
    return {
        "x": reach,
        "y": position,
        "text": text,
        "showarrow": False,
        "xanchor": "right" if context.rtl else "left",
        "xshift": -_GAP if context.rtl else _GAP,
        "borderpad": 0,
        "font": {"size": LABEL, "color": colours(context).muted},
        "bgcolor": colours(context).surface,
    }


def margins(context: Context, labels: Sequence[str]) -> dict[str, int]:
    """Margins of a chart of rows: for the numbers of the axis above, and for the widest label at the far side."""
    widest = round(max((text_width(label, LABEL) for label in labels), default=0) + _GAP + 4)
    near, far = ("r", "l") if context.rtl else ("l", "r")
    return {"t": TOP, near: _EDGE, far: max(widest, _EDGE)}
