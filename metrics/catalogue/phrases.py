"""What the declarations of several groups share. The names of `parameters` are explained in metrics.catalogue."""

from __future__ import annotations

from typing import Final

from metrics.words import N_

PAYMENTS: Final = "payments payment_totals"
SINGLE_PAYMENTS: Final = N_("Covers departments that report single payments; monthly totals do not contain it.")
BALANCE: Final = N_("A balance: parts of a day add up, days do not.")
