"""What to know of a number before one reads it: that it is hidden, missing, of few answers, or not finished.

Rule: the same remark in the same words stands in a table, its file, a card and a hover.
Hazard: without it a hidden number is an empty cell, and a comparison of a handful of answers looks like any other.
"""

from __future__ import annotations

from collections.abc import Sequence

from metrics.model import Result, Row
from metrics.periods import as_grain
from ui.format import Formatter
from ui.names import Names
from ui.unfinished import why_unfinished


def few_compared(write: Formatter, row: Row) -> str:
    """How many answers a comparison is of, where they are few."""
    return write.words("few answers: {n} now, {before} then", n=write.count(row.n), before=write.count(row.base_n or 0))


def remark(result: Result, rows: Sequence[Row | None], key: tuple[tuple[str, str], ...], names: Names) -> str:
    """What to know of a row of an answer before one reads it, in words; empty where there is nothing."""
    words, said = names.format.words, []
    for row in rows:
        if row is not None and row.hidden:
            said.append(words.note(row.hidden))
        elif row is None or row.value is None:
            said.append(words("no data"))
        elif row.weak:
            said.append(words("few answers (n below 30)"))
        if row is not None and row.few:
            said.append(few_compared(names.format, row))
        if row is not None and row.base_hidden:
            said.append(words("comparison {why}", why=words.note(row.base_hidden)))
    said += [why_unfinished(names.format, result, code) for name, code in key if as_grain(name) and code in result.unfinished]
    return words("; ").join(dict.fromkeys(said))
