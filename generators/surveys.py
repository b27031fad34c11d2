"""Surveys: who is invited, after payments and in waves, how far they get, and the rows that tell.

Rule: one row per invitation, delivered in the month of its last event; steps after the end of the range have not happened
yet. Hazard: the wording changed with 2011, so 2010 is not to be pooled with later years.
"""

from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from generators import frames
from generators.answers import Answers, draw_answers, draw_comments
from generators.calendar import DAY_US, Bools, Floats, Ints, Month, day_number, midnight_us, midnights_us
from generators.calibration import Recipe, day_counts
from generators.checkouts import MPAY, SECOND_US, moments_of
from generators.impact import MEMORY_OF_SURVEYS, lagged_trouble
from generators.mix import transaction_mix
from generators.payments import ID_DAY
from generators.published import CARD
from generators.streams import stream
from generators.tables import rows
from generators.world import build_world, paid_arrays
from store.contract import AWARENESS_ANSWERS, CHANNELS, LANGUAGES

LOOKBACK: Final = 1
"""Months after which an invitation has had its last event; MAX_DELAY_H keeps to it."""
MAX_DELAY_H: Final = 240.0
INVITED_SHARE: Final = 0.03
"""Invitations per settled transaction."""
FLATTEN: Final = 0.6
"""Services are invited in proportion to their payments to this power, so that small departments are heard too."""
ARABIC_SHARE: Final = 0.52
PHONE_SHARE: Final = 0.10
PLACES: Final = ("remote", "counter", "event")
ODDS: Final = np.array([(0.53, 0.70, 0.79), (0.97, 0.80, 0.86), (1.0, 0.97, 0.90)])
"""Probabilities to open, then to start, then to complete, by place."""
MEAN_HOURS: Final = np.array([11.0, 0.02, 0.01])
"""From invitation to opening, by place."""
CONTINUOUS: Final = -1
EVENT_POLL: Final = ("event-poll", "event-1")
WORDINGS: Final = ["payment-1", "payment-2"]
REWORDED: Final = date(2011, 1, 1)
"""Day from which invitations after payments carry the second wording."""


@dataclass(frozen=True)
class Wave:
    """A survey wave by day numbers, both inclusive; no departments means all. `completed`: exact number at scale 1, or None."""

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
    """Invitations as columns; `wave` is a position in the month's waves or CONTINUOUS, `place` one in PLACES."""

    day: Ints
    service: Ints
    wave: Ints
    place: Ints


@dataclass(frozen=True)
class _Funnel:
    """Whether and when each invitation was opened, started and completed; lists of three."""

    reached: list[Bools]
    at: list[Ints]


def waves(seed: int) -> tuple[Wave, ...]:
    """The planned waves, and the polls at the yearly exhibition."""
    world = build_world(seed)
    planned = [
        Wave(
            r["wave"],
            r["survey"],
            r["wording"],
            _day(r["first"]),
            _day(r["last"]),
            () if r["departments"] == "*" else tuple(world.department_number(c) for c in r["departments"].split()),
            float(r["per_day"]),
            r["place"],
        )
        for r in rows("waves")
    ]
    shows = [
        Wave(r["code"], *EVENT_POLL, _day(r["starts_on"]), _day(r["ends_on"]), (), 0.0, "event", int(r["polls_answered"]))
        for r in rows("events")
    ]
    return (*planned, *shows)


def _day(text: str) -> int:
    return day_number(date.fromisoformat(text))


def survey_rows(recipe: Recipe, month: Month, days: range) -> pl.DataFrame:
    """Rows of the file of `month` for a range of day numbers, columns of the contract `surveys`."""
    months = [month.shift(-back) for back in range(min(LOOKBACK, month.index), -1, -1)]
    found = [invitations(recipe, m, days) for m in months]
    return pl.concat(f.filter(pl.col("file_month") == month.index).drop("file_month") for f in found)


@lru_cache(maxsize=3)
def invitations(recipe: Recipe, month: Month, days: range) -> pl.DataFrame:
    """Invitations sent in `month` on one of `days`, as known at the end of `days`; with `file_month`, the delivering month."""
    rng = stream(recipe.seed, "surveys", month.index)
    running = [w for w in waves(recipe.seed) if w.first <= month.last and w.last >= month.first]
    invited = _invite(recipe, rng, month, running)
    invited_at = midnights_us(invited.day) + moments_of(rng, invited.day)
    channel = _channels(recipe.seed, rng, invited)
    language = (rng.random(invited.day.size) < ARABIC_SHARE).astype(np.int64)
    funnel = _funnel(recipe.scale, rng, invited, invited_at, running, midnight_us(days.stop))
    trouble = lagged_trouble(recipe.seed, month, MEMORY_OF_SURVEYS)[invited.service, invited.day - month.first]
    answers = draw_answers(recipe.seed, rng, month, invited.service, channel == MPAY, trouble)
    comments = draw_comments(recipe.seed, rng, invited.service, language, answers, trouble, funnel.reached[2])
    frame = pl.DataFrame(
        {
            **_identity(recipe.seed, invited, running),
            "channel": frames.enum(CHANNELS, channel),
            "language": frames.enum(LANGUAGES, language),
            "invited_at": frames.instants(invited_at),
            **_outcome(funnel, answers, comments),
            "file_month": _file_month(month, invited_at, funnel, days),
        }
    )
    return frame.filter(pl.Series((invited.day >= days.start) & (invited.day < days.stop)))


def _invite(recipe: Recipe, rng: np.random.Generator, month: Month, running: list[Wave]) -> _Invited:
    """Continuous invitations after payments, then those of the running waves."""
    weight = transaction_mix(recipe.seed, month, CARD, -1) ** FLATTEN
    counts = day_counts(recipe)
    paid = (counts.regular + counts.stragglers)[month.first : month.last + 1].sum(axis=1)
    parts = [_some(rng, np.repeat(np.array(month.days), rng.poisson(paid * INVITED_SHARE)), weight, CONTINUOUS, "remote")]
    department = paid_arrays(recipe.seed).department
    for position, wave in enumerate(running):
        allowed = weight * np.isin(department, wave.departments) if wave.departments else weight
        if allowed.sum() > 0:
            parts.append(_some(rng, _wave_days(recipe.scale, rng, month, wave), allowed, position, wave.place))
    return _Invited(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(_Invited)))


def _wave_days(scale: float, rng: np.random.Generator, month: Month, wave: Wave) -> Ints:
    """Day of each invitation of a wave in the month; an exhibition asks as many as it takes to complete its exact number."""
    span = np.arange(max(wave.first, month.first), min(wave.last, month.last) + 1)
    if wave.completed is None:
        return np.repeat(span, rng.poisson(wave.per_day * scale, span.size))
    return np.sort(np.resize(span, int(np.ceil(round(wave.completed * scale) / ODDS[PLACES.index("event")].prod()))))


def _some(rng: np.random.Generator, day: Ints, weight: Floats, wave: int, place: str) -> _Invited:
    edges = np.cumsum(weight)
    service = np.searchsorted(edges / edges[-1], rng.random(day.size), side="right")
    return _Invited(day, service, np.full(day.size, wave), np.full(day.size, PLACES.index(place)))


def _channels(seed: int, rng: np.random.Generator, invited: _Invited) -> NDArray[np.int64]:
    """The phone where the service has it, else the web or the voice line; counter or kiosk for people asked on the spot."""
    chance = rng.random(invited.day.size)
    phone = (paid_arrays(seed).phone_weight[invited.service] > 0) & (chance < PHONE_SHARE)
    remote = np.where(phone, MPAY, np.where(chance > 0.95, CHANNELS.index("ivr"), CHANNELS.index("web")))
    on_the_spot = np.array([0, CHANNELS.index("counter"), CHANNELS.index("kiosk")])[invited.place]
    return np.where(invited.place == PLACES.index("remote"), remote, on_the_spot)


def _funnel(scale: float, rng: np.random.Generator, invited: _Invited, invited_at: Ints, waves: list[Wave], end: int) -> _Funnel:
    """How far each invitation gets before `end`: hours later from afar, at once on the spot."""
    count = invited_at.size
    chance = rng.random((3, count))
    reached = [chance[step] < ODDS[invited.place, step] for step in range(3)]
    for position, wave in enumerate(waves):
        if wave.completed is not None:
            _complete_exactly(rng, reached, np.flatnonzero(invited.wave == position), round(wave.completed * scale))
    hours = np.minimum(rng.standard_exponential(count) * MEAN_HOURS[invited.place], MAX_DELAY_H)
    opened = invited_at + (hours * 3600 * SECOND_US).astype(np.int64)
    started = opened + rng.integers(0, 120 * SECOND_US, count)
    at = [opened, started, started + rng.integers(45 * SECOND_US, 285 * SECOND_US, count)]
    before = np.ones(count, bool)
    for step in range(3):
        before = reached[step] = reached[step] & before & (at[step] < end)
    return _Funnel(reached, at)


def _complete_exactly(rng: np.random.Generator, reached: list[Bools], mine: Ints, wanted: int) -> None:
    """Change who of `mine` completes, in place, so that `wanted` do."""
    done = rng.permutation(mine)[:wanted]
    reached[2][mine] = False
    for step in range(3):
        reached[step][done] = True


def _identity(seed: int, invited: _Invited, running: list[Wave]) -> dict[str, pl.Series]:
    """Columns that say which invitation this is: number, survey, wording, wave, department and service."""
    world = build_world(seed)
    wordings = [w.wording for w in running] + WORDINGS
    later = invited.day >= day_number(REWORDED)
    wording = np.where(invited.wave == CONTINUOUS, len(running) + later, invited.wave)
    wave = np.where(invited.wave == CONTINUOUS, len(running), invited.wave)
    surveys = sorted({w.survey for w in running} | {"after-payment"})
    survey = np.array([surveys.index(w.survey) for w in running] + [surveys.index("after-payment")])[wave]
    return {
        "invitation_id": pl.Series((invited.day + 1) * ID_DAY + 1 + np.arange(invited.day.size)),
        "survey": frames.codes(surveys, survey),
        "wording": pl.Series(np.array(wordings, object)[wording], dtype=pl.String),
        "wave": frames.codes([w.code for w in running] + ["continuous"], wave),
        "department": frames.codes([d.code for d in world.departments], paid_arrays(seed).department[invited.service]),
        "service": frames.codes([s.code for s in world.paid], invited.service),
    }


def _outcome(funnel: _Funnel, answers: Answers, comments: list[str | None]) -> dict[str, pl.Series]:
    """Columns of what came of the invitations; null beyond the step that was reached."""
    opened, started, completed = funnel.reached
    return {
        "opened_at": frames.only(frames.instants(funnel.at[0]), opened),
        "started_at": frames.only(frames.instants(funnel.at[1]), started),
        "completed_at": frames.only(frames.instants(funnel.at[2]), completed),
        "satisfaction": frames.only(pl.Series(answers.satisfaction.astype(np.int8)), completed),
        "recommend": frames.only(pl.Series(answers.recommend.astype(np.int8)), completed),
        "effort": frames.only(pl.Series(answers.effort.astype(np.int8)), completed),
        "aware": frames.only(frames.enum(AWARENESS_ANSWERS, answers.aware), completed),
        "comment": pl.Series(comments, dtype=pl.String),
    }


def _file_month(month: Month, invited_at: Ints, funnel: _Funnel, days: range) -> Ints:
    last = invited_at
    for reached, at in zip(funnel.reached, funnel.at, strict=True):
        last = np.where(reached, at, last)
    day = np.minimum((last - midnight_us(0)) // DAY_US, days.stop - 1)
    return np.where(day > month.last, month.index + 1, month.index)
