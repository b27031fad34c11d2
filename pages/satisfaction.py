"""Satisfaction: are customers satisfied, how sure are we, and who answered. The page of the survey team.

Rule: no score without its interval, n and response rate; a change inside the uncertainty is "no significant change".
"""

from dataclasses import replace
from functools import partial

import metrics
from metrics import Result
from ui.answers import ask
from ui.cards import Card, cards
from ui.compared import grey, grey_mark, listed
from ui.context import Context
from ui.export import sheet_row
from ui.figure import figure, no_figure
from ui.filters import filter_bar
from ui.grid import steps_grid
from ui.lookups import known, names_of
from ui.series import over_time
from ui.sheet import Sheet, sheet_of
from ui.shell import choices, columns, empty, headline
from ui.survey_charts import dots, funnel, trend
from ui.survey_words import all_hidden, begun, certainty, hidden_periods, measured, notes, satisfied, wording_changes
from ui.tables import show_table
from ui.targets import progress
from ui.toggle import toggle

SCORES = ("satisfaction", "nps", "effort", "awareness")
CARDS = (*SCORES, "response_rate")
WEEKS_UP_TO = 75
"""Days up to which a trend by month would have too few points."""


def page(context: Context) -> None:
    """Draw the page."""
    filter_bar(context, CARDS, ("department", "service", "channel"))
    satisfaction, invited = ask(context, "satisfaction"), ask(context, "invitations")
    headline(satisfied(context, satisfaction), certainty(context, satisfaction))
    if not invited.total.value:
        _nobody_asked(context)
        return
    cards(context, [Card(ask(context, kpi), over_time(context, kpi), progress(context, ask(context, kpi))) for kpi in CARDS])
    score = _choice(context)
    left, right = columns(1.18, 1)
    with left:
        _trend(context, score)
    with right:
        _funnel(context, invited)
        _by(context, score, "wave")
    _by(context, score, "department")


def _nobody_asked(context: Context) -> None:
    """Why there is nothing to show: no survey in this store at all, or none for this view."""
    _ = context._
    if "surveys" not in known(context.snapshot, context.scope).delivered:
        empty(_("No surveys in this store"), _("No survey was ever delivered here. The data page lists the sources there are."))
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
        no_figure(title, why)
        sheet_row(context, "satisfaction-trend", sheet)
        show_table(context, "satisfaction-trend", sheet)
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


def _by(context: Context, score: str, dimension: str) -> None:
    """A score by department or wave, best first."""
    _ = context._
    clicked = dimension if dimension == "department" else None
    result = ask(context, score, dimension, without=clicked)
    shown = result
    if dimension == "wave":  # a wave of the base alone is no wave of this period; table and files have it, for it is in the total
        shown = replace(result, rows=tuple(row for row in result.rows if row.value is not None or row.hidden))
    name = _(result.kpi.title)
    title = _("{score} by department", score=name) if dimension == "department" else _("{score} by wave", score=name)
    if not _has_answers(shown):
        no_figure(title, _("No answers in this period for these filters."))
        return
    drawn = listed(context, _("Dot with its 95% interval"), grey_mark(context, shown))
    note = ". ".join(filter(None, (measured(context, score), drawn, begun(context) if dimension == "wave" else "")))
    chosen = context.state.filters.get(dimension)
    key = f"satisfaction-{dimension}"
    figure(context, key, dots(context, shown, chosen), [result], title=title, note=note, filters=clicked)


def _has_answers(result: Result) -> bool:
    return any(row.value is not None or row.hidden for row in result.rows)
