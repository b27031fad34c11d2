"""The sentence that answers the Satisfaction page's question, for the score that is chosen, and how sure it is.

Rule: a score is never said without how many answered, what share of the invited that is, and how sure it is.
Hazard: a change inside its uncertainty is said to be none, whatever its size; a hidden score is said to be hidden, with why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from metrics import Result
from metrics.words import N_
from ui.answers import ask
from ui.compared import not_compared
from ui.context import Context
from ui.sentences import span, subject, text


@dataclass(frozen=True)
class _Sentences:
    """What is said of a score alone, and beside a base that it does not differ from, exceeds, or falls behind."""

    alone: str
    same: str
    more: str
    less: str


_OF_SCORES: Final[Mapping[str, _Sentences]] = {
    "satisfaction": _Sentences(
        N_("{share} of customers satisfied {when}"),
        N_("{share} of customers satisfied {when}, no significant change on {base}"),
        N_("{share} of customers satisfied {when}, {points} points more than in {base}"),
        N_("{share} of customers satisfied {when}, {points} points less than in {base}"),
    ),
    "nps": _Sentences(
        N_("Net promoter score of {score} {when}"),
        N_("Net promoter score of {score} {when}, no significant change on {base}"),
        N_("Net promoter score of {score} {when}, {points} points more than in {base}"),
        N_("Net promoter score of {score} {when}, {points} points less than in {base}"),
    ),
    "effort": _Sentences(
        N_("{share} of customers found it easy {when}"),
        N_("{share} of customers found it easy {when}, no significant change on {base}"),
        N_("{share} of customers found it easy {when}, {points} points more than in {base}"),
        N_("{share} of customers found it easy {when}, {points} points less than in {base}"),
    ),
    "awareness": _Sentences(
        N_("{share} of those asked knew of the service {when}"),
        N_("{share} of those asked knew of the service {when}, no significant change on {base}"),
        N_("{share} of those asked knew of the service {when}, {points} points more than in {base}"),
        N_("{share} of those asked knew of the service {when}, {points} points less than in {base}"),
    ),
}


def scored(context: Context, score: Result) -> str:
    """The chosen score in a sentence, and whether it changed; why there is none where there is none."""
    _, write, total = context._, context.format, score.total
    when = span(context, score)
    if total.hidden:
        return subject(context, score, _("Too few customers answered {when} to show a score", when=when))
    if total.value is None:
        if ask(context, "invitations", base=None).total.value:
            return subject(context, score, _("Nobody answered this question {when}", when=when))
        return subject(context, score, _("No survey was sent {when}", when=when))
    sentences, said = _OF_SCORES[score.kpi.id], write.value(total.value, score.kpi.unit)
    parts = {"share": said, "score": said, "when": when}
    if score.base is None or total.change is None:
        return subject(context, score, _(sentences.alone, **parts))
    size = abs(total.change)
    parts["points"] = write.points(size) if score.kpi.unit == "share" else write.score(size)
    parts["base"] = write.base(score.window, score.base)
    if total.significant is False or not total.change:
        return subject(context, score, _(sentences.same, **parts))
    return subject(context, score, _(sentences.more if total.change > 0 else sentences.less, **parts))


def certainty(context: Context, score: Result) -> str:
    """How sure the score is and on how many answers it stands; empty where there is no score."""
    _, write, total = context._, context.format, score.total
    if total.value is None or total.interval is None:
        return _.note(total.hidden) if total.hidden else ""
    said = _.ngettext(
        "With 95% certainty {interval}, from {n} answer.",
        "With 95% certainty {interval}, from {n} answers.",
        total.n,
        interval=write.interval(total.interval, score.kpi.unit),
        n=write.count(total.n),
    )
    if total.interval.response_rate is not None:
        said += " " + _("{share} of those invited answered.", share=write.share(total.interval.response_rate))
    return text(said, _little(context, score))


def _little(context: Context, score: Result) -> str:
    """That a comparison stands on few answers, or that there is none because its base is hidden; empty otherwise."""
    total, base = score.total, score.base
    if base and total.few and total.base_n:
        earlier, n = context.format.base(score.window, base), context.format.count(total.base_n)
        return context._("Few answers to compare with: n {n} in {base}.", n=n, base=earlier)
    return not_compared(context, score) if total.base_hidden else ""
