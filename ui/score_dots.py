"""Scores of surveys by department or wave: never a dot without its interval, n and response rate.

Rule: above the line of a row stands its name, beside the dot value and interval, below it n, response rate and what is to be
known: the target and whether it was reached, few answers (n below 30), or that a wave is not finished. The last two are
drawn hollow. A hidden row says why in the place of its dot.
Hazard: rows without a number keep their place in the order, so that a hidden department is seen to exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from metrics import Result, Row
from ui.charts import Figure, clickable, colours, named_hover, plot_text
from ui.context import Context
from ui.grid import hidden_last
from ui.lookups import names_of
from ui.own_targets import Goal, target_lines, verdict, verdict_words
from ui.rows import label_beside, name_above, row_marks, row_ticks, rows_layout, said_below, shared_axis
from ui.survey_words import answered, score_lines

_ROWS_ABOVE: Final = 15
"""As many rows as two charts are high that stand above, and some to spare."""
_ROW: Final = 55
_ABOVE: Final = 17
_BELOW: Final = 14
"""Pixels of a row, and how far its name stands above its line and what is said of it below."""


def score_dots(
    context: Context,
    result: Result,
    chosen: Sequence[str] = (),
    goals: Mapping[str, Goal] | None = None,
    unfinished: Mapping[str, str] | None = None,
) -> Figure:
    """A score by one dimension: a dot with its interval, the base as a grey tick and the target as a black one.

    With `chosen` codes the rest turns grey; `goals` are targets by code; `unfinished` says of waves why they are not finished.
    """
    goals, unfinished = goals or {}, unfinished or {}
    rows = _in_order(result.rows, unfinished)
    axis = shared_axis(context, *_span(rows, goals), result.kpi.unit)
    start = axis["range"][1 if context.rtl else 0]
    labels = [_label(context, result, row) for row in rows]
    annotations = []
    for i, (row, text) in enumerate(zip(rows, labels, strict=True)):
        goal = goals.get(row.keys[0][1])
        annotations.append(name_above(context, i, names_of(context).of(*row.keys[0]), _ABOVE))
        annotations.append(label_beside(context, i, _reach(row, goal, start), text or _why_none(context, row)))
        if row.value is not None:
            annotations.append(said_below(context, i, _below(context, result, row, goal, unfinished), _BELOW))
    data = [_intervals(context, result, rows, chosen, goals, unfinished), *_ticks(context, rows, goals)]
    return {"data": data, "layout": rows_layout(context, axis, labels, annotations, _ROW, 0.6)}


def fits_beside(result: Result, other: Result) -> bool:
    """Whether a chart of scores by one dimension may stand beside one by another with two lower charts above it; where it has
    many more rows, the column beside it would end in an empty half page.
    """
    return len(result.rows) <= len(other.rows) + _ROWS_ABOVE


def _in_order(rows: Sequence[Row], unfinished: Mapping[str, str]) -> list[Row]:
    """Hidden rows behind the shown ones, unfinished waves behind both."""
    return sorted(hidden_last(rows), key=lambda row: row.keys[0][1] in unfinished)


def _span(rows: Sequence[Row], goals: Mapping[str, Goal]) -> tuple[float, float]:
    """Lowest and highest end of all intervals, bases and targets."""
    ends = [end for row in rows if row.interval for end in (row.interval.low, row.interval.high)]
    ends += [row.base_value for row in rows if row.base_value is not None and row.value is not None]
    ends += [float(goals[code].value) for row in rows if (code := row.keys[0][1]) in goals and row.value is not None]
    return min(ends, default=0.0), max(ends, default=1.0)


def _reach(row: Row, goal: Goal | None, start: float) -> float:
    """The right-most mark of a row; the start of the scale where it has none."""
    if row.value is None or row.interval is None:
        return start
    return max(row.interval.high, row.base_value or row.interval.high, float(goal.value) if goal else row.interval.high)


def _intervals(
    context: Context,
    result: Result,
    rows: Sequence[Row],
    chosen: Sequence[str],
    goals: Mapping[str, Goal],
    unfinished: Mapping[str, str],
) -> dict[str, Any]:
    colour = colours(context)
    known = [(row, row.keys[0][1]) for row in rows if row.value is not None]
    points = [(i, row.value) for i, row in enumerate(rows) if row.value is not None]
    marker = {
        "size": 9,
        "color": [colour.accent if not chosen or code in chosen else colour.context for _, code in known],
        "symbol": ["circle-open" if row.weak or code in unfinished else "circle" for row, code in known],
        "line": {"width": 1.6},
    }
    interval = {
        "type": "data",
        "symmetric": False,
        "array": [r.interval.high - r.value if r.interval and r.value is not None else 0 for r, _ in known],
        "arrayminus": [r.value - r.interval.low if r.interval and r.value is not None else 0 for r, _ in known],
        "color": colour.muted,
        "thickness": 1.4,
        "width": 0,
    }
    texts = [_hover(context, result, row, goals.get(code), unfinished.get(code, "")) for row, code in known]
    return row_marks(points, marker, error_x=interval, **clickable([(code,) for _, code in known], texts))


def _hover(context: Context, result: Result, row: Row, goal: Goal | None, unfinished: str) -> str:
    more = [plot_text(line) for line in (*target_lines(context, result, row, goal), unfinished) if line]
    return named_hover(names_of(context).of(*row.keys[0]), (*score_lines(context, result, row), *more))


def _ticks(context: Context, rows: Sequence[Row], goals: Mapping[str, Goal]) -> list[dict[str, Any]]:
    """The bases in grey, the targets in black."""
    known = [(i, row) for i, row in enumerate(rows) if row.value is not None]
    bases = [(i, row.base_value) for i, row in known if row.base_value is not None]
    targets = [(i, float(goals[code].value)) for i, row in known if (code := row.keys[0][1]) in goals]
    return [row_ticks(bases, colours(context).context), row_ticks(targets, colours(context).ink)]


def _label(context: Context, result: Result, row: Row) -> str:
    """Value and interval, for beside the dot; empty where there are none."""
    write, unit = context.format, result.kpi.unit
    if row.value is None or row.interval is None:
        return ""
    return write.phrase(f"<b>{write.value(row.value, unit)}</b> {write.uncertainty(row.value, row.interval, unit)}")


def _why_none(context: Context, row: Row) -> str:
    why = context._.note(row.hidden) if row.hidden else context._("no data")
    return f"<i>{plot_text(context.format.phrase(why))}</i>"


def _below(context: Context, result: Result, row: Row, goal: Goal | None, unfinished: Mapping[str, str]) -> str:
    """n and response rate, and the one thing that matters most of this row."""
    _, said = context._, [plot_text(answered(context, row))]
    if row.weak:
        said.append(plot_text(_("few answers")))
    if why := unfinished.get(row.keys[0][1]):
        said.append(plot_text(why))
    elif goal and not row.weak:
        words = plot_text(verdict_words(context, result, row, goal))
        missed = verdict(result, row, goal.value) == "missed"
        said.append(f'<span style="color:{colours(context).bad}">{words}</span>' if missed else words)
    return " · ".join(said)
