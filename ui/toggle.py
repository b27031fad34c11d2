"""A small choice that belongs to one page (amount or count, month or day), kept in the URL like the view.

Rule: the URL holds the code; what it does not know falls back to the first option, without a notice, because nothing was hidden.
Hazard: Streamlit's own binding would write the shown label into the URL, which differs by language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from ui.url import seed


def chosen(parameter: str, codes: Sequence[str]) -> str:
    """The code that the URL asks for; the first one where it asks for none that there is."""
    asked = st.query_params.get(parameter)
    return asked if asked is not None and asked in codes else codes[0]


def toggle(parameter: str, options: Mapping[str, str], label: str) -> str:
    """Draw the choice and return the chosen code. `options` are code to words; `label` names the choice for screen readers."""
    codes = list(options)
    code = chosen(parameter, codes)
    key = f"toggle-{parameter}"
    seed(key, code)
    st.segmented_control(
        label,
        codes,
        format_func=options.__getitem__,
        key=key,
        required=True,
        label_visibility="collapsed",
        on_change=lambda: _write(parameter, st.session_state[key], codes[0]),
    )
    return code


def _write(parameter: str, code: str | None, default: str) -> None:
    if code in (None, default):
        st.query_params.pop(parameter, None)
    else:
        st.query_params[parameter] = code
