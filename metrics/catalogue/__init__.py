"""Every KPI, declared once. Nothing else is in this folder; each file holds one group.

Rule: a KPI is a numerator and a denominator over additive columns of a mart of `store.marts`, so a total is the same
formula at a coarser grain. `numerator`, `denominator`, `n` and `aggregates` are SQL aggregates; they are the only SQL
text that does not come from the compiler, and nothing a user enters ever becomes part of them.

Kinds and their `parameters`:
- sum, ratio: the formula over the rows of the window. `zero` names the log whose days are whole: where it delivered records
  for the period, but none of this kind, the number is 0. Without it, and where nothing was delivered, it is "no data".
- quantile: `q` of the histogram column `histogram`, whose buckets are read by `reads` (`duration_buckets` of store.buckets,
  or `exact` for whole numbers); `numerator` is the weight of a bucket.
- distinct: counted, never added.
- balance: the sum of everything up to the end of the window (or of each period).
- cross: numerator over `mart`, denominator over `denominator_mart`; `match` names what must exist in both (IT spend counts
  against the transactions of the same department and month only);
  `present_in` is the mart in whose cells a missing numerator is 0.
For all: `only` restricts to one kind of feedback, `calendar` names the date column when it is not the period of the mart,
`as_of` makes the end of the window available to the formula as a column of that name.
"""

from __future__ import annotations

from typing import Final

from metrics.catalogue.availability import AVAILABILITY
from metrics.catalogue.feedback import FEEDBACK
from metrics.catalogue.payments import PAYMENTS
from metrics.catalogue.services import SERVICES
from metrics.catalogue.spending import SPENDING
from metrics.catalogue.surveys import SURVEYS
from metrics.model import Kpi
from metrics.words import N_

GROUPS: Final[dict[str, tuple[Kpi, ...]]] = {
    N_("Payments"): PAYMENTS,
    N_("IT spending"): SPENDING,
    N_("Availability"): AVAILABILITY,
    N_("Surveys"): SURVEYS,
    N_("Complaints and suggestions"): FEEDBACK,
    N_("Services"): SERVICES,
}
"""The KPIs in the order in which they are listed, under their headings."""

KPIS: Final[dict[str, Kpi]] = {k.id: k for group in GROUPS.values() for k in group}
