"""How far the bodies that report totals have come together, and which of them are behind.

Rule: the totals are complete through the earliest last day over the bodies that still report. A body that is silent for more
than a year, and for more than two of its own periods, after the last day of any body has ended its series and holds nobody back.
Hazard: a body that left holds the others back until that year has passed; a period without any payment must be delivered as 0.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

SILENT: Final = timedelta(days=366)


@dataclass(frozen=True)
class Reach:
    """The last day for which totals are complete, and the codes of the bodies others are ahead of, in order."""

    through: date
    behind: tuple[str, ...] = ()


def reach(series: Iterable[tuple[str, date, int]]) -> Reach:
    """How far series (department, last day, days of the last period) have come. Raises ValueError where there are none."""
    found = sorted(series)
    latest = max(last for _, last, _ in found)
    still = {code: last for code, last, days in found if last + max(SILENT, timedelta(days=2 * days)) >= latest}
    return Reach(min(still.values()), tuple(code for code, last in still.items() if last < latest))
