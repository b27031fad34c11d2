"""What a page receives: one frozen value with everything it may depend on.

Rule: a page reads nothing else (no session state, no URL, no clock), so two runs with equal contexts draw the same page.
Hazard: a number asked for without `scope` would be everybody's number; pages ask through `ui.answers.ask`, which cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ui import state as views
from ui.format import Formatter
from ui.i18n import Translator

if TYPE_CHECKING:
    from metrics import Scope, Snapshot, Window


@dataclass(frozen=True)
class Context:
    """For whom, of what, in which language, and which view.

    `_` translates (`_ = context._` at the top of a page); `format` writes figures and dates in the same language;
    `state` is the view as the URL names it, checked against `facts`; `dark` is whether the reader's theme is dark.
    """

    snapshot: Snapshot
    scope: Scope
    facts: views.Facts
    state: views.State
    _: Translator
    format: Formatter
    dark: bool = False
    fitted: Window | None = None
    """The days shown instead of the view's own, where those would cut a period that was reported as a whole."""

    @property
    def window(self) -> Window:
        """The days the view is about."""
        return self.fitted or views.window(self.state, self.facts)

    @property
    def base(self) -> Window:
        """The days the view is compared with."""
        return views.base_of(self.window, self.state.compare)

    @property
    def language(self) -> str:
        """Code of the page's language."""
        return self._.language

    @property
    def rtl(self) -> bool:
        """Whether the page runs from right to left."""
        return self._.rtl

    def local(self, at: datetime) -> datetime:
        """A time of the data (UTC, without a zone) as the clock of the configured zone showed it."""
        return at.replace(tzinfo=UTC).astimezone(ZoneInfo(self.snapshot.settings.timezone))
