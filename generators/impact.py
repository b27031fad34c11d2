"""How long customers felt an outage: the lagged trouble that lowers satisfaction and raises complaints.

Rule: trouble counts unplanned hours only, slowness in part, and spreads over the following days by the given weights.
"""

from typing import Final

import numpy as np

from generators.calendar import DAY_US, Floats, Month, midnight_us
from generators.outages import outages_in
from generators.world import build_world

SLOWNESS_WEIGHT: Final = 0.35
HOUR_US: Final = 3_600_000_000
MEMORY_OF_SURVEYS: Final = (0.7, 1.0, 0.6, 0.3)
"""How much of a day's trouble is felt in answers to invitations 0, 1, 2 and 3 days later."""
MEMORY_OF_COMPLAINTS: Final = (0.30, 0.40, 0.20, 0.10)
"""Share of an outage's complaints that are filed 0, 1, 2 and 3 days later."""


def trouble_hours(seed: int, month: Month) -> Floats:
    """Unplanned hours of trouble per transactional service and day of the month."""
    out = np.zeros((len(build_world(seed).paid), len(month.days)))
    found = outages_in(seed, month)
    found = found.take(~found.planned)
    begin = midnight_us(month.first)
    weight = np.where(found.degraded, SLOWNESS_WEIGHT, 1.0)
    for position in range(len(month.days)):
        first = begin + position * DAY_US
        overlap = np.clip(np.minimum(found.end, first + DAY_US) - np.maximum(found.start, first), 0, None)
        np.add.at(out[:, position], found.service, overlap * weight / HOUR_US)
    return out


def lagged_trouble(seed: int, month: Month, memory: tuple[float, ...]) -> Floats:
    """Trouble hours of each day and the days before it, weighted by `memory`; shape (services, days of the month)."""
    own = trouble_hours(seed, month)
    before = trouble_hours(seed, month.shift(-1)) if month.index else np.zeros_like(own)
    both = np.concatenate([before, own], axis=1)
    days, start = own.shape[1], before.shape[1]
    return np.asarray(sum(weight * both[:, start - lag : start - lag + days] for lag, weight in enumerate(memory)))
