"""The frame around pages: it says how old the numbers are that it frames."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.contexts import context_over
from tests.support.marts import snapshot_in_memory
from ui.shell import _published
from ui.text import plain

PUBLISHED = datetime(2012, 10, 1, 3, tzinfo=UTC)
"""As tests.support.marts publishes; 07:00 in Dubai."""


@pytest.mark.parametrize(
    ("language", "later", "said"),
    [
        pytest.param("en", timedelta(0), "Published 1 October 2012, 07:00", id="today"),
        pytest.param("en", timedelta(days=1), "Published 1 October 2012, 07:00", id="yesterday"),
        pytest.param(
            "en", timedelta(days=1, hours=17), "Published 1 October 2012, 07:00, 2 days ago", id="by the local calendar"
        ),
        pytest.param("en", timedelta(days=40), "Published 1 October 2012, 07:00, 40 days ago", id="long ago"),
        pytest.param("ar", timedelta(days=2), "نُشرت في 1 أكتوبر 2012، 07:00، قبل يومين", id="Arabic, two"),
        pytest.param("ar", timedelta(days=5), "نُشرت في 1 أكتوبر 2012، 07:00، قبل 5 أيام", id="Arabic, few"),
    ],
)
def test_what_was_published_before_yesterday_says_how_many_days_ago(language: str, later: timedelta, said: str) -> None:
    context = context_over(snapshot_in_memory(), language)
    assert plain(_published(context, PUBLISHED + later)) == said
