"""The one template of all charts: type, colours, axes and hover, as plain dictionaries `{"data": [...], "layout": {...}}`.

Rule: labels stand at their marks, there are no legends; axes begin at zero for bars; units are written; exact values on hover.
Time runs from left to right in both directions of script; horizontal bars grow from the reading side.
Hazard: plotly reads a little HTML in every text. Names are data: they go through `plot_text` before they reach a figure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from textwrap import wrap
from typing import Any, Final

from metrics import Unit
from ui.context import Context
from ui.format import Formatter
from ui.text_width import text_width
from ui.theme import FONT, Palette, palette

Figure = dict[str, Any]

CONFIG: Final = {"displayModeBar": False, "responsive": True, "doubleClick": False, "showTips": False}
_MARGIN: Final = 8
_TICK: Final = 11
"""Size of type of the numbers and names of an axis, in pixels."""
_ROW: Final = 30
_ROW_OF_TWO: Final = 36
_APART: Final = 1.4
"""How many times their height rows of bars may take to end where their neighbour ends."""
_STEPS: Final = (1, 2, 2.5, 5, 10)


def colours(context: Context) -> Palette:
    """The palette of the reader's theme."""
    return palette(context.dark)


def layout(context: Context, height: int, **more: Any) -> dict[str, Any]:
    """The layout every figure starts from; `more` is merged over it, one level deep."""
    colour = colours(context)
    base: dict[str, Any] = {
        "height": height,
        "margin": dict.fromkeys("lrtb", _MARGIN) | {"pad": 0},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 12, "color": colour.ink},
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": colour.ink,
            "bordercolor": colour.ink,
            "font": {"family": FONT, "size": 12, "color": colour.surface},
            "align": "right" if context.rtl else "left",
        },
        "bargap": 0.35,
        "uirevision": "keep",
    }
    return {key: {**base[key], **value} if isinstance(base.get(key), dict) else value for key, value in (base | more).items()}


def clickable(codes: Sequence[Sequence[str]], texts: Sequence[str]) -> dict[str, Any]:
    """What marks have that filter by these codes when clicked, and say these texts on hover; none fades when one is chosen."""
    whole = {"marker": {"opacity": 1}}
    said = {"hovertext": list(texts), "hoverinfo": "text"}
    return {"customdata": [list(code) for code in codes], "selected": whole, "unselected": whole, **said}


def as_high_as(chart: Figure, height: int) -> Figure:
    """The chart as high as what stands beside it, where it is lower; horizontal bars move apart, a little, and stay as thick."""
    own, rows = chart["layout"]["height"], any(trace.get("orientation") == "h" for trace in chart["data"])
    wanted = min(height, round(own * _APART)) if rows else height
    if wanted <= own:
        return chart
    gap = chart["layout"]["bargap"]
    more = {"height": wanted, "bargap": 1 - (1 - gap) * own / wanted if rows else gap}
    return {**chart, "layout": {**chart["layout"], **more}}


def hidden_axis(**more: Any) -> dict[str, Any]:
    """An axis that is only there to place things."""
    return {"visible": False, "fixedrange": True, **more}


def time_axis(context: Context, labels: Mapping[int, str], **more: Any) -> dict[str, Any]:
    """A time axis with these labels (position to text)."""
    colour = colours(context)
    return {
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "tickvals": list(labels),
        "ticktext": list(labels.values()),
        "tickangle": 0,
        "tickfont": {"size": _TICK, "color": colour.muted},
        **more,
    }


def room_for_first(labels: Mapping[int, str]) -> int:
    """Pixels of the left margin in which half of the first label of a time axis has room: plotly drops what leaves the chart."""
    first = next(iter(labels.values()), "")
    return max(_MARGIN, math.ceil(text_width(first, _TICK) / 2))


def value_axis(context: Context, low: float, high: float, unit: Unit, most: int = 6, **more: Any) -> dict[str, Any]:
    """A value axis with round ticks, written in the page's language, on the right-hand side."""
    colour = colours(context)
    ticks = nice_ticks(low, high, most)
    return {
        "side": "right",
        "showgrid": True,
        "gridcolor": colour.line,
        "zeroline": False,
        "fixedrange": True,
        "range": [min(low, ticks[0]), max(high, ticks[-1]) + (ticks[-1] - ticks[0]) * 0.04],
        "tickvals": [t for t in ticks if t or low < 0],
        "ticktext": [tick_text(context.format, t, unit, ticks) for t in ticks if t or low < 0],
        "tickfont": {"size": _TICK, "color": colour.muted},
        "ticklen": 4,
        "tickcolor": "rgba(0,0,0,0)",
        **more,
    }


def names_axis(context: Context, labels: Sequence[str], *, grid: bool = False) -> dict[str, Any]:
    """The axis of rows: their names (already harmless), the first one on top, on the reading side."""
    colour = colours(context)
    return {
        "tickvals": list(range(len(labels))),
        "ticktext": list(labels),
        "autorange": False,
        "range": [len(labels) - 0.5, -0.5],
        "side": "right" if context.rtl else "left",
        "fixedrange": True,
        "showgrid": grid,
        "gridcolor": colour.line,
        "zeroline": False,
        "automargin": True,
        "ticklen": 6,
        "tickcolor": "rgba(0,0,0,0)",
        "tickfont": {"size": 12, "color": colour.ink},
    }


def row_height(names: dict[str, Any]) -> int:
    """Pixels for each row of a names axis: more where a name stands on two lines, so that it does not touch its neighbours."""
    return _ROW_OF_TWO if any("<br>" in name for name in names["ticktext"]) else _ROW


def nice_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """At most about `most` round values that cover low..high."""
    span = high - low
    if span <= 0:
        return [low]
    power = 10.0 ** math.floor(math.log10(span / (most - 1)))
    step = next(s * power for s in _STEPS if span / (s * power) <= most - 1)
    first = math.floor(low / step)
    last = math.ceil(high / step - 1e-9)
    return [round(i * step, 12) for i in range(first, last + 1)]


def tick_text(write: Formatter, tick: float, unit: Unit, ticks: list[float]) -> str:
    """A tick in words: short amounts without the currency (the note under the title has it), shares as per cent."""
    step = abs(ticks[1] - ticks[0]) if len(ticks) > 1 else 1.0
    if unit == "share":
        return write.share(tick, decimals=max(0, -_last_digit(step * 100)))
    scale = 100 if unit == "fils" else 1
    most = max(abs(t) for t in ticks) / scale
    figures = math.floor(math.log10(most)) - _last_digit(step / scale) + 1 if most else 1
    return write.short(tick / scale, figures=max(1, figures))


def _last_digit(step: float) -> int:
    """The power of ten of the last digit of a round number: 2500 -> 2, 0.25 -> -2."""
    power = math.floor(math.log10(step))
    return power - 1 if round(step / 10.0**power, 6) == 2.5 else power


def plot_text(text: str) -> str:
    """A text out of the data, harmless in a figure."""
    return escape(text, quote=False)


def wrapped(name: str, width: int = 24) -> str:
    """A name on at most two lines, harmless in a figure."""
    lines = wrap(name, width) or [""]
    if len(lines) > 2:
        lines = [lines[0], lines[1] + "…"]
    return "<br>".join(plot_text(line) for line in lines)


def name_labels(context: Context, names: Sequence[str], width: int = 26) -> list[str]:
    """Names for an axis: wrapped, harmless, and each line in the direction of the page (figures are set left to right)."""
    return ["<br>".join(context.format.phrase(line) for line in wrapped(name, width).split("<br>")) for name in names]


def hover(*lines: str) -> str:
    """Lines of a hover box."""
    return "<br>".join(lines)


def named_hover(name: str, lines: Sequence[str]) -> str:
    """The hover box of a row: its whole name, and these lines (already harmless)."""
    return hover(f"<b>{wrapped(name, 60)}</b>", *lines)
