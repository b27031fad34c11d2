"""A page's context over a snapshot, without Streamlit running."""

from dataclasses import replace

from metrics import Filters, Scope
from store.snapshot import Snapshot
from ui.context import Context
from ui.format import Formatter
from ui.i18n import translator
from ui.lookups import known
from ui.state import State


def context_over(snapshot: Snapshot, language: str = "en", *, dark: bool = False, **filters: str) -> Context:
    """What a page would receive for the default view of `snapshot` with these filters."""
    words, scope = translator(language), Scope.everything()
    state = replace(State(language=language), filters=Filters.of(**filters))
    write = Formatter(words, snapshot.settings.currency, snapshot.settings.minor_unit)
    return Context(snapshot, scope, known(snapshot, scope).facts, state, words, write, dark)
