"""Money that departments spend on IT, and what a transaction costs."""

from __future__ import annotations

from typing import Final

from metrics.catalogue import phrases
from metrics.model import Kpi
from metrics.words import N_

_WHOLE_MONTHS: Final = N_("Reported by department and month: whole months only.")

SPENDING: Final = (
    Kpi(
        id="it_spend",
        title=N_("IT spending"),
        unit="fils",
        mart="it_spend",
        numerator="SUM(spent_fils)",
        denominator=None,
        n="COUNT(*)",
        direction="neutral",
        definition=N_("Money that departments spent on IT."),
        source="it_spend",
        caveats=(_WHOLE_MONTHS,),
    ),
    Kpi(
        id="it_budget",
        title=N_("IT budget"),
        unit="fils",
        mart="it_spend",
        numerator="SUM(budget_fils)",
        denominator=None,
        n="COUNT(*)",
        direction="neutral",
        definition=N_("Money budgeted for IT in departments."),
        source="it_spend",
        caveats=(_WHOLE_MONTHS,),
    ),
    Kpi(
        id="cost_per_transaction",
        title=N_("Cost per transaction"),
        unit="fils",
        mart="it_spend",
        numerator="SUM(spent_fils)",
        denominator="SUM(settled)",
        n="COUNT(*)",
        direction="down",
        definition=N_("IT spending / settled transactions of the same departments and months."),
        source=f"it_spend {phrases.PAYMENTS}",
        caveats=(
            _WHOLE_MONTHS,
            N_("Only departments and months that report both count, on either side."),
        ),
        kind="cross",
        parameters={"denominator_mart": "payments", "match": "department month"},
    ),
)
