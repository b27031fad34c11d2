"""The thin layer between a view and the browser's address: reads it at the start of a run, rewrites it when a widget changes.

Rule: the URL is the only place where a view is kept. Widgets are seeded from it and write it in their callback, so a link,
the back button, a chip, a click on a bar and a drop-down cannot disagree.
Hazard: Streamlit's own `bind="query-params"` writes the shown label: a link from an Arabic page would not open in English.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ui.state import PAGE_PARAMETERS, Facts, Notice, State, parse, to_params

_KEY = "view"


def read(facts: Facts) -> tuple[State, tuple[Notice, ...]]:
    """The view that the address asks for, and what of it had to be dropped."""
    asked = {name: st.query_params.get_all(name) for name in st.query_params}
    state, notices = parse(asked, facts)
    if notices:
        write(state)  # what was left out leaves the address too, so that a link copied from it opens without a notice
    st.session_state[_KEY] = state
    return state, notices


def write(state: State) -> None:
    """Put a view into the address; the choices of single pages stay as they are. For callbacks, before the run."""
    others = {name: st.query_params.get_all(name) for name in st.query_params if name in PAGE_PARAMETERS}
    st.query_params.from_dict({**others, **to_params(state)})
    st.session_state[_KEY] = state


def change(step: Callable[[State], State]) -> None:
    """Callback of a widget: the view of the last run, changed by `step`, becomes the view of the next."""
    write(step(st.session_state.get(_KEY, State())))


def seed(key: str, value: object) -> None:
    """Let the widget `key`, which is about to be drawn, show `value`; touches nothing when it already does."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
