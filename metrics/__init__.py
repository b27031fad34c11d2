"""What a number means. This is the public face: pages, reports and the command line use these names and no others.

Ask:      `query(kpi_id, window, snapshot=..., scope=..., by=(...), filters=..., base=...) -> Result`
About:    `KPIS`, `kpi(id)`, `dimensions(kpi)`, `change_unit(kpi)`, `INTERVAL_METHODS`, `RULES` (of rows, in words)
Why:      `contributions(result)`, `rate_and_mix(result)`, `volume_and_value(amount, volume)`: exact parts of a change
Whither:  `project(snapshot, scope, kpi_id) -> Projection`, with its backtest
Targets:  `error_budget(target, window)`, `budget_spent(rate, hours, window)`, `hours_to_exhaustion(rate, window)`
Beside:   `days_beside(result)`: the days of the base that are compared
How far:  `complete_through(snapshot)`
Windows:  `year_to_date(through)`, `month(year, n)`, `quarter(year, n)`, `year(n)`, `same_period_last_year(window)`,
          `previous_period(window)`, `span_of(key)`, `keys(window, grain)`
Look up:  `departments`, `services`, `target(s)`, `incidents`, `campaigns`, `events`, `waves`, `monitor_summaries`, and
          for the operator `coverage`, `coverage_days`, `reconciliation`, `files`, `controls`, `quarantine`, `meta`,
          and `total_gaps(snapshot, scope)`: periods that a body left out of its totals
Revised:  `revisions(snapshot, scope, window)`: numbers that changed after they had been published
Settled:  `compared(snapshot, window)`, `settlement(..., by)`, `unmatched(...)`: the payment log against the bank's settlements
Open:     `open_snapshot(data)`, `current_version(data)`, `DEFAULT_DATA`
Errors:   `MetricsError` and its kinds; `error.note` can be translated, as can every `Note` in `Result.notes`;
          `BASE_HIDDEN`, `BASE_INCOMPLETE`, `NOT_COMPARED`, `UNEVEN` and `BESIDE_TWO` are sources of notes that pages look for
"""

from metrics.answer import change_unit
from metrics.catalogue import KPIS
from metrics.comparison import BASE_HIDDEN, BASE_INCOMPLETE, BESIDE_TWO, NOT_COMPARED, UNEVEN, days_beside
from metrics.completeness import complete_through
from metrics.counted import counted
from metrics.dimensions import dimensions
from metrics.dimensions import find_kpi as kpi
from metrics.errors import CutPeriodError, MetricsError, QuestionError, UnknownCodeError
from metrics.explain import Decomposition, Part, contributions, rate_and_mix, volume_and_value
from metrics.gaps import total_gaps
from metrics.model import Direction, Filters, Interval, Kpi, Number, Result, Row, Scope, Unit, Window
from metrics.periods import (
    Grain,
    key_of,
    keys,
    month,
    previous_period,
    quarter,
    same_period_last_year,
    span_of,
    unfinished,
    year,
    year_to_date,
)
from metrics.projection import Point, Projection, Trial, project
from metrics.query import query
from metrics.reference import (
    Campaign,
    Department,
    Event,
    Incident,
    Service,
    Target,
    Wave,
    campaigns,
    controls,
    coverage,
    coverage_days,
    departments,
    events,
    files,
    incidents,
    meta,
    monitor_summaries,
    quarantine,
    reconciliation,
    services,
    target,
    targets,
    waves,
)
from metrics.reliability import budget_spent, error_budget, hours_to_exhaustion
from metrics.revisions import revisions
from metrics.settlement import SETTLEMENT_SUMS, Compared, compared, settlement, unmatched
from metrics.uncertainty import INTERVAL_METHODS
from metrics.words import Note
from store.compared import REASONS as UNMATCHED_REASONS
from store.errors import NoSnapshotError
from store.rules import RULES
from store.settings import DEFAULT_DATA
from store.snapshot import Snapshot, current_version
from store.snapshot import open_current as open_snapshot

__all__ = [
    "BASE_HIDDEN",
    "BASE_INCOMPLETE",
    "BESIDE_TWO",
    "DEFAULT_DATA",
    "INTERVAL_METHODS",
    "KPIS",
    "NOT_COMPARED",
    "RULES",
    "SETTLEMENT_SUMS",
    "UNEVEN",
    "UNMATCHED_REASONS",
    "Campaign",
    "Compared",
    "CutPeriodError",
    "Decomposition",
    "Department",
    "Direction",
    "Event",
    "Filters",
    "Grain",
    "Incident",
    "Interval",
    "Kpi",
    "MetricsError",
    "NoSnapshotError",
    "Note",
    "Number",
    "Part",
    "Point",
    "Projection",
    "QuestionError",
    "Result",
    "Row",
    "Scope",
    "Service",
    "Snapshot",
    "Target",
    "Trial",
    "Unit",
    "UnknownCodeError",
    "Wave",
    "Window",
    "budget_spent",
    "campaigns",
    "change_unit",
    "compared",
    "complete_through",
    "contributions",
    "controls",
    "counted",
    "coverage",
    "coverage_days",
    "current_version",
    "days_beside",
    "departments",
    "dimensions",
    "error_budget",
    "events",
    "files",
    "hours_to_exhaustion",
    "incidents",
    "key_of",
    "keys",
    "kpi",
    "meta",
    "monitor_summaries",
    "month",
    "open_snapshot",
    "previous_period",
    "project",
    "quarantine",
    "quarter",
    "query",
    "rate_and_mix",
    "reconciliation",
    "revisions",
    "same_period_last_year",
    "services",
    "settlement",
    "span_of",
    "target",
    "targets",
    "total_gaps",
    "unfinished",
    "unmatched",
    "volume_and_value",
    "waves",
    "year",
    "year_to_date",
]
