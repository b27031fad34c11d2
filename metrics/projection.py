"""Where the year will end: actual to date plus simulated days, shown only where it has proved better than last year's days.

Rule: the interval comes from the totals of whole paths, never from summed daily bounds; on the last day its width is 0. It is
stretched by what the backtest shows to be missing, so that it would have held in LEVEL of the trials (a conformal correction).
The proof is a rolling-origin backtest on the annual total of the last complete years, against seasonal naive (actual to date plus
the same days of the year before). Where it does not win there is no value, and `reason` says why.
Source: definitions.md, "Year-end projection".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from metrics.completeness import complete_through
from metrics.daily_model import fit
from metrics.errors import CutPeriodError, QuestionError
from metrics.model import Filters, Number, Scope, Window
from metrics.periods import month, year, year_earlier
from metrics.query import query
from metrics.words import N_
from store.snapshot import Snapshot

PATHS: Final = 1_000
BACKTEST_PATHS: Final = 200
SEED: Final = 20_120_930
LEVEL: Final = 0.8
"""The interval holds this share of the paths."""
TAILS: Final = (0.5, (1 - LEVEL) / 2, (1 + LEVEL) / 2)
BACKTEST_YEARS: Final = 2
_DAY: Final = timedelta(days=1)

MONTHLY_DATA: Final = N_("Some departments report whole months, so there are no days to project from.")
SHORT_HISTORY: Final = N_("Less than two complete years of days are known, so a projection cannot be tested.")
NOT_BETTER: Final = N_("In the backtest it came no closer than the same days of the year before, so it is not shown.")


@dataclass(frozen=True)
class Trial:
    """One origin of the backtest: what was said on that day of the annual total, and what it became."""

    origin: date
    actual: int
    projected: float
    low: float
    high: float
    naive: float

    @property
    def error(self) -> float:
        """Relative error of the projection."""
        return self.projected / self.actual - 1

    @property
    def naive_error(self) -> float:
        """Relative error of seasonal naive."""
        return self.naive / self.actual - 1

    @property
    def stretch(self) -> float:
        """By which factor the interval must be stretched around the projection to just hold what the year became."""
        miss = self.actual - self.projected
        side = self.high - self.projected if miss > 0 else self.projected - self.low
        return abs(miss) / side if side else 0.0


@dataclass(frozen=True)
class Point:
    """The cumulated amount at the end of a day to come: median and interval."""

    day: date
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Projection:
    """The year-end total of a KPI, or the reason why there is none. Numbers are in the unit of the KPI."""

    kpi: str
    year: int
    through: date
    actual: Number
    """Total of the year through `through`."""
    value: float | None
    """Median of the paths' totals."""
    low: float | None
    high: float | None
    path: tuple[Point, ...]
    trials: tuple[Trial, ...]
    reason: str | None
    """Why there is no value (a gettext source); None where there is one."""

    @property
    def error(self) -> float | None:
        """Mean absolute relative error in the backtest."""
        return _mean([abs(t.error) for t in self.trials])

    @property
    def naive_error(self) -> float | None:
        """The same of seasonal naive."""
        return _mean([abs(t.naive_error) for t in self.trials])

    @property
    def stretch(self) -> float:
        """By which factor the interval of the paths was widened, at least 1."""
        return _stretch(self.trials)


def project(snapshot: Snapshot, scope: Scope, kpi_id: str, filters: Filters | None = None) -> Projection:
    """Project the total of a sum KPI to the end of the year of complete-through.

    Raises QuestionError for a KPI that is no sum, and what `query` raises.
    """
    through = complete_through(snapshot)
    if through is None:
        raise QuestionError(N_("the store has no data yet, so there is no year to project"))
    history = Window(date(through.year - 2 - BACKTEST_YEARS, 1, 1), through)
    try:
        answer = query(kpi_id, history, snapshot=snapshot, scope=scope, by=("day",), filters=filters)
    except CutPeriodError:
        return _none(kpi_id, through, 0, (), MONTHLY_DATA)
    if answer.kpi.kind != "sum":
        raise QuestionError(N_("{kpi} is no sum over days, so its year has no total to project"), kpi=kpi_id)
    known = {date.fromisoformat(row.key("day")): row.value for row in answer.rows if row.value is not None}
    return projected(kpi_id, known, through, snapshot.settings.timezone)


def projected(kpi_id: str, known: Mapping[date, Number], through: date, timezone: str) -> Projection:
    """The projection from known daily values; what `project` does once it has read them."""
    actual = _total(known, date(through.year, 1, 1), through)
    tested = tuple(t for y in range(through.year - BACKTEST_YEARS, through.year) for t in _trials(known, y, timezone))
    if not tested:
        return _none(kpi_id, through, actual, tested, SHORT_HISTORY)
    if sum(abs(t.error) for t in tested) >= sum(abs(t.naive_error) for t in tested):
        return _none(kpi_id, through, actual, tested, NOT_BETTER)
    totals = actual + np.cumsum(_paths(known, through, timezone, PATHS), axis=1)
    bands = np.quantile(totals, TAILS, axis=0) if totals.shape[1] else np.empty((3, 0))
    middle, stretch = bands[0], _stretch(tested)
    bands = np.stack([middle, np.maximum(actual, middle + stretch * (bands[1] - middle)), middle + stretch * (bands[2] - middle)])
    path = tuple(Point(d, *map(float, band)) for d, band in zip(_days_left(through), bands.T, strict=True))
    end = path[-1] if path else Point(through, float(actual), float(actual), float(actual))
    return Projection(kpi_id, through.year, through, actual, end.value, end.low, end.high, path, tested, None)


def seasonal_naive(known: Mapping[date, Number], through: date) -> float:
    """Actual to date plus the same calendar days of the year before; 29 February repeats 28 February."""
    rest = sum(known.get(year_earlier(day), 0) for day in _days_left(through))
    return float(_total(known, date(through.year, 1, 1), through) + rest)


def _trials(known: Mapping[date, Number], tested: int, timezone: str) -> list[Trial]:
    """One trial per month end of a year, if that year and the one before it are known."""
    if not all(_whole(known, y) for y in (tested - 1, tested)):
        return []
    actual = int(_total(known, date(tested, 1, 1), date(tested, 12, 31)))
    trials = []
    for number in range(1, 12):
        origin = month(tested, number).end
        until = {d: v for d, v in known.items() if d <= origin}
        totals = _total(known, date(tested, 1, 1), origin) + _paths(until, origin, timezone, BACKTEST_PATHS).sum(axis=1)
        middle, low, high = map(float, np.quantile(totals, TAILS))
        trials.append(Trial(origin, actual, middle, low, high, seasonal_naive(known, origin)))
    return trials


def _paths(
    known: Mapping[date, Number], through: date, timezone: str, count: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Simulated values of the days left: shape (count, days left)."""
    left = _days_left(through)
    if not left:
        return np.empty((count, 0))
    days = sorted(d for d in known if d <= through)
    return fit(days, [float(known[d]) for d in days], timezone).paths(left, count, SEED)


def _days_left(through: date) -> list[date]:
    return [through + n * _DAY for n in range(1, (date(through.year, 12, 31) - through).days + 1)]


def _whole(known: Mapping[date, Number], number: int) -> bool:
    """Whether every day of a year is known, and at least half of them brought something: enough to fit and to test on."""
    window = year(number)
    days = [window.start + n * _DAY for n in range(window.days)]
    return all(day in known for day in days) and 2 * sum(known[day] > 0 for day in days) > window.days


def _total(known: Mapping[date, Number], start: date, end: date) -> Number:
    return sum(value for day, value in known.items() if start <= day <= end)


def _none(kpi_id: str, through: date, actual: Number, trials: tuple[Trial, ...], reason: str) -> Projection:
    return Projection(kpi_id, through.year, through, actual, None, None, None, (), trials, reason)


def _stretch(trials: tuple[Trial, ...]) -> float:
    """The factor that would have made the interval hold in LEVEL of the trials; it is never narrowed."""
    return max(1.0, float(np.quantile([t.stretch for t in trials], LEVEL, method="higher"))) if trials else 1.0


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None
