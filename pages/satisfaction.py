"""Satisfaction: are customers satisfied, how sure are we, and who answered. The page of the survey team.

Rule: no score without its interval, n and response rate; a change inside the uncertainty is "no significant change".
"""

from dataclasses import replace
from functools import partial

from metrics import Result
from ui.answers import ask
from ui.cards import Card, cards
from ui.context import Context
from ui.figure import figure, no_figure
from ui.filters import filter_bar
from ui.grid import steps_grid
from ui.lookups import known, names_of
from ui.series import over_time
from ui.shell import columns, empty, headline
from ui.survey_charts import dots, funnel, trend
from ui.survey_words import begun, certainty, notes, satisfied, wording_changes
from ui.tables import show_table, show_tables
from ui.targets import progress

CARDS = ("satisfaction", "nps", "effort", "awareness", "response_rate")
WEEKS_UP_TO = 75
"""Days up to which a trend by month would have too few points."""


def page(context: Context) -> None:
    """Draw the page."""
    filter_bar(context, CARDS, ("department", "service", "channel"))
    score, invited = ask(context, "satisfaction"), ask(context, "invitations")
    headline(satisfied(context, score), certainty(context, score))
    if not invited.total.value:
        _nobody_asked(context)
        return
    cards(context, [Card(ask(context, kpi), over_time(context, kpi), progress(context, ask(context, kpi))) for kpi in CARDS])
    left, right = columns(1.18, 1)
    with left:
        _trend(context)
    with right:
        _funnel(context, invited)
        _by(context, "wave")
    _by(context, "department")


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


def _trend(context: Context) -> None:
    _ = context._
    grain = "week" if context.window.days <= WEEKS_UP_TO else "month"
    result = ask(context, "satisfaction", grain)
    title = _("Satisfaction by month") if grain == "month" else _("Satisfaction by week")
    note = _(
        "Share of answers 4 or 5 of 5, by day of invitation; band: 95% interval; grey: {base}",
        base=context.format.window_short(context.base),
    )
    changes = wording_changes(ask(context, "responses", grain, "survey", "wording", base=None))
    said = ". ".join((note, *notes(context, [result])))
    figure(context, "satisfaction-trend", trend(context, result, changes), [result], title=title, note=said)
    show_table(context, "satisfaction-trend", [result, ask(context, "nps", grain), ask(context, "awareness", grain)], title)


def _funnel(context: Context, invited: Result) -> None:
    _ = context._
    steps = [
        (_("Invited"), invited),
        (_("Opened"), ask(context, "invitations_opened")),
        (_("Started"), ask(context, "surveys_started")),
        (_("Completed"), ask(context, "responses")),
    ]
    title = _("From invitation to answer")
    note = _("People, and their share of all invited; grey mark: {base}", base=context.format.window_short(context.base))
    results = [result for _name, result in steps]
    grid = partial(steps_grid, steps, names_of(context))
    figure(context, "funnel", funnel(context, steps), results, title=title, note=note, grid=grid)
    show_tables(context, "funnel", [(title, grid)])


def _by(context: Context, dimension: str) -> None:
    """Scores by department or wave, best first."""
    _ = context._
    clicked = dimension if dimension == "department" else None
    result = ask(context, "satisfaction", dimension, without=clicked)
    if dimension == "wave":  # a wave of the base alone is no wave of this period
        result = replace(result, rows=tuple(row for row in result.rows if row.value is not None or row.hidden))
    title = _("Satisfaction by department") if dimension == "department" else _("Satisfaction by wave")
    if not result.rows:
        no_figure(title, _("No answers in this period for these filters."))
        return
    note = _(
        "Dot: share of answers 4 or 5 of 5; line: 95% interval; grey mark: {base}", base=context.format.window_short(context.base)
    )
    if dimension == "wave":
        note = ". ".join(filter(None, (note, begun(context))))
    chosen = context.state.filters.get(dimension)
    key = f"satisfaction-{dimension}"
    figure(context, key, dots(context, result, chosen), [result], title=title, note=note, filters=clicked)
    show_table(context, key, [result], title)
