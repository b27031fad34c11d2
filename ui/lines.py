"""Charts over time: a running total against its base, columns by month, a daily line.

Rule: the current period is bold and in the accent colour, its base thin and grey; what is not finished is drawn as unfinished
(dashed or hatched); a gap in the data is a gap in the line and in its band, and a value between two gaps is a dot.
Hazard: days are positions counted from the window's first day, so that 2011 lies under 2012 without a leap day between them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from metrics import Unit
from ui.bars import base_mark
from ui.charts import Figure, colours, layout, room_for_first, time_axis, value_axis
from ui.context import Context
from ui.revised_marks import revised_marks, stretches

_REACH: Final = 0.26
"""How far the line of a base reaches to either side of the middle of its column; a column reaches 0.325."""
_ROOM_BEFORE: Final = 0.4
"""Share of the width that a label at the end of a line needs before it."""


@dataclass(frozen=True)
class Series:
    """Values at positions 0, 1, 2..., each with its text for hover; `label` is written at the last one that is known.

    `revised` are positions whose value changed after it had been published.
    """

    values: Sequence[float | None]
    texts: Sequence[str]
    label: str = ""
    revised: Sequence[int] = ()


@dataclass(frozen=True)
class Band:
    """A projection at these positions, from the last known one on: the middle, its two ends, and the label at its end."""

    at: Sequence[int]
    middle: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    label: str


def running_total(
    context: Context, current: Series, base: Series | None, ticks: Mapping[int, str], unit: Unit, band: Band | None = None
) -> Figure:
    """A cumulative line against its base; with a band to the year's end where there is a projection."""
    colour = colours(context)
    data = [_line(base, colour.context, 1.6), *_alone(base, colour.context, 5)] if base else []
    data += _projection(context, band) if band else []
    data += [
        _line(current, colour.accent, 2.6),
        *_alone(current, colour.accent, 4),
        *revised_marks(context, current.values, current.revised),
    ]
    over = _is_over(base, current)
    marks = [_base_label(base, colour.muted, above=over)] if base else []
    data.append(_end_dot(current, colour.accent))
    if band:
        marks.append(_label(band.at[-1], band.high[-1], band.label, colour.accent))
    top = max((v for s in (current, base) if s for v in s.values if v is not None), default=1.0)
    top = max(top, max(band.high, default=0.0)) if band else top
    slots = max(len(s.values) for s in (current, base) if s)
    slots = max(slots, band.at[-1] + 1) if band else slots
    marks.append(_end_label(current, colour.accent, slots, below=over))
    return {
        "data": data,
        "layout": layout(
            context,
            264,
            margin={"b": 26},
            xaxis=time_axis(context, dict(ticks), range=[-0.01 * slots, slots * 1.01]),
            yaxis=value_axis(context, 0.0, top * 1.06, unit, automargin=True),
            annotations=[m for m in marks if m],
            hovermode="x",
        ),
    }


def columns(
    context: Context,
    current: Series,
    base: Series | None,
    ticks: Mapping[int, str],
    unit: Unit,
    unfinished: Sequence[int] = (),
    codes: Sequence[str] = (),
    chosen: Sequence[int] | None = None,
) -> Figure:
    """Columns with their base as a grey mark; unfinished ones hatched, those beside the chosen ones (None: all) grey."""
    colour = colours(context)
    shades = [colour.accent if chosen is None or i in chosen else colour.context for i in range(len(current.values))]
    hatched = ["/" if i in unfinished else "" for i in range(len(current.values))]
    bar: dict[str, Any] = {
        "type": "bar",
        "x": list(range(len(current.values))),
        "y": list(current.values),
        "customdata": [[code] for code in codes],
        "marker": {
            "color": shades,
            "cornerradius": 2,
            "pattern": {"shape": hatched, "fillmode": "replace", "fgcolor": shades, "size": 5, "solidity": 0.35},
        },
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
        "hovertext": list(current.texts),
        "hoverinfo": "text",
    }
    data = [bar]
    data += _base_lines(context, base) if base else []
    data += revised_marks(context, current.values, current.revised)
    values = [v for s in (current, base) if s for v in s.values if v is not None]
    return {
        "data": data,
        "layout": layout(
            context,
            250,
            margin={"b": 26, "l": room_for_first(ticks)},
            xaxis=time_axis(context, dict(ticks), range=[-0.6, len(current.values) - 0.4]),
            yaxis=value_axis(context, min([0.0, *values]), max([0.0, *values]) * 1.04 or 1.0, unit, automargin=True),
        ),
    }


def _base_lines(context: Context, base: Series) -> list[dict[str, Any]]:
    """A grey line across each column at the height of its base, with a halo; as wide as the column, however many there are."""
    x: list[float | None] = []
    y: list[float | None] = []
    for place, value in enumerate(base.values):
        if value is not None:
            x += [place - _REACH, place + _REACH, None]
            y += [value, value, None]
    trace = {"type": "scatter", "mode": "lines", "x": x, "y": y, "connectgaps": False, "hoverinfo": "skip"}
    return [{**trace, "line": base_mark(context, "", 0, halo)["line"]} for halo in (True, False)]


def timeline(
    context: Context,
    current: Series,
    base: Series | None,
    ticks: Mapping[int, str],
    unit: Unit,
    bounds: Sequence[tuple[float, float] | None] = (),
    floor: float | None = None,
) -> Figure:
    """A line over days or months, with the base thin and grey, and bounds as a band where there are any."""
    colour = colours(context)
    data = _bounds(context, bounds)
    data += [_line(base, colour.context, 1.3), *_alone(base, colour.context, 5)] if base else []
    data += [
        _line(current, colour.accent, 2.0),
        *_alone(current, colour.accent, 7),
        *revised_marks(context, current.values, current.revised),
    ]
    data.append(_end_dot(current, colour.accent))
    values = [v for s in (current, base) if s for v in s.values if v is not None]
    values += [v for pair in bounds if pair for v in pair]
    low = min(values, default=0.0) if floor is None else floor
    high = max(values, default=1.0)
    return {
        "data": data,
        "layout": layout(
            context,
            250,
            margin={"b": 26, "l": room_for_first(ticks)},
            xaxis=time_axis(context, dict(ticks), range=[-0.5, len(current.values) - 0.5 + len(current.values) * 0.01]),
            yaxis=value_axis(context, low, high if high > low else low + 1, unit, automargin=True),
            hovermode="x",
        ),
    }


def _line(series: Series, colour: str, width: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": list(range(len(series.values))),
        "y": list(series.values),
        "connectgaps": False,
        "line": {"color": colour, "width": width, "shape": "linear"},
        "hovertext": list(series.texts),
        "hoverinfo": "text",
    }


def _alone(series: Series, colour: str, size: int) -> list[dict[str, Any]]:
    """Dots for values between two gaps, which a line cannot show."""
    known = [i for i, value in enumerate(series.values) if value is not None]
    alone = [run[0] for run in stretches(known) if len(run) == 1]
    if not alone:
        return []
    marks = {"x": alone, "y": [series.values[i] for i in alone], "marker": {"color": colour, "size": size}}
    return [{"type": "scatter", "mode": "markers", "hoverinfo": "skip", **marks}]


def _last(series: Series) -> tuple[int, float] | None:
    return next(((i, v) for i, v in reversed(list(enumerate(series.values))) if v is not None), None)


def _end_dot(series: Series, colour: str) -> dict[str, Any]:
    last = _last(series)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [last[0]] if last else [],
        "y": [last[1]] if last else [],
        "marker": {"color": colour, "size": 8},
        "hoverinfo": "skip",
    }


def _is_over(base: Series | None, current: Series) -> bool:
    """Whether the base stands above the current line where that ends; labels then change sides, away from both lines."""
    last = _last(current)
    if base is None or last is None or last[0] >= len(base.values):
        return False
    return (base.values[last[0]] or 0.0) > last[1]


def _end_label(series: Series, colour: str, slots: int, *, below: bool = False) -> dict[str, Any] | None:
    """Beside the end of the line, before it where there is room, else after it; `below` it where the base is above."""
    last = _last(series)
    if last is None:
        return None
    label = _label(last[0], last[1], series.label, colour)
    if below:
        return {**label, "xanchor": "left", "yanchor": "top", "xshift": -4, "yshift": -8}
    return label if last[0] > slots * _ROOM_BEFORE else {**label, "xanchor": "left", "xshift": 8}


def _base_label(series: Series, colour: str, *, above: bool = False) -> dict[str, Any] | None:
    """Below the line (or above it) and well before its end, where it cannot meet the label of the current period."""
    last = _last(series)
    if last is None:
        return None
    at = round(last[0] * 0.45)
    label = _label(at, series.values[at] or 0.0, series.label, colour)
    return label if above else {**label, "xanchor": "left", "yanchor": "top", "xshift": 8, "yshift": -6}


def _label(x: float, y: float, text: str, colour: str) -> dict[str, Any]:
    return {
        "x": x,
        "y": y,
        "text": f"<b>{text}</b>",
        "showarrow": False,
        "xanchor": "right",
        "yanchor": "bottom",
        "xshift": -4,
        "yshift": 5,
        "font": {"size": 12.5, "color": colour},
    }


def _projection(context: Context, band: Band) -> list[dict[str, Any]]:
    colour = colours(context)
    x = list(band.at)
    edge = {"type": "scatter", "mode": "lines", "x": x, "line": {"width": 0}, "hoverinfo": "skip"}
    middle = {"color": colour.accent, "width": 1.6, "dash": "5px,4px"}
    return [
        {**edge, "y": list(band.low)},
        {**edge, "y": list(band.high), "fill": "tonexty", "fillcolor": colour.accent_soft},
        {"type": "scatter", "mode": "lines", "x": x, "y": list(band.middle), "line": middle, "hoverinfo": "skip"},
    ]


def _bounds(context: Context, bounds: Sequence[tuple[float, float] | None]) -> list[dict[str, Any]]:
    """A band over each stretch without a gap; where it would be of one point, a bar from end to end."""
    colour, found = colours(context), []
    edge = {"type": "scatter", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    for run in stretches([i for i, pair in enumerate(bounds) if pair]):
        low, high = ([pair[side] for i in run if (pair := bounds[i])] for side in (0, 1))
        if len(run) == 1:
            found.append({**edge, "x": run * 2, "y": [*low, *high], "line": {"width": 5, "color": colour.accent_soft}})
        else:
            found += [
                {**edge, "x": run, "y": low},
                {**edge, "x": run, "y": high, "fill": "tonexty", "fillcolor": colour.accent_soft},
            ]
    return found
