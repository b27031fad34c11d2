"""Writes the sources and their columns into docs/store.md, from the contracts: `python -m store.describe`.

Rule: the page says what the contracts say; a test fails where it is behind.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import dataframely as dy
import polars as pl

from store.contract import SOURCES, Source

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "store.md"
MARK: Final = "<!-- From here on written by `python -m store.describe`. -->\n"


def described(page: str) -> str:
    """The page with everything after MARK written anew."""
    kept, mark, _ = page.partition(MARK)
    return kept + (mark or MARK) + "".join(f"{line}\n" for source in SOURCES.values() for line in _source(source))


def _source(source: Source) -> Iterator[str]:
    facts = [f"A {source.kind}"]
    if source.time:
        facts.append(f"business date from `{source.time}`")
    if source.money:
        facts.append(f"control total of `{source.money}`")
    if source.daily:
        facts.append("complete-through waits for it")
    yield f"\n### `{source.name}`"
    yield (source.schema.__doc__ or "").strip().splitlines()[0]
    yield f"{', '.join(facts)}.\n"
    yield "| column | type | meaning |"
    yield "|---|---|---|"
    for name, column in source.schema.columns().items():
        key, nothing = ", key" if column.primary_key else "", ", or nothing" if column.nullable else ""
        yield f"| `{name}` | {_type(column)}{key}{nothing} | {column.description or ''} |".replace("|  |", "| |")


def _type(column: dy.Column) -> str:
    dtype = column.dtype
    if isinstance(dtype, pl.Enum):
        return ", ".join(f"`{value}`" for value in dtype.categories)
    names = {pl.Datetime: "time", pl.Date: "day", pl.Boolean: "`true` or `false`"}
    return "integer" if dtype.is_integer() else names.get(dtype.base_type(), "text")


if __name__ == "__main__":
    PAGE.write_text(described(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
