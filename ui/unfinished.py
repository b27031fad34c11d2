"""Why a period is drawn as unfinished: days of it were not chosen, data begin inside it, or it is not complete yet.

Rule: what the reader cut is said with the days that were chosen; only what the data lack is called incomplete.
"""

from __future__ import annotations

from typing import Final, Literal

from metrics import Result, Window, span_of
from metrics.periods import within
from ui.context import Context
from ui.format import Formatter
from ui.series import covered

Why = Literal["begins", "open", "chosen"]
_ORDER: Final[tuple[Why, ...]] = ("chosen", "begins", "open")


def hatched(context: Context, result: Result) -> str:
    """What the hatched columns of an answer by month stand for; empty where none is hatched."""
    words, write = context._, context.format
    cut = {key: _why(result, key) for key in result.unfinished if not _before(result, key)}
    days = words(", ").join(write.window_short(_days(result, key)) for key, why in cut.items() if why == "chosen")
    said = {
        "chosen": lambda: words("only {days} chosen", days=days),
        "begins": lambda: _begins(write, result),
        "open": lambda: words("month not complete"),
    }
    why = words(", ").join(said[why]() for why in _ORDER if why in cut.values())
    return words("hatched: {why}", why=why) if why else ""


def why_unfinished(write: Formatter, result: Result, key: str) -> str:
    """Why one period of an answer is unfinished, as a remark in a table."""
    match _why(result, key):
        case "chosen":
            return write.words("only {days} chosen", days=write.window_short(_days(result, key)))
        case "begins":
            return _begins(write, result)
        case _:
            return write.words("period not complete")


def _begins(write: Formatter, result: Result) -> str:
    return write.words("data begin on {date}", date=write.date(result.since)) if result.since else ""


def _why(result: Result, key: str) -> Why:
    if _before(result, key):
        return "begins"
    days = _days(result, key)
    if days.end < span_of(key).end and days.end >= result.complete_through:
        return "open"
    return "begins" if days.start == result.since else "chosen"


def _before(result: Result, key: str) -> bool:
    """Whether a period ends before data begin, so that nothing is drawn for it."""
    return result.since is not None and span_of(key).end < result.since


def _days(result: Result, key: str) -> Window:
    """The days of a period that an answer is about."""
    return within(key, covered(result))
