"""Refuses values to filter by that do not exist, before anything is asked with them.

Rule: a value exists where the vocabulary, the reference tables or the mart has it.
Hazard: the codes named in a refusal are those inside the scope only, so that an error betrays nothing of another one.
"""

from __future__ import annotations

from metrics.compile import Statement, known_codes, scope_clause
from metrics.dimensions import VOCABULARY, marts
from metrics.errors import UnknownCodeError
from metrics.fetch import fetch
from metrics.model import Filters, Kpi, Scope
from store.snapshot import Snapshot


def check_values(snapshot: Snapshot, kpi: Kpi, filters: Filters, scope: Scope) -> None:
    """Refuse filter values that exist neither in the vocabulary nor, inside the scope, in the snapshot."""
    for name, codes in filters.values:
        known = set(VOCABULARY.get(name, ())) | _reference_codes(snapshot, name, scope)
        if not known.issuperset(codes):
            for mart in marts(kpi):
                known.update(row["code"] for row in fetch(snapshot, known_codes(mart, name, scope)) if row["code"] is not None)
        for code in codes:
            if code not in known:
                raise UnknownCodeError(name, code, known)


def _reference_codes(snapshot: Snapshot, dimension: str, scope: Scope) -> set[str]:
    table = {"department": "departments", "service": "services"}.get(dimension)
    if table is None:
        return set()
    within = scope_clause(scope, "code" if dimension == "department" else "department")
    where = f" WHERE {within.sql}" if within.sql else ""
    return {row["code"] for row in fetch(snapshot, Statement(f"SELECT code FROM {table}{where}", within.parameters))}
