"""Data: can the numbers be trusted? What came in, whether it adds up, which days are missing, and what every number means.

Rule: nothing here is a verdict without its evidence below it, and every table can be taken away.
"""

from collections.abc import Callable
from html import escape

import streamlit as st

import metrics
from metrics import Window
from ui.about import About, around
from ui.context import Context
from ui.control_totals import controls, controls_grid
from ui.data_charts import show_calendar
from ui.data_tables import (
    campaigns_grid,
    events_grid,
    files_grid,
    money_grid,
    money_note,
    quarantine_grid,
    reconciliation_grid,
    sources_grid,
)
from ui.definitions import definitions_html, matching, settings_html
from ui.export import grid_row
from ui.fact_cards import fact_cards
from ui.facts_explained import period_explained, store_explained
from ui.figure import no_figure
from ui.filters import filter_bar
from ui.grid import Grid
from ui.lookups import names_of
from ui.revisions import revisions_grid
from ui.settled import settled
from ui.settlement import listed_of, said
from ui.settlement_grids import by_day, by_department, unmatched_grid
from ui.shell import empty, headline, part, section
from ui.standing import Standing, deliveries, extent, standing, whole_store
from ui.standing_words import facts_of_period, facts_of_store, verdict, when_and_how
from ui.tables import show_grid


def page(context: Context) -> None:
    """Draw the page: first the whole store, then the period that the filter bar chooses, then all there is behind them."""
    _ = context._
    filter_bar(context, (), (), compare=False)
    found, ever = standing(context), whole_store(context)
    headline(verdict(context, found), when_and_how(context, found))
    part(_("The whole store"), context.format.window(ever))
    fact_cards(context, facts_of_store(context, found))
    st.html(store_explained(context))
    _table(context, About("sources", _("What came in"), ever), sources_grid(found, names_of(context)))
    part(_("The period shown"), context.format.window(context.window))
    _period(context)
    part(_("Behind the numbers"), _("each table says of which days it is"))
    _more(context, found, ever)


def _period(context: Context) -> None:
    """What is of the chosen days: gaps, settlement, revisions."""
    days, seen = deliveries(context, context.window), extent(context, context.window)
    fact_cards(context, facts_of_period(context, days))
    st.html(period_explained(context))
    if days:
        show_calendar(context, days, seen)
    else:
        no_figure(
            context._("Days delivered"),
            context._("No source of this store delivers every day or every month, or this is not part of your scope."),
        )
    _settlement(context)


def _settlement(context: Context) -> None:
    """Log against settlement: what came of it, and the tables behind it on demand."""
    _, names, found = context._, names_of(context), settled(context)
    title = _("Log against settlement")
    if not found.delivered and not found.expected:
        return
    if not found.delivered:
        empty(title, _("The bank's settlement file was not delivered to this store. Where it is, the log is compared with it."))
        return
    section(title)
    st.html(f'<p class="k-lede">{escape(said(context, found))}</p>')
    if not found.compared.days:
        return
    items = About("settlement-items", _("Unmatched items"), context.window)
    _folded(context, items, lambda: unmatched_grid(context, names), listed_of(context, found))
    by_days = About("settlement-days", _("Log against settlement, by day"), context.window)
    _folded(context, by_days, lambda: by_day(found, names))
    by_bodies = About("settlement-departments", _("Log against settlement, by department"), context.window)
    _folded(context, by_bodies, lambda: by_department(context, names))


def _folded(context: Context, about: About, build: Callable[[], Grid], note: str = "") -> None:
    """A table behind a line that opens it; nothing is asked for or sent while it is closed."""

    @st.fragment
    def draw() -> None:
        box = st.expander(about.title, key=f"folded-{about.key}", on_change="rerun")
        if box.open:
            with box:
                grid = build()
                if note or not grid.rows:
                    said = note or context._("Nothing differs: every item matches.")
                    st.html(f'<p class="k-figure-note">{escape(said)}</p>')
                if grid.rows:
                    show_grid(context, grid, about.title)
                    grid_row(context, about, grid)

    draw()


def _more(context: Context, found: Standing, ever: Window) -> None:
    """The rest, one tab at a time: only the open one is computed and sent."""
    _ = context._
    titles = (_("Definitions"), _("Reconciliation"), _("Quarantine"), _("Files"), _("Campaigns and events"), _("Settings"))
    definitions, reconciliation, quarantine, files, calendar, settings = st.tabs(titles, key="data-more", on_change="rerun")
    names, snapshot, scope = names_of(context), context.snapshot, context.scope
    if definitions.open:
        with definitions:
            _definitions(context)
    if reconciliation.open:
        with reconciliation:
            _reconciliation(context, found, ever)
    if quarantine.open:
        with quarantine:
            rejected = quarantine_grid(metrics.quarantine(snapshot, scope), names)
            _table(context, About("quarantine", _("Rejected rows, as they came"), ever), rejected, _("No row is in quarantine."))
    if files.open:
        with files:
            _table(
                context,
                About("files", _("Files ingested"), ever),
                files_grid(metrics.files(snapshot, scope), names, context.local),
            )
    if calendar.open:
        with calendar:
            ran, held = metrics.campaigns(snapshot, scope), metrics.events(snapshot)
            campaigns = About("campaigns", _("Campaigns"), around([c.window for c in ran], ever))
            _table(context, campaigns, campaigns_grid(ran, names), _("No campaign is recorded."))
            events = About("events", _("Events"), around([e.window for e in held], ever))
            _table(context, events, events_grid(held, names), _("No event is recorded."))
    if settings.open:
        settings.html(settings_html(context))


def _reconciliation(context: Context, found: Standing, ever: Window) -> None:
    """Four ways in which numbers could differ: marts, amounts, publications, and what senders declare."""
    _, names = context._, names_of(context)
    _table(context, About("reconciliation", _("Ledger against marts, by month"), ever), reconciliation_grid(found, names))
    _table(context, About("money", _("Amounts in and accounted for"), ever), money_grid(found, names), note=money_note(found, _))
    changed = revisions_grid(context, names, context.local)
    nothing = _("No published number of this period was revised.")
    _table(context, About("revisions", _("Revised since published"), context.window), changed, nothing)
    declared = controls_grid(controls(context.snapshot, context.scope), names, context.local)
    _table(context, About("controls", _("Control totals of files"), ever), declared, _("No file came with control totals."))


def _table(context: Context, about: About, grid: Grid, nothing: str = "", note: str = "") -> None:
    if not grid.rows:
        empty(about.title, nothing or context._("Nothing to show in this store for your scope."))
        return
    section(about.title)
    said = " · ".join(filter(None, (context.format.window(about.days), note)))
    st.html(f'<p class="k-figure-note">{escape(said)}</p>')
    show_grid(context, grid, about.title)
    grid_row(context, about, grid)


@st.fragment
def _definitions(context: Context) -> None:
    """All definitions, with a search that reruns nothing else."""
    _ = context._
    text = st.text_input(
        _("Search definitions"), key="search-definitions", placeholder=_("A word of its name or definition, in English or Arabic")
    )
    found = matching(text or "")
    if found:
        st.html(definitions_html(context, found))
    else:
        empty(_("No definition matches"), _("Try a shorter word, or clear the search to see all of them."))
