"""What is bought on one day before anything is known of time, payer or failure: baskets, their services, raw amounts.

Rule: the stream of a day is drawn in the same order by the calibration (which only adds up) and by the payment log (which
writes rows), so both see the same amounts. Hazard: never draw anything else from this stream.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generators.calendar import Floats, Ints, Month, day_date
from generators.mix import PHONE_CELLS, SLOTS, accounts, amount_factor, basket_table, campaign_of_day
from generators.published import CELLS
from generators.streams import stream
from generators.world import MENU_SLOTS, paid_arrays

MAX_ACCOUNTS: Final = 8
TAIL_SHARE: Final = 0.004
"""Share of open amounts that are stretched by a Pareto factor: the few large consignments and transfers."""
TAIL_ALPHA: Final = 1.3
TAIL_CAP: Final = 40.0
TAIL_MEAN: Final = 1 + TAIL_SHARE * (
    TAIL_ALPHA / (TAIL_ALPHA - 1) * (1 - TAIL_CAP ** (1 - TAIL_ALPHA)) + TAIL_CAP ** (1 - TAIL_ALPHA) - 1
)
"""Mean stretch: of a Pareto variable cut at TAIL_CAP, mixed with 1."""


@dataclass(frozen=True)
class Sales:
    """Baskets of a day (first four arrays) and their lines, one per account. Baskets are ordered by cell."""

    cell: Ints
    service: NDArray[np.uint8]
    size: Ints
    line_basket: Ints
    """Basket of each line."""
    fixed_fils: Ints
    """Price of each line in fils, 0 where the amount is open."""
    raw: Floats
    """Unscaled open amount of each line in AED, 0 where the price is fixed."""


@cache
def _size_scale(seed: int, phone: bool) -> Floats:
    """Scale t such that 1 + floor(t * Exp(1)) has the mean accounts of each service."""
    extra = np.maximum(accounts(seed, phone) - 1, 1e-9)
    return np.asarray(1 / np.log1p(1 / extra))


def draw_sales(seed: int, day: int, counts: Ints) -> Sales:
    """Baskets whose lines number exactly `counts[cell]` in each cell of the day."""
    rng = stream(seed, "sales", day)
    month = Month.of(day_date(day))
    campaign = int(campaign_of_day(seed)[day])
    services, sizes, cells = [], [], []
    for cell in range(len(CELLS)):
        wanted = int(counts[cell])
        if not wanted:
            continue
        table = basket_table(seed, month, cell, campaign)
        service = table[rng.integers(0, SLOTS, wanted, dtype=np.uint16)]
        scale = _size_scale(seed, cell in PHONE_CELLS)[service]
        size = 1 + np.minimum(rng.standard_exponential(wanted) * scale, MAX_ACCOUNTS - 1).astype(np.int64)
        ends = np.cumsum(size)
        baskets = int(np.searchsorted(ends, wanted)) + 1
        size = size[:baskets]
        size[-1] -= ends[baskets - 1] - wanted
        services.append(service[:baskets])
        sizes.append(size)
        cells.append(np.full(baskets, cell))
    if not services:
        empty = np.zeros(0, np.int64)
        return Sales(empty, empty.astype(np.uint8), empty, empty, empty, np.zeros(0))
    service, size = np.concatenate(services), np.concatenate(sizes)
    line_basket = np.repeat(np.arange(size.size), size)
    fixed, raw = draw_amounts(seed, month, service[line_basket], rng)
    return Sales(np.concatenate(cells), service, size, line_basket, fixed, raw)


def draw_amounts(seed: int, month: Month, service: NDArray[np.uint8], rng: np.random.Generator) -> tuple[Ints, Floats]:
    """Prices of lines: fils from menus, and raw open amounts in AED (log-normal with a Pareto tail)."""
    paid = paid_arrays(seed)
    fixed = paid.menu_fils[service, rng.integers(0, MENU_SLOTS, service.size, dtype=np.uint8)]
    raw = np.zeros(service.size)
    lines = np.flatnonzero(paid.is_open[service])
    of = service[lines]
    amounts = np.exp(rng.standard_normal(lines.size) * paid.sigma[of]) * (paid.median * amount_factor(seed, month))[of]
    stretched = rng.integers(0, max(lines.size, 1), rng.binomial(lines.size, TAIL_SHARE))
    amounts[stretched] *= np.minimum(rng.random(stretched.size) ** (-1 / TAIL_ALPHA), TAIL_CAP)
    raw[lines] = amounts
    return fixed, raw


def expected_amounts(seed: int, month: Month) -> tuple[Floats, Floats]:
    """Mean price in fils and mean raw open amount in AED per transactional service, as `draw_amounts` draws them."""
    paid = paid_arrays(seed)
    raw = paid.median * np.exp(paid.sigma**2 / 2) * amount_factor(seed, month) * TAIL_MEAN
    return paid.menu_fils.mean(axis=1), np.where(paid.is_open, raw, 0.0)
