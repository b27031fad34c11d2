"""The filter bar: period, comparison and the dimensions a page uses, as buttons that say what is chosen and open to change it.

Rule: options are codes; names are looked up for showing only. Offered is what the scope may see, most used first.
Hazard: a date picker would follow the browser's locale, so days are chosen from lists, which read right in any language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Final, Literal

import streamlit as st

import metrics
from metrics import periods
from metrics.model import Window
from ui import url
from ui.context import Context
from ui.i18n import Translator
from ui.lookups import names_of, options_of
from ui.state import Compare, Facts, Notice, Period, State, base_of, notice_text, period_keys, window
from ui.text import markdown_safe

ALL_DIMENSIONS: Final = ("department", "service", "channel", "method")


def filter_bar(
    context: Context, kpis: Sequence[str], dimensions: Sequence[str] = ALL_DIMENSIONS, *, compare: bool = True
) -> None:
    """The bar of a page that shows `kpis` and offers `dimensions`; under it a chip for each filter in force, and a reset."""
    facts = context.facts
    with st.container(horizontal=True, key="filters", gap="small", vertical_alignment="center"):
        _period(context, facts)
        if compare:
            _compare(context)
        for dimension in dimensions:
            if options_of(context, dimension):
                _dimension(context, dimension)
    _chips(context, kpis)


def show_notices(context: Context, notices: Sequence[Notice]) -> None:
    """Say what of the link was left out."""
    for notice in notices:
        st.warning(markdown_safe(notice_text(notice, context.format)))


def _label(name: str, chosen: str) -> str:
    return f"{markdown_safe(name)} **{markdown_safe(chosen)}**"


def _period(context: Context, facts: Facts) -> None:
    _, state = context._, context.state
    days = context.format.window_short(context.window)
    chosen = _("Year to date") if state.period == "ytd" else context.format.period(state.period_key) if state.period_key else days
    with st.popover(_label(_("Period"), chosen), key="filter-period"):
        names = period_names(_)
        url.seed("pick-period", state.period)
        st.radio(
            _("Period"),
            list(names),
            format_func=names.__getitem__,
            key="pick-period",
            on_change=_set_period,
            args=(facts,),
            horizontal=True,
        )
        if state.period == "quarter" or state.period == "month":
            _pick_key(context, facts, state.period)
        elif state.period == "custom":
            _pick_days(context, facts)
        st.caption(context.format.window(context.window))


def period_names(words: Translator) -> dict[Period, str]:
    """The kinds of period in words, in the order they are offered."""
    return {"ytd": words("Year to date"), "quarter": words("Quarter"), "month": words("Month"), "custom": words("Custom")}


def _set_period(facts: Facts) -> None:
    period: Period = st.session_state["pick-period"]
    url.change(lambda state: with_period(state, period, facts))


def with_period(state: State, period: Period, facts: Facts) -> State:
    """The same view over another kind of period: the latest quarter or month, or the days shown now to start from."""
    if period == "custom":
        return replace(state, period=period, period_key=None, span=window(state, facts))
    key = None if period == "ytd" else period_keys(period, facts)[0]
    return replace(state, period=period, period_key=key, span=None)


def _pick_key(context: Context, facts: Facts, period: Literal["quarter", "month"]) -> None:
    key = f"pick-{period}"
    url.seed(key, context.state.period_key)
    st.selectbox(
        period_names(context._)[period],
        period_keys(period, facts),
        format_func=context.format.period,
        key=key,
        label_visibility="collapsed",
        on_change=lambda: url.change(lambda state: replace(state, period_key=st.session_state[key])),
    )


def _pick_days(context: Context, facts: Facts) -> None:
    span = window(context.state, facts)
    for end, label, day in (("start", context._("From"), span.start), ("end", context._("To"), span.end)):
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            month_key, day_key = f"pick-{end}-month", f"pick-{end}-day"
            url.seed(month_key, f"{day:%Y-%m}")
            months = list(reversed(period_keys("month", facts)))
            changed = partial(_set_days, end, facts)
            st.selectbox(label, months, format_func=context.format.period, key=month_key, on_change=changed, width=200)
            if facts.daily:
                url.seed(day_key, day.day)
                last = periods.span_of(f"{day:%Y-%m}").end.day
                st.selectbox(
                    context._("Day"),
                    range(1, last + 1),
                    format_func=context.format.ordinal,
                    key=day_key,
                    on_change=changed,
                    width=90,
                )


def _set_days(end: str, facts: Facts) -> None:
    month = periods.span_of(st.session_state[f"pick-{end}-month"])
    default = month.start.day if end == "start" else month.end.day
    number = min(st.session_state.get(f"pick-{end}-day", default), month.end.day) if facts.daily else default
    url.change(lambda state: with_day(state, end, month.start.replace(day=number), facts))


def with_day(state: State, end: str, day: date, facts: Facts) -> State:
    """The same custom period with another first ("start") or last ("end") day; the other one moves along where it must."""
    day = min(max(day, facts.first_day), facts.complete_through)
    span = window(state, facts)
    if end == "start":
        return replace(state, span=Window(day, max(day, span.end)))
    return replace(state, span=Window(min(day, span.start), day))


def _compare(context: Context) -> None:
    _, state = context._, context.state
    names: dict[Compare, str] = {"previous-year": _("Same period a year earlier"), "previous-period": _("The period just before")}
    days = {c: context.format.window_short(base_of(context.window, c)) for c in names}
    with st.popover(_label(_("Compare with"), days[state.compare]), key="filter-compare"):
        url.seed("pick-compare", state.compare)
        st.radio(
            _("Compare with"),
            list(names),
            format_func=lambda code: f"{names[code]}: {days[code]}",
            key="pick-compare",
            on_change=lambda: url.change(lambda view: replace(view, compare=st.session_state["pick-compare"])),
        )


def _dimension(context: Context, dimension: str) -> None:
    _, names, facts = context._, names_of(context), context.facts
    name, options, chosen = names.dimension(dimension), _options(context, dimension), context.state.filters.get(dimension)
    with st.popover(_label(name, chosen_in_words(context, dimension)), key=f"filter-{dimension}"):
        key = f"pick-{dimension}"
        url.seed(key, [code for code in options if code in chosen])
        st.multiselect(
            name,
            options,
            format_func=partial(names.of, dimension),
            key=key,
            placeholder=_("All"),
            select_all=False,
            on_change=lambda: url.change(lambda state: choose(state, dimension, st.session_state[key], facts)),
        )


def _options(context: Context, dimension: str) -> list[str]:
    options = options_of(context, dimension)
    departments = context.state.filters.get("department")
    if dimension == "service" and departments:
        owners = context.facts.owners
        return [code for code in options if offered_by(owners.get(code), departments)]
    return list(options)


def offered_by(owner: str | None, departments: Sequence[str]) -> bool:
    """Whether one of the departments may offer a service; one without an owner is everybody's."""
    return owner is None or owner in departments


def choose(state: State, dimension: str, codes: Sequence[str], facts: Facts) -> State:
    """The same view with these codes of a dimension; services that the chosen departments do not offer are let go."""
    state = state.with_filter(dimension, *codes)
    if dimension == "department" and codes:
        kept = [code for code in state.filters.get("service") if offered_by(facts.owners.get(code), codes)]
        state = state.with_filter("service", *kept)
    return state


def chosen_in_words(context: Context, dimension: str) -> str:
    """What a dimension is filtered by, for its button: "All", the name, or how many."""
    chosen = context.state.filters.get(dimension)
    if not chosen:
        return context._("All")
    if len(chosen) == 1:
        return names_of(context).of(dimension, chosen[0])
    return context._.ngettext("{n} chosen", "{n} chosen", len(chosen), n=context.format.count(len(chosen)))


def used(kpis: Sequence[str]) -> frozenset[str]:
    """Dimensions by which at least one of the KPIs can be filtered."""
    return frozenset(dimension for kpi in kpis for dimension in metrics.dimensions(metrics.kpi(kpi)))


def _chips(context: Context, kpis: Sequence[str]) -> None:
    _, state, names, in_use = context._, context.state, names_of(context), used(kpis)
    # The place is always there, so that what follows keeps its place on the page when the first chip comes or the last one goes.
    with st.container(horizontal=True, key="chips", gap="small", vertical_alignment="center"):
        if not state.filters.values:
            return
        for dimension, codes in state.filters.values:
            unused = "" if dimension in in_use else _(" (not used on this page)")
            for code in codes:
                text = f"{names.dimension(dimension)}: {names.of(dimension, code)}{unused}"
                st.button(
                    f"{markdown_safe(text)} ✕",
                    key=f"chip-{dimension}-{code}",
                    on_click=partial(url.change, partial(State.without, dimension=dimension, code=code)),
                )
        st.button(_("Reset"), key="chips-reset", type="tertiary", on_click=partial(url.change, State.reset))
