"""Names for the wordings of surveys: the survey, and which of its wordings it is, counted in the order they were first used.

Rule: a wording is a code that only the survey team knows ("panel-2"); a reader is told the survey and a number.
Hazard: surveys have no names in the data. Those we know are named in `ui.names`; of any other its code is all there is.
"""

from __future__ import annotations

from collections.abc import Mapping

import metrics
from metrics import Scope, Snapshot, Window
from ui.i18n import Translator, translator
from ui.names import CODES


def wording_names(snapshot: Snapshot, scope: Scope, days: Window) -> dict[str, tuple[str, str]]:
    """English and Arabic name of every wording that somebody in the scope was invited with."""
    return in_order(_first_used(snapshot, scope, days))


def in_order(used: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Names of wordings, given the survey of each in the order of first use."""
    surveys: dict[str, list[str]] = {}
    for wording, survey in used.items():
        surveys.setdefault(survey, []).append(wording)
    return {
        wording: (_name(translator("en"), survey, number, len(all_)), _name(translator("ar"), survey, number, len(all_)))
        for survey, all_ in surveys.items()
        for number, wording in enumerate(all_, start=1)
    }


def _first_used(snapshot: Snapshot, scope: Scope, days: Window) -> dict[str, str]:
    """The survey of each wording, by the month of its first invitation."""
    rows = metrics.query("invitations", days, snapshot=snapshot, scope=scope, by=("month", "survey", "wording")).rows
    found = sorted((row.key("month"), row.key("wording"), row.key("survey")) for row in rows if row.value)
    used: dict[str, str] = {}
    for _month, wording, survey in found:
        used.setdefault(wording, survey)
    return used


def _name(words: Translator, survey: str, number: int, of: int) -> str:
    known = CODES["survey"].get(survey)
    name = words(known) if known else survey.replace("-", " ").replace("_", " ")
    return words("{survey} (wording {number})", survey=name, number=number) if of > 1 else name
