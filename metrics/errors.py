"""What metrics refuses, one small hierarchy. A message says what is wrong, where, and what to do.

Rule: a message names only codes that the asking scope may see.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from metrics.model import Window
from metrics.words import N_, Note

SHOWN = 60
"""Allowed values named in a message; the rest is counted."""


class MetricsError(Exception):
    """A question that has no answer; `note` is its text, ready for translation."""

    def __init__(self, source: str, **values: object) -> None:
        self.note = Note(source, **values)
        super().__init__(str(self.note))


class UnknownCodeError(MetricsError):
    """A KPI, dimension or value that does not exist (or not in this scope). Names the allowed ones, close matches first."""

    def __init__(self, what: str, code: str, allowed: Iterable[str]) -> None:
        self.allowed = close_first(code, allowed)
        listed = ", ".join(self.allowed[:SHOWN]) or "-"
        if len(self.allowed) > SHOWN:
            super().__init__(
                N_("unknown {what} '{code}'; allowed: {allowed} and {more} more"),
                what=what,
                code=code,
                allowed=listed,
                more=len(self.allowed) - SHOWN,
            )
        else:
            super().__init__(N_("unknown {what} '{code}'; allowed: {allowed}"), what=what, code=code, allowed=listed)


class QuestionError(MetricsError):
    """Known codes in a combination that makes no question, for example two time grains at once."""


class CutPeriodError(MetricsError):
    """A window or grain that cuts a period which was reported as a whole.

    `department` reported `cut` as one figure; `nearest` are whole windows close by (inside first), empty where the grain cuts.
    """

    def __init__(self, source: str, *, department: str, cut: Window, nearest: tuple[Window, ...] = (), **values: object) -> None:
        self.department, self.cut, self.nearest = department, cut, nearest
        super().__init__(source, department=department, start=cut.start, end=cut.end, **values)


def close_first(code: str, allowed: Iterable[str]) -> tuple[str, ...]:
    """`allowed`, without repetition: what resembles `code` first (best first), then the rest by name."""
    names = sorted(set(allowed))
    close = get_close_matches(code.casefold(), names, n=5, cutoff=0.5)
    return (*close, *(n for n in names if n not in close))
