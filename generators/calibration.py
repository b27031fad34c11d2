"""From published figures to days: how many transactions and how many fils each day and cell must have.

The way, all in whole numbers:
1. published.py gives transactions and fils per term (a part of a year) and cell; scale multiplies both.
2. `day_counts` splits transactions over days by calendar, trend, campaigns and chance (largest remainder).
3. A first pass over the days of every touched term adds up fixed prices and raw open amounts (`add_up_month`).
4. `calibrate` finds the factor per term, cell and department that brings open amounts to what the figures leave for them,
   net of refunds, and the exact fils of each day and cell. The payment log then rounds cumulatively to that sum.

Rule: nothing here depends on the requested range; a term is always planned as a whole. Hazard: a very small scale can leave
a cell without open amounts; its fils then move to the largest cell, never at scale 1.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from generators.calendar import DAYS, Floats, Ints, Month, day_date, demand
from generators.errors import GeneratorError
from generators.mix import PHONE_CELLS, campaign_of_day, campaigns, department_shares, transaction_mix
from generators.published import CARD, CELLS, TERMS, largest_remainder, term_days, term_plan
from generators.sales import draw_sales, expected_amounts
from generators.streams import stream
from generators.world import build_world, paid_arrays

STRAGGLER_SHARE: Final = 0.01
"""Share of transactions drawn apart because they are refunded later, delivered late or reported twice (stragglers.py)."""
MIN_OPEN_SHARE: Final = 0.1
"""A department keeps at least this part of its planned amount for open amounts, even if fixed prices exceed the plan."""
LEAST_OPEN: Final = 0.05
"""Open amounts of a cell are at least this part of its fixed prices."""
LARGEST_LAST: Final = (*(c for c in range(len(CELLS)) if c != CARD), CARD)
"""Order in which cells are calibrated: the largest takes up what the others cannot."""
NOISE: Final = 0.04
NOISE_MEMORY: Final = 0.5
DEMAND_POWER: Final = np.array([0.75, 0.75, 1.0, 0.8, 1.0])
"""How strongly each cell follows the working week; phones and standing orders do less."""


@dataclass(frozen=True)
class Recipe:
    """What all content depends on."""

    seed: int
    scale: float


@dataclass(frozen=True)
class DayCounts:
    """Transactions by day and cell, shape (DAYS, cells): those of the main log, and the stragglers apart from them."""

    regular: Ints
    stragglers: Ints


@dataclass(frozen=True)
class MonthSums:
    """What a month's regular sales add up to, shape (days, cells, departments)."""

    month: Month
    fixed_fils: Ints
    raw: Floats


@dataclass(frozen=True)
class Calibration:
    """`factor` (terms, cells, departments): fils per raw AED. `open_fils` (DAYS, cells): exact sum of open amounts."""

    factor: Floats
    open_fils: Ints


def scaled_plan(scale: float) -> tuple[Ints, Ints]:
    """Transactions and fils per term and cell at a scale; at scale 1 exactly the plan."""
    plan = term_plan()
    if scale == 1:
        return plan.transactions, plan.fils
    return np.rint(plan.transactions * scale).astype(np.int64), np.rint(plan.fils * scale).astype(np.int64)


@lru_cache(maxsize=4)
def day_counts(recipe: Recipe) -> DayCounts:
    """Transactions of every day and cell of 2009 to 2015; each term's days add up to its plan."""
    transactions, _ = scaled_plan(recipe.scale)
    weights = _day_weights(recipe.seed)
    total = np.zeros((DAYS, len(CELLS)), np.int64)
    for term in range(len(TERMS)):
        first, last = term_days(term)
        for cell in range(len(CELLS)):
            total[first : last + 1, cell] = largest_remainder(int(transactions[term, cell]), weights[first : last + 1, cell])
    stragglers = stream(recipe.seed, "straggler-counts").binomial(total, STRAGGLER_SHARE)
    return DayCounts(total - stragglers, stragglers)


def _day_weights(seed: int) -> Floats:
    """Relative transactions of each day and cell: calendar, trend between terms, campaigns and correlated chance."""
    days = np.arange(DAYS)
    spans = [term_days(t) for t in range(len(TERMS))]
    middles = np.array([(a + b) / 2 for a, b in spans])
    lengths = np.array([b - a + 1 for a, b in spans])
    rates = np.log(term_plan().transactions / lengths[:, None])
    trend = np.stack([np.interp(days, middles, rates[:, c]) for c in range(len(CELLS))], axis=1)
    chance = stream(seed, "demand").standard_normal(DAYS) * NOISE
    for day in range(1, DAYS):
        chance[day] += NOISE_MEMORY * chance[day - 1]
    calendar = demand()[:, None] ** DEMAND_POWER
    return np.asarray(np.exp(trend + chance[:, None]) * calendar * _campaign_lift(seed))


def _campaign_lift(seed: int) -> Floats:
    """Factor on the transactions of each day and cell: a campaign's lift for the share of its departments, or its phone lift."""
    running = campaign_of_day(seed)
    out = np.ones((DAYS, len(CELLS)))
    shares = department_shares(seed, "count")
    for number, campaign in enumerate(campaigns(seed)):
        term = next(t for t in range(len(TERMS)) if term_days(t)[1] >= campaign.first)
        share = shares[term, list(campaign.departments)].sum() / shares[term].sum()
        days = running == number
        out[days] = 1 + (campaign.lift - 1) * share
        out[np.ix_(days, PHONE_CELLS)] = campaign.phone_lift
    return out


def add_up_month(recipe: Recipe, month: Month) -> MonthSums:
    """First pass: draw a month's regular sales and keep only their sums."""
    department = paid_arrays(recipe.seed).department
    width = len(build_world(recipe.seed).departments)
    counts = day_counts(recipe).regular
    fixed = np.zeros((len(month.days), len(CELLS) * width), np.int64)
    raw = np.zeros(fixed.shape)
    for position, day in enumerate(month.days):
        sales = draw_sales(recipe.seed, day, counts[day])
        key = sales.cell[sales.line_basket] * width + department[sales.service][sales.line_basket]
        fixed[position] = np.bincount(key, weights=sales.fixed_fils, minlength=fixed.shape[1]).astype(np.int64)
        raw[position] = np.bincount(key, weights=sales.raw, minlength=fixed.shape[1])
    shape = (len(month.days), len(CELLS), width)
    return MonthSums(month, fixed.reshape(shape), raw.reshape(shape))


def open_targets(target: float, fixed: Floats, raw: Floats, shares: Floats) -> Floats:
    """Split what fixed prices leave of `target` fils over departments with open amounts, towards their planned shares.

    All arrays are per department; `raw` > 0 marks departments with open amounts. Adds up to target - sum(fixed).
    """
    planned = target * shares / shares.sum()
    wanted = np.where(raw > 0, np.maximum(planned - fixed, MIN_OPEN_SHARE * planned), 0.0)
    if wanted.sum() == 0:
        wanted = raw
    return np.asarray(wanted * ((target - fixed.sum()) / wanted.sum()))


@lru_cache(maxsize=256)
def nominal_factor(recipe: Recipe, term: int, cell: int) -> Floats:
    """Expected fils per raw AED by department: what calibration finds but for chance. Prices the stragglers."""
    year, part = TERMS[term]
    month = Month(year, (4, 8, 11)[part])
    transactions, fils = scaled_plan(recipe.scale)
    count = int(transactions[term, cell])
    mix = transaction_mix(recipe.seed, month, cell, -1)
    department = paid_arrays(recipe.seed).department
    price, raw_mean = expected_amounts(recipe.seed, month)
    width = len(build_world(recipe.seed).departments)
    fixed, raw = (np.zeros(width) for _ in range(2))
    np.add.at(fixed, department, mix * price * count)
    np.add.at(raw, department, mix * raw_mean * count)
    shares = _amount_shares(recipe.seed, term, cell)
    targets = open_targets(float(fils[term, cell]), fixed, raw, shares)
    return np.maximum(np.divide(targets, raw, out=np.zeros(width), where=raw > 0), 1.0)


def _amount_shares(seed: int, term: int, cell: int) -> Floats:
    return np.asarray(department_shares(seed, "phone_amount" if cell in PHONE_CELLS else "amount")[term])


def terms_of(days: range) -> list[int]:
    """Terms that contain any of the days."""
    return [t for t in range(len(TERMS)) if term_days(t)[0] <= days[-1] and term_days(t)[1] >= days[0]]


def months_of(terms: list[int]) -> list[Month]:
    """All months of the terms, in order."""
    months = []
    for term in terms:
        first, last = term_days(term)
        month = Month.of(day_date(first))
        while month.first <= last:
            months.append(month)
            month = month.shift(1)
    return months


def calibrate(recipe: Recipe, terms: list[int], sums: list[MonthSums], outside: Ints) -> Calibration:
    """Bring the terms to their plan.

    `outside` (DAYS, cells) is what stragglers add to each day in fils, sales less refunds. Raises GeneratorError when at
    scale 1 a cell cannot reach its figure.
    """
    fixed, raw = _by_day(sums)
    _, plan = scaled_plan(recipe.scale)
    factor = np.zeros((len(TERMS), len(CELLS), fixed.shape[2]))
    open_fils = np.zeros((DAYS, len(CELLS)), np.int64)
    for term in terms:
        first, last = term_days(term)
        days = slice(first, last + 1)
        carried = 0
        for cell in LARGEST_LAST:
            fixed_sum, raw_sum = fixed[days, cell].sum(axis=0), raw[days, cell].sum(axis=0)
            left = int(plan[term, cell] - outside[days, cell].sum() - fixed_sum.sum()) + (carried if cell == CARD else 0)
            reached = _reachable(left, int(fixed_sum.sum()), bool(raw_sum.any()))
            if reached != left and (recipe.scale == 1 or cell == CARD):
                raise GeneratorError(
                    f"{TERMS[term]}, {CELLS[cell]}: fixed prices leave {left} fils; lower them in core_services.csv"
                )
            carried += left - reached
            if reached:
                target = float(reached + fixed_sum.sum())
                goal = open_targets(target, fixed_sum.astype(float), raw_sum, _amount_shares(recipe.seed, term, cell))
                factor[term, cell] = np.divide(goal, raw_sum, out=np.zeros_like(goal), where=raw_sum > 0)
                open_fils[days, cell] = largest_remainder(reached, raw[days, cell] @ factor[term, cell])
    return Calibration(factor, open_fils)


def _by_day(sums: list[MonthSums]) -> tuple[Ints, Floats]:
    """Fixed fils and raw open amounts of the first pass, shape (DAYS, cells, departments)."""
    width = sums[0].raw.shape[2]
    fixed, raw = np.zeros((DAYS, len(CELLS), width), np.int64), np.zeros((DAYS, len(CELLS), width))
    for part in sums:
        fixed[part.month.first : part.month.last + 1] = part.fixed_fils
        raw[part.month.first : part.month.last + 1] = part.raw
    return fixed, raw


def _reachable(left: int, fixed: int, has_open: bool) -> int:
    """What open amounts of a cell add up to: all that is left for them, or the least they can be."""
    if has_open:
        return left if left > 0 else int(LEAST_OPEN * fixed)
    return 0
