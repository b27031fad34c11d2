"""Which services are paid for: shares of departments by year, of services within a department, seasons and campaigns.

Rule: a mix is a probability per transactional service, as a look-up table of 65,536 slots, so that drawing a service is one
array access. Hazard: shares are of transactions; tables are drawn per basket, hence the division by the mean accounts.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generators.calendar import DAYS, Floats, Ints, Month, city_calendar, day_number
from generators.published import DIRECT_DEBIT, PHONE_CARD, PHONE_WALLET, TERMS, largest_remainder
from generators.tables import rows
from generators.world import build_world, paid_arrays

SLOTS: Final = 65_536
PHONE_CELLS: Final = (PHONE_CARD, PHONE_WALLET)
STANDING_ORDER_LIFT: Final = 3.0
"""Direct debit goes to services with automatic payment this many times more often."""
PHONE_ACCOUNTS_LIFT: Final = 2.5
"""A phone basket pays this many times more additional accounts."""
SEASONS: Final[dict[str, tuple[float, ...]]] = {
    "": (1.0,) * 12,
    "trade": (0.98, 0.97, 1.05, 1.03, 1.0, 0.97, 0.93, 0.92, 1.02, 1.06, 1.05, 1.02),
    "summer": (0.95, 0.94, 0.95, 0.98, 1.02, 1.06, 1.08, 1.08, 1.06, 1.02, 0.95, 0.91),
    "winter": (1.2, 1.2, 1.15, 1.05, 0.9, 0.75, 0.7, 0.7, 0.85, 1.1, 1.2, 1.2),
    "school": (0.9, 0.9, 1.0, 1.0, 0.9, 1.2, 0.8, 1.7, 2.0, 0.8, 0.7, 0.7),
    "yearend": (1.25, 1.0, 1.0, 0.95, 0.9, 0.95, 0.9, 0.9, 0.95, 1.0, 1.1, 1.35),
    "payday": (1.0,) * 12,
    "ramadan": (1.0,) * 12,
}
RAMADAN_GIVING: Final = 3.0
SUMMER_BILLS: Final = (0.82, 0.8, 0.84, 0.92, 1.05, 1.18, 1.26, 1.28, 1.22, 1.08, 0.92, 0.84)
"""Amounts of summer services by month: air conditioning."""


@dataclass(frozen=True)
class Campaign:
    """A campaign by day numbers, both inclusive, and how much it lifts payments at its departments."""

    code: str
    first: int
    last: int
    departments: tuple[int, ...]
    lift: float
    phone_lift: float
    """The same for phone payments of the whole city."""


@cache
def campaigns(seed: int) -> tuple[Campaign, ...]:
    """All campaigns, by start."""
    world = build_world(seed)
    return tuple(
        Campaign(
            r["code"],
            day_number(date.fromisoformat(r["starts_on"])),
            day_number(date.fromisoformat(r["ends_on"])),
            tuple(world.department_number(code) for code in r["departments"].split()),
            float(r["lift"]),
            float(r["phone_lift"]),
        )
        for r in rows("campaigns")
    )


@cache
def campaign_of_day(seed: int) -> Ints:
    """Number of the campaign running on each day, -1 without one; array of length DAYS."""
    out = np.full(DAYS, -1)
    for number, campaign in enumerate(campaigns(seed)):
        out[campaign.first : campaign.last + 1] = number
    return out


@cache
def department_shares(seed: int, measure: str) -> Floats:
    """Shares of departments by term, shape (terms, departments); measure is count, amount, phone_count or phone_amount."""
    world = build_world(seed)
    out = np.zeros((len(TERMS), len(world.departments)))
    for row in rows("shares"):
        if row["measure"] == measure:
            number = world.department_number(row["department"])
            for term, (year, part) in enumerate(TERMS):
                era = f"2011H{1 if part == 0 else 2}" if year == 2011 else str(year)
                out[term, number] = float(row[era])
    return out


def term_of(month: Month) -> int:
    """Number of the term a month lies in."""
    return TERMS.index((month.year, 0 if month.month <= 6 else 1 if month.month <= 9 else 2))


def season_factor(seed: int, month: Month) -> Floats:
    """How much more often than usual each transactional service is paid for in a month."""
    days = slice(month.first, month.last + 1)
    giving = 1 + RAMADAN_GIVING * float(city_calendar().ramadan[days].mean())
    paid = build_world(seed).paid
    return np.array([giving if s.draft.season == "ramadan" else SEASONS[s.draft.season][month.month - 1] for s in paid])


def amount_factor(seed: int, month: Month) -> Floats:
    """How much larger than usual the open amounts of each service are in a month."""
    return np.array([SUMMER_BILLS[month.month - 1] if s.draft.season == "summer" else 1.0 for s in build_world(seed).paid])


@lru_cache(maxsize=64)
def transaction_mix(seed: int, month: Month, cell: int, campaign: int) -> Floats:
    """Share of each transactional service in the transactions of a month and cell, under a campaign (-1: none)."""
    paid, term = paid_arrays(seed), term_of(month)
    phone = cell in PHONE_CELLS
    shares = department_shares(seed, "phone_count" if phone else "count")[term]
    weight = (paid.phone_weight if phone else paid.weight) * (paid.available_from <= month.first)
    if cell == DIRECT_DEBIT:
        weight = weight * np.where(paid.automatic, STANDING_ORDER_LIFT, 1.0)
    within = np.bincount(paid.department, weights=weight, minlength=shares.size)
    if campaign >= 0:
        running = campaigns(seed)[campaign]
        shares = shares.copy()
        shares[list(running.departments)] *= running.lift
    scaled = np.divide(shares, within, out=np.zeros_like(shares), where=within > 0)
    mix = weight * scaled[paid.department] * season_factor(seed, month)
    return np.asarray(mix / mix.sum())


@cache
def accounts(seed: int, phone: bool) -> Floats:
    """Mean accounts per basket of each transactional service."""
    extra = paid_arrays(seed).accounts - 1
    return np.asarray(1 + extra * (PHONE_ACCOUNTS_LIFT if phone else 1.0))


@lru_cache(maxsize=64)
def basket_table(seed: int, month: Month, cell: int, campaign: int) -> NDArray[np.uint8]:
    """Look-up table of SLOTS service numbers: a uniform slot is the service of a basket."""
    mix = transaction_mix(seed, month, cell, campaign) / accounts(seed, cell in PHONE_CELLS)
    return np.repeat(np.arange(mix.size, dtype=np.uint8), largest_remainder(SLOTS, mix))
