"""Complaints and suggestions: cases opened in the course of things or because of an outage, and how they are resolved.

Rule: a case is a row when it is opened and another when it is resolved, each delivered in its own month; what is resolved
after the end of the range has not happened yet. Hazard: resolution may take LOOKBACK months, so a file needs the cases of
the months before it.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from generators.calendar import DAY_US, Floats, Month, day_number, midnight_us
from generators.calibration import Recipe, day_counts
from generators.comments import categories, feedback_text
from generators.impact import MEMORY_OF_COMPLAINTS, lagged_trouble
from generators.mix import transaction_mix
from generators.payments import ID_DAY, moments
from generators.published import CARD, Ints
from generators.streams import stream
from generators.tables import rows
from generators.world import build_world, paid_arrays
from store.contract import CHANNELS, FEEDBACK_EVENTS, FEEDBACK_KINDS, LANGUAGES

LOOKBACK: Final = 3
MAX_DAYS: Final = 80.0
COMPLAINTS_PER_TRANSACTION: Final = 7e-4
SUGGESTIONS_PER_TRANSACTION: Final = 3e-4
COMPLAINTS_PER_LOST_PAYMENT: Final = 0.09
"""Complaints per payment that would have been made in an hour of outage."""
ARABIC_SHARE: Final = 0.56
UNRESOLVED: Final = 0.025
COMPLAINT_DAYS: Final = (2.7, 0.82)
SUGGESTION_DAYS: Final = (8.5, 0.75)
"""Median days to resolve and sigma of their logarithm."""
CHANNEL_SLOTS: Final = ("web",) * 11 + ("ivr",) * 4 + ("mpay",) * 3 + ("counter",) * 2
TEXT_SHARE: Final = 0.85


@dataclass(frozen=True)
class _Cases:
    """Cases opened in a month; `cause` 0 in the course of things, 1 an outage, 2 at the exhibition."""

    day: Ints
    service: Ints
    kind: Ints
    cause: Ints


def feedback_rows(recipe: Recipe, month: Month, days: range) -> pl.DataFrame:
    """Rows of the file of `month`, columns of the contract `feedback`: what was opened or resolved in it."""
    parts = [cases(recipe, m, days) for m in (month.shift(-k) for k in range(LOOKBACK, -1, -1)) if m.index >= 0]
    first, after = (pl.lit(midnight_us(d)).cast(pl.Datetime("us", "UTC")) for d in (month.first, month.last + 1))
    return pl.concat(p.filter((pl.col("occurred_at") >= first) & (pl.col("occurred_at") < after)) for p in parts)


@lru_cache(maxsize=5)
def cases(recipe: Recipe, month: Month, days: range) -> pl.DataFrame:
    """All events, inside `days`, of cases opened in `month`."""
    rng = stream(recipe.seed, "feedback", month.index)
    found = _open(recipe, rng, month)
    count = found.day.size
    opened_at = midnight_us(0) + found.day * DAY_US + moments(rng, count, month.first)
    resolved_at = _resolve(recipe.seed, rng, found, opened_at)
    slots = np.array([CHANNELS.index(c) for c in CHANNEL_SLOTS], np.uint8)
    channel = np.where(found.cause == 2, np.uint8(CHANNELS.index("kiosk")), slots[rng.integers(0, slots.size, count)])
    language = (rng.random(count) < ARABIC_SHARE).astype(np.uint8)
    category, text = _words(recipe.seed, rng, found, language)
    world, paid = build_world(recipe.seed), paid_arrays(recipe.seed)
    base = pl.DataFrame(
        {
            "case_id": (found.day + 1) * ID_DAY + 1 + np.arange(count),
            "event": pl.Series(np.zeros(count, np.uint8)).cat.to(pl.Enum(FEEDBACK_EVENTS)),
            "kind": pl.Series(found.kind.astype(np.uint8)).cat.to(pl.Enum(FEEDBACK_KINDS)),
            "department": pl.Series(paid.department[found.service].astype(np.uint16))
            .cat.to(pl.Enum([d.code for d in world.departments]))
            .cast(pl.String),
            "service": pl.Series(found.service.astype(np.uint16)).cat.to(pl.Enum([s.code for s in world.paid])).cast(pl.String),
            "channel": pl.Series(channel).cat.to(pl.Enum(CHANNELS)),
            "language": pl.Series(language).cat.to(pl.Enum(LANGUAGES)),
            "occurred_at": pl.Series(opened_at).cast(pl.Datetime("us", "UTC")),
            "opened_at": pl.Series(opened_at).cast(pl.Datetime("us", "UTC")),
            "category": pl.Series(category, dtype=pl.String),
            "text": pl.Series(text, dtype=pl.String),
        }
    )
    resolved = base.with_columns(
        event=pl.lit("resolved").cast(pl.Enum(FEEDBACK_EVENTS)), occurred_at=pl.Series(resolved_at).cast(pl.Datetime("us", "UTC"))
    )
    inside = (found.day >= days.start) & (found.day < days.stop)
    known = inside & (resolved_at >= 0) & (resolved_at < midnight_us(days.stop))
    return pl.concat([base.filter(inside), resolved.filter(known)]).sort("occurred_at", "case_id", "event")


def _open(recipe: Recipe, rng: np.random.Generator, month: Month) -> _Cases:
    mix = transaction_mix(recipe.seed, month, CARD, -1)
    counts = day_counts(recipe)
    totals = (counts.regular + counts.stragglers)[month.first : month.last + 1].sum(axis=1)
    payments = mix[:, None] * totals[None, :]
    quality = np.exp(stream(recipe.seed, "complaints").standard_normal(len(build_world(recipe.seed).departments)) * 0.3)
    usual = payments * quality[paid_arrays(recipe.seed).department][:, None]
    trouble = lagged_trouble(recipe.seed, month, MEMORY_OF_COMPLAINTS)
    parts = [
        _counted(month, rng.poisson(usual * COMPLAINTS_PER_TRANSACTION), 0, 0),
        _counted(month, rng.poisson(payments / 24 * trouble * COMPLAINTS_PER_LOST_PAYMENT), 0, 1),
        _counted(month, rng.poisson(usual * SUGGESTIONS_PER_TRANSACTION), 1, 0),
        _at_exhibition(recipe, rng, month, mix),
    ]
    return _Cases(*(np.concatenate([getattr(p, f) for p in parts]) for f in ("day", "service", "kind", "cause")))


def _counted(month: Month, number: NDArray[np.int64], kind: int, cause: int) -> _Cases:
    """Cases from their number per service and day of the month."""
    service, position = np.nonzero(number)
    times = number[service, position]
    total = int(times.sum())
    return _Cases(
        np.repeat(month.first + position, times), np.repeat(service, times), np.full(total, kind), np.full(total, cause)
    )


def _at_exhibition(recipe: Recipe, rng: np.random.Generator, month: Month, mix: Floats) -> _Cases:
    """Complaints filed on the government's stand, as many as the event record says (times scale)."""
    day: list[int] = []
    for row in rows("events"):
        first, last = (day_number(date.fromisoformat(row[c])) for c in ("starts_on", "ends_on"))
        if month.first <= first <= month.last:
            day += [int(d) for d in np.resize(np.arange(first, last + 1), round(int(row["complaints"]) * recipe.scale))]
    service = np.searchsorted(np.cumsum(mix**0.6) / (mix**0.6).sum(), rng.random(len(day)), side="right")
    return _Cases(np.array(day, np.int64), service, np.zeros(len(day), np.int64), np.full(len(day), 2))


def _resolve(seed: int, rng: np.random.Generator, found: _Cases, opened_at: Ints) -> Ints:
    """When each case is resolved, -1 for never: departments differ, outages are answered soon."""
    pace = np.exp(stream(seed, "pace").standard_normal(len(build_world(seed).departments)) * 0.22)
    median = np.where(found.kind == 0, COMPLAINT_DAYS[0], SUGGESTION_DAYS[0]) * pace[paid_arrays(seed).department[found.service]]
    median = median * np.where(found.cause == 1, 0.6, 1.0)
    sigma = np.where(found.kind == 0, COMPLAINT_DAYS[1], SUGGESTION_DAYS[1])
    days = np.clip(median * np.exp(rng.standard_normal(median.size) * sigma), 0.02, MAX_DAYS)
    never = rng.random(median.size) < UNRESOLVED
    return np.where(never, -1, opened_at + (days * DAY_US).astype(np.int64))


def _words(seed: int, rng: np.random.Generator, found: _Cases, language: NDArray[np.uint8]) -> tuple[list[str], list[str | None]]:
    """Category and text of each case."""
    world = build_world(seed)
    ordinary = {kind: [c for c in categories(kind) if c != "availability"] for kind in FEEDBACK_KINDS}
    names: list[str] = []
    texts: list[str | None] = []
    silent = rng.random(found.day.size) >= TEXT_SHARE
    for i in range(found.day.size):
        kind = FEEDBACK_KINDS[found.kind[i]]
        name = "availability" if found.cause[i] == 1 else ordinary[kind][int(rng.integers(len(ordinary[kind])))]
        names.append(name)
        texts.append(None if silent[i] else feedback_text(world, rng, int(found.service[i]), LANGUAGES[language[i]], kind, name))
    return names, texts
