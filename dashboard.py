"""The front door: settings, snapshot, identity to scope, navigation. Nothing else.

`streamlit run dashboard.py` finds `app` below and serves it; each visit then runs this file as a script, as `__main__`.
Rule: no page runs before the scope is known. Pages are functions, registered here; a file in pages/ does nothing by itself.
Hazard: the snapshot changes while the server runs; every run checks the pointer and moves on to the new version as a whole.
"""

import os
from functools import partial
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit import net_util
from streamlit.runtime.pages_manager import PagesManager

import metrics
from metrics import Scope, Snapshot
from pages import availability, collections, data, overview, satisfaction
from ui import answers, shell, url
from ui.context import Context
from ui.direction import DocumentHead
from ui.filters import show_notices
from ui.format import Formatter
from ui.i18n import translator
from ui.lookups import known

DATA = Path(os.environ.get("DATA") or metrics.DEFAULT_DATA)


@st.cache_resource(max_entries=2, show_spinner=False)
def snapshot_of(data: Path, version: str) -> Snapshot:
    """The open snapshot of a version, shared by all sessions."""
    answers.forget()
    del version  # it is the key under which the snapshot is kept
    return metrics.open_snapshot(data)


def scope_of_reader() -> Scope:
    """For whom numbers are asked. Everyone sees everything until sign-in exists."""
    return Scope.everything()


def run() -> None:
    """One run of the page for one reader."""
    st.set_page_config(page_icon="static/icon.png", layout="wide", initial_sidebar_state="auto")
    snapshot = snapshot_of(DATA, metrics.current_version(DATA))
    scope = scope_of_reader()
    facts = known(snapshot, scope).facts
    state, notices = url.read(facts)
    words = translator(state.language)
    context = Context(
        snapshot=snapshot,
        scope=scope,
        facts=facts,
        state=state,
        _=words,
        format=Formatter(words, snapshot.settings.currency, snapshot.settings.minor_unit),
        dark=st.context.theme.type == "dark",
    )
    page = shell.navigate(context, _entries(context))
    with st.container(key="notices"):
        show_notices(context, notices)
    page.run()


def _entries(context: Context) -> list[shell.Entry]:
    """The pages in the order of the sidebar."""
    _ = context._
    listed = (
        ("", _("Overview"), _("Executive"), overview.page, "collected_amount"),
        ("collections", _("Collections"), _("Executive"), collections.page, "collected_amount"),
        ("availability", _("Availability"), _("Executive"), availability.page, ""),
        ("satisfaction", _("Satisfaction"), _("Survey team"), satisfaction.page, ""),
        ("data", _("Freshness and checks"), _("Data"), data.page, ""),
    )
    return [
        shell.Entry(path, title, group, partial(shell.draw, page, context, title, kpi))
        for path, title, group, page, kpi in listed
    ]


if __name__ == "__main__":
    run()
else:
    # Otherwise Streamlit asks a host outside for this machine's address when a page of a foreign origin connects.
    net_util.get_external_ip = lambda: None
    # Otherwise Streamlit takes pages/ for pages of its own until the first visit, and a cold deep link would run a file in it.
    PagesManager.uses_pages_directory = False
    app = st.App(__file__, middleware=[Middleware(DocumentHead)], on_script_error=shell.failure)
