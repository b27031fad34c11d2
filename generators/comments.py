"""Words of customers: comments that fit the score, the language and an outage, and texts of complaints and suggestions.

Rule: a comment is a template filled with the service's name in the same language; first names come from Faker (en, ar_AA),
drawn once per process. Hazard: texts are made for people to read, so never derive a number from them.
"""

import tomllib
from functools import cache
from typing import Any, Final

import numpy as np
from faker import Faker

from generators.tables import FOLDER
from generators.world import World

CLOSING_SHARE: Final = 0.5
NAMES: Final = 120
LOCALES: Final = {"en": "en", "ar": "ar_AA"}


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "comments.toml").read_text(encoding="utf-8"))


@cache
def first_names(seed: int, language: str) -> tuple[str, ...]:
    """First names for comments in a language."""
    faker = Faker(LOCALES[language])
    faker.seed_instance(seed)
    return tuple(faker.first_name() for _ in range(NAMES))


def service_name(world: World, service: int, language: str) -> str:
    """Name of a service as it is quoted inside a sentence of the language."""
    draft = world.services[service].draft
    return f"«{draft.name_ar}»" if language == "ar" else f"“{draft.name_en}”"


def mood(satisfaction: int, trouble: float) -> str:
    """Which comments fit a score of 1 to 5 after so many hours of trouble."""
    if satisfaction >= 4:
        return "positive"
    if satisfaction == 3:
        return "neutral"
    return "outage" if trouble > 0.2 else "negative"


def survey_comment(world: World, seed: int, rng: np.random.Generator, service: int, language: str, kind: str) -> str:
    """A comment of mood `kind` (positive, neutral, negative, outage) about a service."""
    words = _texts()["survey"][language][kind]
    text = _pick(rng, words["opening"])
    if rng.random() < CLOSING_SHARE:
        text = f"{text} {_pick(rng, words['closing'])}"
    return _fill(text, service_name(world, service, language), _pick(rng, first_names(seed, language)))


def feedback_text(world: World, rng: np.random.Generator, service: int, language: str, kind: str, category: str) -> str:
    """The text of a complaint or suggestion of a category about a service."""
    return _fill(_pick(rng, _texts()[kind][language][category]), service_name(world, service, language), "")


def categories(kind: str) -> tuple[str, ...]:
    """Categories of complaints or suggestions, in the order of the file."""
    return tuple(_texts()[kind]["en"])


def _pick(rng: np.random.Generator, words: "list[str] | tuple[str, ...]") -> str:
    return words[int(rng.integers(len(words)))]


def _fill(template: str, service: str, name: str) -> str:
    return template.replace("{service}", service).replace("{name}", name)
