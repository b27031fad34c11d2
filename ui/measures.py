"""Parts of an additive KPI as bars, and its course as columns or a line: the charts that Collections is made of.

Rule: a bar is labelled with its value and its share of what is shown; its base is the grey mark; small parts stand together.
Hazard: the rest taken together ("12 others") is a sum of parts and filters nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from metrics import CutPeriodError, Grain, Result, Row, Window, key_of
from ui.answers import ask
from ui.bars import Bar
from ui.charts import Figure
from ui.context import Context
from ui.lines import Series, columns, timeline
from ui.lookups import names_of
from ui.progression import time_ticks
from ui.series import revised, time_keys


def part_bars(context: Context, result: Result, most: int) -> list[Bar]:
    """The largest parts of an additive answer by one dimension, with what is left as one bar."""
    rows = [row for row in result.rows if row.value is not None or row.base_value is not None]
    shown = rows if len(rows) <= most else with_chosen(context, rows, most - 1)
    rest = [row for row in rows if row not in shown]
    whole = sum(row.value or 0 for row in rows)
    bars = [_bar(context, result, row, whole) for row in shown]
    return [*bars, _rest(context, result, rest, whole)] if rest else bars


def with_chosen(context: Context, rows: Sequence[Row], most: int) -> list[Row]:
    """The first rows by one dimension, in order; those the view is filtered by are among them wherever they stand."""
    found = [row for row in rows[most:] if row.keys[0][1] in context.state.filters.get(row.keys[0][0])]
    return [*rows[: max(0, most - len(found))], *found]


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
    known = [row.base_value for row in rows if row.base_value is not None]
    base = sum(known) if known else None
    name = context._.ngettext("{n} other", "{n} others", len(rows), n=context.format.count(len(rows)))
    return Bar(name, _drawn(result, value), label(context, result, value, whole), base=_drawn(result, base), rest=True)


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


def is_one_month(window: Window) -> bool:
    """Whether all days of a window lie in one month."""
    return key_of(window.start, "month") == key_of(window.end, "month")


def course(context: Context, result: Result, alone: Window | None = None) -> Figure:
    """Columns by month, or a line by day, with the base grey and unfinished months hatched; grey columns beside the month
    that is shown `alone`.
    """
    current, base = pair(context, result)
    unit, positions = result.kpi.unit, time_keys(result)
    if result.by == ("day",):
        return timeline(context, current, base, time_ticks(context, result.window, "day"), unit, floor=0.0)
    unfinished = [i for i, key in enumerate(positions) if key in result.unfinished]
    chosen = [positions.index(key_of(alone.start, "month"))] if alone else None
    return columns(context, current, base, time_ticks(context, result.window, "month"), unit, unfinished, positions, chosen)


def pair(context: Context, result: Result) -> tuple[Series, Series | None]:
    """An answer by time and its base as series over all positions of the window."""
    (grain,) = result.by
    found = {row.key(grain): row for row in result.rows}
    rows = [(key, found.get(key)) for key in time_keys(result)]
    texts = [
        "<br>".join(
            (
                f"<b>{context.format.period(key)}</b>",
                *(details(context, result, row) if row else ()),
                *revised(context, result, key),
            )
        )
        for key, row in rows
    ]
    changed = [i for i, (key, _) in enumerate(rows) if key in result.revised]
    current = Series([row.value if row else None for _, row in rows], texts, revised=changed)
    base = Series([row.base_value if row else None for _, row in rows], texts)
    return current, base if any(value is not None for value in base.values) else None
