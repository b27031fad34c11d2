"""The scenarios that can be generated, by name."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from generators.calendar import FIRST, LAST


@dataclass(frozen=True)
class Scenario:
    """A government, the range it can be generated for and the range it is generated for by default."""

    name: str
    summary: str
    first: date
    last: date
    default_start: date
    default_end: date
    default_seed: int


SCENARIOS: Final[dict[str, Scenario]] = {
    s.name: s
    for s in (
        Scenario(
            "dubai",
            "Dubai eGovernment: 32 departments, one payment gateway, calibrated to the figures published from 2009 to 2015",
            FIRST,
            LAST,
            date(2010, 1, 1),
            date(2012, 9, 30),
            7,
        ),
    )
}
