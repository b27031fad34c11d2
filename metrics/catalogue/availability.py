"""Availability by time and by request: two indicators, never mixed."""

from __future__ import annotations

from typing import Final

from metrics.catalogue import phrases
from metrics.model import Kpi
from metrics.words import N_

_MAINTENANCE: Final = N_("Planned maintenance counts neither as up nor as down.")
_UNKNOWN: Final = N_("Time without a probe is unknown and left out; the bounds count it all as down and all as up.")
_MONITORS: Final = {"unknown": "SUM(unknown_seconds)", "origins": "ARRAY_AGG(DISTINCT origin ORDER BY origin)"}
_SOURCES_OF_STATE: Final = "probes status_events"
_DEGRADED: Final = N_("Degraded service counts as up.")

AVAILABILITY: Final = (
    Kpi(
        id="availability",
        title=N_("Availability"),
        unit="share",
        mart="availability",
        numerator="SUM(up_seconds)",
        denominator="SUM(up_seconds + down_seconds)",
        n="SUM(records)",
        direction="up",
        definition=N_("Time availability: seconds up / (seconds up + seconds down), added up over services and days."),
        source=_SOURCES_OF_STATE,
        caveats=(_MAINTENANCE, _UNKNOWN, _DEGRADED),
        kind="ratio",
        aggregates=_MONITORS,
    ),
    Kpi(
        id="availability_including_maintenance",
        title=N_("Availability including maintenance"),
        unit="share",
        mart="availability",
        numerator="SUM(up_seconds)",
        denominator="SUM(up_seconds + down_seconds + maintenance_seconds)",
        n="SUM(records)",
        direction="up",
        definition=N_("Time availability with planned maintenance counted as down."),
        source=_SOURCES_OF_STATE,
        caveats=(_UNKNOWN, _DEGRADED),
        kind="ratio",
        aggregates=_MONITORS,
    ),
    Kpi(
        id="request_availability",
        title=N_("Request availability"),
        unit="share",
        mart="payments",
        numerator="SUM(settled)",
        denominator="SUM(settled + failed)",
        n="SUM(settled + failed)",
        direction="up",
        definition=N_("Good requests / valid requests: settled attempts / (settled + failed attempts)."),
        source=phrases.PAYMENTS,
        caveats=(N_("An abandoned checkout is no valid request: the customer left it."), phrases.SINGLE_PAYMENTS),
        kind="ratio",
        needs=("failed",),
    ),
    Kpi(
        id="downtime",
        title=N_("Downtime"),
        unit="seconds",
        mart="availability",
        numerator="SUM(down_seconds)",
        denominator=None,
        n="SUM(records)",
        direction="down",
        definition=N_("Unplanned seconds down, added up over services. Overlapping incidents of a service count once."),
        source=_SOURCES_OF_STATE,
        caveats=(_MAINTENANCE,),
    ),
    Kpi(
        id="incidents",
        title=N_("Incidents"),
        unit="count",
        mart="incidents",
        numerator="SUM(incidents)",
        denominator=None,
        n="SUM(incidents)",
        direction="down",
        definition=N_("Unbroken spells of unplanned downtime of a service, counted on the day they began."),
        source=_SOURCES_OF_STATE,
        kind="cross",
        parameters={"present_in": "availability"},
    ),
    Kpi(
        id="mttr",
        title=N_("Mean time to repair"),
        unit="seconds",
        mart="incidents",
        numerator="SUM(down_seconds)",
        denominator="SUM(incidents)",
        n="SUM(incidents)",
        direction="down",
        definition=N_("Seconds down in incidents / incidents. Undefined without an incident."),
        source=_SOURCES_OF_STATE,
        kind="ratio",
    ),
    Kpi(
        id="mtbf",
        title=N_("Mean time between failures"),
        unit="seconds",
        mart="availability",
        numerator="SUM(up_seconds)",
        denominator="SUM(incidents)",
        n="SUM(records)",
        direction="up",
        definition=N_("Seconds up / incidents. Undefined without an incident."),
        source=_SOURCES_OF_STATE,
        kind="cross",
        parameters={"denominator_mart": "incidents"},
    ),
)
