"""The payment file of a month: the month's own records, plus what stragglers of earlier months bring into it.

Rule: a record lies in the file of the month in which it was received; what would be received after the range is received on
its last day, with the books closed. Hazard: a straggler's sale, refund and second delivery can be in three files.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from generators import frames
from generators.calendar import Ints, Month, day_date, midnight_us, midnights_us, months_between
from generators.calibration import Calibration, Recipe
from generators.checkouts import CELL_METHOD, MPAY, SECOND_US, channels, durations, moments_of, payers
from generators.outages import outages_in
from generators.payments import ID_DAY, REFUNDED, SETTLED, UNKNOWN, Records, day_records, received
from generators.stragglers import LATE, LOOKBACK, TWICE, Stragglers, draw_stragglers
from generators.stragglers import REFUNDED as REFUNDED_LATER
from generators.streams import stream
from generators.world import build_world, paid_arrays
from store.contract import CHANNELS, METHODS, PAYMENT_STATUSES

SALE_NUMBERS: Final = 90_000_000
REFUND_NUMBERS: Final = 95_000_000
"""Where the numbers of stragglers begin within a day, far above those of regular records."""
CHUNK_ROWS: Final = 200_000
"""Rows gathered before they are handed to the writer; bounds memory whatever the scale."""
HOUR_US: Final = 3600 * SECOND_US


@dataclass(frozen=True)
class Delivered:
    """Records, the day number each of them belongs to and the index of the month it is delivered in."""

    records: Records
    day: Ints
    file_month: Ints


def payment_rows(recipe: Recipe, calibration: Calibration, month: Month, days: range) -> Iterator[pl.DataFrame]:
    """The file of `month` for a range of day numbers in frames of about CHUNK_ROWS, columns of the contract `payments`.

    The month's own records come by day and time, then those of stragglers. Duplicate callbacks are identical rows.
    """
    outages = outages_in(recipe.seed, month)
    waiting: list[Records] = []
    for day in month.days:
        if day in days:
            waiting.append(day_records(recipe, calibration, outages, day))
        if sum(r.event_id.size for r in waiting) >= CHUNK_ROWS:
            yield to_frame(recipe.seed, Records.concat(waiting))
            waiting = []
    for back in range(min(LOOKBACK, month.index), -1, -1):
        found = straggler_records(recipe, month.shift(-back), days)
        waiting.append(found.records.take(np.flatnonzero(found.file_month == month.index)))
    yield to_frame(recipe.seed, Records.concat(waiting))


def straggler_records(recipe: Recipe, month: Month, days: range) -> Delivered:
    """Sales of stragglers of `month`, their refunds and second deliveries, as far as their business day lies in `days`."""
    found = draw_stragglers(recipe, month)
    rng = stream(recipe.seed, "straggler-details", month.index)
    sales = _sales(recipe, rng, found, month)
    later = found.day + found.lag
    refunded, again = np.flatnonzero(found.fate == REFUNDED_LATER), np.flatnonzero(found.fate == TWICE)
    refunds = _refunds(rng, sales.take(refunded), later[refunded], found.refund_fils[refunded], month)
    records = Records.concat([sales, refunds, sales.take(again)])
    day = np.concatenate([found.day, later[refunded], found.day[again]])
    known = np.concatenate([np.where(found.fate == LATE, later, found.day), later[refunded], later[again]])
    inside = np.flatnonzero((day >= days.start) & (day < days.stop))
    records.received_at = np.minimum(records.received_at, midnight_us(days.stop) - 1)
    return Delivered(records.take(inside), day[inside], _month_index(np.minimum(known[inside], days.stop - 1)))


def _sales(recipe: Recipe, rng: np.random.Generator, found: Stragglers, month: Month) -> Records:
    count = found.day.size
    one, never = np.ones(count, np.int16), np.zeros(count, bool)
    number = (found.day + 1) * ID_DAY + SALE_NUMBERS + np.arange(count)
    channel = channels(rng, found.cell)
    occurred = midnights_us(found.day) + moments_of(rng, found.day)
    late = midnights_us(found.day + found.lag) + rng.integers(3 * HOUR_US, 4 * HOUR_US, count)
    return Records(
        event_id=number,
        transaction_id=number,
        basket_id=number,
        basket_line=one,
        basket_accounts=one,
        attempt=one,
        occurred_at=occurred,
        received_at=np.where(found.fate == LATE, late, received(rng, occurred, month.first)),
        service=found.service,
        channel=channel,
        method=CELL_METHOD[found.cell],
        automatic=never,
        status=np.full(count, SETTLED, np.uint8),
        amount_fils=found.fils,
        duration_ms=durations(rng, channel == MPAY, never, np.ones(count, np.int64)),
        payer=payers(rng, channel, month.first, recipe.scale),
    )


def _refunds(rng: np.random.Generator, sales: Records, day: Ints, fils: Ints, month: Month) -> Records:
    """The refund of each sale, at office hours of its own day, under the sale's transaction."""
    count = day.size
    refunds = sales.take(np.arange(count))
    refunds.event_id = (day + 1) * ID_DAY + REFUND_NUMBERS + (month.index % 4) * 1_000_000 + np.arange(count)
    refunds.occurred_at = midnights_us(day) + rng.integers(8 * HOUR_US, 15 * HOUR_US, count)
    refunds.received_at = refunds.occurred_at + rng.integers(SECOND_US, 60 * SECOND_US, count)
    refunds.status = np.full(count, REFUNDED, np.uint8)
    refunds.amount_fils = -fils
    refunds.duration_ms = np.full(count, UNKNOWN, np.int32)
    return refunds


def _month_index(day: Ints) -> Ints:
    if not day.size:
        return day
    months = months_between(day_date(int(day.min())), day_date(int(day.max())))
    return np.asarray(months[0].index + np.searchsorted(np.array([m.last for m in months]), day))


def to_frame(seed: int, records: Records) -> pl.DataFrame:
    """Records as a frame with exactly the columns and types of the contract `payments`."""
    world = build_world(seed)
    return pl.DataFrame(
        {
            "event_id": records.event_id,
            "transaction_id": records.transaction_id,
            "basket_id": records.basket_id,
            "basket_line": records.basket_line,
            "basket_accounts": records.basket_accounts,
            "attempt": records.attempt,
            "occurred_at": frames.instants(records.occurred_at),
            "received_at": frames.instants(records.received_at),
            "department": frames.codes([d.code for d in world.departments], paid_arrays(seed).department[records.service]),
            "service": frames.codes([s.code for s in world.paid], records.service),
            "channel": frames.enum(CHANNELS, records.channel),
            "method": frames.enum(METHODS, records.method),
            "automatic": records.automatic,
            "status": frames.enum(PAYMENT_STATUSES, records.status),
            "amount_fils": records.amount_fils,
            "surcharge_fils": np.zeros(records.event_id.size, np.int64),
            "duration_ms": frames.only(pl.Series(records.duration_ms), records.duration_ms != UNKNOWN),
            "payer": frames.only(pl.Series(records.payer), records.payer != UNKNOWN),
        }
    )
