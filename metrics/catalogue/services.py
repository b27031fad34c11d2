"""The catalogue of services: how many there are."""

from __future__ import annotations

from typing import Final

from metrics.catalogue import phrases
from metrics.model import Kpi
from metrics.words import N_

SERVICES: Final = (
    Kpi(
        id="services_offered",
        title=N_("Services offered"),
        unit="count",
        mart="services",
        numerator="SUM(1)",
        denominator=None,
        n="COUNT(*)",
        direction="up",
        definition=N_("Services of the catalogue launched by the end of the last day."),
        source="services",
        caveats=(phrases.BALANCE,),
        kind="balance",
        parameters={"calendar": "launched_on"},
    ),
    Kpi(
        id="services_on_mobile",
        title=N_("Services on mobile"),
        unit="count",
        mart="services",
        numerator="SUM(CASE WHEN on_mobile THEN 1 ELSE 0 END)",
        denominator=None,
        n="COUNT(*)",
        direction="up",
        definition=N_("Services of the catalogue, launched by the end of the last day, that are offered on phones."),
        source="services",
        caveats=(
            phrases.BALANCE,
            N_("The catalogue does not say since when a service is on phones; it counts from its launch."),
        ),
        kind="balance",
        parameters={"calendar": "launched_on"},
    ),
)
