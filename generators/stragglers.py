"""Transactions that reach beyond their own day: refunded later, delivered late, or reported twice in different files.

Rule: they are a small population drawn by itself, month by month, so a month's file can be written by redrawing the
stragglers of the months before it, cheaply and without waiting for other processes. Hazard: reach is LOOKBACK months;
a longer lag would lose rows.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generators.calendar import DAYS, Ints, Month
from generators.calibration import Recipe, day_counts, nominal_factor
from generators.mix import SLOTS, basket_table, term_of
from generators.published import CELLS
from generators.sales import draw_amounts
from generators.streams import stream
from generators.world import paid_arrays

LOOKBACK: Final = 2
MAX_LAG_DAYS: Final = 45
REFUNDED, LATE, TWICE = range(3)
FATES: Final = np.array([0.40, 0.45, 0.15])
FULL_REFUND: Final = 0.8


@dataclass(frozen=True)
class Stragglers:
    """Stragglers of a sale month, one entry per transaction, ordered by cell and day."""

    day: Ints
    cell: Ints
    service: NDArray[np.uint8]
    fils: Ints
    fate: Ints
    lag: Ints
    """Days until the refund, the late delivery or the second delivery."""
    refund_fils: Ints
    """Positive; 0 where not refunded."""


@lru_cache(maxsize=8)
def draw_stragglers(recipe: Recipe, month: Month) -> Stragglers:
    """The stragglers whose sale lies in `month`."""
    rng = stream(recipe.seed, "stragglers", month.index)
    counts = day_counts(recipe).stragglers[month.first : month.last + 1]
    day = np.concatenate([np.repeat(np.array(month.days), counts[:, c]) for c in range(len(CELLS))])
    cell = np.repeat(np.arange(len(CELLS)), counts.sum(axis=0))
    service = np.zeros(day.size, np.uint8)
    for c in range(len(CELLS)):
        mine = np.flatnonzero(cell == c)
        service[mine] = basket_table(recipe.seed, month, c, -1)[rng.integers(0, SLOTS, mine.size, dtype=np.uint16)]
    fixed, raw = draw_amounts(recipe.seed, month, service, rng)
    term, department = term_of(month), paid_arrays(recipe.seed).department[service]
    factor = np.zeros(day.size)
    for c in range(len(CELLS)):
        mine = np.flatnonzero(cell == c)
        factor[mine] = nominal_factor(recipe, term, c)[department[mine]]
    fils = np.maximum(fixed + np.rint(raw * factor).astype(np.int64), 1)
    fate = rng.choice(3, day.size, p=FATES)
    lag = np.where(fate == REFUNDED, 1 + rng.geometric(0.14, day.size), 2 + rng.geometric(0.09, day.size))
    part = np.where(rng.random(day.size) < FULL_REFUND, 1.0, 0.2 + 0.6 * rng.random(day.size))
    refund = np.where(fate == REFUNDED, np.maximum(np.rint(fils * part).astype(np.int64), 1), 0)
    return Stragglers(day, cell, service, fils, fate, np.minimum(lag, MAX_LAG_DAYS), refund)


def straggler_fils(recipe: Recipe, months: list[Month]) -> Ints:
    """What stragglers add to each day and cell in fils, sales less refunds on the refund's own day.

    Shape (DAYS, cells); complete for the days of `months`, which must be in order without a gap.
    """
    out = np.zeros((DAYS, len(CELLS)), np.int64)
    for index in range(max(months[0].index - LOOKBACK, 0), months[-1].index + 1):
        found = draw_stragglers(recipe, months[0].shift(index - months[0].index))
        np.add.at(out, (found.day, found.cell), found.fils)
        later = found.day + found.lag
        back = (found.fate == REFUNDED) & (later < DAYS)
        np.add.at(out, (later[back], found.cell[back]), -found.refund_fils[back])
    return out
