"""Availability: could people use the services, which ones failed them, and what is not known."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from metrics import Result, Row
from ui.answers import ask
from ui.cards import card_of, cards
from ui.compared import grey, listed, twice
from ui.context import Context
from ui.dots import Dot, dots
from ui.figure import figure, no_figure
from ui.filters import filter_bar
from ui.incidents import incident_table, reported_table
from ui.lookups import names_of
from ui.measures import by_time, with_chosen
from ui.outages import available, beyond, bounds_in_words, course
from ui.sheet import remark_of_rest, sheet_of
from ui.shell import columns, empty, headline
from ui.targets import level

CARDS: Final = ("availability", "availability_including_maintenance", "request_availability", "incidents", "mttr")
BOTH: Final = ("availability", "availability_including_maintenance")
MOST_PARTS: Final = 14


def page(context: Context) -> None:
    """Draw the page."""
    _ = context._
    filter_bar(context, CARDS, ("department", "service"))
    result = ask(context, "availability")
    headline(available(context, result), bounds_in_words(context, result, ask(context, "incidents"), ask(context, "downtime")))
    if result.total.value is None:
        _not_monitored(context)
        return
    cards(context, [card_of(context, kpi, _("Including maintenance") if kpi == BOTH[1] else None) for kpi in CARDS])
    left, right = columns(1, 1)
    with left:
        _course(context)
        _parts(context, "department")
    with right:
        _parts(context, "service")
    incident_table(context)
    reported_table(context)


def _not_monitored(context: Context) -> None:
    _ = context._
    empty(
        _("No availability data in this period"),
        _(
            "No probe and no status event was delivered for {period} and these filters. "
            "Choose another period or remove a filter; the data page shows which sources exist.",
            period=context.format.window(context.window),
        ),
    )


def _course(context: Context) -> None:
    _ = context._
    result = by_time(context, "availability", "day")
    title = _("Availability by day") if result.by == ("day",) else _("Availability by month")
    chart = course(context, result)
    note = listed(
        context,
        _("Share of known time, maintenance left out"),
        _("band: what unknown time allows"),
        grey(context, result),
        beyond(context, result, chart),
        twice(context, result),
    )
    sheets = [sheet_of(title, [by_time(context, kpi, "day") for kpi in BOTH], names_of(context))]
    figure(context, "availability-course", chart, [result], title=title, note=note, sheets=sheets)


def _parts(context: Context, dimension: str) -> None:
    """Departments or services, worst first; a click filters."""
    _ = context._
    without, counted = (ask(context, kpi, dimension, without=dimension) for kpi in BOTH)
    rows = sorted(without.rows, key=lambda row: (row.value is None, row.value or 0.0))
    shown = with_chosen(context, rows, MOST_PARTS)
    title = whole_title = _("By department, worst first") if dimension == "department" else _("Services, worst first")
    if len(rows) > len(shown):
        n, whole = context.format.count(len(shown)), context.format.count(len(rows))
        title = _("The {n} services with the lowest availability, of {all}", n=n, all=whole)
        if dimension == "department":
            title = _("The {n} departments with the lowest availability, of {all}", n=n, all=whole)
    if not shown:
        no_figure(title, _("Nothing is monitored for these filters."))
        return
    target = level(context, ask(context, "availability"))
    note = _("Dot: maintenance left out; ring: counted as down; line: what unknown time allows")
    if target is not None:
        note = _("Dot: maintenance left out; ring: counted as down; line: what unknown time allows; dotted: target")
    chart = dots(context, _dots(context, without, counted, shown), target)
    names = names_of(context)
    ordered = [replace(without, rows=tuple(rows)), counted]
    sheets = [sheet_of(whole_title, ordered, names, remark_of_rest(names, len(shown), len(rows)))]
    key = f"availability-{dimension}"
    figure(context, key, chart, [without, counted], title=title, note=note, filters=dimension, sheets=sheets)


def _dots(context: Context, without: Result, counted: Result, rows: Sequence[Row]) -> list[Dot]:
    names, write, (dimension,) = names_of(context), context.format, without.by
    including = {row.keys: row.value for row in counted.rows}
    chosen = context.state.filters.get(dimension)
    return [
        Dot(
            name=names.of(dimension, code := row.key(dimension)),
            value=row.value,
            label=write.value(row.value, "share"),
            other=including.get(row.keys),
            bounds=row.bounds,
            filter=(dimension, code),
            details=(
                f"{context._('Maintenance left out')}: {write.exact(row.value, 'share')}",
                f"{context._('Maintenance counted')}: {write.exact(including.get(row.keys), 'share')}",
            ),
            chosen=not chosen or code in chosen,
        )
        for row in rows
    ]
