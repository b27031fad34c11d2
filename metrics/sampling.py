"""How many answers a survey needs, and what a small population or weights do to its precision.

Rule: shares are 0..1, at 95%; each formula is named by its authors.
Hazard: a weighted result has the interval of its effective size, not of its number of answers.
These are worked answers of the definitions, held by tests: no page can say them, for the store knows neither how many customers
there are to ask nor weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from metrics.uncertainty import Z95


def margin(share: float, n: int, population: int | None = None) -> float:
    """Half width of the normal interval of a share, 0..1, with the finite population correction where it is known."""
    half = Z95 * sqrt(share * (1 - share) / n)
    return half if population is None else half * sqrt((population - n) / (population - 1))


def sample_size(population: int, error: float = 0.05) -> int:
    """Answers needed for a share to within `error` at 95%, at worst p = 0.5. (Krejcie & Morgan, 1970)"""
    chi2, spread = Z95 * Z95, 0.25
    return round(chi2 * population * spread / (error * error * (population - 1) + chi2 * spread))


def effective_size(weights: Sequence[float]) -> float:
    """Number of equally weighted answers that would be as precise. (Kish, 1965)"""
    return float(sum(weights) ** 2 / sum(w * w for w in weights))


def design_effect(weights: Sequence[float]) -> float:
    """By how much weighting widens the variance: n / effective size."""
    return len(weights) / effective_size(weights)
