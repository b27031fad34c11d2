"""What the gateway's bank says it settled: one row per settled or refunded payment, on the bank's next day of business.

Rule: whether a settlement is late, differs or is a stray follows from the number of its payment alone, so that a payment that
is delivered twice is settled once. Hazard: what the bank books after the range is not delivered, so its last days are open.
"""

from functools import cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from generators.calendar import DAY_US, DAYS, UTC_OFFSET_US, Ints, city_calendar, day_date, midnight_us
from generators.payments import ID_DAY

LATE, WRONG, STRAY = 1000, 20, 10
"""Settlements of ten million that come days later than they should, differ in their amount, and name no payment."""
_OF: Final = 10_000_000
_LATEST: Final = 30
_STRAY_NUMBERS: Final = 85_000_000
"""Where the numbers of settlements without a payment begin within a day, between regular records and stragglers."""
_MOST_REGULAR: Final = 5_000_000
_PAID: Final = ("settled", "refunded")


def settlement_rows(seed: int, payments: pl.DataFrame, last: int) -> pl.DataFrame:
    """What the bank has settled by day number `last` of a file of payments: columns of the contract `settlements`, by event."""
    paid = payments.filter(pl.col("status").cast(pl.String).is_in(_PAID)).unique("event_id").sort("event_id")
    event = paid["event_id"].to_numpy()
    day = (paid["occurred_at"].dt.epoch("us").to_numpy() + UTC_OFFSET_US) // DAY_US - _first()
    drawn = mixed(seed, event)
    fate = (drawn % _OF).astype(np.int64)
    more = (drawn // _OF % _LATEST).astype(np.int64)
    booked = bank_days()[day]
    booked = np.where(fate < LATE, bank_days()[np.minimum(day + 1 + more, DAYS - 1)], booked)
    wrong = (fate >= LATE) & (fate < LATE + WRONG)
    amount = paid["amount_fils"].to_numpy() - np.where(wrong, np.where(more % 2, 1, 100 + more), 0)
    frame = pl.DataFrame(
        {
            "event_id": event,
            "settled_on": _dates(booked),
            "paid_on": _dates(day),
            "department": paid["department"],
            "amount_fils": amount,
        }
    )
    stray = (fate >= LATE + WRONG) & (fate < LATE + WRONG + STRAY) & (event % ID_DAY < _MOST_REGULAR)
    strays = frame.filter(pl.Series(stray)).with_columns(pl.col("event_id") + _STRAY_NUMBERS)
    return pl.concat([frame, strays]).filter(pl.col("settled_on") <= day_date(last)).sort("event_id")


def settled_whole(days: range, last: int) -> range:
    """Those of `days` whose payments the bank has booked by day number `last`, but for what is late."""
    return range(days.start, min(days.stop, int(np.searchsorted(bank_days(), last, side="right"))))


@cache
def bank_days() -> Ints:
    """For each day the next one on which banks work; after the last known day there is none (DAYS)."""
    calendar = city_calendar()
    at_work = np.flatnonzero(~(calendar.weekend | calendar.eid | calendar.holiday))
    following = np.append(at_work, DAYS)
    return np.asarray(following[np.searchsorted(at_work, np.arange(DAYS), side="right")])


def mixed(seed: int, numbers: Ints) -> NDArray[np.uint64]:
    """A number drawn for each of `numbers` (splitmix64): the same for the same number and seed, unrelated for neighbours."""
    with np.errstate(over="ignore"):
        z = numbers.astype(np.uint64) + np.uint64(seed + 1) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(z ^ (z >> np.uint64(31)))


def _first() -> int:
    """Days from 1970 to the first day of the calendar."""
    return (midnight_us(0) + UTC_OFFSET_US) // DAY_US


def _dates(numbers: Ints) -> pl.Series:
    return pl.Series((numbers + _first()).astype(np.int32)).cast(pl.Date)
