"""Surveys: invitations after payments and in waves, and what customers answer.

Rule: one row per invitation, delivered in the month of its last event; steps after the end of the range have not happened
yet. Answers follow a latent mood: department, service, the years' progress, and outages felt some days before.
Hazard: the wording changed with 2011, so 2010 is not to be pooled with later years.
"""

from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from generators.calendar import Bools, Floats, Month, day_number, midnight_us
from generators.calibration import Recipe, day_counts
from generators.comments import mood, survey_comment
from generators.impact import MEMORY_OF_SURVEYS, lagged_trouble
from generators.mix import transaction_mix
from generators.payments import ID_DAY, moments
from generators.published import CARD, Ints
from generators.streams import stream
from generators.tables import rows
from generators.world import build_world, paid_arrays
from store.contract import AWARENESS_ANSWERS, CHANNELS, LANGUAGES

LOOKBACK: Final = 1
INVITED_SHARE: Final = 0.03
FLATTEN: Final = 0.6
"""Services are invited in proportion to their payments to this power, so that small departments are heard too."""
ARABIC_SHARE: Final = 0.52
COMMENT_SHARE: Final = 0.18
FUNNEL: Final = {"remote": (0.56, 0.72, 0.80), "counter": (0.97, 0.80, 0.86), "event": (1.0, 0.97, 0.90)}
"""Probabilities to open, then to start, then to complete, by where people are asked."""
MAX_DELAY_H: Final = 240.0
SATISFACTION_CUTS: Final = np.array([-2.15, -1.60, -0.86, 0.42])
RECOMMEND_CUTS: Final = np.array([-2.7, -2.5, -2.3, -2.05, -1.75, -1.4, -0.94, -0.5, 0.06, 0.62])
EFFORT_CUTS: Final = np.array([-2.0, -1.4, -0.55, 0.45])
RECOMMEND_LINK: Final = 0.72
PROGRESS: Final = 0.055
"""What a year adds to the latent mood."""
OUTAGE_PAIN: Final = 0.62
"""What a lagged hour of trouble takes from it."""
AWARE_2010: Final = 0.455
AWARE_PER_YEAR: Final = 0.032
DONT_KNOW: Final = 0.12


@dataclass(frozen=True)
class Wave:
    """A survey wave by day numbers, both inclusive; no departments means all of them. `completed`: exact number, or None."""

    code: str
    survey: str
    wording: str
    first: int
    last: int
    departments: tuple[int, ...]
    per_day: float
    place: str
    completed: int | None = None


@dataclass
class _Invited:
    """Invitations as columns; `wave` numbers the month's list of waves."""

    day: Ints
    service: Ints
    wave: Ints
    place: NDArray[np.str_]


def waves(seed: int) -> tuple[Wave, ...]:
    """Waves of the survey programme and polls at the yearly exhibition."""
    world = build_world(seed)
    planned = [
        Wave(
            r["wave"],
            r["survey"],
            r["wording"],
            _number(r["first"]),
            _number(r["last"]),
            () if r["departments"] == "*" else tuple(world.department_number(c) for c in r["departments"].split()),
            float(r["per_day"]),
            r["place"],
        )
        for r in rows("waves")
    ]
    shows = [
        Wave(
            r["code"],
            "event-poll",
            "event-1",
            _number(r["starts_on"]),
            _number(r["ends_on"]),
            (),
            0,
            "event",
            int(r["polls_answered"]),
        )
        for r in rows("events")
    ]
    return (*planned, *shows)


def _number(text: str) -> int:
    return day_number(date.fromisoformat(text))


def survey_rows(recipe: Recipe, month: Month, days: range) -> pl.DataFrame:
    """Rows of the file of `month`, columns of the contract `surveys`."""
    parts = [invitations(recipe, Month(m.year, m.month), days) for m in (month.shift(-1), month) if m.index >= 0]
    return pl.concat(p.filter(pl.col("file_month") == month.index).drop("file_month") for p in parts)


@lru_cache(maxsize=3)
def invitations(recipe: Recipe, month: Month, days: range) -> pl.DataFrame:
    """Invitations sent in `month` on one of `days`, as known at the end of `days`, with `file_month`."""
    rng = stream(recipe.seed, "surveys", month.index)
    running = [w for w in waves(recipe.seed) if w.first <= month.last and w.last >= month.first]
    invited = _invite(recipe, rng, month, running)
    count = invited.day.size
    language = (rng.random(count) < ARABIC_SHARE).astype(np.uint8)
    channel = _channels(rng, invited.place)
    at = midnight_us(0) + invited.day * (midnight_us(1) - midnight_us(0)) + moments(rng, count, month.first)
    reached, times = _funnel(recipe, rng, invited, at, running)
    end = midnight_us(days.stop)
    for step in range(3):
        reached[step] &= times[step] < end
        if step:
            reached[step] &= reached[step - 1]
    trouble = lagged_trouble(recipe.seed, month, MEMORY_OF_SURVEYS)[invited.service, invited.day - month.first]
    answers = _answers(recipe.seed, rng, month, invited, trouble, channel)
    frame = _frame(recipe, rng, invited, running, language, channel, at, reached, times, answers, trouble)
    last = np.where(reached[2], times[2], np.where(reached[1], times[1], np.where(reached[0], times[0], at)))
    last_day = np.minimum((last - midnight_us(0)) // (midnight_us(1) - midnight_us(0)), days.stop - 1)
    file_month = np.where(last_day > month.last, month.index + 1, month.index)
    inside = (invited.day >= days.start) & (invited.day < days.stop)
    return frame.with_columns(file_month=file_month).filter(inside)


def _invite(recipe: Recipe, rng: np.random.Generator, month: Month, running: list[Wave]) -> _Invited:
    """Continuous invitations after payments, then those of the running waves."""
    mix = transaction_mix(recipe.seed, month, CARD, -1) ** FLATTEN
    counts = day_counts(recipe)
    totals = (counts.regular + counts.stragglers)[month.first : month.last + 1].sum(axis=1)
    sent = rng.poisson(totals * INVITED_SHARE)
    parts = [_some(rng, np.repeat(np.array(month.days), sent), mix, -1, "remote")]
    department = paid_arrays(recipe.seed).department
    for number, wave in enumerate(running):
        span = np.arange(max(wave.first, month.first), min(wave.last, month.last) + 1)
        if wave.completed is not None:
            wanted = _asked_at_event(recipe, wave)
            day = np.resize(span, wanted) if wave.first >= month.first else span[:0]
        else:
            day = np.repeat(span, rng.poisson(wave.per_day * recipe.scale, span.size))
        allowed = mix if not wave.departments else mix * np.isin(department, wave.departments)
        if allowed.sum() > 0:
            parts.append(_some(rng, np.sort(day), allowed, number, wave.place))
    return _Invited(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(_Invited)))


def _asked_at_event(recipe: Recipe, wave: Wave) -> int:
    """People asked so that exactly the wave's `completed` (times scale) can complete."""
    return int(np.ceil(round((wave.completed or 0) * recipe.scale) / np.prod(FUNNEL["event"])))


def _some(rng: np.random.Generator, day: Ints, weight: Floats, wave: int, place: str) -> _Invited:
    service = np.searchsorted(np.cumsum(weight) / weight.sum(), rng.random(day.size), side="right")
    return _Invited(day, np.minimum(service, weight.size - 1), np.full(day.size, wave), np.full(day.size, place))


def _channels(rng: np.random.Generator, place: NDArray[np.str_]) -> NDArray[np.uint8]:
    chance = rng.random(place.size)
    remote = np.where(
        chance < 0.88, CHANNELS.index("web"), np.where(chance < 0.95, CHANNELS.index("mpay"), CHANNELS.index("ivr"))
    )
    elsewhere = np.where(place == "counter", CHANNELS.index("counter"), CHANNELS.index("kiosk"))
    return np.where(place == "remote", remote, elsewhere).astype(np.uint8)


def _funnel(
    recipe: Recipe, rng: np.random.Generator, invited: _Invited, at: Ints, running: list[Wave]
) -> tuple[list[Bools], list[Ints]]:
    """Who opened, started, completed, and when: hours later from afar, at once on the spot."""
    count = at.size
    odds = np.array([FUNNEL[place] for place in ("remote", "counter", "event")])
    where = np.select([invited.place == "remote", invited.place == "counter"], [0, 1], 2)
    chance = rng.random((3, count))
    reached = [chance[step] < odds[where, step] for step in range(3)]
    for number, wave in enumerate(running):
        if wave.completed is not None:
            mine = np.flatnonzero(invited.wave == number)
            done = np.zeros(count, bool)
            done[rng.permutation(mine)[: round(wave.completed * recipe.scale)]] = True
            reached = [np.where(invited.wave == number, done | r if step < 2 else done, r) for step, r in enumerate(reached)]
    reached[1] &= reached[0]
    reached[2] &= reached[1]
    hours = np.minimum(rng.standard_exponential(count) * np.array([11.0, 0.02, 0.01])[where], MAX_DELAY_H)
    opened = at + (hours * 3.6e9).astype(np.int64)
    started = opened + (rng.random(count) * 120e6).astype(np.int64)
    completed = started + ((45 + 240 * rng.random(count)) * 1e6).astype(np.int64)
    return reached, [opened, started, completed]


@dataclass(frozen=True)
class _Answers:
    satisfaction: Ints
    recommend: Ints
    effort: Ints
    aware: Ints


def _answers(
    seed: int, rng: np.random.Generator, month: Month, invited: _Invited, trouble: Floats, channel: NDArray[np.uint8]
) -> _Answers:
    world, paid = build_world(seed), paid_arrays(seed)
    traits = stream(seed, "satisfaction")
    department = traits.standard_normal(len(world.departments)) * 0.17
    service = traits.standard_normal(len(world.paid)) * 0.10
    known = traits.standard_normal(len(world.departments)) * 0.05
    years = month.index / 12 - 1
    latent = department[paid.department[invited.service]] + service[invited.service] + PROGRESS * (years - 1.2)
    latent = latent + np.where(channel == CHANNELS.index("mpay"), 0.12, 0.0) - OUTAGE_PAIN * np.minimum(trouble, 2.5)
    count = latent.size
    own = rng.standard_normal((4, count))
    feeling = latent + own[0]
    recommend = latent + RECOMMEND_LINK * own[0] + np.sqrt(1 - RECOMMEND_LINK**2) * own[1]
    effort = latent + 0.6 * own[0] + 0.8 * own[2]
    share = np.clip(AWARE_2010 + AWARE_PER_YEAR * years + known[paid.department[invited.service]], 0.1, 0.85)
    chance = rng.random(count)
    aware = np.where(chance < share, 0, np.where(chance < 1 - DONT_KNOW, 1, 2))
    return _Answers(
        1 + np.searchsorted(SATISFACTION_CUTS, feeling),
        np.searchsorted(RECOMMEND_CUTS, recommend),
        1 + np.searchsorted(EFFORT_CUTS, effort),
        aware,
    )


def _frame(
    recipe: Recipe,
    rng: np.random.Generator,
    invited: _Invited,
    running: list[Wave],
    language: NDArray[np.uint8],
    channel: NDArray[np.uint8],
    at: Ints,
    reached: list[Bools],
    times: list[Ints],
    answers: _Answers,
    trouble: Floats,
) -> pl.DataFrame:
    world, paid = build_world(recipe.seed), paid_arrays(recipe.seed)
    count = at.size
    later = day_number(date(2011, 1, 1))
    survey = [running[w].survey if w >= 0 else "after-payment" for w in invited.wave]
    wording = [
        running[w].wording if w >= 0 else ("payment-2" if d >= later else "payment-1")
        for w, d in zip(invited.wave, invited.day, strict=True)
    ]
    done = reached[2]
    columns = {
        "invitation_id": (invited.day + 1) * ID_DAY + 1 + np.arange(count),
        "survey": survey,
        "wording": wording,
        "wave": [running[w].code if w >= 0 else "continuous" for w in invited.wave],
        "department": _coded([d.code for d in world.departments], paid.department[invited.service]),
        "service": _coded([s.code for s in world.paid], invited.service),
        "channel": pl.Series(channel).cat.to(pl.Enum(CHANNELS)),
        "language": pl.Series(language).cat.to(pl.Enum(LANGUAGES)),
        "invited_at": _utc(at),
    }
    for name, r, t in zip(("opened_at", "started_at", "completed_at"), reached, times, strict=True):
        columns[name] = _utc(t).set(pl.Series(~r), None)
    for name in ("satisfaction", "recommend", "effort"):
        columns[name] = pl.Series(getattr(answers, name).astype(np.int8)).set(pl.Series(~done), None)
    columns["aware"] = pl.Series(answers.aware.astype(np.uint8)).cat.to(pl.Enum(AWARENESS_ANSWERS)).set(pl.Series(~done), None)
    comments: list[str | None] = [None] * count
    for i in np.flatnonzero(done & (rng.random(count) < COMMENT_SHARE)):
        kind = mood(int(answers.satisfaction[i]), float(trouble[i]))
        comments[i] = survey_comment(world, recipe.seed, rng, int(invited.service[i]), LANGUAGES[language[i]], kind)
    columns["comment"] = pl.Series(comments, dtype=pl.String)
    return pl.DataFrame(columns)


def _coded(codes: list[str], positions: Ints) -> pl.Series:
    return pl.Series(positions.astype(np.uint16)).cat.to(pl.Enum(codes)).cast(pl.String)


def _utc(at: Ints) -> pl.Series:
    return pl.Series(at).cast(pl.Datetime("us", "UTC"))
