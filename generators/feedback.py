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

from generators import frames
from generators.calendar import Floats, Ints, Month, day_number, midnight_us, midnights_us
from generators.calibration import Recipe, day_counts
from generators.checkouts import SECOND_US, moments_of
from generators.comments import categories, feedback_text
from generators.impact import MEMORY_OF_COMPLAINTS, lagged_trouble
from generators.mix import transaction_mix
from generators.payments import ID_DAY
from generators.published import CARD
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
NEVER: Final = -1
COMPLAINT, SUGGESTION = FEEDBACK_KINDS.index("complaint"), FEEDBACK_KINDS.index("suggestion")
USUAL, OUTAGE, EXHIBITION = range(3)
"""Causes: the course of things, an outage, a talk at the exhibition."""


@dataclass(frozen=True)
class _Cases:
    """Cases opened in a month; `kind` and `cause` are the constants above."""

    day: Ints
    service: Ints
    kind: Ints
    cause: Ints


def feedback_rows(recipe: Recipe, month: Month, days: range) -> pl.DataFrame:
    """Rows of the file of `month`, columns of the contract `feedback`: what was opened or resolved in it."""
    parts = [cases(recipe, month.shift(-back), days) for back in range(min(LOOKBACK, month.index), -1, -1)]
    first, after = (pl.lit(midnight_us(d)).cast(pl.Datetime("us", "UTC")) for d in (month.first, month.last + 1))
    return pl.concat(p.filter((pl.col("occurred_at") >= first) & (pl.col("occurred_at") < after)) for p in parts)


@lru_cache(maxsize=5)
def cases(recipe: Recipe, month: Month, days: range) -> pl.DataFrame:
    """All events inside `days` of cases opened in `month`, by time."""
    rng = stream(recipe.seed, "feedback", month.index)
    found = _open(recipe, rng, month)
    count = found.day.size
    opened_at = midnights_us(found.day) + moments_of(rng, found.day)
    resolved_at = _resolve(recipe.seed, rng, found, opened_at)
    slots = np.array([CHANNELS.index(c) for c in CHANNEL_SLOTS])
    channel = np.where(found.cause == EXHIBITION, CHANNELS.index("kiosk"), slots[rng.integers(0, slots.size, count)])
    language = (rng.random(count) < ARABIC_SHARE).astype(np.int64)
    category, text = _words(recipe.seed, rng, found, language)
    world = build_world(recipe.seed)
    opened = pl.DataFrame(
        {
            "case_id": (found.day + 1) * ID_DAY + 1 + np.arange(count),
            "event": frames.enum(FEEDBACK_EVENTS, np.zeros(count, np.int64)),
            "kind": frames.enum(FEEDBACK_KINDS, found.kind),
            "department": frames.codes([d.code for d in world.departments], paid_arrays(recipe.seed).department[found.service]),
            "service": frames.codes([s.code for s in world.paid], found.service),
            "channel": frames.enum(CHANNELS, channel),
            "language": frames.enum(LANGUAGES, language),
            "occurred_at": frames.instants(opened_at),
            "opened_at": frames.instants(opened_at),
            "category": pl.Series(category, dtype=pl.String),
            "text": pl.Series(text, dtype=pl.String),
        }
    )
    event, at = frames.enum(FEEDBACK_EVENTS, np.ones(count, np.int64)), frames.instants(resolved_at)
    inside = (found.day >= days.start) & (found.day < days.stop)
    known = inside & (resolved_at != NEVER) & (resolved_at < midnight_us(days.stop))
    resolved = opened.with_columns(event=event, occurred_at=at).filter(pl.Series(known))
    return pl.concat([opened.filter(pl.Series(inside)), resolved]).sort("occurred_at", "case_id", "event")


def _open(recipe: Recipe, rng: np.random.Generator, month: Month) -> _Cases:
    mix = transaction_mix(recipe.seed, month, CARD, -1)
    counts = day_counts(recipe)
    totals = (counts.regular + counts.stragglers)[month.first : month.last + 1].sum(axis=1)
    payments = mix[:, None] * totals[None, :]
    quality = np.exp(stream(recipe.seed, "complaints").standard_normal(len(build_world(recipe.seed).departments)) * 0.3)
    usual = payments * quality[paid_arrays(recipe.seed).department][:, None]
    trouble = lagged_trouble(recipe.seed, month, MEMORY_OF_COMPLAINTS)
    parts = [
        _counted(month, rng.poisson(usual * COMPLAINTS_PER_TRANSACTION), COMPLAINT, USUAL),
        _counted(month, rng.poisson(payments / 24 * trouble * COMPLAINTS_PER_LOST_PAYMENT), COMPLAINT, OUTAGE),
        _counted(month, rng.poisson(usual * SUGGESTIONS_PER_TRANSACTION), SUGGESTION, USUAL),
        _at_exhibition(recipe, rng, month, mix),
    ]
    return _Cases(*(np.concatenate([getattr(p, f) for p in parts]) for f in ("day", "service", "kind", "cause")))


def _counted(month: Month, number: Ints, kind: int, cause: int) -> _Cases:
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
    return _Cases(np.array(day, np.int64), service, np.zeros(len(day), np.int64), np.full(len(day), EXHIBITION))


def _resolve(seed: int, rng: np.random.Generator, found: _Cases, opened_at: Ints) -> Ints:
    """When each case is resolved, -1 for never: departments differ, outages are answered soon."""
    pace = np.exp(stream(seed, "pace").standard_normal(len(build_world(seed).departments)) * 0.22)
    median = (
        np.where(found.kind == COMPLAINT, COMPLAINT_DAYS[0], SUGGESTION_DAYS[0])
        * pace[paid_arrays(seed).department[found.service]]
    )
    median = median * np.where(found.cause == OUTAGE, 0.6, 1.0)
    sigma = np.where(found.kind == COMPLAINT, COMPLAINT_DAYS[1], SUGGESTION_DAYS[1])
    days = np.clip(median * np.exp(rng.standard_normal(median.size) * sigma), 0.02, MAX_DAYS)
    never = rng.random(median.size) < UNRESOLVED
    return np.where(never, NEVER, opened_at + (days * 86_400).astype(np.int64) * SECOND_US)


def _words(seed: int, rng: np.random.Generator, found: _Cases, language: Ints) -> tuple[list[str], list[str | None]]:
    """Category and text of each case."""
    world = build_world(seed)
    ordinary = {kind: [c for c in categories(kind) if c != "availability"] for kind in FEEDBACK_KINDS}
    names: list[str] = []
    texts: list[str | None] = []
    silent = rng.random(found.day.size) >= TEXT_SHARE
    for i in range(found.day.size):
        kind = FEEDBACK_KINDS[found.kind[i]]
        name = "availability" if found.cause[i] == OUTAGE else ordinary[kind][int(rng.integers(len(ordinary[kind])))]
        names.append(name)
        texts.append(None if silent[i] else feedback_text(world, rng, int(found.service[i]), LANGUAGES[language[i]], kind, name))
    return names, texts
