"""When services are down, slow or in announced maintenance: the cause that payments, probes, surveys and feedback share.

Rule: outages are drawn once per month from their own stream; whoever needs them redraws them and gets the same.
Hazard: an outage may run into the next month, so a reader of a month also needs the month before (`outages_in`).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generators.calendar import DAY_US, FIRST, Bools, Floats, Ints, Month, city_calendar, midnight_us
from generators.streams import stream
from generators.world import build_world, paid_arrays

SECOND_US: Final = 1_000_000
HOUR_US: Final = 3600 * SECOND_US
SERVICE_RATE: Final = 3.6
"""Unplanned outages of a service per month in 2010; falls from year to year."""
DEPARTMENT_RATE: Final = 0.22
YEARLY_IMPROVEMENT: Final = 0.88
MEDIAN_MINUTES: Final = 38.0
SIGMA: Final = 1.05
MAX_MINUTES: Final = 36 * 60.0
DEGRADED_SHARE: Final = 0.3


@dataclass(frozen=True)
class Outages:
    """Unions of trouble per service, sorted by service and start, never overlapping within a service and kind of trouble.

    `degraded`: slow but working. `planned`: announced maintenance. Times are UTC microseconds since 1970.
    """

    service: Ints
    start: Ints
    end: Ints
    degraded: Bools
    planned: Bools

    def take(self, chosen: Ints | Bools) -> "Outages":
        """Those at the chosen positions, or where the mask is true."""
        return Outages(self.service[chosen], self.start[chosen], self.end[chosen], self.degraded[chosen], self.planned[chosen])


@lru_cache(maxsize=16)
def draw_outages(seed: int, month: Month) -> Outages:
    """Trouble that begins in `month`, of all transactional services."""
    rng = stream(seed, "outages", month.index)
    quality = _quality(seed)
    improvement = YEARLY_IMPROVEMENT ** (month.year - FIRST.year - 1)
    own = np.repeat(np.arange(quality.size), rng.poisson(SERVICE_RATE * quality * improvement))
    department = paid_arrays(seed).department
    hit = rng.poisson(DEPARTMENT_RATE * improvement, len(build_world(seed).departments))
    shared = [np.flatnonzero(department == d) for d in np.repeat(np.arange(hit.size), hit)]
    span = len(month.days) * DAY_US
    base = midnight_us(month.first)
    own_start, own_length = _when(rng, own.size, span)
    shared_start, shared_length = _when(rng, len(shared), span)
    sizes = [s.size for s in shared]
    service = np.concatenate([own, *shared]).astype(np.int64)
    start = base + np.concatenate([own_start, np.repeat(shared_start, sizes)])
    length = np.concatenate([own_length, np.repeat(shared_length, sizes)])
    degraded = rng.random(service.size) < DEGRADED_SHARE
    unplanned = Outages(service, start, start + length, degraded, np.zeros(service.size, bool))
    return _union(_concat([unplanned, _maintenance(seed, month)]))


def _when(rng: np.random.Generator, count: int, span: int) -> tuple[Ints, Ints]:
    minutes = np.minimum(np.exp(rng.standard_normal(count) * SIGMA) * MEDIAN_MINUTES, MAX_MINUTES)
    return rng.integers(0, span, count), (minutes * 60).astype(np.int64) * SECOND_US


@lru_cache(maxsize=4)
def _quality(seed: int) -> Floats:
    """Relative rate of trouble per service: some run on old machines, whatever the month."""
    rng = stream(seed, "quality")
    department = np.exp(rng.standard_normal(len(build_world(seed).departments)) * 0.25)
    own = np.exp(rng.standard_normal(len(build_world(seed).paid)) * 0.5)
    rate = own * department[paid_arrays(seed).department]
    return np.asarray(rate / rate.mean())


def _maintenance(seed: int, month: Month) -> Outages:
    """Each department's announced window: a Friday of the month, 01:00 to 05:00 local time, all of its services."""
    rng = stream(seed, "maintenance", month.index)
    fridays = [d for d in month.days if city_calendar().weekday[d] == 4]
    choice = rng.integers(0, len(fridays), len(build_world(seed).departments))
    hours = rng.integers(2, 5, choice.size)
    department = paid_arrays(seed).department
    start = np.array([midnight_us(fridays[c]) for c in choice])[department] + HOUR_US
    count = department.size
    return Outages(np.arange(count), start, start + hours[department] * HOUR_US, np.zeros(count, bool), np.ones(count, bool))


@lru_cache(maxsize=16)
def outages_in(seed: int, month: Month) -> Outages:
    """All trouble that touches `month`, including what began in the month before; nothing began before 2009."""
    earlier = [draw_outages(seed, month.shift(-1))] if month.index else []
    return _union(_concat([*earlier, draw_outages(seed, month)]), from_us=midnight_us(month.first))


def _concat(parts: list[Outages]) -> Outages:
    return Outages(*(np.concatenate([getattr(p, f) for p in parts]) for f in ("service", "start", "end", "degraded", "planned")))


def _union(found: Outages, from_us: int = 0) -> Outages:
    """Sort by service and start and cut overlaps: what began first keeps its time; nothing before `from_us` remains."""
    order = np.lexsort((found.start, found.service))
    found = found.take(order)
    start, end = np.maximum(found.start, from_us), found.end
    for i in range(1, start.size):
        if found.service[i] == found.service[i - 1]:
            start[i] = max(start[i], end[i - 1])
            end[i] = max(end[i], end[i - 1])
    cut = Outages(found.service, start, end, found.degraded, found.planned)
    return cut.take(start < end)


def covering(found: Outages, service: NDArray[np.uint8] | Ints, at: Ints) -> Ints:
    """Index of the outage that covers each (service, time), -1 where there is none."""
    if not found.service.size:
        return np.full(at.size, -1)
    base, span = int(found.start.min()), int(found.end.max() - found.start.min()) + 2 * DAY_US
    keys = found.service * span + (found.start - base)
    wanted = service.astype(np.int64) * span + np.clip(at - base, 0, span - 1)
    place = np.searchsorted(keys, wanted, side="right") - 1
    safe = np.maximum(place, 0)
    inside = (place >= 0) & (found.service[safe] == service) & (found.start[safe] <= at) & (at < found.end[safe])
    return np.where(inside, place, -1)
