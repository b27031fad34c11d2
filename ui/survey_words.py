"""Scores of surveys in words: the notes above the charts of the Satisfaction page and the lines behind a dot.

Rule: a score is never said without how many answered, what share of the invited that is, and how sure it is.
Hazard: a change inside its uncertainty is said to be none, whatever its size; a hidden score is said to be hidden, with why.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import metrics
from metrics import Result, Row
from ui.charts import plot_text
from ui.context import Context
from ui.remarks import few_compared

_NAMED: Final = 4
"""Hidden periods that a note names; more of them it counts."""


def measured(context: Context, score: str) -> str:
    """What a score is, in the few words that stand above its chart."""
    _ = context._
    return {
        "satisfaction": _("Share of answers 4 or 5 of 5"),
        "nps": _("Promoters (9 and 10) less detractors (0 to 6), in points"),
        "effort": _("Share of answers 4 or 5 of 5: easy, very easy"),
        "awareness": _("Share of those asked who are aware of the service"),
    }[score]


def begun(context: Context) -> str:
    """How many of the year's planned waves had begun by the last day shown; empty where none was planned."""
    _, day = context._, context.window.end
    planned = [w for w in metrics.waves(context.snapshot, context.scope) if w.window.start.year == day.year]
    if not planned:
        return ""
    count = sum(w.window.start <= day for w in planned)
    return _.ngettext(
        "{begun} of {planned} wave planned for {year} has begun",
        "{begun} of {planned} waves planned for {year} have begun",
        len(planned),
        begun=context.format.count(count),
        planned=context.format.count(len(planned)),
        year=str(day.year),
    )


def answered(context: Context, row: Row) -> str:
    """n and response rate in words: "n 1,743 · 30.0% answered"."""
    said = context._("n {n}", n=context.format.count(row.n))
    if row.interval is None or row.interval.response_rate is None:
        return said
    return f"{said} · {context._('{share} answered', share=context.format.share(row.interval.response_rate))}"


def score_lines(context: Context, result: Result, row: Row) -> list[str]:
    """Everything about one score, a line each, harmless in a figure: value, interval, n and response rate, base."""
    _, write, unit = context._, context.format, result.kpi.unit
    if row.value is None:
        return [plot_text(_.note(row.hidden) if row.hidden else _("no data"))]
    lines = [write.value(row.value, unit)]
    if row.interval:
        lines.append(_("95% interval: {interval}", interval=write.interval(row.interval, unit)))
    lines.append(answered(context, row))
    if row.base_value is not None and result.base:
        lines.append(f"{write.window_short(result.base)}: {write.value(row.base_value, unit)}")
    if row.few:
        lines.append(few_compared(write, row))
    return [plot_text(line) for line in lines]


def wording_changes(answers: Result) -> list[tuple[str, str]]:
    """When a survey was worded anew, from completed answers by (time, survey, wording): time key and code of the wording.

    A wording begins in the first period in which it has most answers of its survey; the first of the window is no change,
    nor is a wave of another survey.
    """
    grain = answers.by[0]
    leading: dict[str, dict[str, tuple[float, str]]] = defaultdict(dict)
    for row in answers.rows:
        if row.value:
            of_survey, when = leading[row.key("survey")], row.key(grain)
            of_survey[when] = max(of_survey.get(when, (0, "")), (row.value, row.key("wording")))
    changes = []
    for of_survey in leading.values():
        for (_, (_, before)), (when, (_, wording)) in itertools.pairwise(sorted(of_survey.items())):
            if wording != before:
                changes.append((when, wording))
    return sorted(changes)


def hidden_periods(context: Context, result: Result) -> list[str]:
    """Which periods of a score over time are hidden, and why: a line for each reason; many periods are counted."""
    write, grain = context.format, result.by[0]
    by_reason: dict[str, list[str]] = defaultdict(list)
    for row in result.rows:
        if row.hidden:
            by_reason[row.hidden].append(write.period(row.key(grain), short=True))
    said = []
    for reason, found in by_reason.items():
        periods = context._(", ").join(found)
        if len(found) > _NAMED:
            n = write.count(len(found))
            periods = (
                context._.ngettext("{n} month", "{n} months", len(found), n=n)
                if grain == "month"
                else context._.ngettext("{n} week", "{n} weeks", len(found), n=n)
            )
        said.append(context._("× {reason} ({periods})", reason=context._.note(reason), periods=periods))
    return said


def all_hidden(context: Context, result: Result) -> str:
    """That and why a score has nothing to show over time; empty where at least one period has a score."""
    reasons = dict.fromkeys(row.hidden for row in result.rows if row.hidden)
    if not reasons or any(row.value is not None for row in result.rows):
        return ""
    return context._(
        "No score can be shown for any part of this period ({reasons}). Choose a longer period, or remove a filter.",
        reasons=context._(", ").join(context._.note(reason) for reason in reasons),
    )


def notes(context: Context, results: Sequence[Result]) -> list[str]:
    """What metrics notes about these answers (several wordings, for example), each once and without its full stop."""
    return [context._.note(note).rstrip(".") for note in dict.fromkeys(note for result in results for note in result.notes)]
