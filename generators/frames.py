"""From arrays to the columns of a contract: codes, enums, instants. Text is looked up once per value, never per row."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from generators.calendar import Bools, Ints


def codes(values: Sequence[str], positions: NDArray[np.integer]) -> pl.Series:
    """Text column from positions in `values`."""
    return enum(values, positions).cast(pl.String)


def enum(values: Sequence[str], positions: NDArray[np.integer]) -> pl.Series:
    """Enum column from positions in `values`."""
    return pl.Series(positions.astype(np.uint16)).cat.to(pl.Enum(values))


def instants(at: Ints) -> pl.Series:
    """UTC instants from microseconds since 1970."""
    return pl.Series(at).cast(pl.Datetime("us", "UTC"))


def only(column: pl.Series, known: Bools) -> pl.Series:
    """The column with null wherever `known` is false."""
    return column.set(pl.Series(~known), None)
