"""Records as text, a mapping for them, and what became of a file, in the fewest words."""

from datetime import datetime
from pathlib import Path
from typing import Any

from store import quarantine
from store.contract import SOURCES
from store.ingest import Outcome
from store.mapping import MappedFile, load
from tests.support.fuzz_invariant import entries
from tests.support.records import payment

Counts = tuple[int, int, int, int]


def text(event_id: int, **said: Any) -> dict[str, object]:
    """A payment as CSV writes it; what is said goes in as it is."""
    row = payment(event_id, **said)
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}


def mapping(folder: Path, *, settings: str = "", **columns: str) -> MappedFile:
    """A mapping of payments that takes every column as it is called; `columns` are TOML of single ones, `settings` of [input]."""
    names = SOURCES["payments"].schema.column_names()
    given = {name: f'{{ from = "{name}" }}' for name in names} | columns
    lines = [f"{name} = {column}" for name, column in given.items()]
    path = folder / "mapping.toml"
    path.write_text(f'source = "payments"\n[input]\n{settings}\n[columns]\n' + "\n".join(lines) + "\n", encoding="utf-8")
    return load(path)


def counts(outcome: Outcome) -> Counts:
    """Rows in, accepted, duplicates, rejected."""
    return outcome.rows_in, outcome.accepted, outcome.duplicates, outcome.rejected


def fils(data: Path) -> Counts:
    """Fils in, accepted, duplicate and rejected of the files that count."""
    live = [entry for entry in entries(data) if entry["state"] == "live"]
    names = ("fils_in", "fils_accepted", "fils_duplicates", "fils_rejected")
    return tuple(sum(entry[name] or 0 for entry in live) for name in names)  # type: ignore[return-value]  # four names


def rejects(data: Path) -> list[tuple[int, str, str]]:
    """Line, columns and rules of what is in quarantine."""
    return [(row.line, row.column, row.rule) for row in quarantine.rejected(data)]
