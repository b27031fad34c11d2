"""Parts of an additive KPI as bars, and its course as columns or a line: the charts that Collections is made of.

Rule: a bar is labelled with its value and its share of what is shown; its base is the grey mark; small parts stand together.
Hazard: the rest taken together ("12 others") is a sum of parts and filters nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from metrics import CutPeriodError, Grain, Result, Row
from ui.answers import ask
from ui.bars import Bar
from ui.charts import Figure
from ui.context import Context
from ui.lines import Series, columns, timeline
from ui.lookups import names_of
from ui.progression import time_ticks


def part_bars(context: Context, result: Result, most: int) -> list[Bar]:
    """The largest parts of an additive answer by one dimension, with what is left as one bar."""
    rows = [row for row in result.rows if row.value is not None or row.base_value is not None]
    shown, rest = (rows, []) if len(rows) <= most else (rows[: most - 1], rows[most - 1 :])
    whole = sum(row.value or 0 for row in rows)
    bars = [_bar(context, result, row, whole) for row in shown]
    return [*bars, _rest(context, result, rest, whole)] if rest else bars


def _bar(context: Context, result: Result, row: Row, whole: float) -> Bar:
    (dimension,) = result.by
    code = row.key(dimension)
    return Bar(
        name=names_of(context).of(dimension, code),
        value=_drawn(result, row.value),
        label=label(context, result, row.value, whole),
        base=_drawn(result, row.base_value),
        filter=(dimension, code),
        details=details(context, result, row),
    )


def _rest(context: Context, result: Result, rows: Sequence[Row], whole: float) -> Bar:
    value = sum(row.value or 0 for row in rows)
    base = sum(row.base_value or 0 for row in rows) if result.base else None
    name = context._.ngettext("{n} other", "{n} others", len(rows), n=context.format.count(len(rows)))
    return Bar(name, _drawn(result, value), label(context, result, value, whole), base=_drawn(result, base))


def _drawn(result: Result, value: float | None) -> float | None:
    """Money is drawn in the main unit."""
    return value / 100 if value is not None and result.kpi.unit == "fils" else value


def label(context: Context, result: Result, value: float | None, whole: float) -> str:
    """A bar's value and its share of the whole."""
    if value is None:
        return context._("no data")
    text = context.format.short(_drawn(result, value) or 0)
    if not whole or value < 0:
        return text
    return context.format.phrase(f"{text} · {context.format.share(value / whole, decimals=0 if value / whole >= 0.095 else 1)}")


def details(context: Context, result: Result, row: Row) -> tuple[str, ...]:
    """Exact values of both windows, for hover."""
    write, unit = context.format, result.kpi.unit
    lines = [f"{write.window_short(result.window)}: {write.exact(row.value, unit)}"]
    if result.base:
        lines.append(f"{write.window_short(result.base)}: {write.exact(row.base_value, unit)}")
    return tuple(write.phrase(line) for line in lines)


def by_time(context: Context, kpi: str, wanted: Grain) -> Result:
    """The course of a KPI at the wanted grain; by month where only months were reported."""
    try:
        return ask(context, kpi, wanted)
    except CutPeriodError:
        return ask(context, kpi, "month")


def course(context: Context, result: Result) -> Figure:
    """Columns by month, or a line by day, with the base grey and unfinished months hatched."""
    grain = result.by[0]
    unit = result.kpi.unit
    rows = result.rows
    texts = ["<br>".join((f"<b>{context.format.period(row.key(grain))}</b>", *details(context, result, row))) for row in rows]
    current = Series([row.value for row in rows], texts, "")
    base = Series([row.base_value for row in rows], texts, "") if any(row.base_value is not None for row in rows) else None
    if grain == "day":
        return timeline(context, current, base, time_ticks(context, result.window, "day"), unit, floor=0.0)
    keys = [row.key(grain) for row in rows]
    unfinished = [i for i, key in enumerate(keys) if key in result.unfinished]
    step = -(-len(keys) // 12)
    ticks = {i: context.format.period(key, short=True) for i, key in enumerate(keys) if i % step == 0}
    return columns(context, current, base, ticks, unit, unfinished)
