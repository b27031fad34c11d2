"""Charts of surveys over time and along the way of an invitation; scores by department and wave are in score_dots.py.

Rule: a score is never drawn without its interval; a hidden period is a gap and a cross, an unfinished one an open dot.
Hazard: a new wording makes another question of it: a dotted line stands where it begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from metrics import Result, Row, Unit, span_of
from ui.bars import Bar, bars
from ui.charts import Figure, colours, hover, plot_text
from ui.context import Context
from ui.lines import Series, timeline
from ui.lookups import names_of
from ui.series import revised
from ui.survey_words import score_lines

_LABELS: Final = {"week": 6, "month": 12}
"""How many names of weeks, which are long, and of months an axis has room for."""
_ABOVE: Final = 0.04
"""How far above the axis the cross of a hidden period stands, as a share of the height: clear of the names below."""
_LINE: Final = 15
"""Pixels from one line of small letters to the next."""


def funnel(context: Context, steps: Sequence[tuple[str, Result]]) -> Figure:
    """The way from invitation to answer: each step with its count and its share of all invited."""
    figure = bars(context, _steps(context, steps))
    figure["data"][0]["marker"]["color"] = colours(context).accent
    return figure


def _steps(context: Context, steps: Sequence[tuple[str, Result]]) -> list[Bar]:
    write, invited = context.format, steps[0][1].total.value
    found = []
    for name, result in steps:
        value, base = result.total.value, result.total.base_value
        label = write.value(value, "count")
        if value is not None and invited:
            label = f"{label} · {write.share(value / invited)}"
        details = [label]
        if base is not None and result.base:
            details.append(f"{write.window_short(result.base)}: {write.count(base)}")
        found.append(Bar(name, value, write.phrase(label), base=base, details=tuple(details)))
    return found


def trend(context: Context, result: Result, wordings: Sequence[tuple[str, str]] = ()) -> Figure:
    """A score over time with the band of its interval, its base thin and grey; open dots where a period is not complete, and
    a cross above the axis where a score is hidden.

    `wordings` are time keys at which a survey was worded anew, with the code of the wording.
    """
    rows, colour, dimension = result.rows, colours(context), result.by[0]
    texts = _texts(context, result)
    changed = [i for i, r in enumerate(rows) if r.key(dimension) in result.revised]
    now = Series([r.value for r in rows], texts, _end(context, [r.value for r in rows], result.kpi.unit), changed)
    base = None
    if result.base and any(r.base_value is not None for r in rows):
        base = Series([r.base_value for r in rows], texts, "")
    bounds = [(r.interval.low, r.interval.high) if r.interval and r.value is not None else None for r in rows]
    figure = timeline(context, now, base, _ticks(context, result), result.kpi.unit, bounds)
    figure["data"].append(_open_dots(context, result))
    low, high = figure["layout"]["yaxis"]["range"]
    figure["data"].append(_crosses(context, rows, texts, low + (high - low) * _ABOVE))
    positions = {row.key(dimension): i for i, row in enumerate(rows)}
    placed = [(positions[when], code) for when, code in wordings if when in positions]
    figure["layout"]["shapes"] = [_wording_line(colour.muted, position) for position, _ in placed]
    figure["layout"]["annotations"] = [
        *figure["layout"].get("annotations", []),
        *(_wording_label(context, line, change, len(rows)) for line, change in enumerate(placed)),
    ]
    return figure


def _texts(context: Context, result: Result) -> list[str]:
    """What a row says on hover."""
    dimension = result.by[0]
    return [
        hover(
            f"<b>{context.format.period(row.key(dimension))}</b>",
            *score_lines(context, result, row),
            *revised(context, result, row.key(dimension)),
        )
        for row in result.rows
    ]


def _ticks(context: Context, result: Result) -> dict[int, str]:
    """Names of periods on the axis, as many as it has room for."""
    rows, write, dimension = result.rows, context.format, result.by[0]
    step = -(-len(rows) // _LABELS[dimension])
    years = len({row.key(dimension)[:4] for row in rows}) > 1 and dimension == "month"
    names = [
        write.month(span_of(row.key("month")).start, short=True) if years else write.period(row.key(dimension), short=True)
        for row in rows
    ]
    return {i: name for i, name in enumerate(names) if i % (step * (2 if years else 1)) == 0}


def _open_dots(context: Context, result: Result) -> dict[str, Any]:
    """An open dot on each period that is not complete."""
    colour, dimension = colours(context), result.by[0]
    at = [i for i, r in enumerate(result.rows) if r.key(dimension) in result.unfinished and r.value is not None]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": at,
        "y": [result.rows[i].value for i in at],
        "marker": {"size": 8, "color": colour.surface, "line": {"color": colour.accent, "width": 2}},
        "hoverinfo": "skip",
    }


def _crosses(context: Context, rows: Sequence[Row], texts: Sequence[str], height: float) -> dict[str, Any]:
    """A small cross just above the axis for each hidden period; its reason is on hover, and in the note above the chart."""
    hidden = [i for i, row in enumerate(rows) if row.hidden]
    line = {"width": 1.6, "color": colours(context).muted}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": hidden,
        "y": [height] * len(hidden),
        "marker": {"symbol": "x-thin", "size": 8, "line": line},
        "hovertext": [texts[i] for i in hidden],
        "hoverinfo": "text",
    }


def _end(context: Context, values: Sequence[float | None], unit: Unit) -> str:
    last = next((v for v in reversed(values) if v is not None), None)
    return context.format.value(last, unit) if last is not None else ""


def _wording_line(colour: str, position: int) -> dict[str, Any]:
    dotted = {"color": colour, "width": 1, "dash": "dot"}
    return {"type": "line", "x0": position - 0.5, "x1": position - 0.5, "yref": "paper", "y0": 0, "y1": 1, "line": dotted}


def _wording_label(context: Context, line: int, change: tuple[int, str], of: int) -> dict[str, Any]:
    """The name of a wording beside its mark, on the side with more room; one below the other, so that none hides another."""
    position, code = change
    text = context._("from here: {name}", name=context.format.name(names_of(context).of("wording", code)))
    before = position > of / 2
    return {
        "x": position - 0.5,
        "y": 1,
        "yref": "paper",
        "text": plot_text(context.format.phrase(text)),
        "showarrow": False,
        "xanchor": "right" if before else "left",
        "xshift": -4 if before else 4,
        "yanchor": "top",
        "yshift": -_LINE * line,
        "font": {"size": 11, "color": colours(context).muted},
        "bgcolor": colours(context).surface,
    }
