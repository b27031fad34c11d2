"""Where words come from: Faker's names in both languages and the curated lists, asked once and never for a row."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from faker import Faker
from faker.providers.person.ar_AA import Provider as Arabic
from faker.providers.person.en import Provider as English

from generators import comments, generate
from generators.comments import first_names
from generators.tables import rows
from generators.world import build_world

NAMES = {"en": set(English.first_names), "ar": set(Arabic.first_names)}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """How often Faker was begun and asked for a name while the test ran, by locale; nothing is remembered from before."""
    found: Counter[str] = Counter()

    class Counting:
        def __init__(self, locale: str) -> None:
            self.locale, self.faker = locale, Faker(locale)
            found[f"{locale} begun"] += 1

        def __getattr__(self, name: str) -> Any:
            if name != "seed_instance":
                found[f"{self.locale} {name}"] += 1
            return getattr(self.faker, name)

    monkeypatch.setattr(comments, "Faker", Counting)
    first_names.cache_clear()
    yield found
    first_names.cache_clear()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_first_names_are_those_of_faker_in_their_language(language: str) -> None:
    names = first_names(7, language)
    assert len(set(names)) > 80
    assert set(names) <= NAMES[language]
    assert all(bool(re.search("[؀-ۿ]", name)) == (language == "ar") for name in names)
    assert first_names(8, language) != names


def test_faker_is_asked_when_the_vocabulary_is_built_and_not_for_rows(tmp_path: Path, asked: Counter[str]) -> None:
    once = {"en begun": 1, "ar_AA begun": 1, "en first_name": comments.NAMES, "ar_AA first_name": comments.NAMES}
    written = []
    for scale in (0.05, 0.5):
        first_names.cache_clear()
        asked.clear()
        generate(
            "dubai",
            date(2012, 5, 1),
            date(2012, 5, 31),
            seed=7,
            scale=scale,
            only=("surveys", "feedback"),
            processes=1,
            out=tmp_path / str(scale),
        )
        assert dict(asked) == once, scale
        texts = pl.read_parquet(tmp_path / str(scale) / "surveys" / "*.parquet")["comment"].drop_nulls()
        written.append(texts.len())
    assert written[1] > 5 * written[0] > 0


def test_departments_and_core_services_are_called_as_the_curated_lists_say() -> None:
    world = build_world(7)
    assert [(d.name_en, d.name_ar) for d in world.departments] == [(r["name_en"], r["name_ar"]) for r in rows("departments")]
    named = {(s.draft.name_en, s.draft.name_ar) for s in world.services}
    assert {(r["name_en"], r["name_ar"]) for r in rows("core_services")} <= named


def test_every_other_service_is_an_action_on_an_object_of_the_curated_lists() -> None:
    actions = {r["name_en"] for r in rows("actions")}
    things = {r["name_en"] for r in rows("objects")}
    built = [s.draft.name_en for s in build_world(7).services if not s.draft.core]
    assert len(built) > 1_000
    assert [
        name for name in built if not any(name == f"{a} {name[len(a) + 1 :]}" and name[len(a) + 1 :] in things for a in actions)
    ] == []
