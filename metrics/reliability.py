"""Arithmetic of availability targets: error budget and burn rate.

Rule: seconds in, seconds out; a target is a share 0..1 given as a Fraction, so that 99.9% is not a rounded float.
Source: Google, Site Reliability Workbook (2018), chapter 5.
Downtime as a union of incidents is made by the rollups of the store.
"""

from __future__ import annotations

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
