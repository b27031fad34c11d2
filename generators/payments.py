"""The payment log of a day: when, how, by whom, and what went wrong on the way to settlement.

Rule: settled lines are exactly the sales of the day at calibrated amounts; everything else (failed attempts, abandoned
checkouts, duplicate callbacks) is added around them. An outage makes attempts fail; most payers come back after it, some
give up. Hazard: every record of a transaction stays within its local day, or the day's total would move.
"""

from dataclasses import dataclass, fields
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generators.calendar import DAY_US, DAYS, Month, city_calendar, day_date, midnight_us
from generators.calibration import Calibration, Recipe, day_counts
from generators.mix import term_of
from generators.outages import Outages, covering
from generators.published import CELLS, PHONE_CARD, PHONE_WALLET, Ints
from generators.sales import Sales, draw_sales
from generators.streams import stream
from generators.world import paid_arrays
from store.contract import CHANNELS, METHODS, PAYMENT_STATUSES

ID_DAY: Final = 100_000_000
"""Identifiers begin with the number of the day (from 1), so a file's records have a narrow range of them."""
SETTLED, FAILED, ABANDONED, REFUNDED = (PAYMENT_STATUSES.index(s) for s in ("settled", "failed", "abandoned", "refunded"))
CELL_METHOD: Final = np.array(
    [METHODS.index(m) for m in ("credit_card", "e_dirham", "credit_card", "direct_debit", "e_dirham")], np.uint8
)
MPAY: Final = CHANNELS.index("mpay")
COUNTERS: Final = np.repeat(np.array([CHANNELS.index(c) for c in ("web", "kiosk", "ivr", "counter")], np.uint8), (234, 11, 8, 3))
"""256 slots for the channel of payments that are not made by phone."""
FAIL_ONCE: Final = 0.028
FAIL_TWICE: Final = 0.006
LOST_SHARE: Final = 0.034
LOST_FAILED: Final = 0.4
AFFECTED: Final = 0.78
AFFECTED_DEGRADED: Final = 0.25
GIVE_UP: Final = 0.35
DUPLICATE_SHARE: Final = 0.0015
LAST_MINUTES_US: Final = 40 * 60_000_000
SECOND_US: Final = 1_000_000
PROFILE_SLOTS: Final = 4096


@dataclass
class Records:
    """Payment records as columns; `duration_ms` and `payer` are -1 where unknown, enums are positions in the contract."""

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
    automatic: NDArray[np.bool_]
    status: NDArray[np.uint8]
    amount_fils: Ints
    duration_ms: NDArray[np.int32]
    payer: Ints

    def take(self, positions: Ints) -> "Records":
        return Records(*(getattr(self, f.name)[positions] for f in fields(self)))

    @staticmethod
    def concat(parts: "list[Records]") -> "Records":
        return Records(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Records)))


@dataclass
class _Baskets:
    """Checkouts of a day, those that settle first, then those that never do."""

    service: NDArray[np.uint8]
    size: Ints
    at: Ints
    """First attempt, microseconds after local midnight."""
    channel: NDArray[np.uint8]
    method: NDArray[np.uint8]
    automatic: NDArray[np.bool_]
    duration_ms: NDArray[np.int32]
    payer: Ints


def day_records(recipe: Recipe, calibration: Calibration, outages: Outages, day: int) -> Records:
    """All records of the regular sales of one local day; `outages` must cover the day's month."""
    sales = draw_sales(recipe.seed, day, day_counts(recipe).regular[day])
    rng = stream(recipe.seed, "payments", day)
    fils = settled_fils(recipe, calibration, sales, day)
    baskets = _checkouts(recipe, rng, sales, day)
    fails, settled_at, second_at, lost, lost_at = _troubles(rng, baskets, outages, day)
    lost_baskets, lost_line, lost_fils = _lost(rng, baskets, sales, fils, lost, lost_at)
    every = _Baskets(*(np.concatenate([getattr(baskets, f.name), getattr(lost_baskets, f.name)]) for f in fields(_Baskets)))
    line_basket = np.concatenate([sales.line_basket, lost_line + baskets.size.size])
    line_fils = np.concatenate([fils, lost_fils])
    first_line = np.concatenate([[0], np.cumsum(every.size)])[:-1]

    again, twice = np.flatnonzero(fails > 0), np.flatnonzero(fails > 1)
    failed_status = np.where(rng.random(lost.size) < LOST_FAILED, FAILED, ABANDONED).astype(np.uint8)
    failed_status[lost_at >= 0] = FAILED
    count = sales.line_basket.size
    lines = [
        np.arange(count),
        _lines_of(again, first_line, every.size),
        _lines_of(twice, first_line, every.size),
        np.arange(count, line_basket.size),
    ]
    of = [line_basket[x] for x in lines]
    at = np.concatenate([settled_at[of[0]], every.at[of[1]], second_at[of[2]], every.at[of[3]]])
    status = np.concatenate(
        [
            np.full(count, SETTLED, np.uint8),
            np.full(lines[1].size + lines[2].size, FAILED, np.uint8),
            failed_status[of[3] - baskets.size.size],
        ]
    )
    attempt = np.concatenate([fails[of[0]] + 1, np.ones(lines[1].size), np.full(lines[2].size, 2), np.ones(lines[3].size)])
    order = np.argsort(at, kind="stable")
    line, at, status = np.concatenate(lines)[order], at[order], status[order]
    basket = line_basket[line]
    records = Records(
        event_id=(day + 1) * ID_DAY + 1 + np.arange(line.size),
        transaction_id=(day + 1) * ID_DAY + 1 + line,
        basket_id=(day + 1) * ID_DAY + 1 + basket,
        basket_line=(line - first_line[basket] + 1).astype(np.int16),
        basket_accounts=every.size[basket].astype(np.int16),
        attempt=attempt[order].astype(np.int16),
        occurred_at=midnight_us(day) + at,
        received_at=received(rng, midnight_us(day) + at, day),
        service=every.service[basket],
        channel=every.channel[basket],
        method=every.method[basket],
        automatic=every.automatic[basket],
        status=status,
        amount_fils=line_fils[line],
        duration_ms=np.where(status == ABANDONED, -1, every.duration_ms[basket]).astype(np.int32),
        payer=every.payer[basket],
    )
    settled = np.flatnonzero(status == SETTLED)
    repeated = settled[rng.integers(0, max(settled.size, 1), rng.binomial(settled.size, DUPLICATE_SHARE))]
    return Records.concat([records, records.take(repeated)]) if repeated.size else records


def settled_fils(recipe: Recipe, calibration: Calibration, sales: Sales, day: int) -> Ints:
    """Amount of each line in fils. Open amounts are rounded cumulatively within a cell, so that they add up to the day's sum."""
    term = term_of(Month.of(day_date(day)))
    department = paid_arrays(recipe.seed).department
    fils = sales.fixed_fils.copy()
    line_cell = sales.cell[sales.line_basket]
    exact = sales.raw * calibration.factor[term, line_cell, department[sales.service][sales.line_basket]]
    for cell in range(len(CELLS)):
        lines = np.flatnonzero((line_cell == cell) & (exact > 0))
        if lines.size:
            running = np.cumsum(exact[lines])
            whole = np.rint(running * (calibration.open_fils[day, cell] / running[-1])).astype(np.int64)
            whole[-1] = calibration.open_fils[day, cell]
            fils[lines] = np.diff(whole, prepend=0)
    return fils


@cache
def _profile(kind: str) -> NDArray[np.int64]:
    """Minute of the day for PROFILE_SLOTS equally likely slots: when people pay, in and out of Ramadan, or machines do."""
    minute = np.arange(1440)
    bumps = {
        "usual": ((10.5, 2.2, 1.0), (13.5, 2.0, 0.6), (20.0, 2.6, 0.75)),
        "ramadan": ((11.0, 2.0, 1.0), (14.0, 1.6, 0.5), (22.3, 2.2, 0.95)),
        "automatic": ((3.5, 1.0, 1.0),),
    }[kind]
    weight = sum(height * np.exp(-(((minute / 60 - hour) / width) ** 2) / 2) for hour, width, height in bumps)
    edges = np.cumsum(np.asarray(weight) + (0.03 if kind != "automatic" else 0.0))
    return np.searchsorted(edges / edges[-1], (np.arange(PROFILE_SLOTS) + 0.5) / PROFILE_SLOTS)


def moments(rng: np.random.Generator, count: int, day: int) -> Ints:
    """Times of day at which people act, microseconds after local midnight."""
    profile = _profile("ramadan" if city_calendar().ramadan[day] else "usual")
    minute = profile[rng.integers(0, PROFILE_SLOTS, count, dtype=np.uint16)]
    return np.asarray(minute * 60_000_000 + rng.integers(0, 60_000_000, count))


def payers(rng: np.random.Generator, count: int, day: int, scale: float) -> Ints:
    """Pseudonymous payers: few pay often, many seldom; their number grows with the years and the scale."""
    pool = int((260_000 + 180 * day) * max(scale, 0.02))
    number = (pool * rng.random(count) ** 1.8).astype(np.int64)
    return np.asarray((number * 2_654_435_761) % 4_294_967_296 + 1_000_000_000)


def _checkouts(recipe: Recipe, rng: np.random.Generator, sales: Sales, day: int) -> _Baskets:
    count = sales.size.size
    cell = sales.cell
    phone = (cell == PHONE_CARD) | (cell == PHONE_WALLET)
    standing = np.array([0.0, 0.0, 0.05, 0.30, 0.0])[cell] * min(1.0, 0.2 + 0.8 * day / (4.5 * 365))
    automatic = paid_arrays(recipe.seed).automatic[sales.service] & (rng.random(count) < standing)
    at = moments(rng, count, day)
    own = np.flatnonzero(automatic)
    at[own] = _profile("automatic")[rng.integers(0, PROFILE_SLOTS, own.size, dtype=np.uint16)] * 60_000_000
    at[own] += rng.integers(0, 60_000_000, own.size)
    channel = np.where(phone, np.uint8(MPAY), COUNTERS[rng.integers(0, 256, count, dtype=np.uint8)])
    channel[own] = CHANNELS.index("web")
    payer = payers(rng, count, day, recipe.scale)
    payer[(channel != MPAY) & (channel != CHANNELS.index("web"))] = -1
    duration = durations(rng, phone, automatic, sales.size)
    return _Baskets(sales.service, sales.size, at, channel, CELL_METHOD[cell], automatic, duration, payer)


def durations(rng: np.random.Generator, phone: NDArray[np.bool_], automatic: NDArray[np.bool_], size: Ints) -> NDArray[np.int32]:
    """Milliseconds from checkout to receipt: standing orders under a minute, others from one to a few minutes."""
    median = np.where(automatic, 21_000, np.where(phone, 88_000, 142_000)) * (1 + 0.12 * (size - 1))
    spread = np.where(automatic, 0.3, 0.52)
    drawn = median * np.exp(rng.standard_normal(size.size) * spread)
    return np.minimum(drawn, np.where(automatic, 58_000, 3_600_000)).astype(np.int32)


def _troubles(rng: np.random.Generator, baskets: _Baskets, outages: Outages, day: int) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Failed attempts before settlement, time of settlement and of the second attempt, and who never settles.

    Returns (fails, settled_at, second_at, lost, lost_at): `lost` are baskets whose like never settles, `lost_at` their time
    where an outage is the cause, else -1. Moves `baskets.at` forward where a retry would cross midnight.
    """
    count = baskets.at.size
    chance = rng.random(count)
    fails = (chance < FAIL_ONCE).astype(np.int64) + (chance < FAIL_TWICE)
    hit = covering(outages, baskets.service, midnight_us(day) + baskets.at)
    struck = np.flatnonzero(hit >= 0)
    bound = np.where(outages.degraded[hit[struck]], AFFECTED_DEGRADED, AFFECTED)
    struck = struck[rng.random(struck.size) < bound]
    back = (
        outages.end[hit[struck]]
        - midnight_us(day)
        + (rng.standard_exponential(struck.size) * 15 * 60 * SECOND_US).astype(np.int64)
    )
    back += 2 * LAST_MINUTES_US // 8
    lost_here = struck[(rng.random(struck.size) < GIVE_UP)]
    in_time = back < DAY_US - LAST_MINUTES_US
    struck, back = struck[in_time], back[in_time]
    fails[struck] = 1 + (rng.random(struck.size) < 0.4)
    retried = np.flatnonzero(fails)
    baskets.at[retried] = np.minimum(baskets.at[retried], DAY_US - LAST_MINUTES_US)
    gap = ((40 + 120 * rng.random((2, count))) * SECOND_US).astype(np.int64)
    second_at = baskets.at + gap[0]
    settled_at = baskets.at + np.where(fails > 0, gap[0], 0) + np.where(fails > 1, gap[1], 0)
    settled_at[struck] = np.maximum(settled_at[struck], back)
    usual = rng.integers(0, max(count, 1), rng.poisson(LOST_SHARE * count))
    lost = np.concatenate([usual, lost_here])
    lost_at = np.concatenate([np.full(usual.size, -1), baskets.at[lost_here]])
    return fails, settled_at, second_at, lost, lost_at


def _lost(
    rng: np.random.Generator, baskets: _Baskets, sales: Sales, fils: Ints, lost: Ints, lost_at: Ints
) -> tuple[_Baskets, Ints, Ints]:
    """Checkouts that never settle, in the likeness of those that do: their baskets, lines and amounts."""
    copy = _Baskets(*(getattr(baskets, f.name)[lost] for f in fields(_Baskets)))
    elsewhere = rng.integers(0, max(baskets.at.size, 1), lost.size)
    copy.at = np.where(lost_at >= 0, lost_at, baskets.at[elsewhere])
    copy.payer = baskets.payer[elsewhere]
    first_line = np.concatenate([[0], np.cumsum(baskets.size)])[:-1]
    lines = _lines_of(lost, first_line, baskets.size)
    other = fils[lines] * np.where(sales.raw[lines] > 0, np.exp(rng.standard_normal(lines.size) * 0.5), 1.0)
    return copy, np.repeat(np.arange(lost.size), copy.size), np.rint(other).astype(np.int64)


def _lines_of(baskets: Ints, first_line: Ints, size: Ints) -> Ints:
    """Lines of the given baskets, basket after basket."""
    sizes = size[baskets]
    before = np.cumsum(sizes) - sizes
    return np.repeat(first_line[baskets] - before, sizes) + np.arange(int(sizes.sum()))


def received(rng: np.random.Generator, occurred_at: Ints, day: int) -> Ints:
    """When the gateway filed each record: seconds later, now and then hours; never in a later month, which is for stragglers."""
    lag = (rng.standard_exponential(occurred_at.size) * 1.5 * SECOND_US).astype(np.int64)
    slow = rng.integers(0, max(occurred_at.size, 1), rng.binomial(occurred_at.size, 0.01))
    lag[slow] += rng.integers(0, 6 * 3600 * SECOND_US, slow.size)
    month_end = midnight_us(Month.of(day_date(min(day, DAYS - 1))).last + 1) - 1
    return np.asarray(np.minimum(occurred_at + lag, month_end))
