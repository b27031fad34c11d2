"""What must not be shown, applied last: small survey cells, and a second one where the total would give the first away.

Rule: a hidden row keeps its keys and a reason, nothing else. Rows with no answers at all are not hidden; they hold nothing.
Hazard: hiding exactly one cell hides nothing, for the total less the others is that cell (40 - 12 - 25 = 3). So a second one
goes with it: the smallest that is left. A comparison with a hidden base is not made, and one with few answers says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from metrics.answer import period_of
from metrics.model import Kpi, Row, Window
from metrics.periods import keys
from metrics.words import N_

HIDE_BELOW: Final = 10
WEAK_BELOW: Final = 30
TOO_FEW: Final = N_("hidden: fewer than 10 answers")
COMPLEMENT: Final = N_("hidden: the total would give away a hidden row")


def is_opinion(kpi: Kpi) -> bool:
    """Whether the rows of a KPI are people's answers (and not counts of invitations, money or seconds)."""
    return kpi.mart == "surveys" and kpi.kind == "ratio"


def disclosed(kpi: Kpi, rows: tuple[Row, ...], total: Row, window: Window) -> tuple[tuple[Row, ...], Row]:
    """Rows and total as they may be shown: small ones hidden, those below 30 answers marked as weak, and comparisons with few."""
    if not is_opinion(kpi):
        return rows, total
    hidden = _to_hide(rows, lambda row: row.n) if rows else {}
    hidden_base = _to_hide(rows, lambda row: row.base_n or 0) if rows else {}
    shown = tuple(_shown(row, hidden.get(row.keys), hidden_base.get(row.keys), window) for row in rows)
    return shown, _shown(total, _too_few(total.n), _too_few(total.base_n or 0), window)


def _too_few(n: int) -> str | None:
    return TOO_FEW if 0 < n < HIDE_BELOW else None


def _to_hide(rows: tuple[Row, ...], size: Callable[[Row], int]) -> dict[tuple[tuple[str, str], ...], str]:
    """Keys of the rows to hide, with the reason."""
    hidden = {row.keys: TOO_FEW for row in rows if _too_few(size(row))}
    left = [row for row in rows if size(row) >= HIDE_BELOW]
    if len(hidden) == 1 and left:
        hidden[min(left, key=lambda row: (size(row), row.keys)).keys] = COMPLEMENT
    return hidden


def _shown(row: Row, reason: str | None, base_reason: str | None, window: Window) -> Row:
    if reason:
        return Row(row.keys, None, None, None, 0, hidden=reason)
    row = replace(row, weak=HIDE_BELOW <= row.n < WEAK_BELOW)
    if base_reason:
        return replace(
            row,
            base_value=None,
            base_numerator=None,
            base_denominator=None,
            base_n=None,
            change=None,
            change_interval=None,
            significant=None,
            base_interval=None,
            base_hidden=base_reason,
        )
    return replace(row, few=row.change is not None and _is_few(row, window))


def _is_few(row: Row, window: Window) -> bool:
    """Whether a side has fewer than 30 answers, or on average too few a month for a month to be shown."""
    enough = max(WEAK_BELOW, HIDE_BELOW * len(keys(period_of(row.keys, window), "month")))
    return min(row.n, row.base_n or 0) < enough
