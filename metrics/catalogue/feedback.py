"""Complaints and suggestions: how many, how many still open, how fast resolved."""

from __future__ import annotations

from typing import Final

from metrics.catalogue import phrases
from metrics.model import Direction, Kpi
from metrics.words import N_

_FILED: Final = {"zero": "feedback"}


def _opened(id: str, only: str, direction: Direction, title: str, definition: str) -> Kpi:
    return Kpi(
        id=id,
        title=title,
        unit="count",
        mart="feedback",
        numerator="SUM(opened)",
        denominator=None,
        n="SUM(opened)",
        direction=direction,
        definition=definition,
        source="feedback",
        parameters={**_FILED, "only": only},
    )


def _resolved(id: str, only: str, title: str, definition: str) -> Kpi:
    return Kpi(
        id=id,
        title=title,
        unit="count",
        mart="feedback",
        numerator="SUM(resolved)",
        denominator=None,
        n="SUM(resolved)",
        direction="up",
        definition=definition,
        source="feedback",
        parameters={**_FILED, "only": only},
    )


def _backlog(id: str, only: str, title: str, definition: str) -> Kpi:
    return Kpi(
        id=id,
        title=title,
        unit="count",
        mart="feedback",
        numerator="SUM(opened) - SUM(resolved)",
        denominator=None,
        n="SUM(opened)",
        direction="down",
        definition=definition,
        source="feedback",
        caveats=(phrases.BALANCE,),
        kind="balance",
        parameters={"only": only},
    )


FEEDBACK: Final = (
    _opened("complaints_opened", "complaint", "down", N_("Complaints opened"), N_("Complaints filed, on the day of filing.")),
    _resolved(
        "complaints_resolved",
        "complaint",
        N_("Complaints resolved"),
        N_("Complaints resolved, on the day of their resolution."),
    ),
    _backlog(
        "complaints_backlog",
        "complaint",
        N_("Open complaints"),
        N_("Backlog: complaints opened and not yet resolved at the end of the last day."),
    ),
    Kpi(
        id="complaints_resolved_within_7_days",
        title=N_("Complaints resolved within 7 days"),
        unit="share",
        mart="feedback_cases",
        numerator="SUM(CASE WHEN days <= 7 AND resolved_on <= as_of THEN 1 ELSE 0 END)",
        denominator="SUM(CASE WHEN resolved_on <= as_of OR date_diff('day', period_start, as_of) > 7 THEN 1 ELSE 0 END)",
        n="COUNT(*)",
        direction="up",
        definition=N_(
            "Of the complaints opened in the window: resolved within 7 days / resolved or overdue, "
            "as things stood at the end of the window."
        ),
        source="feedback",
        caveats=(N_("A complaint still open and not yet 7 days old counts neither way."),),
        kind="ratio",
        parameters={"only": "complaint", "as_of": "window"},
    ),
    Kpi(
        id="complaints_median_days",
        title=N_("Days to resolve a complaint, median"),
        unit="days",
        mart="feedback_cases",
        numerator="COUNT(*)",
        denominator=None,
        n="COUNT(*)",
        direction="down",
        definition=N_("Median of the days from opening to resolution, of the complaints resolved in the window."),
        source="feedback",
        kind="quantile",
        parameters={"only": "complaint", "calendar": "resolved_on", "q": "0.5", "histogram": "days", "reads": "exact"},
    ),
    Kpi(
        id="complaints_per_10000",
        title=N_("Complaints per 10,000 transactions"),
        unit="ratio",
        mart="feedback",
        numerator="10000 * SUM(opened)",
        denominator="SUM(settled)",
        n="SUM(opened)",
        direction="down",
        definition=N_("Complaints opened x 10,000 / settled transactions."),
        caveats=(N_("Not by channel: a complaint is filed by one channel about a payment made by any."),),
        source=f"feedback {phrases.PAYMENTS}",
        kind="cross",
        parameters={**_FILED, "only": "complaint", "denominator_mart": "payments", "never_by": "channel"},
    ),
    _opened(
        "suggestions_opened", "suggestion", "neutral", N_("Suggestions opened"), N_("Suggestions filed, on the day of filing.")
    ),
    _resolved(
        "suggestions_resolved",
        "suggestion",
        N_("Suggestions resolved"),
        N_("Suggestions resolved, on the day of their resolution."),
    ),
    _backlog(
        "suggestions_backlog",
        "suggestion",
        N_("Open suggestions"),
        N_("Backlog: suggestions opened and not yet resolved at the end of the last day."),
    ),
)
