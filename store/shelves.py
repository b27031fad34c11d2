"""Rows put aside on disk under numbers, and taken out again a number at a time: for more rows than memory may hold.

Rule: in memory are the rows put in last, `gather` of them, and what is taken out, however many rows lie there.
Hazard: what is taken out is gone, and a shelf holds what its number brings: whoever gives the numbers sees to it that one fits.
"""

from collections import defaultdict
from pathlib import Path
from typing import Final

import polars as pl

SHELF: Final = "_shelf"


class Shelves:
    """Shelves in a folder; `name` is unique there. `gather` rows are written together, so that files are few and not small."""

    def __init__(self, folder: Path, name: str, gather: int) -> None:
        self._folder, self._name, self._gather = folder, name, gather
        self._held: list[pl.DataFrame] = []
        self._holding = 0
        self._files: defaultdict[int, list[Path]] = defaultdict(list)
        self.rows = 0

    def put(self, rows: pl.DataFrame) -> None:
        """Put rows on the shelves that their column SHELF (integers) names."""
        self._held.append(rows)
        self._holding += rows.height
        self.rows += rows.height
        if self._holding >= self._gather:
            self._write()

    def take(self, number: int) -> pl.DataFrame | None:
        """The rows of a shelf, without SHELF, in the order in which they came; None where there are none."""
        self._write()
        files = self._files.pop(number, [])
        rows = [pl.read_ipc(file) for file in files]
        for file in files:
            file.unlink()
        return pl.concat(rows) if rows else None

    def _write(self) -> None:
        if not self._holding:
            return
        parted = pl.concat(self._held).partition_by(SHELF, as_dict=True, include_key=False, maintain_order=True)
        self._held, self._holding = [], 0
        for (number,), rows in parted.items():
            there = self._files[int(number)]
            there.append(self._folder / f"{self._name}-{number}-{len(there)}.shelf")
            rows.write_ipc(there[-1])
