"""What the n of a KPI counts, in words: a number of records says nothing before one knows of what.

Rule: the words follow from the mart and the aggregate that n is read from; a test asks them for every KPI.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from metrics.model import Kpi
from metrics.words import N_

_COUNTED: Final[Mapping[tuple[str, str], str]] = {
    ("payments", "SUM(settled)"): N_("settled transactions"),
    ("payments", "SUM(settled + failed)"): N_("settled and failed attempts"),
    ("payments", "SUM(attempts)"): N_("attempts to pay"),
    ("payments", "SUM(refunds)"): N_("refunds"),
    ("payments", "SUM(baskets)"): N_("baskets"),
    ("payments", "SUM(timed)"): N_("transactions with a known duration"),
    ("completion", "SUM(settled)"): N_("transactions with a known duration"),
    ("payers", "COUNT(DISTINCT payer)"): N_("payers"),
    ("it_spend", "COUNT(*)"): N_("monthly reports"),
    ("availability", "SUM(records)"): N_("probes and status events"),
    ("incidents", "SUM(incidents)"): N_("incidents"),
    ("surveys", "SUM(csat_valid)"): N_("answers"),
    ("surveys", "SUM(nps_valid)"): N_("answers"),
    ("surveys", "SUM(effort_valid)"): N_("answers"),
    ("surveys", "SUM(aware + not_aware + dont_know)"): N_("answers"),
    ("surveys", "SUM(invited)"): N_("invitations"),
    ("feedback", "SUM(opened)"): N_("complaints or suggestions opened"),
    ("feedback", "SUM(resolved)"): N_("complaints resolved"),
    ("feedback_cases", "COUNT(*)"): N_("complaints"),
    ("services", "COUNT(*)"): N_("services"),
}


def counted(kpi: Kpi) -> str:
    """What the n of a KPI counts: "settled transactions". Raises KeyError for a KPI that nobody described."""
    return _COUNTED[kpi.mart, kpi.n]
