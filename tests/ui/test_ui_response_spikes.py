"""A jump of the response rate that a wave makes is explained by the rate without it."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import metrics
from tests.support.contexts import context_over
from tests.support.marts import build_snapshot
from ui.context import Context
from ui.response_spikes import spike, still_open
from ui.text import plain

POLL = {
    "code": "poll",
    "survey": "customer-poll",
    "name_en": "Poll",
    "name_ar": "استطلاع",
    "starts_on": date(2012, 9, 24),
    "ends_on": date(2012, 10, 20),
    "departments": "",
}


def context_with(folder: Path, answered: int, language: str = "en", wave: str = "poll") -> Context:
    """Every week 300 of 1,000 answer; in the last one a wave asks 1,000 more, of whom `answered` do."""
    first = date(2012, 1, 2)
    weekly: list[dict[str, Any]] = [{"day": first + timedelta(weeks=n), "invited": 1000, "completed": 300} for n in range(39)]
    weekly.append({"day": date(2012, 9, 25), "invited": 1000, "completed": answered, "wave": wave})
    return context_over(build_snapshot(folder, surveys=weekly, waves=[POLL], complete_through=date(2012, 9, 30)), language)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Raised in week 39, 2012 by Customer poll: 45.0%, without it 30.0%"),
        ("ar", "ارتفع في الأسبوع 39 من عام 2012 بسبب استطلاع المتعاملين: 45.0%، ومن دونه 30.0%"),
    ],
)
def test_a_wave_that_raises_the_rate_is_named_beside_the_rate_without_it(tmp_path: Path, language: str, said: str) -> None:
    assert plain(spike(context_with(tmp_path, 600, language))) == said


def test_a_wave_that_lowers_the_rate_is_said_to_lower_it(tmp_path: Path) -> None:
    assert spike(context_with(tmp_path, 100)) == "Lowered in week 39, 2012 by Customer poll: 20.0%, without it 30.0%"


def test_a_wave_that_changes_little_is_no_jump(tmp_path: Path) -> None:
    assert spike(context_with(tmp_path, 330)) == ""


def test_what_is_no_wave_explains_nothing(tmp_path: Path) -> None:
    assert spike(context_with(tmp_path, 600, wave="continuous")) == ""


def test_invitations_of_the_last_days_are_said_to_be_open_only_where_the_period_reaches_them(tmp_path: Path) -> None:
    context = context_with(tmp_path, 600)
    assert still_open(context) == "Invitations of the last days can still be answered"
    assert still_open(replace(context, fitted=metrics.month(2012, 3))) == ""
