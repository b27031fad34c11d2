"""How sure a number from a survey is: intervals, comparisons, many comparisons at once.

Rule: intervals are 95% and closed formulas named by their author; each is tested against statsmodels and against the worked
answers. The formulas stand here rather than being called there because importing statsmodels takes 1.5 s and a call 0.6 ms.
Hazard: they assume a simple random sample without weights (see sampling.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import expm1, log1p, sqrt
from statistics import NormalDist
from typing import Final

from metrics.words import N_

Z95: Final = NormalDist().inv_cdf(0.975)
SMALL: Final = 30
"""Below this n the NPS interval is the adjusted Wald one."""
ALPHA: Final = 0.05
_STEPS: Final = 4
"""From the lowest to the highest answer of a scale from 1 to 5."""
Mean = tuple[int, int, int]
"""Answers from 1 to 5: their sum, the sum of their squares, how many."""
INTERVAL_METHODS: Final = {
    "wilson": N_(
        "95% Wilson interval; changes: Newcombe interval, and Benjamini-Hochberg over all rows that a row or filter picks from"
    ),
    "mean": N_(
        "95% interval of a mean (Student's t), as wide as the scale allows where all answers are the same; "
        "changes: Welch's test, and Benjamini-Hochberg over all rows that a row or filter picks from"
    ),
    "nps": N_(
        "95% interval with the variance p + d - (p - d)^2, adjusted Wald below 30 answers; "
        "changes: Benjamini-Hochberg over all rows that a row or filter picks from"
    ),
}
"""How the intervals of a KPI are made, in words, by its `interval`."""


def wilson(successes: float, n: int) -> tuple[float, float]:
    """Wilson score interval of a share, 0..1. Raises ZeroDivisionError for n = 0. (E. B. Wilson, 1927)"""
    p = successes / n
    z2 = Z95 * Z95
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    high = 1.0 if successes == n else min(1.0, middle + half)
    return low, high


def newcombe(successes: float, n: int, base_successes: float, base_n: int) -> tuple[float, float]:
    """Interval of the difference of two shares, from their Wilson intervals. (R. G. Newcombe, 1998, method 10)"""
    p, q = successes / n, base_successes / base_n
    low, high = wilson(successes, n)
    base_low, base_high = wilson(base_successes, base_n)
    return p - q - sqrt((p - low) ** 2 + (base_high - q) ** 2), p - q + sqrt((high - p) ** 2 + (q - base_low) ** 2)


def two_shares(successes: float, n: int, base_successes: float, base_n: int) -> tuple[float, float]:
    """z and two-sided p of the hypothesis that two shares are the same (pooled variance)."""
    pooled = (successes + base_successes) / (n + base_n)
    error = sqrt(pooled * (1 - pooled) * (1 / n + 1 / base_n))
    return _z_and_p(successes / n - base_successes / base_n, error)


def mean_interval(answers: Mean) -> tuple[float, float]:
    """Interval of a mean of answers from 1 to 5, by Student's t. (Student, 1908)

    Answers that are all the same, or a single one, do not show how far others would lie apart: then it is the widest possible.
    """
    total, _, n = answers
    variance = _variance(answers)
    if variance is None:
        low, high = wilson(_of_the_top(total, n), n)
        return 1 + _STEPS * low, 1 + _STEPS * high
    half = _student(n - 1) * sqrt(variance / n)
    return max(1.0, total / n - half), min(1.0 + _STEPS, total / n + half)


def two_means(current: Mean, base: Mean) -> tuple[tuple[float, float], float]:
    """Interval and two-sided p of the difference of two such means. (B. L. Welch, 1947)"""
    variances = [_variance(current), _variance(base)]
    if None in variances:
        return _two_widest(current, base)
    (total, _, n), (base_total, _, base_n) = current, base
    parts = [(variance or 0.0) / count for variance, count in zip(variances, (n, base_n), strict=True)]
    error = sqrt(sum(parts))
    freedom = sum(parts) ** 2 / sum(part**2 / (count - 1) for part, count in zip(parts, (n, base_n), strict=True))
    difference = total / n - base_total / base_n
    half = _student(freedom) * error
    return (difference - half, difference + half), 2 * NormalDist().cdf(-_normal(abs(difference) / error, freedom))


def _variance(answers: Mean) -> float | None:
    """Variance of a sample; None where the answers show no spread."""
    total, squares, n = answers
    spread = n * squares - total * total
    return spread / (n * (n - 1)) if n > 1 and spread > 0 else None


def _normal(t: float, freedom: float) -> float:
    """The normal deviate that is as rare as `t` is. (D. L. Wallace, 1959; from 9 degrees of freedom on within 0.1%)"""
    return (8 * freedom + 1) / (8 * freedom + 3) * sqrt(freedom * log1p(t * t / freedom))


def _student(freedom: float) -> float:
    """Half width of a 95% interval in standard errors: `_normal` the other way round."""
    z = Z95 * (8 * freedom + 3) / (8 * freedom + 1)
    return sqrt(freedom * expm1(z * z / freedom))


def _two_widest(current: Mean, base: Mean) -> tuple[tuple[float, float], float]:
    """The same where the spread is not known: a mean allows no more than answers at both ends of the scale, and those are
    shares. (R. Bhatia and C. Davis, 2000)
    """
    (total, _, n), (base_total, _, base_n) = current, base
    counts = (_of_the_top(total, n), n, _of_the_top(base_total, base_n), base_n)
    low, high = newcombe(*counts)
    return (_STEPS * low, _STEPS * high), two_shares(*counts)[1]


def _of_the_top(total: int, n: int) -> float:
    """How many of `n` answers would be 5 if the others were 1; an impossible sum counts as the nearest possible."""
    return min(max(0.0, (total - n) / _STEPS), n)


def nps_interval(promoters: int, detractors: int, n: int) -> tuple[float, float]:
    """Interval of a net promoter score, in points -100..100.

    Normal with variance p + d - (p - d)^2; below SMALL answers the adjusted Wald interval, which adds 3/4 promoters,
    3/2 passives and 3/4 detractors and is centred on that (B. Rocks, 2016).
    """
    score, half = nps_adjusted(promoters, detractors, n) if n < SMALL else nps_normal(promoters, detractors, n)
    return max(-100.0, score - half), min(100.0, score + half)


def nps_normal(promoters: float, detractors: float, n: float) -> tuple[float, float]:
    """Net promoter score and the half width of its normal interval, in points."""
    return 100 * (promoters - detractors) / n, 100 * Z95 * sqrt(_nps_variance(promoters, detractors, n) / n)


def nps_adjusted(promoters: int, detractors: int, n: int) -> tuple[float, float]:
    """Centre and half width of the adjusted Wald interval, in points."""
    return nps_normal(promoters + 0.75, detractors + 0.75, n + 3)


def two_nps(current: tuple[int, int, int], base: tuple[int, int, int]) -> tuple[tuple[float, float], float]:
    """Interval (in points) and two-sided p of the difference of two scores, each (promoters, detractors, n).

    The variances add up; that of a small sample is the adjusted one, for ten promoters of ten are not certainty.
    """
    difference = nps_normal(*current)[0] - nps_normal(*base)[0]
    halves = [(nps_adjusted if n < SMALL else nps_normal)(p, d, n)[1] for p, d, n in (current, base)]
    error = sqrt(sum(half * half for half in halves)) / Z95
    return (difference - Z95 * error, difference + Z95 * error), _z_and_p(difference, error)[1]


def benjamini_hochberg(p_values: Sequence[float], alpha: float = ALPHA) -> tuple[bool, ...]:
    """Which of many comparisons stand when at most `alpha` of the findings may be false. (Benjamini & Hochberg, 1995)"""
    count = len(p_values)
    ordered = sorted(range(count), key=lambda i: p_values[i])
    last = max((rank for rank, i in enumerate(ordered, 1) if p_values[i] <= alpha * rank / count), default=0)
    found = set(ordered[:last])
    return tuple(i in found for i in range(count))


def _nps_variance(promoters: float, detractors: float, n: float) -> float:
    p, d = promoters / n, detractors / n
    return max(0.0, p + d - (p - d) ** 2)


def _z_and_p(difference: float, error: float) -> tuple[float, float]:
    if error == 0:
        return 0.0, 1.0 if difference == 0 else 0.0
    z = difference / error
    return z, 2 * NormalDist().cdf(-abs(z))
