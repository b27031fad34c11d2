"""Says of a Result how it was computed: what "how was this computed" shows, and what exports print in their heads.

Rule: it only repeats what the Result carries; it asks nothing and computes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from metrics.disclosure import hidden_count
from metrics.model import Number, Result, Window
from metrics.words import N_

METHODS: Final = {
    "wilson": N_("95% Wilson interval; changes: Newcombe interval, and Benjamini-Hochberg over the rows shown together"),
    "nps": N_(
        "95% interval with the variance p + d - (p - d)^2, adjusted Wald below 30 answers; "
        "changes: Benjamini-Hochberg over the rows shown together"
    ),
}


@dataclass(frozen=True)
class Explanation:
    """Everything needed to repeat a number. Texts are gettext sources; `notes` are metrics.words.Note where they have values."""

    kpi: str
    title: str
    definition: str
    caveats: tuple[str, ...]
    formula: str
    """Numerator and denominator as SQL aggregates over the mart."""
    sources: tuple[str, ...]
    unit: str
    window: Window
    base: Window | None
    value: Number | None
    numerator: Number | None
    denominator: Number | None
    n: int
    base_numerator: Number | None
    base_denominator: Number | None
    base_n: int | None
    interval_method: str | None
    complete_through: date
    snapshot: str
    sql: str
    parameters: tuple[object, ...]
    base_parameters: tuple[object, ...]
    notes: tuple[str, ...]
    hidden: int
    """How many rows are withheld, the total included."""


def explain(result: Result) -> Explanation:
    """How the total of a result, and each of its rows, was computed."""
    kpi, total = result.kpi, result.total
    return Explanation(
        kpi=kpi.id,
        title=kpi.title,
        definition=kpi.definition,
        caveats=kpi.caveats,
        formula=kpi.numerator if kpi.denominator is None else f"({kpi.numerator}) / ({kpi.denominator})",
        sources=tuple(kpi.source.split()),
        unit=result.unit,
        window=result.window,
        base=result.base,
        value=total.value,
        numerator=total.numerator,
        denominator=total.denominator,
        n=total.n,
        base_numerator=total.base_numerator,
        base_denominator=total.base_denominator,
        base_n=total.base_n,
        interval_method=METHODS[kpi.interval] if kpi.interval else None,
        complete_through=result.complete_through,
        snapshot=result.snapshot,
        sql=result.sql,
        parameters=result.parameters,
        base_parameters=result.base_parameters,
        notes=result.notes,
        hidden=hidden_count((*result.rows, total)),
    )
