"""Collections: how much was collected, through whom, for what, how and when; amounts and numbers of payments alike."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final, cast

import streamlit as st

from metrics import Grain, Result
from ui import url
from ui.added_columns import sheet_with
from ui.answers import ask, has_answer
from ui.bars import Bar, bars, named
from ui.bases import share_base
from ui.cards import card_of, cards
from ui.charts import as_high_as
from ui.compared import grey, grey_mark, listed, sentences, twice
from ui.context import Context
from ui.figure import figure, no_figure
from ui.filters import filter_bar
from ui.lookups import names_of
from ui.measures import by_time, course, is_one_month, part_bars
from ui.missing import missing_in_words
from ui.parts_grid import parts_grid
from ui.sentences import collected, largest, text
from ui.sheet import Sheet, remark_of_rest, sheet_of
from ui.shell import choices, columns, headline
from ui.state import whole_year, year_around
from ui.toggle import toggle
from ui.unfinished import hatched
from ui.year_targets import against_the_year, ticks, with_goals, year_columns, year_goals

CARDS: Final = ("collected_amount", "transactions", "average_transaction_value", "success_rate", "mobile_take_up")
MEASURES: Final = ("collected_amount", "transactions")
MOST_BARS: Final = 10


def page(context: Context) -> None:
    """Draw the page."""
    filter_bar(context, CARDS)
    amount = ask(context, "collected_amount")
    first = largest(context, ask(context, "collected_amount", "department"))
    headline(collected(context, amount), text(first, missing_in_words(context)))
    cards(context, [card_of(context, kpi) for kpi in CARDS])
    measure, grain = _choices(context)
    left, right = columns(1, 1)
    with right:
        height = _parts(context, measure, "department")
    with left:
        _course(context, measure, grain, height)
    left, right = columns(1, 1)
    with right:
        height = _parts(context, measure, "service")
    with left:
        _methods_and_channels(context, measure, height)


def _choices(context: Context) -> tuple[str, Grain]:
    """What the charts below show: amounts or transactions, by month or by day where days were reported.

    One month alone is shown by its days, and has a way back to its year.
    """
    _ = context._
    with choices():
        measure = toggle("measure", {MEASURES[0]: _("Amounts"), MEASURES[1]: _("Transactions")}, _("What the charts show"))
        daily = has_answer(context, measure, "day")
        if is_one_month(context.window):
            year = context.format.period(str(context.window.start.year))
            back = partial(url.change, partial(whole_year, facts=context.facts))
            st.button(_("Back to {year}", year=year), key="back-to-year", type="tertiary", on_click=back)
            return measure, "day" if daily else "month"
        if not daily:
            return measure, "month"
        grain = toggle("grain", {"month": _("By month"), "day": _("By day")}, _("Steps of time"))
    return measure, cast(Grain, grain)


def _unit(context: Context, measure: str) -> str:
    return context.format.currency_name if measure == "collected_amount" else context._("Settled transactions")


def _course(context: Context, measure: str, grain: Grain, height: int) -> None:
    """The course over time, as high as the chart beside it."""
    _ = context._
    shown = context
    if grain == "month" and is_one_month(context.window):  # a single column says nothing: its year, with the month in colour
        shown = replace(context, fitted=year_around(context.window, context.facts))
    result = by_time(shown, measure, grain)
    daily = result.by == ("day",)
    alone = context.window if shown is not context else None
    amounts = {True: _("Collected by day"), False: _("Collected by month")}
    counts = {True: _("Transactions by day"), False: _("Transactions by month")}
    title = (amounts if measure == "collected_amount" else counts)[daily]
    if not result.rows:
        no_figure(title, _("No payments were reported for this period and these filters."))
        return
    note = listed(
        context,
        _unit(context, measure),
        grey(context, result),
        "" if daily else hatched(context, result),
        twice(context, result),
        _("in colour: {month}", month=context.format.window(context.window)) if alone else "",
    )
    figure(
        context,
        "course",
        as_high_as(course(shown, result, alone), height),
        [result],
        title=title,
        note=note,
        hint=_how_to_click(context, daily=daily, alone=bool(alone)),
        filters=None if daily else "month",
        sheets=[sheet_of(title, [by_time(shown, kpi, grain) for kpi in _first(measure)], names_of(context))],
    )


def _how_to_click(context: Context, *, daily: bool, alone: bool) -> str:
    """What a click on a column does, and a second one."""
    _ = context._
    if daily:
        return ""
    if alone:
        return _("click it again for the whole year")
    return _("click a month to see its days") if context.facts.daily else _("click a month to see it alone")


def _parts(context: Context, measure: str, dimension: str) -> int:
    """The largest departments or services; a click filters by one of them. Returns the height of the chart, 0 for none."""
    _ = context._
    results = [ask(context, kpi, dimension, without=dimension) for kpi in _first(measure)]
    result = results[0]
    title = _("By department") if dimension == "department" else _("By service")
    if not result.rows:
        no_figure(title, _("No payments were reported for this period and these filters."))
        return 0
    found = year_goals(context, result)
    rows = with_goals(context, result, part_bars(context, result, MOST_BARS), found)
    names, hint = names_of(context), _hint(context, rows)
    tick = _("tick: target of the year") if found else ""
    note = sentences((listed(context, _note(context, measure, [result]), tick), *against_the_year(context, result, found)))
    remark = remark_of_rest(names, named(rows), len(result.rows))
    sheets = [sheet_with(title, results, names, year_columns(context, result, found), remark)]
    chart = ticks(context, result, bars(context, rows), rows, found)
    figure(context, dimension, chart, [result], title=title, note=note, hint=hint, filters=dimension, sheets=sheets)
    return int(chart["layout"]["height"])


def _methods_and_channels(context: Context, measure: str, height: int) -> None:
    """By method and by channel, as high as the chart beside it."""
    _ = context._
    results = [ask(context, measure, dimension, without=dimension) for dimension in ("method", "channel")]
    rows: list[Bar] = [bar for result in results for bar in part_bars(context, result, MOST_BARS)]
    title = _("By payment method and by channel")
    if not rows:
        no_figure(title, _("No payments were reported for this period and these filters."))
        return
    split = len([bar for bar in rows if bar.filter and bar.filter[0] == "method"])
    chart = as_high_as(bars(context, rows, split=split), height)
    sheets = [Sheet(title, results, partial(parts_grid, results, names_of(context)))]
    note, hint = _note(context, measure, results), _hint(context, rows)
    figure(context, "methods", chart, results, title=title, note=note, hint=hint, filters="method", sheets=sheets)


def _first(measure: str) -> tuple[str, ...]:
    """Both measures, the one that is drawn first: tables are in its order."""
    return (measure, *(kpi for kpi in MEASURES if kpi != measure))


def _note(context: Context, measure: str, results: Sequence[Result]) -> str:
    """The unit, what the shares are shares of, and what the grey marks stand for."""
    return listed(context, _unit(context, measure), share_base(context, results), grey_mark(context, results[0]))


def _hint(context: Context, rows: Sequence[Bar]) -> str:
    if any(row.rest for row in rows):
        return context._("click a bar with a name to filter")
    return context._("click a bar to filter")
