"""Arithmetic of availability targets: error budget, burn rate, downtime as a union of incidents.

Rule: seconds in, seconds out; a target is a share 0..1 given as a Fraction, so that 99.9% is not a rounded float.
Source: Google, Site Reliability Workbook (2018), chapter 5.
These are worked answers of the definitions, held by tests: pages show the downtime that the store's incidents add up to.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction

from metrics.model import Window

DAY_SECONDS = 86_400


def error_budget(target: Fraction, window: Window) -> Fraction:
    """Seconds that a service may be down in the window and still meet the target."""
    return (1 - target) * window.days * DAY_SECONDS


def budget_spent(burn_rate: Fraction, hours: Fraction, window: Window) -> Fraction:
    """Share of the window's error budget that `hours` at this burn rate use up; rate 1 lasts exactly the window."""
    return burn_rate * hours / (window.days * 24)


def hours_to_exhaustion(burn_rate: Fraction, window: Window) -> Fraction:
    """Hours until a full budget is gone at this burn rate. Raises ZeroDivisionError at rate 0: it never is."""
    return Fraction(window.days * 24) / burn_rate


def union_seconds(incidents: Iterable[tuple[datetime, datetime]]) -> int:
    """Seconds covered by at least one of the incidents (start, end): overlaps count once."""
    total, covered_to = timedelta(), None
    for start, end in sorted(incidents):
        begin = start if covered_to is None else max(start, covered_to)
        if end > begin:
            total += end - begin
        covered_to = end if covered_to is None else max(covered_to, end)
    return round(total.total_seconds())
