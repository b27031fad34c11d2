"""Availability of parts as dots with their bounds, worst first: where the zero of a bar would hide every difference.

Rule: the filled dot is the number (maintenance left out), the ring the same with maintenance counted as down, the line what
unknown time allows, the tick the part's target. The label says the number, and "missed" where the target was.
Hazard: a part without probes has no dot and says "no data": it is neither 0% nor 100%.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from ui.charts import Figure, clickable, colours, named_hover, plot_text
from ui.context import Context
from ui.rows import label_beside, name_above, row_marks, row_ticks, rows_layout, shared_axis

_ROW: Final = 42
_ABOVE: Final = 17
"""Pixels of a row, and how far above its line its name stands."""


@dataclass(frozen=True)
class Dot:
    """One part: its share with and without maintenance, what unknown time allows, its target and whether it missed it, and
    what a click filters by.
    """

    name: str
    value: float | None
    label: str
    other: float | None = None
    bounds: tuple[float, float] | None = None
    filter: tuple[str, str] | None = None
    details: tuple[str, ...] = ()
    chosen: bool = True
    target: float | None = None
    missed: bool = False


def dots(context: Context, rows: Sequence[Dot]) -> Figure:
    """Dots on a common scale, each with a tick at its own target."""
    axis = shared_axis(context, *_span(rows), "share")
    start = axis["range"][1 if context.rtl else 0]
    labels = [_label(context, row) for row in rows]
    annotations = [name_above(context, i, row.name, _ABOVE) for i, row in enumerate(rows)]
    annotations += [
        label_beside(context, i, _reach(row, start), text) for i, (row, text) in enumerate(zip(rows, labels, strict=True))
    ]
    ink = colours(context).ink
    targets = row_ticks([(i, row.target) for i, row in enumerate(rows) if row.target is not None], ink)
    data = [_bounds(context, rows), _rings(context, rows), _dots(context, rows), targets]
    return {"data": data, "layout": rows_layout(context, axis, labels, annotations, _ROW, 0.72)}


def _span(rows: Sequence[Dot]) -> tuple[float, float]:
    """Lowest and highest of all marks; the scale ends at the next round number, so at most at 100%."""
    known = [v for row in rows for v in (row.value, row.other, row.target, *(row.bounds or ())) if v is not None]
    low, high = min(known, default=0.99), max(known, default=1.0)
    return (low, high) if low < high else (min(low, 0.999), 1.0)


def _reach(row: Dot, start: float) -> float:
    """The right-most mark of a row; the start of the scale where it has none."""
    return max((v for v in (row.value, row.other, row.target, *(row.bounds or ())) if v is not None), default=start)


def _label(context: Context, row: Dot) -> str:
    """The number, and the word "missed" in red where it is below the target."""
    if not row.missed:
        return context.format.phrase(row.label)
    missed = f'<span style="color:{colours(context).bad}">{plot_text(context._("missed"))}</span>'
    return context.format.phrase(f"{row.label} · {missed}")


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
    return row_marks(found, {"symbol": "circle-open", "size": 10, "line": {"width": 1.6}, "color": colours(context).muted})


def _dots(context: Context, rows: Sequence[Dot]) -> dict[str, Any]:
    colour = colours(context)
    known = [row for row in rows if row.value is not None]
    points = [(i, row.value) for i, row in enumerate(rows) if row.value is not None]
    marker = {"size": 10, "color": [colour.accent if row.chosen else colour.context for row in known]}
    texts = [named_hover(row.name, row.details) for row in known]
    return row_marks(points, marker, **clickable([row.filter or () for row in known], texts))
