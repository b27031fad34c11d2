"""The plan of a publication: which rollups there are, from which inputs each of their units is made, and under which key.

Rule: a unit is keyed by the hash of everything it depends on (its SQL, its input files, the time zone), so a unit whose key
is known is never made again, and one whose inputs changed in any way always is.
Hazard: FORMAT is part of every key; raise it when an engine writes units differently from the same SQL and files.

A rollup is made either month by month (`month`: no row of the result needs rows of another month) or as a whole (`all`: spans
that reach over the ends of months, cases that are resolved later; these read little).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from store.rollup.state import Part

FORMAT: Final = 1
FOLDER: Final = "rollup"
WHOLE: Final = "all"
_SPANS: Final = ("business_date", "service")
_SQL: Final = Path(__file__).parent


@dataclass(frozen=True)
class Rollup:
    """One SQL file, the sources it reads, the rollups it builds on, and by what its result is divided.

    A rollup `since` a source has units from the first month of that source on only: before it there is nothing to compare.
    Every rollup may also read `days`, the calendar. Results are written in `order`, so that readers of a window or a
    department pass over most of them.
    """

    name: str
    sources: tuple[str, ...] = ()
    rollups: tuple[str, ...] = ()
    unit: Literal["month", "all"] = "month"
    since: str | None = None
    order: tuple[str, ...] = ("period_start", "department")

    @property
    def sql(self) -> str:
        return (_SQL / f"{self.name}.sql").read_text(encoding="utf-8")


ROLLUPS: Final[dict[str, Rollup]] = {
    r.name: r
    for r in (
        Rollup("payments", ("payments", "payment_totals")),
        Rollup("completion", ("payments",)),
        Rollup("payers", ("payments",)),
        Rollup("unmatched", ("payments", "settlements"), since="settlements"),
        Rollup("settlement", ("payments", "settlements"), rollups=("unmatched",), since="settlements"),
        Rollup("surveys", ("surveys",)),
        Rollup("feedback", ("feedback",)),
        Rollup("it_spend", ("it_spend",)),
        Rollup("monitor_summaries", ("monitor_summaries",)),
        Rollup("probe_spans", ("probes",), order=_SPANS),
        Rollup("status_spans", ("status_events",), unit="all", order=_SPANS),
        Rollup("availability", rollups=("probe_spans", "status_spans"), unit="all"),
        Rollup("incidents", rollups=("probe_spans", "status_spans"), unit="all"),
        Rollup("feedback_cases", ("feedback",), unit="all"),
    )
}
"""In the order in which they are made: a rollup comes after those it reads."""


@dataclass(frozen=True)
class Unit:
    """One result file: a rollup, its month (or 'all'), its key, what it is made from, and how many rows that holds.

    `sources` and `rollups` give the input files of each relation; paths are below the store's folder.
    """

    rollup: Rollup
    month: str
    key: str
    sources: Mapping[str, tuple[str, ...]]
    rollups: Mapping[str, tuple[str, ...]]
    weight: int

    @property
    def path(self) -> str:
        return f"{FOLDER}/{self.rollup.name}/{self.month}-{self.key[:16]}.parquet"


def plan(parts: Sequence[Part], timezone: str) -> list[Unit]:
    """All units of the store that holds `parts`, in the order in which they have to be made."""
    made: dict[str, list[Unit]] = {}
    for rollup in ROLLUPS.values():
        made[rollup.name] = list(_units(rollup, parts, made, timezone))
    return [unit for units in made.values() for unit in units]


def digest(*facts: object) -> str:
    """SHA-256, in hex, of facts that can be written as JSON."""
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _units(rollup: Rollup, parts: Sequence[Part], made: Mapping[str, list[Unit]], timezone: str) -> Iterator[Unit]:
    """A rollup without any input still gives one unit: its result is empty, but has the columns others read.

    A month builds on the same month of earlier rollups, the whole on all of their months.
    """
    read = sorted((p for p in parts if p.source in rollup.sources), key=lambda p: (p.month, p.sha256))
    if rollup.since:
        begun = min((p.month for p in read if p.source == rollup.since), default=None)
        read = [p for p in read if begun is not None and p.month >= begun]
    months = sorted({p.month for p in read}) if rollup.unit == "month" else []
    for month in months or [WHOLE]:
        chosen = [p for p in read if month in (p.month, WHOLE)]
        earlier = {name: [unit for unit in made[name] if month in (unit.month, WHOLE)] for name in rollup.rollups}
        built_on = [unit for units in earlier.values() for unit in units]
        yield Unit(
            rollup,
            month,
            digest(FORMAT, rollup.sql, timezone, [(p.source, p.sha256) for p in chosen], [unit.key for unit in built_on]),
            {name: tuple(p.path for p in chosen if p.source == name) for name in rollup.sources},
            {name: tuple(unit.path for unit in units) for name, units in earlier.items()},
            sum(p.rows for p in chosen) + len(built_on),
        )
