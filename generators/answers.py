"""What customers answer: a latent mood per answer, made of department, service, the years' progress and outages felt.

Rule: satisfaction, recommendation and effort are cuts through correlated normal variables, so their shares move together
as they do in real surveys. Hazard: the cuts are tuned to plausible levels (CSAT near 80%, NPS near 30), not to published ones.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from generators.calendar import Bools, Floats, Ints, Month
from generators.comments import mood, survey_comment
from generators.streams import stream
from generators.world import build_world, paid_arrays
from store.contract import LANGUAGES

SATISFACTION_CUTS: Final = np.array([-2.20, -1.66, -0.98, 0.36])
RECOMMEND_CUTS: Final = np.array([-2.7, -2.5, -2.3, -2.05, -1.77, -1.43, -1.0, -0.53, 0.02, 0.60])
EFFORT_CUTS: Final = np.array([-2.0, -1.45, -0.64, 0.42])
RECOMMEND_LINK: Final = 0.72
EFFORT_LINK: Final = 0.60
"""Correlation of recommendation and of effort with satisfaction, given the latent mood."""
DEPARTMENT_SPREAD: Final = 0.15
SERVICE_SPREAD: Final = 0.10
PROGRESS: Final = 0.055
"""What a year adds to the latent mood; 0 at the beginning of PROGRESS_FROM (in years since 2009)."""
PROGRESS_FROM: Final = 2.2
PHONE_BONUS: Final = 0.12
OUTAGE_PAIN: Final = 0.62
"""What a lagged hour of trouble takes from the mood, up to WORST_HOURS."""
WORST_HOURS: Final = 2.5
AWARE_2010: Final = 0.455
AWARE_PER_YEAR: Final = 0.032
AWARE_SPREAD: Final = 0.05
DONT_KNOW: Final = 0.12
COMMENT_SHARE: Final = 0.18


@dataclass(frozen=True)
class Answers:
    """Satisfaction 1-5, recommendation 0-10, effort 1-5 (5 very easy), awareness as a position in AWARENESS_ANSWERS."""

    satisfaction: Ints
    recommend: Ints
    effort: Ints
    aware: Ints


def draw_answers(seed: int, rng: np.random.Generator, month: Month, service: Ints, phone: Bools, trouble: Floats) -> Answers:
    """Answers of people asked about `service` in `month` after `trouble` lagged hours of outage."""
    traits = stream(seed, "satisfaction")
    of_department = traits.standard_normal(len(build_world(seed).departments)) * DEPARTMENT_SPREAD
    of_service = traits.standard_normal(len(build_world(seed).paid)) * SERVICE_SPREAD
    known = traits.standard_normal(of_department.size) * AWARE_SPREAD
    department = paid_arrays(seed).department[service]
    years = month.index / 12
    latent = of_department[department] + of_service[service] + PROGRESS * (years - PROGRESS_FROM)
    latent = latent + PHONE_BONUS * phone - OUTAGE_PAIN * np.minimum(trouble, WORST_HOURS)
    own = rng.standard_normal((3, service.size))
    recommend = latent + RECOMMEND_LINK * own[0] + np.sqrt(1 - RECOMMEND_LINK**2) * own[1]
    effort = latent + EFFORT_LINK * own[0] + np.sqrt(1 - EFFORT_LINK**2) * own[2]
    aware = np.clip(AWARE_2010 + AWARE_PER_YEAR * (years - 1) + known[department], 0.1, 0.85)
    chance = rng.random(service.size)
    return Answers(
        1 + np.searchsorted(SATISFACTION_CUTS, latent + own[0]),
        np.searchsorted(RECOMMEND_CUTS, recommend),
        1 + np.searchsorted(EFFORT_CUTS, effort),
        np.where(chance < aware, 0, np.where(chance < 1 - DONT_KNOW, 1, 2)),
    )


def draw_comments(
    seed: int, rng: np.random.Generator, service: Ints, language: Ints, answers: Answers, trouble: Floats, completed: Bools
) -> list[str | None]:
    """Comments of some of those who completed, fitting score, language and outage."""
    world = build_world(seed)
    out: list[str | None] = [None] * service.size
    for i in np.flatnonzero(completed & (rng.random(service.size) < COMMENT_SHARE)):
        kind = mood(int(answers.satisfaction[i]), float(trouble[i]))
        out[i] = survey_comment(world, seed, rng, int(service[i]), LANGUAGES[language[i]], kind)
    return out
