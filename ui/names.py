"""Names of the codes that data carries, in the page's language: departments, services, channels, methods, and the rest.

Rule: a code stays a code in state, URL and keys; it becomes a name only where a person reads it.
Hazard: names of departments and services are data, written by others: escape them where they become HTML.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import metrics
from metrics.periods import as_grain
from metrics.words import N_
from ui.format import Formatter

CODES: Final[Mapping[str, Mapping[str, str]]] = {
    "channel": {
        "web": N_("Web portal"),
        "mpay": N_("mPay (phone)"),
        "kiosk": N_("Kiosk"),
        "ivr": N_("Telephone (IVR)"),
        "counter": N_("Service counter"),
        "unspecified": N_("Not specified"),
    },
    "method": {
        "credit_card": N_("Credit card"),
        "direct_debit": N_("Direct debit"),
        "e_dirham": N_("e-Dirham"),
        "debit_card": N_("Debit card"),
        "cash": N_("Cash"),
        "cheque": N_("Cheque"),
        "account": N_("Account balance"),
        "voucher": N_("Voucher"),
        "other": N_("Other method"),
    },
    "language": {"en": N_("English"), "ar": N_("Arabic")},
    "kind": {"complaint": N_("Complaint"), "suggestion": N_("Suggestion")},
    "automatic": {"true": N_("Automatic payment"), "false": N_("Paid by hand")},
    "origin": {"probes": N_("Probes"), "status_events": N_("Status events")},
    "wave": {"continuous": N_("Continuous")},
    "survey": {
        "after-payment": N_("Survey after payment"),
        "citizen-panel": N_("Citizen panel"),
        "customer-poll": N_("Customer poll"),
        "event-poll": N_("Poll at events"),
    },
    "rule": metrics.RULES,
    "rejected_row": {
        "open": N_("open"),
        "corrected": N_("corrected"),
        "again": N_("correction rejected too"),
        "refused": N_("whole file refused"),
    },
    "source": {
        "departments": N_("Departments"),
        "services": N_("Services"),
        "targets": N_("Targets"),
        "it_spend": N_("IT spending"),
        "payments": N_("Payments"),
        "settlements": N_("Settlements of the bank"),
        "payment_totals": N_("Payment totals"),
        "probes": N_("Availability probes"),
        "status_events": N_("Status events"),
        "monitor_summaries": N_("Monitor's summaries"),
        "surveys": N_("Surveys"),
        "feedback": N_("Complaints and suggestions"),
        "campaigns": N_("Campaigns"),
        "events": N_("Events"),
        "waves": N_("Survey waves"),
    },
}

DIMENSIONS: Final[Mapping[str, str]] = {
    "day": N_("Day"),
    "week": N_("Week"),
    "month": N_("Month"),
    "quarter": N_("Quarter"),
    "year": N_("Year"),
    "department": N_("Department"),
    "service": N_("Service"),
    "channel": N_("Channel"),
    "method": N_("Method"),
    "automatic": N_("Automatic payment"),
    "language": N_("Language"),
    "survey": N_("Survey"),
    "wave": N_("Wave"),
    "wording": N_("Wording"),
    "kind": N_("Kind"),
    "origin": N_("Origin"),
    "source": N_("Source"),
}


@dataclass(frozen=True)
class Names:
    """Names for one reader. `proper` has, per dimension and code, the English and Arabic name that the data carries."""

    format: Formatter
    proper: Mapping[str, Mapping[str, tuple[str, str]]] = field(default_factory=dict)

    def of(self, dimension: str, code: str) -> str:
        """The name of a code; a time key in words; the code itself where nobody gave it a name."""
        if as_grain(dimension):
            return self.format.period(code)
        if code in self.proper.get(dimension, {}):
            return self.format.words.pick(*self.proper[dimension][code])
        word = CODES.get(dimension, {}).get(code)
        return self.format.words(word) if word else code

    def rules(self, codes: str) -> str:
        """Broken rules (codes separated by ', ') in words, each with its code, by which the documentation knows it."""
        return " · ".join(f"{self.of('rule', code)} ({code})" if code in CODES["rule"] else code for code in codes.split(", "))

    def dimension(self, dimension: str) -> str:
        """The name of a dimension itself."""
        word = DIMENSIONS.get(dimension)
        return self.format.words(word) if word else dimension
