"""A model of daily totals of a growing service: level, yearly shape, weekend, Ramadan, Eid and paydays; and paths drawn from it.

log(value of a day) = level + yearly waves + season effects + noise. The level is a walk: a slope, and a step at each month. All
coefficients have normal priors (a penalised least squares with a known covariance), so that a short history pulls nothing far.
A path draws coefficients, the steps of the months to come, and weeks of past noise as they were (a block bootstrap).

Rule: the same history and seed give the same paths. Hazard: days without a positive value (gaps, days of refunds only) are
left out of the fit; a history that is mostly such days has no model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import tau
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics.seasons import day_of_rest, in_eid, in_ramadan, is_payday

Array = NDArray[np.float64]
WAVES: Final = 3
YEAR: Final = 365.25
BLOCK: Final = 7
PRIOR: Final = {"start": 100.0, "slope": 0.4, "wave": 0.15, "season": 0.7}
"""Standard deviations of the priors, on the log scale; the slope's is per year."""
STEP: Final = 0.03
"""Standard deviation of the level's step from month to month."""
SEASONS: Final = 6


@dataclass(frozen=True)
class DailyModel:
    """A fitted model. `residuals` are those of the fitted days, in order."""

    origin: date
    months: int
    timezone: str
    mean: Array
    root: Array
    residuals: Array

    def paths(self, days: Sequence[date], count: int, seed: int) -> Array:
        """`count` simulated values for each of the days: shape (count, len(days)), in the unit of the history."""
        draw = np.random.default_rng(np.random.Philox(seed))
        design = _design(days, self.origin, self.months, self.timezone)
        coefficients = self.mean + draw.standard_normal((count, len(self.mean))) @ self.root.T
        noise = _blocks(self.residuals, len(days), count, draw)
        steps = _future_steps(days, self.origin, self.months, count, draw)
        paths: Array = np.exp(coefficients @ design.T + steps + noise)
        return paths


def fit(days: Sequence[date], values: Sequence[float], timezone: str) -> DailyModel:
    """Fit the model to a history. Raises ValueError when fewer than four weeks have a positive value."""
    used = [(d, v) for d, v in zip(days, values, strict=True) if v > 0]
    if len(used) < 4 * BLOCK:
        raise ValueError("fewer than four weeks of positive days")
    origin = days[0]
    months = _month(days[-1], origin)
    design = _design([d for d, _ in used], origin, months, timezone)
    target = np.log([v for _, v in used])
    precision = np.diag(1 / _prior(months) ** 2)
    variance = float(np.var(target)) or 1.0
    for _ in range(3):
        covariance = np.linalg.inv(design.T @ design / variance + precision)
        mean = covariance @ (design.T @ target) / variance
        residuals = target - design @ mean
        variance = max(float(residuals @ residuals) / len(residuals), 1e-8)
    root = np.linalg.cholesky(covariance * _inflation(residuals) + 1e-12 * np.eye(len(mean)))
    return DailyModel(origin, months, timezone, mean, np.asarray(root, np.float64), residuals)


def _design(days: Sequence[date], origin: date, months: int, timezone: str) -> Array:
    """One row per day: start, slope, waves, seasons, and a column per month since the origin for the level's steps."""
    years = np.array([(d - origin).days / YEAR for d in days])
    phase = np.array([tau * d.timetuple().tm_yday / YEAR for d in days])
    columns = [np.ones(len(days)), years]
    for k in range(1, WAVES + 1):
        columns += [np.sin(k * phase), np.cos(k * phase)]
    columns.append(np.array([day_of_rest(d, timezone) == 1 for d in days], float))
    columns.append(np.array([day_of_rest(d, timezone) == 2 for d in days], float))
    columns.append(np.array([in_ramadan(d) for d in days], float))
    columns.append(np.array([in_eid(d) for d in days], float))
    columns.append(np.array([is_payday(d) for d in days], float))
    columns.append(np.array([d.timetuple().tm_yday == 1 for d in days], float))
    reached = np.array([_month(d, origin) for d in days])
    steps = (reached[:, None] >= np.arange(1, months + 1)[None, :]).astype(float)
    return np.column_stack([*columns, steps])


def _prior(months: int) -> Array:
    return np.array(
        [PRIOR["start"], PRIOR["slope"], *[PRIOR["wave"]] * (2 * WAVES), *[PRIOR["season"]] * SEASONS, *[STEP] * months]
    )


def _future_steps(days: Sequence[date], origin: date, months: int, count: int, draw: np.random.Generator) -> Array:
    """Level steps of months after the last one of the history, added up: shape (count, len(days))."""
    ahead = np.array([max(0, _month(d, origin) - months) for d in days])
    walk = np.cumsum(draw.normal(0.0, STEP, (count, int(ahead.max(initial=0)))), axis=1)
    steps: Array = np.column_stack([np.zeros(count), walk])[:, ahead]
    return steps


def _blocks(residuals: Array, length: int, count: int, draw: np.random.Generator) -> Array:
    """Noise for each path: weeks of residuals as they followed each other."""
    weeks = -(-length // BLOCK)
    starts = draw.integers(0, len(residuals) - BLOCK + 1, (count, weeks))
    picked: Array = residuals[starts[:, :, None] + np.arange(BLOCK)]
    return picked.reshape(count, weeks * BLOCK)[:, :length]


def _inflation(residuals: Array) -> float:
    """By how much neighbouring days that err alike widen what is known of the coefficients: (1 + r) / (1 - r)."""
    centred = residuals - residuals.mean()
    r = float(centred[1:] @ centred[:-1]) / max(float(centred @ centred), 1e-12)
    r = min(max(r, 0.0), 0.9)
    return (1 + r) / (1 - r)


def _month(day: date, origin: date) -> int:
    return (day.year - origin.year) * 12 + day.month - origin.month
