"""The view a reader looks at, and its place in the URL: which period, compared with what, filtered how, in which language.

Rule: the URL holds codes, never words, so that a link reopens the same view in either language; what is the default is
left out of it. `parse(to_params(state), facts)` gives the state back.
Hazard: whoever edits a URL can write anything. What is unknown, malformed or outside the reader's scope is dropped with
a notice, all three in the same words, so that a notice never tells whether a code exists.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal, get_args

from metrics import periods
from metrics.model import Filters, Window
from ui.format import Formatter
from ui.i18n import LANGUAGES, SOURCE_LANGUAGE, Translator

Period = Literal["ytd", "quarter", "month", "custom"]
Compare = Literal["previous-year", "previous-period"]

DIMENSIONS: Final = ("department", "service", "channel", "method")
"""What a view can be filtered by, in the order of the filter bar."""
PARAMETERS: Final = ("lang", "period", "quarter", "month", "from", "to", "compare", *DIMENSIONS)
PAGE_PARAMETERS: Final = ("measure", "grain", "score")
"""Choices of single pages (ui/toggle.py), which stay in the address when the view changes."""
_SHOWN: Final = 40


@dataclass(frozen=True)
class Facts:
    """What a state is checked against: the days a snapshot has and the codes its reader may see.

    `codes` has the allowed codes per dimension of DIMENSIONS; `owners` the department of each service; `daily` is False
    when everything was reported by the month, so that a day cannot be asked for.
    """

    first_day: date
    complete_through: date
    codes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    daily: bool = True


@dataclass(frozen=True)
class State:
    """One view. `period_key` names the quarter ("2012-Q3") or month ("2012-08"); `span` the days of a custom period."""

    language: str = SOURCE_LANGUAGE
    period: Period = "ytd"
    period_key: str | None = None
    span: Window | None = None
    compare: Compare = "previous-year"
    filters: Filters = field(default_factory=Filters)

    def with_filter(self, dimension: str, *codes: str) -> State:
        """The same view with exactly these codes of a dimension; with none of them when none is given."""
        values = {k: v for k, v in self.filters.values if k != dimension}
        return replace(self, filters=Filters.of(**values, **({dimension: codes} if codes else {})))

    def toggled(self, dimension: str, code: str, facts: Facts | None = None) -> State:
        """The same view filtered by one code, or no longer filtered by that dimension if it already is: a click on a bar.

        A month is a period of its own rather than a filter; a second click leads back to its year (without `facts`, which say
        how far that has data, to the year to date).
        """
        if dimension == "month":
            if (self.period, self.period_key) != ("month", code):
                return replace(self, period="month", period_key=code, span=None)
            return whole_year(self, facts) if facts else replace(self, period="ytd", period_key=None, span=None)
        return self.with_filter(dimension) if self.filters.get(dimension) == (code,) else self.with_filter(dimension, code)

    def without(self, dimension: str, code: str) -> State:
        """The same view with one code less: the x of a chip."""
        return self.with_filter(dimension, *(c for c in self.filters.get(dimension) if c != code))

    def reset(self) -> State:
        """The view a page opens with, in the same language."""
        return State(language=self.language)


@dataclass(frozen=True)
class Notice:
    """A parameter of the URL that was dropped, with its text as given, or the days it means."""

    parameter: str
    value: str
    reason: Literal["unknown", "range", "outside", "clipped", "meaningless"]
    days: Window | None = None


def notice_text(notice: Notice, write: Formatter) -> str:
    """A notice in words. The value is the reader's own input: escape it where the text becomes HTML."""
    words, value = write.words, notice.value if len(notice.value) <= _SHOWN else notice.value[:_SHOWN] + "…"
    if notice.days:
        value = write.window(notice.days)
    if notice.reason == "meaningless":
        return words("The link says “{value}”, which means nothing here; it was left out.", value=value)
    if notice.reason == "range":
        return words("The link asks for the days {value}, which are not in order or incomplete; it was left out.", value=value)
    if notice.reason == "outside":
        return words("The link asks for the days {value}, of which there are no data; it was left out.", value=value)
    if notice.reason == "clipped":
        return words("The link asks for days without data; the period was shortened to {value}.", value=value)
    return words(
        "The link asks for “{value}” as {parameter}, which is not available here; it was left out.",
        value=value,
        parameter=_parameter_names(words)[notice.parameter],
    )


def _parameter_names(words: Translator) -> dict[str, str]:
    """Every one of PARAMETERS as a reader knows it."""
    return {
        "lang": words("Language"),
        "period": words("Period"),
        "quarter": words("Quarter"),
        "month": words("Month"),
        "from": words("From"),
        "to": words("To"),
        "compare": words("Compare with"),
        "department": words("Department"),
        "service": words("Service"),
        "channel": words("Channel"),
        "method": words("Method"),
    }


def parse(params: Mapping[str, Sequence[str]], facts: Facts) -> tuple[State, tuple[Notice, ...]]:
    """The state that a URL asks for (each parameter with its values in order), and what had to be dropped. Never raises."""
    notices: list[Notice] = []

    notices += [Notice(name, name, "meaningless") for name in params if name not in (*PARAMETERS, *PAGE_PARAMETERS)]

    def one(name: str) -> str | None:
        values = params.get(name, ())
        if len(values) > 1:
            notices.append(Notice(name, ", ".join(values), "unknown"))
            return None
        return values[0] if values and values[0] else None

    def chosen(name: str, allowed: Sequence[str]) -> str:
        value = one(name)
        if value is None or value in allowed:
            return value or allowed[0]
        notices.append(Notice(name, value, "unknown"))
        return allowed[0]

    language = chosen("lang", (SOURCE_LANGUAGE, *(code for code in LANGUAGES if code != SOURCE_LANGUAGE)))
    compare = chosen("compare", get_args(Compare))
    period = chosen("period", get_args(Period)) if params.get("period") else _implied(params)
    state = State(language=language, compare=compare)  # type: ignore[arg-type]  # `chosen` gives one of the literals
    if period in ("quarter", "month"):
        state = _keyed(state, period, one(period), facts, notices)
    elif period == "custom":
        state = _custom(state, one("from"), one("to"), facts, notices)
    for dimension in DIMENSIONS:
        state = _filtered(state, dimension, ",".join(filter(None, params.get(dimension, ()))), facts, notices)
    return state, tuple(notices)


def _implied(params: Mapping[str, Sequence[str]]) -> Period:
    """The kind of period that a link without `period` means: days, a month or a quarter are named to be seen."""
    if params.get("from") or params.get("to"):
        return "custom"
    return "month" if params.get("month") else "quarter" if params.get("quarter") else "ytd"


def _keyed(state: State, period: str, key: str | None, facts: Facts, notices: list[Notice]) -> State:
    key = key or periods.key_of(facts.complete_through, "month" if period == "month" else "quarter")
    days = _days_of(key) if _KEYS[period].fullmatch(key) else None
    if days is None or days.start > facts.complete_through or days.end < facts.first_day:
        notices.append(Notice(period, key, "unknown", days))
        return state
    return replace(state, period=period, period_key=key)  # type: ignore[arg-type]  # 'quarter' or 'month' by the caller


def _custom(state: State, first: str | None, last: str | None, facts: Facts, notices: list[Notice]) -> State:
    if any(notice.parameter in ("from", "to") for notice in notices):
        return state  # written twice: said already
    start, end = _day(first), _day(last)
    if start is None or end is None or start > end:
        notices.append(Notice("from", f"{first or '?'} – {last or '?'}", "range"))
        return state
    if start > facts.complete_through or end < facts.first_day:
        notices.append(Notice("from", f"{start} – {end}", "outside", Window(start, end)))
        return state
    span = Window(max(start, facts.first_day), min(end, facts.complete_through))
    if span != Window(start, end):
        notices.append(Notice("from", f"{span.start} – {span.end}", "clipped", span))
    return replace(state, period="custom", span=span)


def _filtered(state: State, dimension: str, text: str, facts: Facts, notices: list[Notice]) -> State:
    if not text:
        return state
    allowed = facts.codes.get(dimension, frozenset())
    asked = list(dict.fromkeys(text.split(",")))
    notices += [Notice(dimension, code, "unknown") for code in asked if code not in allowed]
    return state.with_filter(dimension, *(code for code in asked if code in allowed))


def to_params(state: State) -> dict[str, str]:
    """The query parameters of a state, defaults left out."""
    params = {}
    if state.language != SOURCE_LANGUAGE:
        params["lang"] = state.language
    if state.period != "ytd":
        params["period"] = state.period
    if state.period in ("quarter", "month") and state.period_key:
        params[state.period] = state.period_key
    if state.period == "custom" and state.span:
        params |= {"from": state.span.start.isoformat(), "to": state.span.end.isoformat()}
    if state.compare != "previous-year":
        params["compare"] = state.compare
    return params | {dimension: ",".join(codes) for dimension, codes in state.filters.values}


_KEYS: Final = {"month": re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])"), "quarter": re.compile(r"[0-9]{4}-Q[1-4]")}


def period_keys(period: Literal["quarter", "month"], facts: Facts) -> list[str]:
    """Keys of all quarters or months with data, newest first."""
    return list(reversed(periods.keys(Window(facts.first_day, facts.complete_through), period)))


def window(state: State, facts: Facts) -> Window:
    """The days a view is about. A period still running ends at complete-through, so that its base is as long as it is."""
    if state.span is not None:
        return state.span
    if state.period_key is None:
        return periods.year_to_date(facts.complete_through)
    days = periods.span_of(state.period_key)
    return Window(days.start, min(days.end, facts.complete_through))


def whole_year(state: State, facts: Facts) -> State:
    """The same view over the year that its days begin in, as far as there are data: the way back from one month of it."""
    days = window(state, facts)
    if days.start.year == facts.complete_through.year:
        return replace(state, period="ytd", period_key=None, span=None)
    return replace(state, period="custom", period_key=None, span=year_around(days, facts))


def year_around(days: Window, facts: Facts) -> Window:
    """The year that days begin in, as far as there are data."""
    whole = periods.year(days.start.year)
    return Window(max(whole.start, facts.first_day), min(whole.end, facts.complete_through))


def base(state: State, facts: Facts) -> Window:
    """The days a view is compared with."""
    return base_of(window(state, facts), state.compare)


def base_of(days: Window, compare: Compare) -> Window:
    """The days that `days` are compared with."""
    return periods.same_period_last_year(days) if compare == "previous-year" else periods.previous_period(days)


def _days_of(key: str) -> Window | None:
    try:
        return periods.span_of(key)
    except ValueError:
        return None


def _day(text: str | None) -> date | None:
    if text is None or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
