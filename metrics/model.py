"""The values that metrics work with: Kpi, Window, Scope, Filters, Row, Result. Small, frozen, without behaviour of their own.

Rule: a Result explains itself. Every surface (card, chart, table, export, CLI) shows numbers taken from a Result and
nothing else, so each can say what the number is, over which window, out of what, under which snapshot and SQL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Unit = Literal["fils", "count", "share", "seconds", "milliseconds", "score", "points", "ratio", "days"]
Direction = Literal["up", "down", "neutral"]
"""Which way is good: 'up' more is better, 'down' less is better, 'neutral' neither."""

Number = int | float


@dataclass(frozen=True)
class Window:
    """Calendar days from `start` to `end`, both inclusive, in the configured time zone."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise ValueError(f"inverted range: {self.start} is after {self.end}; give the earlier day first")

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


@dataclass(frozen=True)
class Scope:
    """For whom a number is asked: every department (`departments is None`) or only the named ones."""

    departments: frozenset[str] | None

    @classmethod
    def everything(cls) -> Scope:
        return cls(None)

    @classmethod
    def of(cls, *departments: str) -> Scope:
        return cls(frozenset(departments))


@dataclass(frozen=True)
class Filters:
    """Values allowed per dimension; a dimension that is absent is not filtered. Hashable, so it can be part of a cache key."""

    values: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def of(cls, /, **values: str | tuple[str, ...]) -> Filters:
        pairs = ((k, (v,) if isinstance(v, str) else tuple(sorted(v))) for k, v in values.items() if v)
        return cls(tuple(sorted(pairs)))

    def get(self, dimension: str) -> tuple[str, ...]:
        return dict(self.values).get(dimension, ())


@dataclass(frozen=True)
class Kpi:
    """A key performance indicator, declared once in the catalogue.

    `numerator` and `denominator` are aggregates over additive columns of the mart `mart`, as SQL; the value is their
    ratio, or the numerator alone where `denominator` is None. `title`, `definition` and `caveats` are gettext sources.
    """

    id: str
    title: str
    unit: Unit
    mart: str
    numerator: str
    denominator: str | None
    n: str
    direction: Direction
    definition: str
    source: str
    caveats: tuple[str, ...] = ()
    kind: Literal["sum", "ratio", "quantile", "distinct", "balance", "cross"] = "sum"
    interval: Literal["wilson", "mean", "nps"] | None = None
    parameters: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What a kind other than sum or ratio needs to know; the names are explained in catalogue.py."""
    needs: tuple[str, ...] = ()
    """Columns that must not be NULL: a row of the mart that lacks one is left out of numerator, denominator and n alike."""
    aggregates: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Further sums that the answer needs, for example of unknown seconds for the bounds of availability."""


@dataclass(frozen=True)
class Interval:
    """A 95% confidence interval in the unit of its value, with the share of invited people who answered (0..1)."""

    low: float
    high: float
    response_rate: float | None


@dataclass(frozen=True)
class Row:
    """One number of a Result.

    `keys` are (dimension, code) pairs, empty for the total. `value` is None for "no data" (never 0 by default).
    `change` is value / base_value - 1 for sums, value - base_value for ratios and scores; None where undefined.
    """

    keys: tuple[tuple[str, str], ...]
    value: Number | None
    numerator: Number | None
    denominator: Number | None
    n: int
    base_value: Number | None = None
    base_numerator: Number | None = None
    base_denominator: Number | None = None
    base_n: int | None = None
    change: float | None = None
    interval: Interval | None = None
    significant: bool | None = None
    weak: bool = False
    hidden: str | None = None
    """Why the value is withheld (a reason of disclosure.py); then all its numbers are None and its n is 0."""
    bounds: tuple[float, float] | None = None
    """Lowest and highest value that what is unknown allows, in the unit of the value (availability: all down, all up)."""
    change_interval: tuple[float, float] | None = None
    """95% confidence interval of `change`, where value and base value have one."""
    response_rate: float | None = None
    """Completed surveys / invitations (0..1), where the value comes from answers."""
    base_interval: Interval | None = None
    """Interval and response rate of `base_value`."""
    base_hidden: str | None = None
    """Why the base is withheld; then it has no numbers, and there is no change."""
    few: bool = False
    """Whether one side of the comparison stands on so few answers that most of its months alone would be hidden."""

    def key(self, dimension: str) -> str:
        return dict(self.keys)[dimension]


@dataclass(frozen=True)
class Result:
    """The answer to one question, with everything needed to repeat and explain it.

    `rows` have one entry per combination of `by`, the total excluded; order: time ascending, else value descending.
    `unfinished` are keys of time rows that the window, the first day with data or complete-through cuts short.
    """

    kpi: Kpi
    unit: str
    """Unit of `value` in this store: like kpi.unit, but the minor unit of its currency for money ('fils', 'pence')."""
    window: Window
    base: Window | None
    by: tuple[str, ...]
    filters: Filters
    scope: Scope
    rows: tuple[Row, ...]
    total: Row
    complete_through: date
    snapshot: str
    sql: str
    parameters: tuple[object, ...] = ()
    notes: tuple[str, ...] = ()
    unfinished: tuple[str, ...] = ()
    base_parameters: tuple[object, ...] = ()
    """Parameters with which the same SQL gave the base values."""
    since: date | None = None
    """The first day with data, where the window begins before it: what comes before is no data, not zero."""
    revised: tuple[str, ...] = ()
    """Keys of time rows in which something changed after it had been published."""
