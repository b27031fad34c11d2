"""Refuses windows that cut a period which was reported as a whole, and says which windows would not.

Rule: a month reported as one number has no days; a question for some of them is refused, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from metrics.dimensions import time_of
from metrics.errors import CutPeriodError
from metrics.model import Window
from metrics.words import N_

Cut = dict[str, Any]
"""A reported period: department, period_start, period_end."""
_DAY = timedelta(days=1)


def refusal(cut: list[Cut], by: tuple[str, ...], window: Window, cut_in: Callable[[Window], list[Cut]]) -> CutPeriodError:
    """The error for the periods `cut`; `cut_in` finds those that another window would cut."""
    first = cut[0]
    department, reported = first["department"], Window(first["period_start"], first["period_end"])
    whole = [w for w in (narrowed(window, cut_in), _widened(window, cut_in)) if w is not None and w != window]
    if not whole:
        return CutPeriodError(
            N_(
                "'{department}' reports {start} to {end} as one period, which '{grain}' cuts; "
                "ask by a longer grain of time, or filter by other departments"
            ),
            department=department,
            cut=reported,
            grain=time_of(by) or "window",
        )
    return CutPeriodError(
        N_(
            "'{department}' reports {start} to {end} as one period, which the window {window} cuts; "
            "nearest whole windows: {whole}"
        ),
        department=department,
        cut=reported,
        nearest=tuple(whole),
        window=_written(window),
        whole=", ".join(map(_written, whole)),
    )


def _widened(window: Window, cut_in: Callable[[Window], list[Cut]]) -> Window | None:
    """The smallest window around this one that cuts nothing; None where the grain of time is what cuts."""
    while cut := cut_in(window):
        wider = Window(min(window.start, *(c["period_start"] for c in cut)), max(window.end, *(c["period_end"] for c in cut)))
        if wider == window:
            return None
        window = wider
    return window


def narrowed(window: Window, cut_in: Callable[[Window], list[Cut]]) -> Window | None:
    """The largest window inside this one that cuts nothing; None where there is none."""
    while cut := cut_in(window):
        start = max([window.start, *(c["period_end"] + _DAY for c in cut if c["period_start"] < window.start)])
        end = min([window.end, *(c["period_start"] - _DAY for c in cut if c["period_end"] > window.end)])
        if start > end or (start, end) == (window.start, window.end):
            return None
        window = Window(start, end)
    return window


def _written(window: Window) -> str:
    start, end = (d.isoformat() for d in (window.start, window.end))
    return f"{start}..{end}"
