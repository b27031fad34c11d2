"""Availability of parts as dots with their bounds, worst first: where the zero of a bar would hide every difference.

Rule: the filled dot is the number (maintenance left out), the ring the same with maintenance counted as down, the line what
unknown time allows; the target is a dashed line. The label says the number.
Hazard: a part without probes has no dot and says "no data": it is neither 0% nor 100%.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ui.charts import Figure, colours, hover, layout, name_labels, names_axis, row_height, value_axis, wrapped
from ui.context import Context


@dataclass(frozen=True)
class Dot:
    """One part: its share with and without maintenance, what unknown time allows, and what a click filters by."""

    name: str
    value: float | None
    label: str
    other: float | None = None
    bounds: tuple[float, float] | None = None
    filter: tuple[str, str] | None = None
    details: tuple[str, ...] = ()
    chosen: bool = True


def dots(context: Context, rows: Sequence[Dot], target: float | None = None) -> Figure:
    """Dots on a common scale that ends at 100%."""
    low, high = _span(rows, target)
    room = (high - low) * 0.2
    axis = value_axis(context, low, high, "share", most=4, side="top", automargin=True, tickangle=0)
    span = [high + room, low - (high - low) * 0.05]
    axis["range"] = span if context.rtl else span[::-1]
    data = [_bounds(context, rows), _rings(context, rows), _dots(context, rows)]
    names = names_axis(context, name_labels(context, [row.name for row in rows]), grid=True)
    figure: Figure = {
        "data": data,
        "layout": layout(
            context,
            max(110, row_height(names) * len(rows) + 48),
            margin={"t": 26},
            xaxis=axis,
            yaxis=names,
            clickmode="event+select",
            annotations=[_label(context, i, row, low) for i, row in enumerate(rows)],
        ),
    }
    if target is not None:
        line = {"color": colours(context).muted, "width": 1, "dash": "dot"}
        figure["layout"]["shapes"] = [
            {"type": "line", "x0": target, "x1": target, "yref": "paper", "y0": 0, "y1": 1, "line": line, "layer": "below"}
        ]
        figure["layout"]["margin"]["b"] = 22
        figure["layout"]["annotations"].append(_target_label(context, target))
    return figure


def _target_label(context: Context, target: float) -> dict[str, Any]:
    """What the dashed line is, under it, where no row is."""
    return {
        "x": target,
        "y": 0,
        "yref": "paper",
        "text": context.format.phrase(context._("Target {target}", target=context.format.share(target))),
        "showarrow": False,
        "yanchor": "top",
        "font": {"size": 11, "color": colours(context).muted},
    }


def _span(rows: Sequence[Dot], target: float | None) -> tuple[float, float]:
    known = [v for row in rows for v in (row.value, row.other, *(row.bounds or ())) if v is not None]
    low = min([*known, target if target is not None else 1.0], default=0.99)
    return (low if low < 1 else 0.999), 1.0


def _bounds(context: Context, rows: Sequence[Dot]) -> dict[str, Any]:
    """One segment for each part, separated by gaps."""
    x: list[float | None] = []
    y: list[float | None] = []
    for i, row in enumerate(rows):
        if row.bounds:
            x += [*row.bounds, None]
            y += [i, i, None]
    line = {"color": colours(context).context, "width": 4}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": line, "hoverinfo": "skip"}


def _rings(context: Context, rows: Sequence[Dot]) -> dict[str, Any]:
    found = [(i, row.other) for i, row in enumerate(rows) if row.other is not None]
    colour = colours(context)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [x for _, x in found],
        "y": [i for i, _ in found],
        "marker": {"symbol": "circle-open", "size": 10, "line": {"width": 1.6}, "color": colour.muted},
        "hoverinfo": "skip",
    }


def _dots(context: Context, rows: Sequence[Dot]) -> dict[str, Any]:
    found = [(i, row) for i, row in enumerate(rows) if row.value is not None]
    colour = colours(context)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [row.value for _, row in found],
        "y": [i for i, _ in found],
        "customdata": [list(row.filter or ()) for _, row in found],
        "marker": {"size": 10, "color": [colour.accent if row.chosen else colour.context for _, row in found]},
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
        "hovertext": [hover(f"<b>{wrapped(row.name, 60)}</b>", *row.details) for _, row in found],
        "hoverinfo": "text",
    }


def _label(context: Context, position: int, row: Dot, low: float) -> dict[str, Any]:
    """The number beside the right-most mark of its row."""
    marks = [v for v in (row.value, row.other, *(row.bounds or ())) if v is not None]
    return {
        "x": max(marks, default=low),
        "y": position,
        "text": row.label,
        "showarrow": False,
        "xanchor": "right" if context.rtl else "left",
        "xshift": -9 if context.rtl else 9,
        "font": {"size": 11.5, "color": colours(context).muted},
        "bgcolor": colours(context).surface,
        "borderpad": 1,
    }
