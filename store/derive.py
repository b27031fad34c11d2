"""Rows of reference sources (departments, services) that a mapping derives from the values of a file.

Rule: what is derived only adds. Codes the store knows already keep their row, so a list delivered as a file of its own
stays as it is, and a later file brings only its new names.
"""

from pathlib import Path

import polars as pl

from store import files, read
from store.check import check
from store.contract import SOURCES
from store.entry import Incoming
from store.errors import InputError
from store.parse import LINE, typed


def missing(name: str, derived: pl.DataFrame, held: pl.DataFrame, aside: Path, origin: str) -> Incoming | None:
    """The reference `name` as held, and the derived rows it lacks, as a file on its way in; None where it lacks none.

    `derived` has LINE and the contract's columns, `held` the contract's columns. `origin` says in messages and in the ledger
    where the rows come from. Raises InputError where a derived row breaks the contract.
    """
    source = SOURCES[name]
    parsed = typed(derived, source.schema, origin)
    checked = check(parsed, source)
    if checked.problems.height:
        line, column, rule = checked.problems.row(0)
        raise InputError(f"{origin}: the row of '{name}' derived from line {line} breaks {rule} {column}; correct the mapping")
    key = source.schema.primary_key()
    new = checked.accepted.join(held, on=key, how="anti").drop(LINE)
    if new.is_empty():
        return None
    path = aside / f"{name}.parquet"
    pl.concat([held.select(new.columns), new]).sort(key).write_parquet(path, compression="zstd")
    records = read.parquet(path, origin)
    parsed = typed(records.rows, source.schema, origin)
    return Incoming(f"{name}.derived", files.sha256(path), source, records, parsed, check(parsed, source))
