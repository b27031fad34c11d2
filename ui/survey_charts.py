"""Charts of surveys: scores with their uncertainty, never a dot without its interval, n and response rate.

Rule: the name of a row carries n and response rate under it, the label beside the dot its value and interval; a hidden row
says why in the place of its dot; a weak one (n below 30) has an open dot and says so.
Hazard: rows without a number keep their place in the order, so that a hidden department is seen to exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from metrics import Result, Row, Unit, span_of
from ui.bars import Bar, bars
from ui.charts import Figure, colours, hidden_axis, hover, layout, names_axis, plot_text, wrapped
from ui.context import Context
from ui.grid import hidden_last
from ui.lines import Series, timeline
from ui.lookups import names_of
from ui.survey_words import answered, score_lines

_ROW: Final = 40
_ROOM: Final = 0.04
_ROOM_WEAK: Final = 0.4
"""Space beside the widest interval, as a share of the span of values; more where a label says "few answers"."""
_LABELS: Final = {"week": 6, "month": 12}
"""How many names of weeks, which are long, and of months an axis has room for."""
_ABOVE: Final = 0.04
"""How far above the axis the cross of a hidden period stands, as a share of the height: clear of the names below."""
_LINE: Final = 15
"""Pixels from one line of small letters to the next."""
_LABEL: Final = 128
"""Pixels beside the plot for the label of the highest interval, "83.3% 72.0–90.4%": a share of the plot would be too little."""


def dots(context: Context, result: Result, chosen: Sequence[str] = ()) -> Figure:
    """A score by one dimension: a dot with its interval, the base as a grey tick; with `chosen` codes the rest turns grey."""
    colour, rows = colours(context), hidden_last(result.rows)
    shades = [colour.accent if not chosen or row.keys[0][1] in chosen else colour.context for row in rows]
    low, high = _span(rows)
    data = [_intervals(context, result, rows, shades), _base_ticks(context, rows)]
    names = names_axis(context, [_name(context, row) for row in rows], grid=True)
    room = (high - low) * (_ROOM_WEAK if any(row.weak for row in rows) else _ROOM)
    span = [high + room, low] if context.rtl else [low, high + room]
    labels = [_label(context, result, i, row, low) for i, row in enumerate(rows)]
    return {
        "data": data,
        "layout": layout(
            context,
            max(110, _ROW * len(rows) + 24),
            margin={"l" if context.rtl else "r": _LABEL},
            xaxis=hidden_axis(range=span),
            yaxis=names,
            annotations=labels,
            clickmode="event+select",
        ),
    }


def _span(rows: Sequence[Row]) -> tuple[float, float]:
    """Lowest and highest end of all intervals and bases; a little room below."""
    ends = [end for row in rows if row.interval for end in (row.interval.low, row.interval.high)]
    ends += [row.base_value for row in rows if row.base_value is not None]
    low, high = min(ends, default=0.0), max(ends, default=1.0)
    return low - (high - low or 1.0) * 0.06, high


def _intervals(context: Context, result: Result, rows: Sequence[Row], shades: Sequence[str]) -> dict[str, Any]:
    known = [(i, row, shade) for i, (row, shade) in enumerate(zip(rows, shades, strict=True)) if row.value is not None]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [row.value for _, row, _ in known],
        "y": [i for i, _, _ in known],
        "customdata": [[row.keys[0][1]] for _, row, _ in known],
        "marker": {
            "size": 9,
            "color": [shade for *_, shade in known],
            "symbol": ["circle-open" if r.weak else "circle" for _, r, _ in known],
        },
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [r.interval.high - r.value if r.interval and r.value is not None else 0 for _, r, _ in known],
            "arrayminus": [r.value - r.interval.low if r.interval and r.value is not None else 0 for _, r, _ in known],
            "color": colours(context).muted,
            "thickness": 1.4,
            "width": 0,
        },
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
        "hovertext": [
            hover(f"<b>{wrapped(names_of(context).of(*r.keys[0]), 60)}</b>", *score_lines(context, result, r))
            for _, r, _ in known
        ],
        "hoverinfo": "text",
    }


def _base_ticks(context: Context, rows: Sequence[Row]) -> dict[str, Any]:
    known = [(i, row.base_value) for i, row in enumerate(rows) if row.base_value is not None and row.value is not None]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [value for _, value in known],
        "y": [i for i, _ in known],
        "marker": {"symbol": "line-ns", "size": 13, "line": {"width": 2, "color": colours(context).context}},
        "hoverinfo": "skip",
    }


def _name(context: Context, row: Row) -> str:
    """The name, and under it n and response rate in small grey letters."""
    name = wrapped(names_of(context).of(*row.keys[0]), 30).replace("<br>", " ")
    if row.value is None:
        return name
    said = plot_text(context.format.phrase(answered(context, row)))
    return f'{name}<br><span style="font-size:10.5px;color:{colours(context).muted}">{said}</span>'


def _label(context: Context, result: Result, position: int, row: Row, low: float) -> dict[str, Any]:
    """Value and interval beside the interval; why there is none at the start of the line."""
    _, write, colour = context._, context.format, colours(context)
    label = {
        "y": position,
        "showarrow": False,
        "xanchor": "right" if context.rtl else "left",
        "font": {"size": 11.5, "color": colour.muted},
        "bgcolor": colour.surface,
    }
    if row.value is None or row.interval is None:
        why = _.note(row.hidden) if row.hidden else _("no data")
        return {**label, "x": low, "text": f"<i>{plot_text(write.phrase(why))}</i>"}
    text = f"<b>{write.value(row.value, result.kpi.unit)}</b> {write.uncertainty(row.value, row.interval, result.kpi.unit)}"
    if row.weak:
        text += f" · {plot_text(_('few answers'))}"
    end = max(row.interval.high, row.base_value if row.base_value is not None else row.interval.high)
    return {**label, "x": end, "xshift": -8 if context.rtl else 8, "text": write.phrase(text)}


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
    rows, colour, write = result.rows, colours(context), context.format
    dimension = result.by[0]
    texts = [hover(f"<b>{write.period(r.key(dimension))}</b>", *score_lines(context, result, r)) for r in rows]
    now = Series([r.value for r in rows], texts, _end(context, [r.value for r in rows], result.kpi.unit))
    base = None
    if result.base and any(r.base_value is not None for r in rows):
        base = Series([r.base_value for r in rows], texts, "")
    bounds = [(r.interval.low, r.interval.high) if r.interval and r.value is not None else None for r in rows]
    step = -(-len(rows) // _LABELS[dimension])
    years = len({r.key(dimension)[:4] for r in rows}) > 1 and dimension == "month"
    names = [
        write.month(span_of(r.key("month")).start, short=True) if years else write.period(r.key(dimension), short=True)
        for r in rows
    ]
    ticks = {i: name for i, name in enumerate(names) if i % (step * (2 if years else 1)) == 0}
    figure = timeline(context, now, base, ticks, result.kpi.unit, bounds)
    open_at = [i for i, r in enumerate(rows) if r.key(dimension) in result.unfinished and r.value is not None]
    figure["data"].append(
        {
            "type": "scatter",
            "mode": "markers",
            "x": open_at,
            "y": [rows[i].value for i in open_at],
            "marker": {"size": 8, "color": colour.surface, "line": {"color": colour.accent, "width": 2}},
            "hoverinfo": "skip",
        }
    )
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
