"""Data: can the numbers be trusted? What came in, whether it adds up, which days are missing, and what every number means.

Rule: nothing here is a verdict without its evidence below it, and every table can be taken away.
"""

from collections.abc import Callable
from html import escape

import streamlit as st

import metrics
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
from ui.facts_explained import facts_explained
from ui.figure import no_figure
from ui.filters import filter_bar
from ui.grid import Grid
from ui.lookups import names_of
from ui.revisions import revisions_grid
from ui.settled import settled
from ui.settlement import listed_of, said
from ui.settlement_grids import by_day, by_department, unmatched_grid
from ui.shell import empty, headline, section
from ui.standing import Standing, deliveries, extent, standing
from ui.standing_words import facts, verdict, when_and_how
from ui.tables import show_grid


def page(context: Context) -> None:
    """Draw the page."""
    filter_bar(context, (), (), compare=False)
    found, days = standing(context), deliveries(context, context.window)
    headline(verdict(context, found), when_and_how(context, found))
    fact_cards(context, facts(context, found, days))
    st.html(facts_explained(context))
    _table(context, "sources", context._("What came in"), sources_grid(found, names_of(context)))
    if days:
        show_calendar(context, days, extent(context, context.window))
    else:
        no_figure(
            context._("Days delivered"),
            context._("No source of this store delivers every day or every month, or this is not part of your scope."),
        )
    _settlement(context)
    _more(context, found)


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
    _folded(context, "settlement-items", _("Unmatched items"), lambda: unmatched_grid(context, names), listed_of(context, found))
    _folded(context, "settlement-days", _("Log against settlement, by day"), lambda: by_day(found, names))
    _folded(context, "settlement-departments", _("Log against settlement, by department"), lambda: by_department(context, names))


def _folded(context: Context, key: str, title: str, build: Callable[[], Grid], note: str = "") -> None:
    """A table behind a line that opens it; nothing is asked for or sent while it is closed."""

    @st.fragment
    def draw() -> None:
        box = st.expander(title, key=f"folded-{key}", on_change="rerun")
        if box.open:
            with box:
                grid = build()
                if note or not grid.rows:
                    said = note or context._("Nothing differs: every item matches.")
                    st.html(f'<p class="k-figure-note">{escape(said)}</p>')
                if grid.rows:
                    show_grid(context, grid, title)
                    grid_row(context, key, title, grid)

    draw()


def _more(context: Context, found: Standing) -> None:
    """The rest, one tab at a time: only the open one is computed and sent."""
    _, names = context._, names_of(context)
    snapshot, scope = context.snapshot, context.scope
    titles = (_("Definitions"), _("Reconciliation"), _("Quarantine"), _("Files"), _("Campaigns and events"), _("Settings"))
    definitions, reconciliation, quarantine, files, calendar, settings = st.tabs(titles, key="data-more", on_change="rerun")
    if definitions.open:
        with definitions:
            _definitions(context)
    if reconciliation.open:
        with reconciliation:
            _table(context, "reconciliation", _("Ledger against marts, by month"), reconciliation_grid(found, names))
            _table(context, "money", _("Amounts in and accounted for"), money_grid(found, names), note=money_note(found, _))
            changed = revisions_grid(context, names, context.local)
            _table(
                context, "revisions", _("Revised since published"), changed, _("No published number of this period was revised.")
            )
            declared = controls_grid(controls(snapshot, scope), names, context.local)
            _table(context, "controls", _("Control totals of files"), declared, _("No file came with control totals."))
    if quarantine.open:
        with quarantine:
            rejected = quarantine_grid(metrics.quarantine(snapshot, scope), names)
            _table(context, "quarantine", _("Rejected rows, as they came"), rejected, _("No row is in quarantine."))
    if files.open:
        with files:
            _table(context, "files", _("Files ingested"), files_grid(metrics.files(snapshot, scope), names, context.local))
    if calendar.open:
        with calendar:
            _table(
                context,
                "campaigns",
                _("Campaigns"),
                campaigns_grid(metrics.campaigns(snapshot, scope), names),
                _("No campaign is recorded."),
            )
            _table(context, "events", _("Events"), events_grid(metrics.events(snapshot), names), _("No event is recorded."))
    if settings.open:
        settings.html(settings_html(context))


def _table(context: Context, key: str, title: str, grid: Grid, nothing: str = "", note: str = "") -> None:
    if not grid.rows:
        empty(title, nothing or context._("Nothing to show in this store for your scope."))
        return
    section(title)
    if note:
        st.html(f'<p class="k-figure-note">{escape(note)}</p>')
    show_grid(context, grid, title)
    grid_row(context, key, title, grid)


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
