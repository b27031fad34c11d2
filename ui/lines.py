"""Charts over time: a running total against its base, columns by month, a daily line.

Rule: the current period is bold and in the accent colour, its base thin and grey; what is not finished is drawn as unfinished
(dashed or hatched); a gap in the data is a gap in the line and in its band, and a value between two gaps is a dot.
Hazard: days are positions counted from the window's first day, so that 2011 lies under 2012 without a leap day between them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from metrics import Unit
from ui.bars import base_mark
from ui.charts import Figure, clickable, colours, layout, room_for_first, time_axis, value_axis
from ui.context import Context
from ui.line_labels import Frame, Place, along, at_the_end, free_place, is_above, last_known
from ui.revised_marks import revised_marks, stretches

_REACH: Final = 0.26
"""How far the line of a base reaches to either side of the middle of its column; a column reaches 0.325."""
_HEIGHT: Final = 264
_BELOW: Final = 26
"""Pixels of a chart of running totals, and those below it for the names of its axis."""
_MARGIN: Final = 8
_EDGE: Final = 0.012
"""Share of the width that is left free at either end of a line, so that the dot there is whole."""


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
        _end_dot(current, colour.accent),
    ]
    slots = max(len(s.values) for s in (current, base) if s)
    slots = max(slots, band.at[-1] + 1) if band else slots
    axis = value_axis(context, 0.0, _highest(current, base, band) * 1.06, unit, automargin=True)
    return {
        "data": data,
        "layout": layout(
            context,
            _HEIGHT,
            margin={"b": _BELOW, "l": room_for_first(ticks) if 0 in ticks else _MARGIN},
            xaxis=time_axis(context, dict(ticks), range=[-_EDGE * slots, slots - 1 + _EDGE * slots]),
            yaxis=axis,
            annotations=_labels(context, current, base, band, Frame(slots, axis["range"][1], _HEIGHT - _BELOW - _MARGIN)),
            hovermode="x",
        ),
    }


def _highest(current: Series, base: Series | None, band: Band | None) -> float:
    values = [v for s in (current, base) if s for v in s.values if v is not None]
    return max([*values, *(band.high if band else ())], default=1.0) or 1.0


def _labels(context: Context, current: Series, base: Series | None, band: Band | None, frame: Frame) -> list[dict[str, Any]]:
    """The labels of projection, current line and base, each where it meets none of the others and no line."""
    colour = colours(context)
    lines = [series.values for series in (current, base) if series]
    lines += [_spread(band.at, ends, frame.slots) for ends in (band.low, band.high)] if band else []
    wanted = [([Place(band.at[-1], band.high[-1], band.label, right=False, above=True)], colour.accent)] if band else []
    over = base is not None and is_above(base.values, current.values)
    wanted.append((at_the_end(current.values, current.label, below=over), colour.accent))
    wanted += [(along(base.values, base.label, above=over), colour.muted)] if base else []
    taken: list[Place] = []
    marks = []
    for places, shade in wanted:
        if place := free_place(places, lines, taken, frame):
            taken.append(place)
            marks.append(place.annotation(shade))
    return marks


def _spread(at: Sequence[int], values: Sequence[float], slots: int) -> list[float | None]:
    """Values that are known at some positions, at all positions in between as well."""
    spread: list[float | None] = [None] * slots
    for (start, one), (end, other) in pairwise(zip(at, values, strict=True)):
        for i in range(start, end + 1):
            spread[i] = one + (other - one) * (i - start) / (end - start)
    return spread


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
        "marker": {
            "color": shades,
            "cornerradius": 2,
            "pattern": {"shape": hatched, "fillmode": "replace", "fgcolor": shades, "size": 5, "solidity": 0.35},
        },
        **clickable([(code,) for code in codes], current.texts),
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


def _end_dot(series: Series, colour: str) -> dict[str, Any]:
    last = last_known(series.values)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [last[0]] if last else [],
        "y": [last[1]] if last else [],
        "marker": {"color": colour, "size": 8},
        "hoverinfo": "skip",
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
