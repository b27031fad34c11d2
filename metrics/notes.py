"""What a reader must know beside a number: incomplete days, bodies that are left out, wordings and monitors that are pooled.

Rule: a note speaks of the window or of its base alike; it is a gettext source with its values.
Hazard: a note names only departments inside the scope.
"""

from __future__ import annotations

from metrics.cells import Side
from metrics.compile import Question, left_out
from metrics.fetch import fetch
from metrics.model import Window
from metrics.words import N_, Note
from store.snapshot import Snapshot


def notes(snapshot: Snapshot, question: Question, current: Side, earlier: Side | None) -> tuple[Note, ...]:
    """What a reader must know beside the number."""
    window = current.window
    sides = [side for side in (current, earlier) if side]
    said = []
    if window.end > question.through:
        day = question.through.isoformat()
        said.append(Note(N_("Data is complete through {day}; what comes after may be missing."), day=day))
    absent = sorted({d for side in sides for d in _departments_left_out(snapshot, question, side.window)})
    if absent:
        said.append(Note(N_("Left out, for they do not report what this needs: {departments}."), departments=", ".join(absent)))
    wordings = _listed("wordings", sides)
    if len(wordings) > 1 and "wording" not in question.by:
        said.append(
            Note(N_("Answers to different wordings of the question are pooled here: {wordings}."), wordings=", ".join(wordings))
        )
    origins = _listed("origins", sides)
    if len(origins) > 1 and "origin" not in question.by:
        said.append(Note(N_("Time from different monitors is added up here: {origins}."), origins=", ".join(origins)))
    return tuple(said)


def _departments_left_out(snapshot: Snapshot, question: Question, window: Window) -> list[str]:
    statement = left_out(question, window)
    return [row["department"] for row in fetch(snapshot, statement)] if statement else []


def _listed(name: str, sides: list[Side]) -> list[str]:
    found: set[str] = set()
    for side in sides:
        values = side.cells.total.further.get(name)
        found.update(map(str, values) if isinstance(values, list) else ())
    return sorted(found)
