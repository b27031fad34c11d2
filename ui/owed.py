"""Months that some bodies owe while others have delivered them: inside a body's series, or after its last period.

Rule: each body's months are its own; bodies that owe the same months are named together.
Hazard: a month that nobody delivered is the source's and not in here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from metrics import Scope, Snapshot, Window, key_of, total_gaps
from ui.context import Context
from ui.lateness import Late

_NAMED: Final = 3
"""Months that a list names; more of them it counts."""


@dataclass(frozen=True)
class Owed:
    """The codes of bodies, and the first days of the months that each of them owes."""

    bodies: tuple[str, ...]
    months: tuple[date, ...]


def owed(context: Context, behind: Late | None, window: Window, nobody: Collection[date]) -> tuple[Owed, ...]:
    """What bodies owe of the months inside `window`, apart from those that `nobody` delivered; whoever is `behind` comes last."""
    months: dict[str, set[date]] = {}
    for code, gap in _gaps(context.snapshot, context.scope):
        months.setdefault(code, set()).update(_months(gap.start, gap.end, window))
    bodies: dict[tuple[date, ...], list[str]] = {}
    for code, missing in months.items():
        bodies.setdefault(tuple(sorted(missing.difference(nobody))), []).append(code)
    found = [Owed(tuple(codes), missing) for missing, codes in sorted(bodies.items()) if missing]
    if behind and behind.bodies and (late := _months(behind.reached + timedelta(days=1), behind.due, window)):
        found.append(Owed(behind.bodies, tuple(sorted(late))))
    return tuple(found)


def left_out(context: Context) -> tuple[Owed, ...]:
    """What bodies left out of the months of the view, between months that they delivered, whoever else delivered them."""
    return owed(context, None, context.window, ())


def months_named(context: Context, months: Sequence[date]) -> str:
    """Months by name; many of them as the first and the last, and how many they are."""
    names = [context.format.period(key_of(day, "month")) for day in months]
    if len(names) <= _NAMED:
        return context._(", ").join(names)
    return context._.ngettext(
        "{n} month from {first} to {last}",
        "{n} months from {first} to {last}",
        len(names),
        n=context.format.count(len(names)),
        first=names[0],
        last=names[-1],
    )


@lru_cache(maxsize=8)
def _gaps(snapshot: Snapshot, scope: Scope) -> tuple[tuple[str, Window], ...]:
    return total_gaps(snapshot, scope)


def _months(first: date, last: date, window: Window) -> set[date]:
    """The first days of the months of these days, as far as they are in the window."""
    start, end = max(first, window.start), min(last, window.end)
    return {(start + timedelta(days=n)).replace(day=1) for n in range((end - start).days + 1)}
