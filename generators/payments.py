"""The payment log of a day: sales become attempts, settlements, abandoned checkouts and duplicate callbacks.

Rule: settled lines are exactly the sales of the day at calibrated amounts; everything else is added around them. Hazard:
every record of a transaction stays within its local day, or the day's total would move.
"""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generators.calendar import Bools, Floats, Ints, Month, day_date, midnight_us
from generators.calibration import Calibration, Recipe, day_counts
from generators.checkouts import SECOND_US, Baskets, checkouts
from generators.mix import term_of
from generators.outages import Outages
from generators.published import CELLS
from generators.sales import Sales, draw_sales
from generators.streams import stream
from generators.troubles import Course, Lost, fare
from generators.world import paid_arrays
from store.contract import PAYMENT_STATUSES

ID_DAY: Final = 100_000_000
"""Identifiers begin with the number of the day (from 1), so a file's records have a narrow range of them."""
SETTLED, FAILED, ABANDONED, REFUNDED = (PAYMENT_STATUSES.index(s) for s in ("settled", "failed", "abandoned", "refunded"))
UNKNOWN: Final = -1
DUPLICATE_SHARE: Final = 0.0015
SLOW_SHARE: Final = 0.01
SLOW_US: Final = 6 * 3600 * SECOND_US
USUAL_LAG_US: Final = 1.5 * SECOND_US
LOST_SPREAD: Final = 0.5
"""Sigma by which the open amount of a lost checkout differs from the settled one it is modelled on."""


@dataclass
class Records:
    """Payment records as columns; durations and payers are UNKNOWN (-1) where there is none, enums positions in the contract."""

    event_id: Ints
    transaction_id: Ints
    basket_id: Ints
    basket_line: NDArray[np.int16]
    basket_accounts: NDArray[np.int16]
    attempt: NDArray[np.int16]
    occurred_at: Ints
    received_at: Ints
    service: NDArray[np.uint8]
    channel: NDArray[np.uint8]
    method: NDArray[np.uint8]
    automatic: Bools
    status: NDArray[np.uint8]
    amount_fils: Ints
    duration_ms: NDArray[np.int32]
    payer: Ints

    def take(self, positions: Ints) -> "Records":
        return Records(*(getattr(self, f.name)[positions] for f in fields(self)))

    @staticmethod
    def concat(parts: "list[Records]") -> "Records":
        return Records(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Records)))


@dataclass(frozen=True)
class _Lines:
    """Accounts paid in the baskets of a day; basket `b` has the lines from `first[b]` on."""

    basket: Ints
    fils: Ints
    first: Ints
    size: Ints

    def of(self, baskets: Ints) -> Ints:
        """Lines of the given baskets, basket after basket."""
        sizes = self.size[baskets]
        before = np.cumsum(sizes) - sizes
        return np.repeat(self.first[baskets] - before, sizes) + np.arange(int(sizes.sum()))


@dataclass(frozen=True)
class _Attempts:
    """One entry per record: line, number of the attempt, time after local midnight, status."""

    line: Ints
    number: Ints
    at: Ints
    status: NDArray[np.uint8]


def day_records(recipe: Recipe, calibration: Calibration, outages: Outages, day: int) -> Records:
    """All records of the regular sales of one local day, by time; `outages` must cover the day's month."""
    sales = draw_sales(recipe.seed, day, day_counts(recipe).regular[day])
    rng = stream(recipe.seed, "payments", day)
    fils = settled_fils(recipe.seed, calibration, sales, day)
    settling = checkouts(recipe.seed, recipe.scale, rng, sales, day)
    course, lost = fare(rng, settling, outages, day)
    baskets = settling.followed_by(lost.baskets)
    lines = _lines(rng, sales, fils, baskets, lost)
    records = _records(rng, baskets, lines, _attempts(baskets, lines, course, lost), day)
    settled = np.flatnonzero(records.status == SETTLED)
    repeated = settled[rng.integers(0, max(settled.size, 1), rng.binomial(settled.size, DUPLICATE_SHARE))]
    return Records.concat([records, records.take(repeated)])


def settled_fils(seed: int, calibration: Calibration, sales: Sales, day: int) -> Ints:
    """Amount of each line in fils. Open amounts are rounded cumulatively within a cell, so that they add up to the day's sum."""
    department = paid_arrays(seed).department
    cell = sales.cell[sales.line_basket]
    factor = calibration.factor[term_of(Month.of(day_date(day)))]
    exact = sales.raw * factor[cell, department[sales.service][sales.line_basket]]
    fils = sales.fixed_fils.copy()
    for number in range(len(CELLS)):
        lines = np.flatnonzero((cell == number) & (exact > 0))
        if lines.size:
            fils[lines] = rounded_to_sum(exact[lines], int(calibration.open_fils[day, number]))
    return fils


def rounded_to_sum(amounts: Floats, total: int) -> Ints:
    """Whole amounts that add up to `total`, each less than 1 away from its proportional share (cumulative rounding)."""
    running = np.cumsum(amounts)
    whole = np.rint(running * (total / running[-1])).astype(np.int64)
    whole[-1] = total
    return np.asarray(np.diff(whole, prepend=0))


def _lines(rng: np.random.Generator, sales: Sales, fils: Ints, baskets: Baskets, lost: Lost) -> _Lines:
    """Lines of the settling baskets, then of the lost ones, whose open amounts differ a little from their models."""
    first = np.cumsum(baskets.size) - baskets.size
    models = _Lines(sales.line_basket, fils, first, baskets.size).of(lost.like)
    spread = np.where(sales.raw[models] > 0, np.exp(rng.standard_normal(models.size) * LOST_SPREAD), 1.0)
    lost_fils = np.rint(fils[models] * spread).astype(np.int64)
    return _Lines(np.repeat(np.arange(first.size), baskets.size), np.concatenate([fils, lost_fils]), first, baskets.size)


def _attempts(baskets: Baskets, lines: _Lines, course: Course, lost: Lost) -> _Attempts:
    """Every try of every line, by time: those that fail, then the one that settles, and those that come to nothing."""
    settling = course.fails.size
    groups = [np.arange(settling), np.flatnonzero(course.fails > 0), np.flatnonzero(course.fails > 1)]
    groups.append(np.arange(settling, baskets.size.size))
    line = [lines.of(g) for g in groups]
    basket = [lines.basket[x] for x in line]
    at = [course.settled_at[basket[0]], baskets.at[basket[1]], course.second_at[basket[2]], baskets.at[basket[3]]]
    number = [course.fails[basket[0]] + 1, *(np.full(x.size, n) for x, n in zip(line[1:], (1, 2, 1), strict=True))]
    lost_status = np.where(lost.failed, FAILED, ABANDONED)[basket[3] - settling]
    status = [np.full(line[0].size, SETTLED), np.full(line[1].size + line[2].size, FAILED), lost_status]
    order = np.argsort(np.concatenate(at), kind="stable")
    return _Attempts(
        np.concatenate(line)[order],
        np.concatenate(number)[order],
        np.concatenate(at)[order],
        np.concatenate(status).astype(np.uint8)[order],
    )


def _records(rng: np.random.Generator, baskets: Baskets, lines: _Lines, tries: _Attempts, day: int) -> Records:
    basket = lines.basket[tries.line]
    base = (day + 1) * ID_DAY + 1
    occurred_at = midnight_us(day) + tries.at
    return Records(
        event_id=base + np.arange(tries.line.size),
        transaction_id=base + tries.line,
        basket_id=base + basket,
        basket_line=(tries.line - lines.first[basket] + 1).astype(np.int16),
        basket_accounts=lines.size[basket].astype(np.int16),
        attempt=tries.number.astype(np.int16),
        occurred_at=occurred_at,
        received_at=received(rng, occurred_at, day),
        service=baskets.service[basket],
        channel=baskets.channel[basket],
        method=baskets.method[basket],
        automatic=baskets.automatic[basket],
        status=tries.status,
        amount_fils=lines.fils[tries.line],
        duration_ms=np.where(tries.status == ABANDONED, np.int32(UNKNOWN), baskets.duration_ms[basket]),
        payer=baskets.payer[basket],
    )


def received(rng: np.random.Generator, occurred_at: Ints, day: int) -> Ints:
    """When the gateway filed each record: seconds later, now and then hours; in a later month only stragglers are filed."""
    lag = (rng.standard_exponential(occurred_at.size) * USUAL_LAG_US).astype(np.int64)
    slow = rng.integers(0, max(occurred_at.size, 1), rng.binomial(occurred_at.size, SLOW_SHARE))
    lag[slow] += rng.integers(0, SLOW_US, slow.size)
    month_end = midnight_us(Month.of(day_date(day)).last + 1) - 1
    return np.asarray(np.minimum(occurred_at + lag, month_end))
