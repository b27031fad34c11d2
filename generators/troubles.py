"""What goes wrong on the way to settlement: attempts that fail by chance or in an outage, payers who come back or give up.

Rule: a basket that settles does so on its own local day, however often it fails before; who would come back only after
midnight gets through at once instead. Hazard: payments lost for good are added beside the calibrated ones, never taken
from them.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from generators.calendar import DAY_US, Bools, Ints, midnight_us
from generators.checkouts import MINUTE_US, SECOND_US, Baskets
from generators.outages import Outages, covering

FAIL_ONCE: Final = 0.028
FAIL_TWICE: Final = 0.006
AFFECTED: Final = 0.78
"""Share of checkouts in an outage that fail; AFFECTED_DEGRADED where the service is slow only."""
AFFECTED_DEGRADED: Final = 0.25
TRY_AGAIN_INSIDE: Final = 0.4
RETURN_US: Final = 15 * MINUTE_US
"""Mean time after the end of an outage at which payers come back, beyond FIRST_RETURN_US."""
FIRST_RETURN_US: Final = 10 * MINUTE_US
GIVE_UP: Final = 0.35
"""Lost checkouts per failed one in an outage."""
LOST_SHARE: Final = 0.034
LOST_FAILED: Final = 0.4
"""Share of checkouts lost in the course of things, and how many of them failed rather than were abandoned."""
CLOSING_US: Final = 40 * MINUTE_US
"""Retries begin at least this long before midnight."""


@dataclass(frozen=True)
class Course:
    """How the baskets of a day fare: failed attempts before settlement, times of the first, second and settling attempt."""

    fails: Ints
    second_at: Ints
    settled_at: Ints


@dataclass(frozen=True)
class Lost:
    """Checkouts that never settle, made in the likeness of the baskets `like`."""

    baskets: Baskets
    like: Ints
    failed: Bools
    """Failed if true, else abandoned."""


def fare(rng: np.random.Generator, baskets: Baskets, outages: Outages, day: int) -> tuple[Course, Lost]:
    """Draw the troubles of a day. Moves `baskets.at` forward where a retry would cross midnight."""
    count = baskets.at.size
    chance = rng.random(count)
    fails = (chance < FAIL_ONCE).astype(np.int64) + (chance < FAIL_TWICE)
    struck, back = _struck(rng, baskets, outages, day)
    lost = _lost(rng, baskets, struck[rng.random(struck.size) < GIVE_UP])
    in_time = back < DAY_US - CLOSING_US
    struck, back = struck[in_time], back[in_time]
    fails[struck] = 1 + (rng.random(struck.size) < TRY_AGAIN_INSIDE)
    retried = np.flatnonzero(fails)
    baskets.at[retried] = np.minimum(baskets.at[retried], DAY_US - CLOSING_US)
    gap = ((40 + 120 * rng.random((2, count))) * SECOND_US).astype(np.int64)
    second_at = baskets.at + gap[0]
    settled_at = baskets.at + np.where(fails > 0, gap[0], 0) + np.where(fails > 1, gap[1], 0)
    settled_at[struck] = np.maximum(settled_at[struck], back)
    return Course(fails, second_at, settled_at), lost


def _struck(rng: np.random.Generator, baskets: Baskets, outages: Outages, day: int) -> tuple[Ints, Ints]:
    """Baskets that fail in an outage, and when they come back (microseconds after local midnight)."""
    hit = covering(outages, baskets.service, midnight_us(day) + baskets.at)
    struck = np.flatnonzero(hit >= 0)
    odds = np.where(outages.degraded[hit[struck]], AFFECTED_DEGRADED, AFFECTED)
    struck = struck[rng.random(struck.size) < odds]
    pause = FIRST_RETURN_US + (rng.standard_exponential(struck.size) * RETURN_US).astype(np.int64)
    return struck, outages.end[hit[struck]] - midnight_us(day) + pause


def _lost(rng: np.random.Generator, baskets: Baskets, in_outage: Ints) -> Lost:
    """Checkouts lost in the course of things, at any time of the day, and those given up in an outage, at that time."""
    count = baskets.at.size
    usual = rng.integers(0, max(count, 1), rng.poisson(LOST_SHARE * count))
    like = np.concatenate([usual, in_outage])
    copy = baskets.take(like)
    other = rng.integers(0, max(count, 1), like.size)
    copy.at[: usual.size] = baskets.at[other[: usual.size]]
    copy.payer[:] = np.where((copy.payer >= 0) & (baskets.payer[other] >= 0), baskets.payer[other], copy.payer)
    failed = rng.random(like.size) < LOST_FAILED
    failed[usual.size :] = True
    return Lost(copy, like, failed)
