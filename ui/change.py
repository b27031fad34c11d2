"""A change in words and colour: arrow, figure, what it is compared with. Used by cards, headlines and bars alike.

Rule: colour follows the KPI's direction, and never stands alone: an arrow and words say the same.
Hazard: a survey's change inside its uncertainty is "no significant change", whatever its size; where few answers are compared, it
says how few.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Final, Literal

from metrics import Result, Row
from ui.context import Context
from ui.grid import is_difference
from ui.remarks import few_compared

Tone = Literal["good", "bad", "same"]
Mark = Literal["up", "down", "same"]

_SMALLEST_RATIO: Final = 0.0005
_SMALLEST_DIFFERENCE: Final = 0.00005
"""Changes below these would be written as zero."""


@dataclass(frozen=True)
class Change:
    """`figure` is the size without a sign ("23.1%", "0.11"), `words` what follows it ("AED 600M more than Jan–Sep 2011")."""

    mark: Mark
    tone: Tone
    figure: str
    words: str

    def html(self) -> str:
        """Arrow and figure in the tone's colour, then the words."""
        figure = f'<i class="k-mark k-mark-{self.mark}" aria-hidden="true"></i>{escape(self.figure)}'
        return f'<b class="k-{self.tone}">{figure}</b> {escape(self.words)}'


def change_of(context: Context, result: Result) -> Change | None:
    """The change of an answer's total; None when there is nothing to compare."""
    row, base = result.total, result.base
    if base is None or row.value is None or row.base_value is None or row.change is None:
        return None
    then = context.format.window_short(base)
    invisible = abs(row.change) < (_SMALLEST_DIFFERENCE if is_difference(result.kpi) else _SMALLEST_RATIO)
    mark: Mark = "same" if invisible else "up" if row.change > 0 else "down"
    if row.significant is False:
        return _insignificant(context, result, mark, then)
    words = _with_few(context, row, _words(context, result, mark, then))
    return Change(mark, "same" if invisible else tone(result, row.change), _figure(context, result), words)


def tone(result: Result, change: float) -> Tone:
    """Whether a change of this KPI is good news."""
    if not change or result.kpi.direction == "neutral":
        return "same"
    return "good" if (change > 0) == (result.kpi.direction == "up") else "bad"


def _figure(context: Context, result: Result) -> str:
    change = abs(result.total.change or 0.0)
    if not is_difference(result.kpi):
        return context.format.share(change, decimals=1)
    return context.format.points(change) if result.kpi.unit == "share" else context.format.score(change)


def _insignificant(context: Context, result: Result, mark: Mark, then: str) -> Change:
    """A change inside its uncertainty: neither up nor down, said with its size and what it is measured against."""
    said = context._("no significant change")
    if mark != "same":
        said = context._("{change}, no significant change", change=_words(context, result, mark, then))
    return Change("same", "same", _figure(context, result), _with_few(context, result.total, said))


def _with_few(context: Context, row: Row, said: str) -> str:
    """The same with how many answers are compared, where they are few."""
    if not row.few:
        return said
    return context._("{change}; {few}", change=said, few=few_compared(context.format, row))


def _words(context: Context, result: Result, mark: Mark, then: str) -> str:
    _ = context._
    if mark == "same":
        return _("no change on {period}", period=then)
    if is_difference(result.kpi) and result.kpi.unit == "share":
        more = _.pgettext("shares", "points above {period}", period=then)
        return more if mark == "up" else _.pgettext("shares", "points below {period}", period=then)
    if is_difference(result.kpi):
        more = _("points above {period}", period=then)
        return more if mark == "up" else _("points below {period}", period=then)
    amount = _difference(context, result.total, result)
    if mark == "up":
        return _("{amount} more than {period}", amount=amount, period=then)
    if result.kpi.unit == "count":
        return _("{amount} fewer than {period}", amount=amount, period=then)
    return _("{amount} less than {period}", amount=amount, period=then)


def _difference(context: Context, row: Row, result: Result) -> str:
    """The size of the change in the KPI's own unit."""
    if row.value is None or row.base_value is None:
        return ""
    return context.format.value(abs(row.value - row.base_value), result.kpi.unit)
