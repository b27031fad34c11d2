"""Rows of reference sources (departments, services) that a mapping derives from the values of a file.

Rule: what is derived only adds, and only from rows that are not rejected. Codes the store knows already keep their row, so a
list delivered as a file of its own stays as it is, and a later file brings only its new names.
Hazard: a derived row that breaks its contract rejects the lines it comes from; two that contradict each other refuse the file.
"""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from store.check import CONFLICT, check
from store.contract import SOURCES
from store.errors import InputError
from store.parse import LINE, typed


def problems(name: str, derived: pl.DataFrame, origin: str) -> pl.DataFrame:
    """What lines break because the row of the reference `name` derived from them breaks its contract: LINE, column, rule.

    `derived` has LINE and the contract's columns. Columns are named '<reference>.<column>'.
    """
    distinct, found = _judged(name, derived, origin)
    found = found.filter(pl.col("rule") != CONFLICT)
    verdicts = distinct.join(found.rename({"column": "_column", "rule": "_rule"}), on=LINE).drop(LINE)
    lines = derived.join(verdicts, on=SOURCES[name].schema.column_names(), nulls_equal=True, maintain_order="left")
    return lines.select(LINE, column=pl.concat_str(pl.lit(f"{name}."), "_column"), rule="_rule")


def distinct(name: str, paths: Sequence[Path], without: Sequence[int] = ()) -> pl.DataFrame:
    """The derived rows in these files, each with the first line that gives it; `without` are lines that give none.

    A file at a time, for a line of the file that came in is a row there, and what they say is a short list.
    """
    lines, content = pl.Series([*without], dtype=pl.Int64).implode(), SOURCES[name].schema.column_names()
    first = [
        pl.read_ipc(path).filter(~pl.col(LINE).is_in(lines)).unique(content, keep="first", maintain_order=True) for path in paths
    ]
    return pl.concat(first).unique(content, keep="first", maintain_order=True)


def agree(name: str, derived: pl.DataFrame, origin: str) -> None:
    """Raise InputError where two lines give one code different contents: no line can be said to be the right one."""
    distinct, found = _judged(name, derived, origin)
    conflicts = distinct.join(found.filter(pl.col("rule") == CONFLICT), on=LINE, how="semi")
    for key, rows in conflicts.group_by(SOURCES[name].schema.primary_key(), maintain_order=True):
        first, second, *_ = rows[LINE]
        code = " ".join(map(str, key))
        raise InputError(f"{origin}: lines {first} and {second} say different things of '{code}' in {name}; correct the mapping")


def missing(name: str, derived: pl.DataFrame, held: pl.DataFrame, aside: Path, origin: str) -> Path | None:
    """The reference `name` as held, and the derived rows it lacks, as a Parquet file in `aside`; None where it lacks none.

    `derived` has LINE and the contract's columns and was found without problems and agreeing; `held` has the contract's columns.
    `origin` says in messages where the rows come from.
    """
    source = SOURCES[name]
    key = source.schema.primary_key()
    rows = typed(derived, source.schema, origin).frame.unique(key, keep="first", maintain_order=True)
    new = rows.join(held, on=key, how="anti").drop(LINE)
    if new.is_empty():
        return None
    path = aside / f"{name}.parquet"
    pl.concat([held.select(new.columns), new]).sort(key).write_parquet(path, compression="zstd")
    return path


def _judged(name: str, derived: pl.DataFrame, origin: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The distinct derived rows, each with the first line it comes from, and what they break: LINE, column, rule."""
    source = SOURCES[name]
    distinct = derived.unique(source.schema.column_names(), keep="first", maintain_order=True)
    return distinct, check(typed(distinct, source.schema, origin), source).problems
