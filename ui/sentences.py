"""The sentences that answer a page's question, written from Results.

Rule: a sentence says nothing that the cards and charts below it do not show; rounded for reading, never beyond the data.
Hazard: no base, no data and no change each need a sentence of their own, in both languages.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from metrics import Filters, Grain, QuestionError, Result, key_of, span_of, volume_and_value
from ui.context import Context
from ui.lookups import names_of

_WHOLE: Final[tuple[Grain, ...]] = ("month", "quarter", "year")


def span(context: Context, result: Result) -> str:
    """The period in words for a sentence: "to 30 September 2012" for a year so far, else "in", "on" or "from ... to ..."; where
    data begin inside it, from when on.
    """
    _, window, write = context._, result.window, context.format
    if result.since:
        start, end = write.date(result.since), write.date(window.end)
        return _("from {start}, the first day delivered, to {end}", start=start, end=end)
    if window.days == 1:
        return _("on {date}", date=write.date(window.start))
    for grain in _WHOLE:
        key = key_of(window.start, grain)
        if window == span_of(key):
            name = write.period(key)
            return _("in {year}", year=name) if grain == "year" else _("in {period}", period=name)
    if (window.start.month, window.start.day) == (1, 1) and window.start.year == window.end.year:
        return _("to {date}", date=write.date(window.end))
    return _("from {start} to {end}", start=write.date(window.start), end=write.date(window.end))


def collected(context: Context, result: Result) -> str:
    """How much was collected, and how that compares."""
    _, write, total = context._, context.format, result.total
    when = span(context, result)
    if total.value is None:
        return subject(context, result, _("No collections were reported {when}", when=when))
    amount = write.money_said(total.value)
    if result.base is None or total.change is None:
        return subject(context, result, _("{amount} collected {when}", amount=amount, when=when))
    base = write.base(result.window, result.base)
    size = write.share(abs(total.change), decimals=0 if abs(total.change) >= 0.095 else 1)
    if not total.change:
        said = _("{amount} collected {when}, as much as in {base}", amount=amount, when=when, base=base)
    elif total.change > 0:
        said = _("{amount} collected {when}, {share} more than in {base}", amount=amount, when=when, share=size, base=base)
    else:
        said = _("{amount} collected {when}, {share} less than in {base}", amount=amount, when=when, share=size, base=base)
    return subject(context, result, said)


def text(*sentences: str) -> str:
    """Whole sentences one after the other; empty ones drop out."""
    return " ".join(sentence for sentence in sentences if sentence)


def subject(context: Context, result: Result, sentence: str) -> str:
    """The sentence with the filters in front, where there are any; behind their colon it begins with a small letter."""
    if not result.filters.values:
        return sentence
    if sentence[1:2].islower():  # "No collections", but not "AED 3bn"
        sentence = sentence[0].lower() + sentence[1:]
    return f"{some_of(context, result.filters)}: {sentence}"


def some_of(context: Context, filters: Filters) -> str:
    """The values of filters by name; of many the first two, and how many more there are."""
    names = names_of(context)
    said = [names.of(dimension, code) for dimension, codes in filters.values for code in codes]
    shown = said if len(said) <= 3 else [*said[:2], context._("{n} more", n=context.format.count(len(said) - 2))]
    return context._(", ").join(context.format.name(name) for name in shown)


def why_changed(context: Context, amount: Result, volume: Result) -> str:
    """Whether a change of the amount came from more payments or from larger ones; empty where nothing can be said."""
    try:
        effects = volume_and_value(amount, volume)
    except QuestionError:
        return ""
    if not effects.change or not amount.total.base_value:
        return ""
    if effects.change > 0:
        return _growth(context, effects.first, effects.second, effects.change)
    return _fall(context, effects.first, effects.second, effects.change)


def _growth(context: Context, volume: Fraction, value: Fraction, change: Fraction) -> str:
    _ = context._
    if volume > 0 and value > 0:
        a, b = _shares(context, volume, change)
        return _("{a} of the growth came from more transactions, {b} from larger ones.", a=a, b=b)
    if volume > 0:
        if not value:
            return _("All of the growth came from more transactions.")
        return _("All of the growth came from more transactions; on average they were smaller.")
    if not volume:
        return _("All of the growth came from larger transactions.")
    return _("All of the growth came from larger transactions; there were fewer of them.")


def _fall(context: Context, volume: Fraction, value: Fraction, change: Fraction) -> str:
    _ = context._
    if volume < 0 and value < 0:
        a, b = _shares(context, volume, change)
        return _("{a} of the fall came from fewer transactions, {b} from smaller ones.", a=a, b=b)
    if volume < 0:
        if not value:
            return _("All of the fall came from fewer transactions.")
        return _("All of the fall came from fewer transactions; on average they were larger.")
    if not volume:
        return _("All of the fall came from smaller transactions.")
    return _("All of the fall came from smaller transactions; there were more of them.")


def _shares(context: Context, part: Fraction, change: Fraction) -> tuple[str, str]:
    """A share of a change and the rest, in whole per cent that add up to 100."""
    whole = round(float(part / change), 2)
    return context.format.share(whole, decimals=0), context.format.share(1 - whole, decimals=0)


def largest(context: Context, by_department: Result) -> str:
    """Who collected the most, and which share of the whole; with one department only, nothing."""
    _, write, rows = context._, context.format, [row for row in by_department.rows if row.value]
    whole = sum(row.value or 0 for row in rows)
    if len(rows) < 2 or whole <= 0:
        return ""
    names = names_of(context)
    first, second = (write.name(names.of("department", row.key("department"))) for row in rows[:2])
    share = write.share((rows[0].value or 0) / whole, decimals=0)
    return _("{first} collected the most, {share} of the whole, before {second}.", first=first, share=share, second=second)
