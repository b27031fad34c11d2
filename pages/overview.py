"""Overview: how are we doing, what changed, why. The page of executives, who give it two minutes."""

from functools import partial
from typing import Final

import streamlit as st

from metrics import Projection, Result
from ui.answers import ask, project
from ui.attention import attention, items
from ui.bars import change_bars, named
from ui.cards import card_of, cards
from ui.change_parts import bars_of_change, by_change, change_explained, growth
from ui.charts import as_high_as
from ui.compared import listed, not_compared
from ui.context import Context
from ui.explain import explained
from ui.figure import figure, no_figure
from ui.filters import filter_bar
from ui.grid import answer_grid
from ui.lines import running_total
from ui.lookups import names_of
from ui.missing import missing_in_words, missing_payments, running_title
from ui.outages import available
from ui.progression import band, heads_for, is_year_to_date, progression
from ui.projected import projection_html, trials_grid
from ui.running_grid import running_grid
from ui.sentences import collected, text, why_changed
from ui.series import covered
from ui.sheet import Sheet, remark_of_rest
from ui.shell import columns, headline
from ui.survey_headlines import scored

CARDS = ("collected_amount", "transactions", "availability", "satisfaction", "awareness")
MOST_BARS: Final = 8


def page(context: Context) -> None:
    """Draw the overview."""
    filter_bar(context, CARDS, ("department", "channel"))
    amount = ask(context, "collected_amount")
    projected = _projected(context, amount)
    if amount.total.value is None:
        headline(*_without_collections(context, amount))
    else:
        headline(collected(context, amount), _why(context, amount, projected))
    cards(context, [card_of(context, kpi) for kpi in CARDS])
    left, right = columns(1.18, 1) if _has_base(amount) else (st.container(), st.container())
    with right:
        height = _where_from(context, amount)
    with left:
        _running_total(context, amount, projected, height)
    found = items(context)
    if found:
        attention(context, found)
        explained(context, [result for item in found for result in item.results])


def _why(context: Context, amount: Result, projected: Projection | None) -> str:
    """What the change came from, where the year is heading, and what is missing in both."""
    heading = heads_for(context, projected) if projected else ""
    return text(why_changed(context, amount, ask(context, "transactions")), heading, missing_in_words(context))


def _has_base(amount: Result) -> bool:
    """Whether there is a change to show; without one, what was collected has the whole width."""
    return amount.total.value is not None and amount.total.base_value is not None


def _without_collections(context: Context, amount: Result) -> tuple[str, str]:
    """What is known where nothing was collected: availability, else satisfaction; and that no collections were reported."""
    nothing = collected(context, amount)
    for kpi, say in (("availability", available), ("satisfaction", scored)):
        known = ask(context, kpi)
        if known.total.value is not None:
            return say(context, known), context._("{sentence}.", sentence=nothing)
    return nothing, ""


def _projected(context: Context, amount: Result) -> Projection | None:
    """The projection to the year's end, for the unfiltered year so far: simulating takes a second, once for each snapshot."""
    if not _is_year_so_far(context) or context.state.filters.values or amount.total.value is None:
        return None
    return project(context, "collected_amount")


def _is_year_so_far(context: Context) -> bool:
    return is_year_to_date(context.window) and context.window.end == context.facts.complete_through


def _is_part(context: Context) -> bool:
    """Whether a filter is why the year so far has no projection."""
    return _is_year_so_far(context) and bool(context.state.filters.values)


def _running_total(context: Context, amount: Result, projected: Projection | None, height: int) -> None:
    """What was collected so far, as high as the chart beside it."""
    _, write = context._, context.format
    missing = missing_payments(context)
    title = running_title(context, amount)
    if amount.total.value is None:
        no_figure(title, _("No payments were reported for this period and these filters."))
        return
    found = progression(context, "collected_amount")
    shade = band(context, found, projected) if projected else None
    note = listed(
        context,
        _("{currency}, running total", currency=write.currency_name),
        _("grey: {base}", base=write.window_short(covered(found.results[1]))) if found.base else "",
        _("shaded: projection to year end") if shade else "",
        _("not delivered: {missing}", missing=missing) if missing else "",
        _("no projection: it is made and tested for all departments and channels together") if _is_part(context) else "",
    )
    chart = as_high_as(running_total(context, found.current, found.base, found.ticks, "fils", shade), height)
    grid = partial(running_grid, found, shade, names_of(context))
    more = projection_html(context, projected) if projected else ""
    sheets = [Sheet(title, found.results, grid)]
    if projected and projected.trials:
        backtest = _("Backtest of the projection to the year's end")
        sheets.append(Sheet(backtest, found.results[:1], partial(trials_grid, context, projected), units=False))
    figure(context, "running-total", chart, found.results, title=title, note=note, sheets=sheets, more=more)


def _where_from(context: Context, amount: Result) -> int:
    """Which departments (or, within one, services) the change came from. Returns the height of the chart, 0 for none."""
    _, write = context._, context.format
    dimension = "service" if len(context.state.filters.get("department")) == 1 else "department"
    if not _has_base(amount):
        nothing = _("There is no data for {period} to compare with.", period=write.window(context.base))
        no_figure(_("What changed"), not_compared(context, amount) or nothing)
        return 0
    result = ask(context, "collected_amount", dimension)
    grown, size = growth(context, amount)
    title = _("Where the extra {amount} came from", amount=size) if grown else _("Where the {amount} less came from", amount=size)
    base = write.base(amount.window, context.base)
    note = (
        _("{currency}, change on {base}, by department", currency=write.currency_name, base=base)
        if dimension == "department"
        else _("{currency}, change on {base}, by service", currency=write.currency_name, base=base)
    )
    bars = bars_of_change(context, result, MOST_BARS)
    names, ordered, chart = names_of(context), by_change(result), change_bars(context, bars)
    remark = remark_of_rest(names, named(bars), len(ordered.rows))
    whole = Sheet(title, [ordered], partial(answer_grid, [ordered], names, differences=True), remark)
    why = change_explained(context, result)
    figure(context, "where-from", chart, [result], title=title, note=note, filters=dimension, sheets=[whole], more=why)
    return int(chart["layout"]["height"])
