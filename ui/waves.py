"""Waves of surveys that are not finished in what is shown: still running when the data ends, or only partly in the period.

Rule: such a wave is drawn hollow, says why, stands behind the finished ones in the order they began, and is compared with
nothing: who answers first is not who answers in the end.
Hazard: what is not planned (the continuous survey) is no wave and never unfinished.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import metrics
from metrics import Result, Row, Wave
from ui.added_columns import Added
from ui.context import Context
from ui.grid import Column


def unfinished_waves(context: Context) -> dict[str, str]:
    """Why a wave is not finished in what is shown, by its code, in the order they began."""
    found = {}
    for wave in metrics.waves(context.snapshot, context.scope):
        if wave.window.start > context.window.end or wave.window.end < context.window.start:
            continue
        if said := _why(context, wave):
            found[wave.code] = said
    return found


def _why(context: Context, wave: Wave) -> str:
    _, write, window = context._, context.format, wave.window
    if window.end > context.facts.complete_through:
        return _("still running, until {date}", date=write.date(window.end))
    if window.end > context.window.end or window.start < context.window.start:
        return _("only in part in this period: it ran {days}", days=write.window(window))
    return ""


def finished_first(result: Result, unfinished: Mapping[str, str]) -> Result:
    """An answer by wave with the finished ones in their order, then the others in the order they began, compared with nothing."""
    order = list(unfinished)
    first = [row for row in result.rows if row.key("wave") not in unfinished]
    then = sorted((row for row in result.rows if row.key("wave") in unfinished), key=lambda row: order.index(row.key("wave")))
    return replace(result, rows=(*first, *map(_not_compared, then)))


def _not_compared(row: Row) -> Row:
    return replace(row, base_value=None, change=None, change_interval=None, significant=None)


def unfinished_note(context: Context, result: Result, unfinished: Mapping[str, str]) -> str:
    """What the hollow marks are, where there are any."""
    n = sum(row.key("wave") in unfinished for row in result.rows)
    if not n:
        return ""
    return context._.ngettext(
        "Hollow: {n} wave that is not finished; its score may still change, and it is not ranked",
        "Hollow: {n} waves that are not finished; their scores may still change, and they are not ranked",
        n,
        n=context.format.count(n),
    )


def progress_column(context: Context, result: Result, unfinished: Mapping[str, str]) -> list[Added]:
    """How far each wave has come, as a column of the table and its files; none where no wave is unfinished."""
    codes = [row.key("wave") for row in result.rows]
    if not any(code in unfinished for code in codes):
        return []
    return [Added(Column(context._("Progress of the wave"), "text"), {code: unfinished.get(code, "") for code in codes})]
