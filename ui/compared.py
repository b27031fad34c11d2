"""What a chart says of its base: which days are drawn in grey, and where the rows hold one of them twice.

Rule: grey is named only where grey is drawn, and by the days that are drawn: a base that begins before the data from its first
whole period on, and one of which only whole months can be compared by those.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from metrics import BASE_HIDDEN, BASE_INCOMPLETE, BESIDE_TWO, NOT_COMPARED, UNEVEN, Note, Result, days_beside
from ui.context import Context

_REFUSED: Final = (BASE_HIDDEN, BASE_INCOMPLETE, NOT_COMPARED, UNEVEN)


def grey_days(context: Context, result: Result) -> str:
    """The days of the base for which there is something to draw, in short; empty where there is nothing."""
    days = days_beside(result)
    return context.format.window_short(days) if days else ""


def grey(context: Context, result: Result) -> str:
    """What a grey line, or grey marks over time, stand for; empty where there are none."""
    days = grey_days(context, result)
    return context._("grey: {base}", base=days) if days else ""


def grey_mark(context: Context, result: Result) -> str:
    """What the grey mark of a bar or dot stands for; empty where there is none."""
    days = grey_days(context, result)
    return context._("grey mark: {base}", base=days) if days else ""


def not_compared(context: Context, result: Result) -> str:
    """Why an answer as a whole is not compared; empty where it is, or where nothing is known of it but that there is no base."""
    return next((context._.note(note) for note in result.notes if is_of_comparison(note)), "")


def is_of_comparison(note: str) -> bool:
    """Whether a note says why there is nothing to compare with, rather than why there is no value."""
    return isinstance(note, Note) and note.source in _REFUSED


def twice(context: Context, result: Result) -> str:
    """That a day of the base stands beside two days; empty where none does."""
    said = [context._.note(note) for note in result.notes if isinstance(note, Note) and note.source == BESIDE_TWO]
    return " ".join(said).rstrip(".")


def listed(context: Context, *parts: str) -> str:
    """The parts of a note above a chart, as a list of the page's language; empty ones drop out."""
    return context._("; ").join(part for part in parts if part)


def sentences(parts: Iterable[str]) -> str:
    """The sentences of a note above a chart, one after the other; empty ones drop out."""
    return ". ".join(part for part in parts if part)
