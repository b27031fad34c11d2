"""The availability monitor: every monitored service is probed every 15 minutes.

Rule: a probe sees the state at its instant, so short outages between two probes stay unseen, as in life. Hazard: a gap of
the monitor leaves no rows at all; nothing is written for "unknown".
"""

from typing import Final

import numpy as np
import polars as pl

from generators import frames
from generators.calendar import DAY_US, Bools, Floats, Month, midnight_us
from generators.outages import outages_in
from generators.streams import stream
from generators.world import build_world, paid_arrays
from store.contract import SERVICE_STATES

INTERVAL_S: Final = 900
STEP_US: Final = INTERVAL_S * 1_000_000
PER_DAY: Final = DAY_US // STEP_US
UP, DEGRADED, DOWN = range(3)
GAP_RATE: Final = 0.6
"""Times per month that the monitor itself stops, for one to six hours."""
MISSED_SHARE: Final = 0.0004
DEGRADED_SLOWNESS: Final = 5.0
RESPONSE_MS: Final = 420.0
SERVICE_SIGMA: Final = 0.35
RESPONSE_SIGMA: Final = 0.22
"""Median response, and how services and single probes scatter around it (sigma of the logarithm)."""


def probe_rows(seed: int, month: Month, days: range) -> pl.DataFrame:
    """Probes of the given days of a month, columns of the contract `probes`, by service and time."""
    world, paid = build_world(seed), paid_arrays(seed)
    rng = stream(seed, "probes", month.index)
    steps = len(month.days) * PER_DAY
    begin = midnight_us(month.first)
    state = np.zeros((len(world.paid), steps), np.uint8)
    planned = np.zeros(state.shape, bool)
    found = outages_in(seed, month)
    first = np.maximum(-(-(found.start - begin) // STEP_US), 0)
    after = np.minimum(-(-(found.end - begin) // STEP_US), steps)
    for service, a, b, slow, announced in zip(found.service, first, after, found.degraded, found.planned, strict=True):
        state[service, a:b] = DEGRADED if slow else DOWN
        planned[service, a:b] = announced
    response = _response_ms(seed, rng, steps)
    response[state == DEGRADED] *= DEGRADED_SLOWNESS
    seen = _seen(rng, state.shape)
    day_of_step = month.first + np.arange(steps) // PER_DAY
    seen &= (day_of_step[None, :] >= days.start) & (day_of_step[None, :] < days.stop)
    seen &= paid.available_from[:, None] <= day_of_step[None, :]
    service, step = np.nonzero(seen)
    state = state[seen]
    return pl.DataFrame(
        {
            "service": frames.codes([s.code for s in world.paid], service),
            "probed_at": frames.instants(begin + step * STEP_US),
            "department": frames.codes([d.code for d in world.departments], paid.department[service]),
            "state": frames.enum(SERVICE_STATES, state),
            "planned": planned[seen],
            "interval_s": np.full(service.size, INTERVAL_S, np.int32),
            "response_ms": frames.only(pl.Series(response[seen].astype(np.int32)), state != DOWN),
        }
    )


def _response_ms(seed: int, rng: np.random.Generator, steps: int) -> Floats:
    """Response times: a level per service, slower at office hours, with chance."""
    level = RESPONSE_MS * np.exp(stream(seed, "response").standard_normal(len(build_world(seed).paid)) * SERVICE_SIGMA)
    hour = (np.arange(steps) % PER_DAY) * 24 / PER_DAY
    load = 1 + 0.35 * np.exp(-(((hour - 11.5) / 4) ** 2))
    chance = rng.standard_normal((level.size, steps))
    return np.asarray(np.exp(chance * RESPONSE_SIGMA) * (level[:, None] * load))


def _seen(rng: np.random.Generator, shape: tuple[int, int]) -> Bools:
    """Which probes were made: the monitor stops now and then, and misses single probes."""
    seen = np.ones(shape, bool)
    size = shape[0] * shape[1]
    seen.ravel()[rng.integers(0, size, rng.binomial(size, MISSED_SHARE))] = False
    for _ in range(int(rng.poisson(GAP_RATE))):
        first = int(rng.integers(0, shape[1]))
        seen[:, first : first + int(rng.integers(4, 25))] = False
    return seen
