"""Cards for facts that are no KPI (counts of the ledger, missing days): title, value and a sentence, in the look of KPI cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

import streamlit as st

from ui.context import Context


@dataclass(frozen=True)
class Fact:
    """One card. `tone` colours the sentence; the words say the same without colour."""

    title: str
    value: str
    words: str
    tone: Literal["good", "warn", "bad", "same"] = "same"


def fact_cards(context: Context, facts: Sequence[Fact]) -> None:
    """Draw a row of facts."""
    body = "".join(
        f'<article class="k-card"><h2>{escape(fact.title)}</h2><p class="k-value">{escape(fact.value)}</p>'
        f'<p class="k-delta"><span class="k-{fact.tone}">{escape(fact.words)}</span></p></article>'
        for fact in facts
    )
    label = escape(context._("Key figures"))
    st.html(f'<section class="k-cards" style="--k-columns:{len(facts)}" aria-label="{label}">{body}</section>')
