"""Columns of like kind, several at a time: the counts, amounts or days that stand beside each other in a table.

Rule: a table names its columns in their order and says each kind once. Hazard: titles come translated; an amount's unit is the
currency's code, which a page writes in its own language (ui/tables.py) and a file as it is.
"""

from __future__ import annotations

from ui.grid import Column
from ui.names import Names


def texts(*titles: str) -> tuple[Column, ...]:
    """Columns of names, codes and words."""
    return tuple(Column(title, "text") for title in titles)


def counts(*titles: str) -> tuple[Column, ...]:
    """Columns of whole numbers."""
    return tuple(Column(title, "count") for title in titles)


def amounts(names: Names, *titles: str) -> tuple[Column, ...]:
    """Columns of money, in the main unit of the store's currency."""
    return tuple(Column(title, "money", names.format.currency) for title in titles)


def days(*titles: str) -> tuple[Column, ...]:
    """Columns of dates."""
    return tuple(Column(title, "date") for title in titles)
