"""Days on which many payments of a department failed: the one that most people met, and how many more there were.

Rule: such a day has at least a hundred attempts that were settled or failed, and at least a fifth of them failed; of several the
one with the most failed attempts is the worst.
Hazard: an abandoned checkout is no failure; bodies that report totals have no attempts, and none of their days is one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Final

from metrics import CutPeriodError, Result, Row, Window
from ui.answers import ask
from ui.context import Context

_SHARE: Final = Fraction(1, 5)
_ATTEMPTS: Final = 100
_KPI: Final = "request_availability"


@dataclass(frozen=True)
class Failures:
    """The worst day of a window: whose it is, how many attempts failed of how many, and how many more days of
    departments are such since `since`.

    `answer` is the request availability of that department on that day.
    """

    department: str
    day: date
    failed: int
    attempts: int
    others: int
    since: date
    answer: Result

    @property
    def share(self) -> Fraction:
        return Fraction(self.failed, self.attempts)


def worst_failures(context: Context, window: Window) -> Failures | None:
    """The worst day of a department inside `window`, within the filters of the view; None where no day is one of failures."""
    try:
        rows = ask(context, _KPI, "day", "department", window=window, base=None).rows
    except CutPeriodError:
        return None
    found = [row for row in rows if row.n >= _ATTEMPTS and _failed(row) >= _SHARE * row.n]
    if not found:
        return None
    worst = max(found, key=_failed)
    code, day = worst.key("department"), date.fromisoformat(worst.key("day"))
    there = replace(context, state=context.state.with_filter("department", code))
    answer = ask(there, _KPI, window=Window(day, day), base=None)
    return Failures(code, day, _failed(worst), worst.n, len(found) - 1, window.start, answer)


def _failed(row: Row) -> int:
    """Failed attempts; the denominator has the settled ones too."""
    return int(row.denominator or 0) - int(row.numerator or 0)
