"""Among which comparisons a change of a survey's score is judged: among all that it was picked from.

Rule: a filter that names one department picks one comparison out of those of all departments, as a row by department does. What
singles a number out decides, not whether a filter or a row did it; so a card, a table and the command line agree on it.
Hazard: a filter by several values singles out nothing, and stays a filter. A scope singles out nothing either: who may see one
department only has picked it out of nothing, and nothing outside the scope is read, not even for a verdict. So a change that
stands for its department alone may not stand among the many that a reader of all of them looks at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from metrics.compile import Question
from metrics.model import Filters, Row

Rows = tuple[tuple[Row, ...], Row]


def judged_among_all(question: Question, rows: tuple[Row, ...], total: Row, answered: Callable[[Question], Rows]) -> Rows:
    """Rows and total with the verdicts that they have among their siblings; `answered` compares another question likewise."""
    picked = {dimension: codes[0] for dimension, codes in question.filters.values if len(codes) == 1}
    if not picked:
        return rows, total
    if any(row.significant is not None for row in rows):
        verdicts = _verdicts(question, question.by, picked, answered)
        rows = tuple(_with_verdict(row, picked, verdicts) for row in rows)
    if total.significant is not None:
        total = _with_verdict(total, picked, _verdicts(question, (), picked, answered))
    return rows, total


def _verdicts(
    question: Question, by: tuple[str, ...], picked: Mapping[str, str], answered: Callable[[Question], Rows]
) -> dict[frozenset[tuple[str, str]], bool | None]:
    """Whether each change stands in the answer that has a row for what the filters pick, and for everything beside it."""
    others = Filters(tuple((dimension, codes) for dimension, codes in question.filters.values if dimension not in picked))
    wide = replace(question, by=(*by, *(dimension for dimension in picked if dimension not in by)), filters=others)
    return {frozenset(row.keys): row.significant for row in answered(wide)[0]}


def _with_verdict(row: Row, picked: Mapping[str, str], verdicts: Mapping[frozenset[tuple[str, str]], bool | None]) -> Row:
    stands = verdicts.get(frozenset({**picked, **dict(row.keys)}.items()))
    return row if row.significant is None or stands is None else replace(row, significant=stands)
