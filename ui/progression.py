"""Running totals over the days of a view, laid over those of its base: what the chart "collected so far" is drawn from.

Rule: day lies over same calendar day. A view from 1 January is laid over the whole year before, so that its end can be seen.
What comes before the first delivery is no data, and so is a month without any: the line has a gap, and goes on from where it was.
Hazard: 29 February exists in one of two years; the running total of the other simply stands still on that day. So it does on
a day without a record inside a month, which in a small log may be a quiet one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from metrics import CutPeriodError, Grain, Projection, Result, Window, key_of, keys, span_of, year
from ui.answers import ask
from ui.context import Context
from ui.lines import Band, Series
from ui.series import covered, revised, time_keys

_LEAP = 2000
_MOST = 12
"""Names of months that an axis has room for on a desk."""
_DAYS_NAMED = 62
"""Windows of days up to this long name some of their days, longer ones their months."""


@dataclass(frozen=True)
class Progression:
    """The current and the base series with the answers they were added up from, month labels and time keys by position."""

    current: Series
    base: Series | None
    ticks: dict[int, str]
    results: tuple[Result, ...]
    grain: Grain
    keys: tuple[tuple[str, ...], tuple[str, ...]]
    """Time keys of the positions, of the current and of the base series."""


def progression(context: Context, kpi: str) -> Progression:
    """Running totals of an additive KPI in the view's window; by day, or by month where only months were reported."""
    try:
        return _progression(context, kpi, "day")
    except CutPeriodError:
        return _progression(context, kpi, "month")


def _progression(context: Context, kpi: str, grain: Grain) -> Progression:
    window, base = context.window, context.base
    of_year = is_year_to_date(window) and is_year_to_date(base) and base.start.year < window.start.year
    whole = year(base.end.year) if of_year and year(base.end.year).start >= context.facts.first_day else base
    now = ask(context, kpi, grain, base=None)
    then = ask(context, kpi, grain, window=whole, base=None)
    slots = _year_slots(grain) if of_year else None
    return Progression(
        current=_series(context, now, slots),
        base=_series(context, then, slots) if then.total.value is not None else None,
        ticks=_ticks(context, window, grain, slots),
        results=(now, then),
        grain=grain,
        keys=(_positions(now, slots), _positions(then, slots)),
    )


def is_year_to_date(window: Window) -> bool:
    """Whether a window begins with a year and stays in it."""
    return (window.start.month, window.start.day) == (1, 1) and window.start.year == window.end.year


def _year_slots(grain: Grain) -> list[str]:
    """Positions of a year, as the part of a time key after the year: '-01-31' or '-01'."""
    first = date(_LEAP, 1, 1)
    days = [first + timedelta(days=i) for i in range(366)]
    return list(dict.fromkeys(key_of(day, grain)[4:] for day in days))


def _series(context: Context, result: Result, slots: list[str] | None) -> Series:
    """The running total at each position; None before the first value, after the last, and in months without any."""
    write, grain = context.format, result.by[0]
    found = {row.key(grain): row.value for row in result.rows if row.value is not None}
    positions = _positions(result, slots)
    first, last, months = min(found, default=""), max(found, default=""), {_month(key) for key in found}
    total: int | float = 0
    values: list[float | None] = []
    texts = []
    for key in positions:
        total += found.get(key, 0)
        values.append(total if first <= key <= last and _month(key) in months else None)
        changed = "".join(f"<br>{line}" for line in revised(context, result, key))
        texts.append(f"{_day(context, key)}<br><b>{write.value(total, result.kpi.unit)}</b>{changed}")
    label = write.phrase(
        context._("{period}: {amount}", period=_name(context, covered(result)), amount=write.value(total, result.kpi.unit))
    )
    return Series(values, texts, label, [i for i, key in enumerate(positions) if key in result.revised])


def _positions(result: Result, slots: list[str] | None) -> tuple[str, ...]:
    return tuple(f"{result.window.start.year}{slot}" for slot in slots) if slots else tuple(time_keys(result))


def _day(context: Context, key: str) -> str:
    return context.format.period(key) if exists(key) else ""


def _month(key: str) -> str:
    return key[:7]


def exists(key: str) -> bool:
    """Whether a position is one of its year: 29 February is not in most of them."""
    return not key.endswith("-02-29") or year(int(key[:4])).days == 366


def _name(context: Context, window: Window) -> str:
    return context.format.period(str(window.end.year)) if is_year_to_date(window) else context.format.window_short(window)


def _ticks(context: Context, window: Window, grain: Grain, slots: list[str] | None) -> dict[int, str]:
    """Names of all months; where a chart is too narrow for twelve, the style sheet shows every other one."""
    write = context.format
    if slots:
        if grain == "month":
            return {i: write.period(f"{window.end.year}{slot}", short=True) for i, slot in enumerate(slots)}
        starts = [(i + 15, int(slot[1:3])) for i, slot in enumerate(slots) if slot.endswith("-01")]
        return {i: write.month(date(window.end.year, number, 1), year=False, short=True) for i, number in starts}
    return time_ticks(context, window, grain)


def time_ticks(context: Context, window: Window, grain: Grain) -> dict[int, str]:
    """Labels by position for a window drawn by day or month: at most about a dozen.

    Beyond one year a month is named with its year, and beyond two only the years are, at their beginning.
    """
    write = context.format
    if window.start.year != window.end.year and (grain == "month" or window.days > _DAYS_NAMED):
        return _with_years(context, window, grain)
    if grain == "month":
        months = keys(window, "month")
        step = -(-len(months) // _MOST)
        return {i: write.period(k, short=True) for i, k in enumerate(months) if i % step == 0}
    days = [window.start + timedelta(days=i) for i in range(window.days)]
    if window.days <= _DAYS_NAMED:
        step = 7 if window.days > _MOST + 2 else 2 if window.days > 7 else 1
        return {i: write.period(day.isoformat(), short=True) for i, day in enumerate(days) if i % step == 0}
    firsts = {i: day for i, day in enumerate(days) if day.day == 1}
    step = -(-len(firsts) // _MOST)
    return {i: write.month(day, year=False, short=True) for n, (i, day) in enumerate(firsts.items()) if n % step == 0}


def _with_years(context: Context, window: Window, grain: Grain) -> dict[int, str]:
    """Names of months with their year; of a window of more than two years those of its years, where each begins."""
    write = context.format
    firsts = {i: span_of(key).start for i, key in enumerate(keys(window, grain)) if span_of(key).start.day == 1}
    januaries = {i: day for i, day in firsts.items() if day.month == 1}
    if len(januaries) > 1:
        step = -(-len(januaries) // 8)
        return {i: write.period(str(day.year)) for n, (i, day) in enumerate(januaries.items()) if n % step == 0}
    step = -(-len(firsts) // (3 if context.rtl else 5))
    return {i: write.month(day, short=True) for n, (i, day) in enumerate(firsts.items()) if n % step == 0}


def band(context: Context, found: Progression, projected: Projection) -> Band | None:
    """The projection to the year's end as a band that continues the running total; None where there is nothing to show."""
    last = next((i for i, value in reversed(list(enumerate(found.current.values))) if value is not None), None)
    if projected.low is None or projected.high is None or not projected.path or last is None or found.grain != "day":
        return None
    start = float(found.current.values[last] or 0)
    low, high = (context.format.money(end, figures=2) for end in (projected.low, projected.high))
    label = context._("{low} to {high} (80%)", low=low, high=high)
    points, slots = projected.path, _year_slots("day")
    return Band(
        at=[last, *(slots.index(f"-{p.day:%m-%d}") for p in points)],
        middle=[start, *(p.value for p in points)],
        low=[start, *(p.low for p in points)],
        high=[start, *(p.high for p in points)],
        label=context.format.phrase(label),
    )


def heads_for(context: Context, projected: Projection) -> str:
    """Where the year is heading, in words; empty where no projection has proved itself."""
    if projected.low is None or projected.high is None or not projected.path:
        return ""
    low, high = (context.format.money(value, figures=2) for value in (projected.low, projected.high))
    return context._("The year is heading for {low} to {high}.", low=low, high=high)
