"""The frame around every page: sidebar with navigation, state of the data, language and theme; headline; designed failures.

Rule: links keep the view (as codes in the URL), and the language is switched by a link, so that the document itself arrives in
the right language and direction.
Hazard: markup goes through Streamlit's sanitiser, which drops `target` and inline SVG; buttons are found by their `data-`
attributes in static/dashboard.js.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from html import escape
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import streamlit as st

import metrics
from metrics import CutPeriodError, Filters, MetricsError, NoSnapshotError, year_to_date
from ui import url, whole
from ui.answers import ask
from ui.context import Context
from ui.direction import language_of
from ui.i18n import LANGUAGES, translator
from ui.state import State, to_params
from ui.text import markdown_safe

_LOG = logging.getLogger(__name__)
_OLD_DAYS: Final = 2
"""A store is fed daily: from how many days on the age of what is shown is said."""


@dataclass(frozen=True)
class Entry:
    """A page in the navigation: its place in the URL ('' for the first), title and group in words, and what draws it."""

    path: str
    title: str
    group: str
    draw: Callable[[], None]


def navigate(context: Context, entries: Sequence[Entry]) -> st.Page:
    """Register the pages, draw the sidebar, and return the page that was asked for."""
    pages = {entry.path: st.Page(entry.draw, title=entry.title, url_path=entry.path, default=not entry.path) for entry in entries}
    chosen = st.navigation(list(pages.values()), position="hidden")
    copy, done, skip = (escape(said) for said in (context._("Copy link"), context._("Copied"), context._("Skip to main content")))
    st.html(f'<div class="k-tools" data-skip="{skip}"><button type="button" data-copy data-done="{done}">{copy}</button></div>')
    with st.sidebar:
        _sidebar(context, entries, pages, chosen)
    return chosen


def _sidebar(context: Context, entries: Sequence[Entry], pages: Mapping[str, st.Page], chosen: st.Page) -> None:
    kept = to_params(context.state)
    st.html(f'<p class="k-brand">{escape(context._("e-Government performance"))}</p>')
    group = ""
    for entry in entries:
        if entry.group != group:
            group = entry.group
            st.html(f'<p class="k-nav-group">{escape(group)}</p>')
        place = st.container(key="here") if pages[entry.path] == chosen else st.container()
        place.page_link(pages[entry.path], label=entry.title, query_params=kept)
    with st.container(key="foot"):
        st.html(_foot(context, chosen.url_path))


def _foot(context: Context, path: str) -> str:
    """How far the data reaches, the other languages, the theme."""
    _, state = context._, context.state
    through = _("Data complete to {date}", date=context.format.date(context.facts.complete_through))
    lines = [through, _published(context, datetime.now(UTC)), _reporting(context)]
    links = "".join(
        f'<a href="/{escape(path)}?{escape(urlencode(to_params(replace(state, language=code)) or {"lang": code}))}" '
        f'lang="{code}" hreflang="{code}">{escape(name)}</a>'
        for code, name in LANGUAGES.items()
        if code != context.language
    )
    theme = escape(_("Light theme") if context.dark else _("Dark theme"))
    said = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    return f'<div class="k-foot">{said}<nav>{links}<button type="button" data-theme="switch">{theme}</button></nav></div>'


def _published(context: Context, now: datetime) -> str:
    """When the numbers shown were published, and how long ago that is where nobody has published since yesterday."""
    _ = context._
    at = datetime.fromisoformat(metrics.meta(context.snapshot)["published_at"])
    zone = ZoneInfo(context.snapshot.settings.timezone)
    moment = context.format.moment(at.astimezone(zone))
    age = (now.astimezone(zone).date() - at.astimezone(zone).date()).days
    if age < _OLD_DAYS:
        return _("Published {moment}", moment=moment)
    return _.ngettext(
        "Published {moment}, {n} day ago", "Published {moment}, {n} days ago", age, n=context.format.count(age), moment=moment
    )


def _reporting(context: Context) -> str:
    """How many departments had payments in the year of the newest day, whatever the view is filtered by."""
    through = context.facts.complete_through
    unfiltered = replace(context, state=replace(context.state, filters=Filters()))
    try:
        result = ask(unfiltered, "transactions", "department", window=year_to_date(through), base=None)
    except MetricsError:
        return ""
    count = sum(bool(row.value) for row in result.rows)
    if not count:
        return ""
    return context._.ngettext(
        "{n} department with payments in {year}",
        "{n} departments with payments in {year}",
        count,
        n=context.format.count(count),
        year=context.format.period(str(through.year)),
    )


def headline(sentence: str, second: str = "") -> None:
    """The answer to the page's question, in one sentence and a second one."""
    more = f'<p class="k-lede">{escape(second)}</p>' if second else ""
    st.html(f'<h1 class="k-headline">{escape(sentence)}</h1>{more}')


def columns(*widths: float) -> list[st.delta_generator.DeltaGenerator]:
    """Columns side by side that stand one below the other on a phone."""
    return st.columns(list(widths), gap="medium")


def choices() -> st.delta_generator.DeltaGenerator:
    """A line for the small choices of a page, above its charts."""
    return st.container(horizontal=True, key="choices", gap="small", vertical_alignment="center")


def section(title: str) -> None:
    """The title of a part of a page."""
    st.html(f'<h2 class="k-section">{escape(title)}</h2>')


def part(title: str, days: str) -> None:
    """The title of a part of a page whose numbers are of other days than the next part's, with those days."""
    st.html(f'<h2 class="k-part">{escape(title)} <span>{escape(days)}</span></h2>')


def link_to(context: Context, path: str, label: str) -> str:
    """HTML of a link to another page that keeps the view."""
    query = urlencode(to_params(context.state))
    return f'<a href="/{escape(path)}{escape(f"?{query}" if query else "")}" target="_self">{escape(label)}</a>'


def empty(title: str, why: str, further: str = "") -> None:
    """A designed place for what is not there: what is missing, and what to do; `further` is HTML, a link to go on by."""
    more = f"<p>{further}</p>" if further else ""
    st.html(f'<div class="k-empty"><h3>{escape(title)}</h3><p>{escape(why)}</p>{more}</div>')


def draw(page: Callable[[Context], None], context: Context, title: str, kpi: str = "") -> None:
    """Draw a page; a question that has no answer (days that cut a reported month) is said in words instead.

    `kpi` is what the page's headline asks, where it asks for something that may have been reported by longer periods.
    """
    cut = whole.cut_by(context, kpi) if kpi else None
    shown = whole.fitted(context, kpi) if kpi else context
    if cut and shown.fitted:
        st.info(markdown_safe(whole.moved_in_words(shown, cut)))
    try:
        page(shown)
    except CutPeriodError as error:
        if cut and not shown.fitted:
            headline(context._("There is no figure for {period}", period=context.format.window(context.window)))
        _refused(context, title, error)
    except MetricsError as error:
        empty(title, context._.note(error.note))


def _refused(context: Context, title: str, error: CutPeriodError) -> None:
    """Why these days cannot be shown, and the nearest ones that can, to choose with a click."""
    _ = context._
    why = whole.reported_whole(context, error)
    empty(title, _("{why} Choose days that hold the whole of it, or none of it.", why=why))
    windows = whole.offers(context, error)
    with st.container(horizontal=True, key="instead", gap="small"):
        for window in windows:
            step = partial(replace, period="custom", period_key=None, span=window)
            name = _("Show {period}", period=context.format.window(window))
            st.button(markdown_safe(name), key=f"instead-{window.start}-{window.end}", on_click=partial(url.change, step))
        if not windows:
            st.button(_("Show the year to date"), key="instead-ytd", on_click=partial(url.change, _to_date))


def _to_date(state: State) -> State:
    return replace(state, period="ytd", period_key=None, span=None)


def failure(error: Exception) -> bool:
    """What a reader sees when a page fails: no internals, and what to do. True: nothing else is shown. Written to the log."""
    _LOG.error("a page failed", exc_info=error)
    _ = translator(language_of(urlencode(st.query_params.to_dict())))
    if isinstance(error, NoSnapshotError):
        empty(
            _("There is no data to show yet"),
            _("Nothing was published in this store. The data operator publishes it, then this page fills."),
        )
    else:
        empty(
            _("This page could not be shown"),
            _("Something went wrong on our side. Reload the page; if it happens again, tell the data operator."),
        )
    return True
