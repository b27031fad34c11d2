"""What a rollup may read: named relations whose columns are codes, integers, booleans and dates, alike on every engine.

Rule: whatever engines disagree about (time zones, timestamps, enumerations) is settled before the SQL runs. A timestamp
`x_at` of a contract becomes `x_s` (seconds of UTC since 1970), `x_on` (local date) and `x_n` (that date's number since 1970).
Hazard: a rollup that used a timestamp itself would give other days on an engine with another session time zone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import dataframely as dy

from store.contract import SOURCES

Type = Literal["VARCHAR", "BIGINT", "BOOLEAN", "DATE"]
Derivation = Literal["value", "seconds", "local date", "local day number"]


@dataclass(frozen=True)
class Column:
    """One column of a relation: its name and type, the stored column it comes from and how."""

    name: str
    type: Type
    stored: str
    derivation: Derivation = "value"


@dataclass(frozen=True)
class Day:
    """One local calendar day: [start_s, end_s) in seconds of UTC since 1970. Its length is 23 or 25 hours when clocks change."""

    day: date
    start_s: int
    end_s: int


def columns(source: str) -> tuple[Column, ...]:
    """Columns of the relation of a source, in the order of its contract, then what the store derives."""
    contract = SOURCES[source]
    found = [column for name, definition in contract.schema.columns().items() for column in _from_contract(name, definition)]
    if contract.time is not None:
        found.append(Column("business_date", "DATE", "business_date"))
    if source == "payments":
        found.append(Column("duration_bucket", "BIGINT", "duration_bucket"))
    return tuple(found)


def _from_contract(name: str, definition: dy.Column) -> Iterable[Column]:
    if isinstance(definition, dy.Datetime):
        stem = name.removesuffix("_at")
        yield Column(f"{stem}_s", "BIGINT", name, "seconds")
        yield Column(f"{stem}_on", "DATE", name, "local date")
        yield Column(f"{stem}_n", "BIGINT", name, "local day number")
    elif isinstance(definition, dy.Date):
        yield Column(name, "DATE", name)
    elif isinstance(definition, dy.Bool):
        yield Column(name, "BOOLEAN", name)
    elif isinstance(definition, dy.String | dy.Enum):
        yield Column(name, "VARCHAR", name)
    else:
        yield Column(name, "BIGINT", name)


def days(first: date, last: date, timezone: str) -> list[Day]:
    """The relation `days`: every local day from `first` to `last`, both inclusive, in the IANA zone `timezone`."""
    zone = ZoneInfo(timezone)
    dates = [first + timedelta(n) for n in range((last - first).days + 2)]
    starts = [int(datetime.combine(d, time(), zone).astimezone(UTC).timestamp()) for d in dates]
    return [Day(d, start, end) for d, start, end in zip(dates, starts, starts[1:], strict=False)]
