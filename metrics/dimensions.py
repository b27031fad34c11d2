"""The dimensions a KPI can be asked by: those of its marts, and the grains of time.

Rule: identifiers of SQL come from here and from the catalogue, never from what a user typed; a name that is not listed is
refused with the allowed ones.
"""

from __future__ import annotations

from typing import Final

from metrics.catalogue import KPIS
from metrics.errors import QuestionError, UnknownCodeError
from metrics.model import Filters, Kpi
from metrics.periods import GRAINS, Grain, as_grain
from metrics.words import N_
from store.contract import CHANNELS, FEEDBACK_KINDS, LANGUAGES, METHODS
from store.marts import MARTS

CODED: Final = (
    "department",
    "service",
    "channel",
    "method",
    "automatic",
    "language",
    "survey",
    "wave",
    "wording",
    "kind",
    "origin",
)
"""Dimensions other than time, in the order in which they are listed."""

VOCABULARY: Final[dict[str, tuple[str, ...]]] = {
    "channel": CHANNELS,
    "method": METHODS,
    "automatic": ("true", "false"),
    "language": LANGUAGES,
    "kind": FEEDBACK_KINDS,
    "origin": ("probes", "status_events"),
}
"""Codes that exist whether or not a snapshot has records of them; other dimensions have the codes of the snapshot."""


def find_kpi(kpi_id: str) -> Kpi:
    """The KPI of that id. Raises UnknownCodeError."""
    if kpi_id not in KPIS:
        raise UnknownCodeError(N_("KPI"), kpi_id, KPIS)
    return KPIS[kpi_id]


def marts(kpi: Kpi) -> tuple[str, ...]:
    """The marts that a KPI is computed from, the one of its numerator first."""
    other = kpi.parameters.get("denominator_mart") or kpi.parameters.get("present_in")
    return (kpi.mart, other) if other else (kpi.mart,)


def coded_dimensions(kpi: Kpi) -> tuple[str, ...]:
    """Dimensions other than time that every mart of the KPI has."""
    taken = {"kind"} if "only" in kpi.parameters else set()
    taken |= set(kpi.parameters.get("never_by", "").split())
    return tuple(d for d in CODED if d not in taken and all(d in MARTS[m] for m in marts(kpi)))


def dimensions(kpi: Kpi) -> tuple[str, ...]:
    """Everything the KPI can be asked by: grains of time first."""
    return (*GRAINS, *coded_dimensions(kpi))


def time_of(by: tuple[str, ...]) -> Grain | None:
    """The grain of time among `by`, if any."""
    return next((g for g in map(as_grain, by) if g), None)


def check(kpi: Kpi, by: tuple[str, ...], filters: Filters) -> None:
    """Refuse dimensions the KPI does not have, repetitions and two grains of time at once, naming what is allowed."""
    for name in by:
        if name not in dimensions(kpi):
            raise UnknownCodeError(N_("dimension"), name, dimensions(kpi))
    if len(set(by)) < len(by):
        raise QuestionError(N_("a dimension is named twice: {by}; name each once"), by=", ".join(by))
    if len(grains := [name for name in by if name in GRAINS]) > 1:
        raise QuestionError(
            N_("two grains of time at once: {by}; choose one of {grains}, beside any of {allowed}"),
            by=", ".join(grains),
            grains=", ".join(GRAINS),
            allowed=", ".join(coded_dimensions(kpi)),
        )
    for name, _ in filters.values:
        if name in GRAINS:
            raise QuestionError(
                N_("'{name}' is no filter; choose days by the window, and filter by {allowed}"),
                name=name,
                allowed=", ".join(coded_dimensions(kpi)),
            )
        if name not in coded_dimensions(kpi):
            raise UnknownCodeError(N_("dimension to filter by"), name, coded_dimensions(kpi))
