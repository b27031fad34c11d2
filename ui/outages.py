"""Availability in words and over time: the sentences of the page, and the daily line with its bounds.

Rule: unknown time is neither up nor down: it widens the bounds, in the sentence as in the chart.
Hazard: one day that is not known would squeeze the axis and flatten the line; the axis holds the lines, and where the band
reaches below it, the note says how far.
"""

from __future__ import annotations

from metrics import Result
from ui.charts import Figure
from ui.context import Context
from ui.lines import timeline
from ui.measures import pair
from ui.progression import time_ticks
from ui.sentences import span, subject
from ui.series import time_keys


def available(context: Context, result: Result) -> str:
    """How available the services were, and how that compares."""
    _, write, total = context._, context.format, result.total
    when = span(context, result)
    if total.value is None:
        return subject(context, result, _("No availability was measured {when}", when=when))
    share = write.share(total.value)
    if result.base is None or total.change is None:
        return subject(context, result, _("Services were available {share} of the time {when}", share=share, when=when))
    parts = {
        "share": share,
        "when": when,
        "points": write.points(abs(total.change)),
        "base": write.base(result.window, result.base),
    }
    if abs(total.change) < 0.00005:
        said = _("Services were available {share} of the time {when}, as in {base}", share=share, when=when, base=parts["base"])
    elif total.change > 0:
        said = _("Services were available {share} of the time {when}, {points} points more than in {base}", **parts)
    else:
        said = _("Services were available {share} of the time {when}, {points} points less than in {base}", **parts)
    return subject(context, result, said)


def bounds_in_words(context: Context, result: Result, incidents: Result, downtime: Result) -> str:
    """Incidents, time down, and what unknown time could change."""
    _, write = context._, context.format
    said = []
    if incidents.total.value is not None and downtime.total.value is not None:
        number, down = int(incidents.total.value), write.duration(seconds=downtime.total.value)
        said.append(
            _.ngettext(
                "{n} incident, {duration} of unplanned downtime added up over services.",
                "{n} incidents, {duration} of unplanned downtime added up over services.",
                number,
                n=write.count(number),
                duration=down,
            )
        )
    if result.total.bounds:
        low, high = (write.share(bound) for bound in result.total.bounds)
        said.append(_("With unknown time counted as down or as up: {low} to {high}.", low=low, high=high))
    return " ".join(said)


def course(context: Context, result: Result) -> Figure:
    """Availability by day or month with its bounds as a band."""
    current, base = pair(context, result)
    ticks = time_ticks(context, result.window, "day" if result.by == ("day",) else "month")
    bounds = {row.keys[0][1]: row.bounds for row in result.rows}
    lines = [v for series in (current, base) if series for v in series.values if v is not None]
    floor = min(lines) if lines else None
    return timeline(context, current, base, ticks, "share", [bounds.get(key) for key in time_keys(result)], floor)


def beyond(context: Context, result: Result, chart: Figure) -> str:
    """How far the band of unknown time reaches below the axis; empty where it stays inside."""
    lowest = min((row.bounds[0] for row in result.rows if row.bounds), default=1.0)
    if lowest >= chart["layout"]["yaxis"]["range"][0]:
        return ""
    return context._("the band reaches down to {low}, below the axis", low=context.format.share(lowest))
