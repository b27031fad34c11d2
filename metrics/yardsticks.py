"""What a projection is held against: two run rates that anyone can work out, and the losses by which forecasts are judged.

Rule: a run rate is a fraction of the integers it was taken from.
Hazard: both run rates take the rest of the year to be like what is known; Ramadan and the growth within the year are not.
These are worked answers of the definitions, held by tests: the backtest on pages is of the one total of the year, where the error
beside that of seasonal naive says it in words (decision 16).
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from metrics.model import Number, Window
from metrics.periods import year


def day_run_rate(actual: Number, window: Window) -> Fraction:
    """The year's total if every day left were an average day so far: actual x days of the year / days so far."""
    return Fraction(actual) * year(window.end.year).days / window.days


def share_of_last_year(actual: Number, base_to_date: Number, base_year: Number) -> Fraction:
    """The year's total if the year so far were the share of it that it was last year."""
    return Fraction(actual) * Fraction(base_year) / Fraction(base_to_date)


def pinball(quantile: float, actual: float, forecast: float) -> float:
    """Loss of a forecast of a quantile: quantile per unit too low, 1 - quantile per unit too high. (Koenker & Bassett, 1978)"""
    short = actual - forecast
    return max(quantile * short, (quantile - 1) * short)


def naive_scale(train: list[float], season: int) -> float:
    """Mean absolute seasonal difference of the training values: what MASE divides by."""
    return float(np.mean(np.abs(np.subtract(train[season:], train[:-season]))))


def mase(train: list[float], season: int, actual: list[float], forecast: list[float]) -> float:
    """Mean absolute scaled error. (Hyndman & Koehler, 2006)"""
    return float(np.mean(np.abs(np.subtract(actual, forecast)))) / naive_scale(train, season)
