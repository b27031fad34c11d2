"""Horizontal bars: parts of a whole beside their base, and the change of each part. Ordered by value, zero at the axis.

Rule: the label of a bar stands at its end, the base is a thin grey mark on it; bars that are filtered away turn grey.
Hazard: right to left mirrors the value axis and puts names on the right; texts keep their own direction by isolates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from ui.charts import (
    Figure,
    clickable,
    colours,
    hidden_axis,
    layout,
    name_labels,
    named_hover,
    names_axis,
    row_height,
)
from ui.context import Context
from ui.text import plain

_LABEL_ROOM: Final = 44
_SPACE: Final = "\u2002"
"""Between a bar and its label: as wide as the mark of a base there with its halo, and a little more."""
_LETTER: Final = 6.5
"""Pixels of a letter of a label. Beside the plot there is room for the label of the longest bar, of which a part stands inside
the plot: on a phone a share of the plot alone is too little.
"""


@dataclass(frozen=True)
class Bar:
    """One bar. `filter` is the dimension and code that a click on it filters by; `label` its value in words;
    `rest` marks what was taken together from many small parts.
    """

    name: str
    value: float | None
    label: str
    base: float | None = None
    filter: tuple[str, str] | None = None
    details: tuple[str, ...] = ()
    rest: bool = False


def bars(context: Context, rows: Sequence[Bar], split: int = 0) -> Figure:
    """Bars from zero with their base as a grey mark; where the view is filtered by them, the others turn grey.

    `split` is after how many bars a line separates a second group.
    """
    colour = colours(context)
    shades = [colour.accent if in_view(context, row) else colour.context for row in rows]
    data = [_bars(rows, shades)]
    if any(row.base is not None for row in rows):
        data += _base_marks(context, rows)
    data.append(_labels(context, rows))
    most = max((v for row in rows for v in (row.value, row.base) if v is not None), default=1.0)
    figure = _figure(context, rows, data, 0.0, most * 1.3 or 1.0)
    if 0 < split < len(rows):
        edge = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": split - 0.5, "y1": split - 0.5}
        figure["layout"]["shapes"] = [{**edge, "line": {"color": colour.line, "width": 1}}]
    return figure


def named(rows: Sequence[Bar]) -> int:
    """How many bars have a name of their own: all but the one of what was taken together."""
    return sum(not row.rest for row in rows)


def in_view(context: Context, row: Bar) -> bool:
    """Whether the filters of the view let this bar through; what was taken together stands back."""
    if row.filter is None:
        return not row.rest
    dimension, code = row.filter
    chosen = context.state.filters.get(dimension)
    return not chosen or code in chosen


def change_bars(context: Context, rows: Sequence[Bar], *, good: str = "up") -> Figure:
    """Bars left and right of zero: what grew in the accent colour, what fell in red (or the other way round), the rest grey."""
    colour = colours(context)
    up, down = (colour.accent, colour.bad) if good == "up" else (colour.bad, colour.accent)
    shades = [colour.context if row.rest else up if (row.value or 0) >= 0 else down for row in rows]
    values = [row.value or 0.0 for row in rows]
    low, high = min([0.0, *values]), max([0.0, *values])
    room = (high - low) * 0.26 or 1.0
    figure = _figure(context, rows, [_bars(rows, shades), _labels(context, rows)], low * 1.04, high + room)
    line = {"type": "line", "x0": 0, "x1": 0, "yref": "paper", "y0": 0, "y1": 1, "line": {"color": colour.context, "width": 1.5}}
    figure["layout"]["shapes"] = [line]
    return figure


def _bars(rows: Sequence[Bar], shades: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(rows))),
        "x": [row.value for row in rows],
        "marker": {"color": list(shades), "cornerradius": 2},
        **clickable([row.filter or () for row in rows], [named_hover(row.name, row.details) for row in rows]),
    }


def _labels(context: Context, rows: Sequence[Bar]) -> dict[str, Any]:
    """The values in words, beyond whatever reaches furthest in their row: the bar, or the mark of its base.

    What fell has its value on the free side of zero: at the end of its bar it would meet the name of the row.
    """
    return {
        "type": "scatter",
        "mode": "text",
        "y": list(range(len(rows))),
        "x": [max(0.0, row.value or 0.0, row.base or 0.0) for row in rows],
        "text": [f"{_SPACE}{row.label}{_SPACE}" for row in rows],
        "textposition": "middle left" if context.rtl else "middle right",
        "textfont": {"size": 11.5, "color": colours(context).muted},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _base_marks(context: Context, rows: Sequence[Bar]) -> list[dict[str, Any]]:
    """Thin marks with a halo in the page's colour, so that they can be seen on a bar and beside it."""
    found = [(i, row.base) for i, row in enumerate(rows) if row.base is not None]
    place = {"type": "scatter", "mode": "markers", "y": [i for i, _ in found], "x": [x for _, x in found], "hoverinfo": "skip"}
    return [{**place, "marker": base_mark(context, "line-ns", 17, halo)} for halo in (True, False)]


def base_mark(context: Context, symbol: str, size: int, halo: bool) -> dict[str, Any]:
    """The marker of a base value, or of the halo behind it."""
    colour = colours(context)
    line = {"width": 5, "color": colour.surface} if halo else {"width": 2, "color": colour.base}
    return {"symbol": symbol, "size": size, "line": line}


def _figure(context: Context, rows: Sequence[Bar], data: list[dict[str, Any]], low: float, high: float) -> Figure:
    names = names_axis(context, name_labels(context, [row.name for row in rows]))
    span = [high, low] if context.rtl else [low, high]
    longest = max((len(plain(row.label)) for row in rows), default=0)
    beside = {"l" if context.rtl else "r": max(_LABEL_ROOM, round(_LETTER * longest) - _LABEL_ROOM)}
    height = max(90, row_height(names) * len(rows) + 24)
    axes = {"xaxis": hidden_axis(range=span), "yaxis": names}
    return {"data": data, "layout": layout(context, height, margin=beside, clickmode="event+select", **axes)}
