"""The payment file of a month: the month's own records, plus what stragglers of earlier months bring into it.

Rule: a record lies in the file of the month in which it was received; what would be received after the range closes the
books with the last file. Hazard: a straggler's sale, refund and second delivery can be three different files.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from generators.calendar import Month, day_date, midnight_us, months_between
from generators.calibration import Calibration, Recipe
from generators.outages import outages_in
from generators.payments import (
    CELL_METHOD,
    COUNTERS,
    ID_DAY,
    MPAY,
    REFUNDED,
    SETTLED,
    Records,
    day_records,
    durations,
    moments,
    payers,
    received,
)
from generators.published import PHONE_CARD, PHONE_WALLET, Ints
from generators.stragglers import LATE, LOOKBACK, TWICE, draw_stragglers
from generators.stragglers import REFUNDED as FATE_REFUNDED
from generators.streams import stream
from generators.world import build_world, paid_arrays
from store.contract import CHANNELS, METHODS, PAYMENT_STATUSES

SALE_NUMBERS = 90_000_000
REFUND_NUMBERS = 95_000_000
"""Where the numbers of stragglers begin within a day, far above those of regular records."""


@dataclass(frozen=True)
class Delivered:
    """Records and the month number of the file each of them is delivered in."""

    records: Records
    file_month: Ints


def payment_rows(recipe: Recipe, calibration: Calibration, month: Month, days: range) -> pl.DataFrame:
    """Rows of the file of `month` for a range of day numbers, columns of the contract `payments`, by day and time.

    Duplicate callbacks are in it as identical rows.
    """
    outages = outages_in(recipe.seed, month)
    parts = [day_records(recipe, calibration, outages, day) for day in month.days if day in days]
    earliest = max(month.index - LOOKBACK, 0)
    for index in range(earliest, month.index + 1):
        found = straggler_records(recipe, month.shift(index - month.index), days)
        parts.append(found.records.take(np.flatnonzero(found.file_month == month.index)))
    return to_frame(recipe.seed, Records.concat(parts))


def straggler_records(recipe: Recipe, month: Month, days: range) -> Delivered:
    """Records of the stragglers sold in `month` whose business day lies in `days`, with the file each belongs to."""
    found = draw_stragglers(recipe, month)
    rng = stream(recipe.seed, "straggler-details", month.index)
    count = found.day.size
    at = _moments_by_day(rng, found.day)
    phone = (found.cell == PHONE_CARD) | (found.cell == PHONE_WALLET)
    channel = np.where(phone, np.uint8(MPAY), COUNTERS[rng.integers(0, 256, count, dtype=np.uint8)])
    number = SALE_NUMBERS + np.arange(count)
    occurred = _midnights(found.day) + at
    late_at = _midnights(found.day + found.lag) + 3 * 3_600_000_000 + rng.integers(0, 3_600_000_000, count)
    one = np.ones(count, np.int16)
    sale_id = (found.day + 1) * ID_DAY + number
    sales = Records(
        event_id=sale_id,
        transaction_id=sale_id,
        basket_id=sale_id,
        basket_line=one,
        basket_accounts=one,
        attempt=one,
        occurred_at=occurred,
        received_at=np.where(found.fate == LATE, late_at, received(rng, occurred, month.first)),
        service=found.service,
        channel=channel,
        method=CELL_METHOD[found.cell],
        automatic=np.zeros(count, bool),
        status=np.full(count, SETTLED, np.uint8),
        amount_fils=found.fils,
        duration_ms=durations(rng, phone, np.zeros(count, bool), np.ones(count, np.int64)),
        payer=payers(rng, count, month.first, recipe.scale),
    )
    refunds = _refunds(rng, sales, found.day + found.lag, found.refund_fils, month)
    back = found.fate == FATE_REFUNDED
    again = found.fate == TWICE
    every = [sales, refunds.take(np.flatnonzero(back)), sales.take(np.flatnonzero(again))]
    day = np.concatenate([found.day, (found.day + found.lag)[back], found.day[again]])
    known = np.concatenate(
        [
            np.where(found.fate == LATE, found.day + found.lag, found.day),
            (found.day + found.lag)[back],
            (found.day + found.lag)[again],
        ]
    )
    records = Records.concat(every)
    records.received_at = np.minimum(records.received_at, midnight_us(days.stop) - 1)
    inside = np.flatnonzero((day >= days.start) & (day < days.stop))
    last = days.stop - 1
    return Delivered(records.take(inside), _month_index(np.minimum(known[inside], last)))


def _refunds(rng: np.random.Generator, sales: Records, day: Ints, fils: Ints, month: Month) -> Records:
    """The refund record of each sale, at office hours of its own day; only those with `fils` > 0 mean anything."""
    count = day.size
    occurred = _midnights(day) + (8 + 7 * rng.random(count)) * 3_600_000_000
    records = sales.take(np.arange(count))
    records.event_id = (day + 1) * ID_DAY + REFUND_NUMBERS + (month.index % 4) * 1_000_000 + np.arange(count)
    records.occurred_at = occurred.astype(np.int64)
    records.received_at = records.occurred_at + rng.integers(1_000_000, 60_000_000, count)
    records.status = np.full(count, REFUNDED, np.uint8)
    records.amount_fils = -fils
    records.duration_ms = np.full(count, -1, np.int32)
    return records


def _moments_by_day(rng: np.random.Generator, day: Ints) -> Ints:
    out = np.zeros(day.size, np.int64)
    for number in np.unique(day):
        mine = np.flatnonzero(day == number)
        out[mine] = moments(rng, mine.size, int(number))
    return out


def _midnights(day: Ints) -> Ints:
    return midnight_us(0) + day * (midnight_us(1) - midnight_us(0))


def _month_index(day: Ints) -> Ints:
    if not day.size:
        return day
    months = months_between(day_date(int(day.min())), day_date(int(day.max())))
    return np.asarray(months[0].index + np.searchsorted(np.array([m.last for m in months]), day))


def to_frame(seed: int, records: Records) -> pl.DataFrame:
    """Records as a frame with exactly the columns and types of the contract `payments`."""
    world = build_world(seed)
    services, departments = pl.Enum([s.code for s in world.paid]), pl.Enum([d.code for d in world.departments])
    department = paid_arrays(seed).department.astype(np.uint8)[records.service]
    return pl.DataFrame(
        {
            "event_id": records.event_id,
            "transaction_id": records.transaction_id,
            "basket_id": records.basket_id,
            "basket_line": records.basket_line,
            "basket_accounts": records.basket_accounts,
            "attempt": records.attempt,
            "occurred_at": pl.Series(records.occurred_at).cast(pl.Datetime("us", "UTC")),
            "received_at": pl.Series(records.received_at).cast(pl.Datetime("us", "UTC")),
            "department": pl.Series(department).cat.to(departments).cast(pl.String),
            "service": pl.Series(records.service).cat.to(services).cast(pl.String),
            "channel": pl.Series(records.channel).cat.to(pl.Enum(CHANNELS)),
            "method": pl.Series(records.method).cat.to(pl.Enum(METHODS)),
            "automatic": records.automatic,
            "status": pl.Series(records.status).cat.to(pl.Enum(PAYMENT_STATUSES)),
            "amount_fils": records.amount_fils,
            "surcharge_fils": np.zeros(records.event_id.size, np.int64),
            "duration_ms": records.duration_ms,
            "payer": records.payer,
        }
    ).with_columns(pl.col("duration_ms").replace(-1, None), pl.col("payer").replace(-1, None))
