"""Which two windows are compared: whole reported periods only, and only days that are complete.

Rule: current and base are cut to the same calendar days; where that is not possible there is no comparison, and a note says why.
Hazard: the twin of a February that ends a day short of a reported month would cut it; that base keeps its 29 February. And
28 February is the base of 28 and of 29 February alike: rows by day then hold it twice, their total once, and a note says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from metrics.compile import Question, cut_periods
from metrics.cuts import Cut, narrowed, refusal
from metrics.dimensions import marts, time_of
from metrics.fetch import fetch
from metrics.model import Result, Row, Window
from metrics.periods import clipped, ends_with_february, paired, within
from metrics.words import N_, Note
from store.snapshot import Snapshot

WHOLE_FEBRUARY: Final = Note(N_("The base ends on 29 February, for months are reported as a whole."))
BASE_INCOMPLETE: Final = N_("No comparison for the whole period: data begin on {day}.")
BASE_HIDDEN: Final = N_("No comparison: fewer than 10 answers in the base.")
BEGUN: Final = N_("Data begin on {day}; the days of the period before it are no data, not zero.")
UNEVEN: Final = N_("No comparison for the whole period: nothing was delivered for {months}.")
JOINED: Final = N_(
    "Data of {departments} begin inside the base period, which holds less of them: "
    "a difference is no growth, and no change is given."
)
CLIPPED: Final = N_("Compared as far as the data are complete: to {day}, with the base to {base_day}.")
BESIDE_TWO: Final = N_("{day} stands beside two days; the total counts it once.")
NOT_COMPARED: Final = N_("No comparison: data is complete through {day} only.")


def refuse_cut_periods(snapshot: Snapshot, question: Question, window: Window) -> None:
    """Raise CutPeriodError where the window or the grain of time cuts a period that was reported as a whole."""
    if cut := _cut_in(snapshot, question, window):
        raise refusal(cut, question.by, window, lambda other: _cut_in(snapshot, question, other))


def complete(snapshot: Snapshot, question: Question, window: Window, base: Window) -> tuple[Window, Window | None, Note]:
    """Both windows as far as the data are complete, with a note; no base where no day of the window is."""
    refused = window, None, Note(NOT_COMPARED, day=question.through.isoformat())
    if window.start > question.through:
        return refused
    done = narrowed(Window(window.start, question.through), lambda other: _cut_in(snapshot, question, other))
    if done is None or done.start != window.start:
        return refused
    shorter, earlier = clipped(window, base, done.end)
    if _cut_in(snapshot, question, whole_february(snapshot, question, shorter, earlier) or earlier):
        return refused
    return shorter, earlier, Note(CLIPPED, day=done.end.isoformat(), base_day=earlier.end.isoformat())


def whole_february(snapshot: Snapshot, question: Question, window: Window, base: Window | None) -> Window | None:
    """The base, with 29 February where it ends a day short of a reported month and the current window ends with its February."""
    if base is None or not ends_with_february(window.end) or not ends_with_february(base.end + timedelta(days=1)):
        return base
    return Window(base.start, base.end + timedelta(days=1)) if _cut_in(snapshot, question, base) else base


def beside_two(question: Question, window: Window, base: Window | None, rows: Sequence[Row], total: Row) -> tuple[Note, ...]:
    """The days of a base that stand beside two days of the window, 28 and 29 February, so that the rows hold them twice.

    A balance has no sum over days, so nothing of it is counted twice.
    """
    if base is None or total.base_value is None or time_of(question.by) != "day" or question.kpi.kind == "balance":
        return ()
    shown = {row.key("day") for row in rows if row.base_value is not None}
    times = Counter(earlier for day, earlier in paired(window, base, "day").items() if day in shown)
    return tuple(Note(BESIDE_TWO, day=day) for day, number in sorted(times.items()) if number > 1)


def days_beside(result: Result) -> Window | None:
    """The days of the base that the values of an answer stand beside; along time those of the periods that have a partner.

    None where nothing stands beside anything.
    """
    grain = time_of(result.by)
    if result.base is None or all(row.base_value is None for row in (result.rows if grain else (*result.rows, result.total))):
        return None
    if grain is None:
        return result.base
    partners = paired(result.window, result.base, grain)
    drawn = [within(partners[row.key(grain)], result.base) for row in result.rows if row.base_value is not None]
    return Window(min(days.start for days in drawn), max(days.end for days in drawn))


def _cut_in(snapshot: Snapshot, question: Question, window: Window) -> list[Cut]:
    statements = (cut_periods(question, mart, window) for mart in marts(question.kpi))
    return [row for statement in statements if statement for row in fetch(snapshot, statement)]
