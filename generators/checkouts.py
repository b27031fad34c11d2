"""How people check out: when in the day, on which channel, with which method, how long it takes, and who they are.

Rule: everything here is per basket and drawn from the stream that is passed in. Hazard: hours are local time of the day.
"""

from dataclasses import dataclass, fields
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generators.calendar import Bools, Ints, city_calendar
from generators.published import CARD, CELLS, DIRECT_DEBIT, PHONE_CARD, PHONE_WALLET
from generators.sales import Sales
from generators.world import paid_arrays
from store.contract import CHANNELS, METHODS

SECOND_US: Final = 1_000_000
MINUTE_US: Final = 60 * SECOND_US
PROFILE_SLOTS: Final = 4096
_METHOD_NAMES: Final = ("credit_card", "e_dirham", "credit_card", "direct_debit", "e_dirham")
CELL_METHOD: Final = np.array([METHODS.index(m) for m in _METHOD_NAMES], np.uint8)
WEB: Final = CHANNELS.index("web")
MPAY: Final = CHANNELS.index("mpay")
_OTHERS: Final = {"web": 234, "kiosk": 11, "ivr": 8, "counter": 3}
OTHER_CHANNELS: Final = np.repeat(np.array([CHANNELS.index(c) for c in _OTHERS], np.uint8), list(_OTHERS.values()))
"""256 slots for the channel of payments that are not made by phone."""
NOBODY: Final = -1
STANDING_SHARE: Final = {CARD: 0.05, DIRECT_DEBIT: 0.30}
"""Share of standing orders among services that offer them, once the option is known."""
STANDING_START: Final = 0.2
STANDING_YEARS: Final = 4.5
"""How much of it is known at first, and after how many years since 2009 all of it."""
DURATION_MEDIAN_MS: Final = {"automatic": 21_000, "phone": 88_000, "other": 142_000}
DURATION_SIGMA: Final = {"automatic": 0.30, "other": 0.52}
DURATION_LIMIT_MS: Final = {"automatic": 58_000, "other": 3_600_000}
DURATION_PER_ACCOUNT: Final = 0.12
BUMPS: Final = {
    "usual": ((10.5, 2.2, 1.0), (13.5, 2.0, 0.6), (20.0, 2.6, 0.75)),
    "ramadan": ((11.0, 2.0, 1.0), (14.0, 1.6, 0.5), (22.3, 2.2, 0.95)),
    "automatic": ((3.5, 1.0, 1.0),),
}
"""When people pay, in and out of Ramadan, and when machines do: (hour, width in hours, height)."""
NIGHT: Final = {"usual": 0.03, "ramadan": 0.05, "automatic": 0.0}


@dataclass
class Baskets:
    """Checkouts of a day; `at` is the first attempt in microseconds after local midnight, `payer` NOBODY where unknown."""

    service: NDArray[np.uint8]
    size: Ints
    at: Ints
    channel: NDArray[np.uint8]
    method: NDArray[np.uint8]
    automatic: Bools
    duration_ms: NDArray[np.int32]
    payer: Ints

    def take(self, positions: Ints) -> "Baskets":
        return Baskets(*(getattr(self, f.name)[positions] for f in fields(self)))

    def followed_by(self, other: "Baskets") -> "Baskets":
        return Baskets(*(np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)))


def checkouts(seed: int, scale: float, rng: np.random.Generator, sales: Sales, day: int) -> Baskets:
    """The checkout of each basket of a day's sales, as if nothing went wrong."""
    cell = sales.cell
    automatic = _automatic(seed, rng, sales, day)
    at = moments(rng, cell.size, day)
    own = np.flatnonzero(automatic)
    at[own] = _within(rng, _profile("automatic"), own.size)
    channel = channels(rng, cell)
    channel[own] = WEB
    return Baskets(
        sales.service,
        sales.size,
        at,
        channel,
        CELL_METHOD[cell],
        automatic,
        durations(rng, channel == MPAY, automatic, sales.size),
        payers(rng, channel, day, scale),
    )


def _automatic(seed: int, rng: np.random.Generator, sales: Sales, day: int) -> Bools:
    share = np.zeros(len(CELLS))
    share[list(STANDING_SHARE)] = list(STANDING_SHARE.values())
    known = min(1.0, STANDING_START + (1 - STANDING_START) * day / (STANDING_YEARS * 365))
    return paid_arrays(seed).automatic[sales.service] & (rng.random(sales.cell.size) < share[sales.cell] * known)


@cache
def _profile(kind: str) -> Ints:
    """Minute of the day for PROFILE_SLOTS equally likely slots."""
    hour = np.arange(1440) / 60
    weight = NIGHT[kind] + sum(height * np.exp(-(((hour - middle) / width) ** 2) / 2) for middle, width, height in BUMPS[kind])
    edges = np.cumsum(weight)
    return np.searchsorted(edges / edges[-1], (np.arange(PROFILE_SLOTS) + 0.5) / PROFILE_SLOTS)


def _within(rng: np.random.Generator, profile: Ints, count: int) -> Ints:
    minute = profile[rng.integers(0, PROFILE_SLOTS, count, dtype=np.uint16)]
    return np.asarray(minute * MINUTE_US + rng.integers(0, MINUTE_US, count))


def moments(rng: np.random.Generator, count: int, day: int) -> Ints:
    """Times at which people act on a day, microseconds after local midnight; later in the evening in Ramadan."""
    return _within(rng, _profile("ramadan" if city_calendar().ramadan[day] else "usual"), count)


def moments_of(rng: np.random.Generator, days: Ints) -> Ints:
    """`moments` for many days at once, one per entry."""
    usual, fasting = (_within(rng, _profile(kind), days.size) for kind in ("usual", "ramadan"))
    return np.where(city_calendar().ramadan[days], fasting, usual)


def channels(rng: np.random.Generator, cell: Ints) -> NDArray[np.uint8]:
    """Channel of each basket: mpay for the phone cells, else mostly the web."""
    other = OTHER_CHANNELS[rng.integers(0, OTHER_CHANNELS.size, cell.size, dtype=np.uint8)]
    return np.where((cell == PHONE_CARD) | (cell == PHONE_WALLET), np.uint8(MPAY), other)


def payers(rng: np.random.Generator, channel: NDArray[np.uint8], day: int, scale: float) -> Ints:
    """Pseudonymous payers: few pay often, many seldom; they grow in number over the years. NOBODY at machines and counters."""
    pool = int((260_000 + 180 * day) * max(scale, 0.02))
    number = (pool * rng.random(channel.size) ** 1.8).astype(np.int64)
    pseudonym = (number * 2_654_435_761) % 4_294_967_296 + 1_000_000_000
    return np.where((channel == WEB) | (channel == MPAY), pseudonym, NOBODY)


def durations(rng: np.random.Generator, phone: Bools, automatic: Bools, size: Ints) -> NDArray[np.int32]:
    """Milliseconds from checkout to receipt: standing orders under a minute, others from one to a few minutes."""
    median = np.where(phone, DURATION_MEDIAN_MS["phone"], DURATION_MEDIAN_MS["other"])
    median = np.where(automatic, DURATION_MEDIAN_MS["automatic"], median) * (1 + DURATION_PER_ACCOUNT * (size - 1))
    sigma = np.where(automatic, DURATION_SIGMA["automatic"], DURATION_SIGMA["other"])
    limit = np.where(automatic, DURATION_LIMIT_MS["automatic"], DURATION_LIMIT_MS["other"])
    drawn = median * np.exp(rng.standard_normal(size.size) * sigma)
    return np.asarray(np.minimum(drawn, limit), np.int32)
