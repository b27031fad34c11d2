"""Availability: could people use the services, which ones failed them, and what is not known."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from metrics import Result, Row
from ui.added_columns import sheet_with
from ui.answers import ask
from ui.cards import card_of, cards
from ui.compared import grey, listed, sentences, twice
from ui.context import Context
from ui.dots import Dot, dots
from ui.figure import figure, no_figure
from ui.filters import filter_bar
from ui.incidents import incident_table, reported_table
from ui.lookups import names_of
from ui.measures import by_time, with_chosen
from ui.outages import available, beyond, bounds_in_words, course
from ui.own_targets import Goal, against_targets, goals, target_columns, target_lines, verdicts
from ui.sheet import remark_of_rest, sheet_of
from ui.shell import columns, empty, headline, link_to

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
    _course(context)
    departments, services = columns(1, 1)
    with departments:
        _parts(context, "department")
    with services:
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
        link_to(context, "data", _("Data page")),
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
    title, whole_title = _titles(context, dimension, len(shown), len(rows))
    if not shown:
        no_figure(title, _("Nothing is monitored for these filters."))
        return
    found = goals(context, without)
    chart = dots(context, _dots(context, without, counted, shown, found))
    note = _note(context, without, found)
    names = names_of(context)
    ordered = [replace(without, rows=tuple(rows)), counted]
    columns = target_columns(context, without, found)
    sheets = [sheet_with(whole_title, ordered, names, columns, remark_of_rest(names, len(shown), len(rows)))]
    key = f"availability-{dimension}"
    figure(context, key, chart, [without, counted], title=title, note=note, filters=dimension, sheets=sheets)


def _titles(context: Context, dimension: str, shown: int, all_of_them: int) -> tuple[str, str]:
    """The title of a chart that may draw the first few, and that of the table behind it, which has all."""
    _, of_departments = context._, dimension == "department"
    whole = _("By department, worst first") if of_departments else _("Services, worst first")
    if all_of_them <= shown:
        return whole, whole
    n, of = context.format.count(shown), context.format.count(all_of_them)
    if of_departments:
        return _("The {n} departments with the lowest availability, of {all}", n=n, all=of), whole
    return _("The {n} services with the lowest availability, of {all}", n=n, all=of), whole


def _note(context: Context, without: Result, found: Mapping[str, Goal]) -> str:
    """What the marks mean, and who missed his target."""
    _, of_departments = context._, without.by == ("department",)
    tick = ""
    if found:
        tick = _("tick: target") if of_departments else _("tick: target of its department, for a service has none")
    drawn = listed(context, _("Dot: maintenance left out; ring: counted as down; line: what unknown time allows"), tick)
    return sentences((drawn, *(against_targets(context, without, found) if of_departments else ())))


def _dots(context: Context, without: Result, counted: Result, rows: Sequence[Row], found: Mapping[str, Goal]) -> list[Dot]:
    names, write, (dimension,) = names_of(context), context.format, without.by
    including = {row.keys: row.value for row in counted.rows}
    chosen = context.state.filters.get(dimension)
    missed = {code for code, said in verdicts(without, found).items() if said == "missed"} if dimension == "department" else ()
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
                *target_lines(context, without, row, found.get(code)),
            ),
            chosen=not chosen or code in chosen,
            target=float(found[code].value) if code in found else None,
            missed=code in missed,
        )
        for row in rows
    ]
