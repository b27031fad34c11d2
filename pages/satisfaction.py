"""Satisfaction: are customers satisfied, how sure are we, and who answered. The page of the survey team.

Rule: no score without its interval, n and response rate; a change inside the uncertainty is "no significant change".
"""

from dataclasses import replace
from functools import partial

import streamlit as st

import metrics
from metrics import Result
from ui.added_columns import sheet_with
from ui.answers import ask
from ui.cards import Card, cards
from ui.charts import Figure
from ui.compared import grey, grey_mark, listed, sentences
from ui.context import Context
from ui.figure import figure, no_figure, only_table
from ui.filters import filter_bar
from ui.grid import steps_grid
from ui.lookups import known, names_of
from ui.own_targets import against_targets, goals, target_columns
from ui.response_spikes import spike, still_open
from ui.rows import axis_in_words
from ui.score_dots import fits_beside, score_dots
from ui.series import over_time
from ui.sheet import Sheet, sheet_of
from ui.shell import choices, columns, empty, headline, link_to
from ui.survey_charts import funnel, trend
from ui.survey_headlines import certainty, scored
from ui.survey_words import all_hidden, begun, hidden_periods, measured, notes, wording_changes
from ui.targets import progress
from ui.toggle import chosen, toggle
from ui.waves import finished_first, progress_column, unfinished_note, unfinished_waves

SCORES = ("satisfaction", "nps", "effort", "awareness")
CARDS = (*SCORES, "response_rate")
WEEKS_UP_TO = 75
"""Days up to which a trend by month would have too few points."""


def page(context: Context) -> None:
    """Draw the page."""
    filter_bar(context, CARDS, ("department", "service", "channel"))
    invited, answer = ask(context, "invitations"), ask(context, chosen("score", SCORES))
    headline(scored(context, answer), certainty(context, answer))
    if not invited.total.value:
        _nobody_asked(context)
        return
    cards(context, [_card(context, kpi) for kpi in CARDS])
    score = _choice(context)
    left, right = columns(1, 1)
    beside = fits_beside(_departments(context, score), ask(context, score, "wave"))
    with left:
        _trend(context, score)
    with left if beside else right:
        _funnel(context, invited)
        _by_wave(context, score)
    with right if beside else st.container():
        _by_department(context, score)


def _card(context: Context, kpi: str) -> Card:
    result = ask(context, kpi)
    note = sentences((spike(context), still_open(context))) if kpi == "response_rate" else ""
    return Card(result, over_time(context, kpi), progress(context, result), note=note)


def _nobody_asked(context: Context) -> None:
    """Why there is nothing to show: no survey in this store at all, or none for this view."""
    _ = context._
    if "surveys" not in known(context.snapshot, context.scope).delivered:
        empty(
            _("No surveys in this store"),
            _("No survey was ever delivered here. The data page lists the sources there are."),
            link_to(context, "data", _("Data page")),
        )
        return
    empty(
        _("No survey invitations in this period"),
        _(
            "Nobody was invited to a survey ({period}) for these filters. Choose another period, or remove a filter.",
            period=context.format.window(context.window),
        ),
    )


def _choice(context: Context) -> str:
    """The score that the charts show."""
    with choices():
        return toggle(
            "score", {kpi: context._(metrics.kpi(kpi).title) for kpi in SCORES}, context._("Which score the charts show")
        )


def _trend(context: Context, score: str) -> None:
    _ = context._
    grain = "week" if context.window.days <= WEEKS_UP_TO else "month"
    result = ask(context, score, grain)
    name = _(result.kpi.title)
    title = _("{score} by month", score=name) if grain == "month" else _("{score} by week", score=name)
    if not _has_answers(result):
        no_figure(title, _("No answers in this period for these filters."))
        return
    scores = [result, *(ask(context, kpi, grain) for kpi in SCORES if kpi != score)]
    sheet = sheet_of(title, scores, names_of(context))
    if why := all_hidden(context, result):
        only_table(context, "satisfaction-trend", sheet, why)
        return
    drawn = listed(context, _("By day of invitation"), _("band: 95% interval"), grey(context, result))
    changes = wording_changes(ask(context, "responses", grain, "survey", "wording", base=None))
    note = ". ".join((measured(context, score), drawn, *hidden_periods(context, result), *notes(context, [result])))
    figure(context, "satisfaction-trend", trend(context, result, changes), [result], title=title, note=note, sheets=[sheet])


def _funnel(context: Context, invited: Result) -> None:
    _ = context._
    steps = [
        (_("Invited"), invited),
        (_("Opened"), ask(context, "invitations_opened")),
        (_("Started"), ask(context, "surveys_started")),
        (_("Completed"), ask(context, "responses")),
    ]
    title = _("From invitation to answer")
    note = listed(context, _("People, and their share of all invited"), grey_mark(context, invited))
    results = [result for _name, result in steps]
    sheets = [Sheet(title, results, partial(steps_grid, steps, names_of(context)))]
    figure(context, "funnel", funnel(context, steps), results, title=title, note=note, sheets=sheets)


def _by_wave(context: Context, score: str) -> None:
    """A score by wave: finished ones best first, then those that are not finished, which are not ranked."""
    _, unfinished = context._, unfinished_waves(context)
    result = finished_first(ask(context, score, "wave"), unfinished)
    # a wave of the base alone is no wave of this period; table and files have it, for it is in the total
    shown = replace(result, rows=tuple(row for row in result.rows if row.value is not None or row.hidden))
    title = _("{score} by wave", score=_(result.kpi.title))
    if not _has_answers(shown):
        no_figure(title, _("No answers in this period for these filters."))
        return
    chart = score_dots(context, shown, unfinished=unfinished)
    note = sentences((_drawn(context, shown, chart), begun(context), unfinished_note(context, shown, unfinished)))
    sheets = [sheet_with(title, [result], names_of(context), progress_column(context, result, unfinished))]
    figure(context, "satisfaction-wave", chart, [result], title=title, note=note, sheets=sheets)


def _departments(context: Context, score: str) -> Result:
    return ask(context, score, "department", without="department")


def _by_department(context: Context, score: str) -> None:
    """A score by department, best first, each against its own target; a click filters."""
    _, dimension, result = context._, "department", _departments(context, score)
    title = _("{score} by department", score=_(result.kpi.title))
    if not _has_answers(result):
        no_figure(title, _("No answers in this period for these filters."))
        return
    found = goals(context, result)
    chart = score_dots(context, result, context.state.filters.get(dimension), found)
    tick = _("tick: target") if found else ""
    note = sentences((_drawn(context, result, chart, tick), *against_targets(context, result, found)))
    sheets = [sheet_with(title, [result], names_of(context), target_columns(context, result, found))]
    figure(context, f"satisfaction-{dimension}", chart, [result], title=title, note=note, filters=dimension, sheets=sheets)


def _drawn(context: Context, result: Result, chart: Figure, tick: str = "") -> str:
    """What is measured, and what marks and axis of a chart of dots mean."""
    axis = axis_in_words(context, chart["layout"]["xaxis"], result.kpi.unit)
    marks = listed(context, context._("Dot with its 95% interval"), tick, grey_mark(context, result), axis)
    return sentences((measured(context, result.kpi.id), marks))


def _has_answers(result: Result) -> bool:
    return any(row.value is not None or row.hidden for row in result.rows)
