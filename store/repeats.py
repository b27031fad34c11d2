"""Rows of one file that share their key although they were read in different batches.

Rule: it does not matter where a batch ends. Identical rows count once, the first of them; rows that contradict each other are
all rejected, and so is a row whose key was contradicted inside another batch.
Hazard: memory. Only candidates that can share a key are looked at, and of those only a share of the keys at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl

from store.check import repeated
from store.parse import LINE
from store.parts import Candidate, Maker, integer_key, numbered

KEYS_AT_ONCE: Final = 2_000_000
_COPIES: Final = "_copies"


@dataclass(frozen=True)
class Repeats:
    """What is `left` of the candidates, and the rows (LINE and the contract's columns) that left them.

    `no_copies` are rows that were copies of another one in their batch, and are among the contradicting ones now.
    """

    left: tuple[Candidate, ...]
    duplicates: pl.DataFrame = field(default_factory=pl.DataFrame)
    contradicting: pl.DataFrame = field(default_factory=pl.DataFrame)
    no_copies: pl.DataFrame = field(default_factory=pl.DataFrame)


def across(maker: Maker, candidates: Sequence[Candidate], copies: Sequence[Path], contradicted: pl.DataFrame | None) -> Repeats:
    """Look over the candidates of one file.

    `copies` are files of rows that repeat another one of their batch, `contradicted` are keys contradicted inside a batch.
    """
    suspects = [
        c for c in candidates if contradicted is not None or any(_may_share(c, d, maker) for d in candidates if d is not c)
    ]
    if not suspects:
        return Repeats(tuple(candidates))
    key, content = maker.source.schema.primary_key(), [LINE, *maker.source.schema.column_names()]
    nothing = numbered(suspects[0]).select(content).clear()
    duplicates, contradicting, no_copies = [nothing], [nothing], [nothing]
    shares = -(-sum(c.rows for c in suspects) // KEYS_AT_ONCE)
    for share in range(shares):
        mine = _share(key, maker) % shares == share
        bad = nothing.select(key) if contradicted is None else contradicted.filter(mine)
        held = _sharing(suspects, key, mine, bad).select(content).sort(LINE)
        again, conflicts = repeated(held.join(bad, on=key, how="anti"), key)
        worse = held.join(conflicts, on=LINE, how="semi")
        keys = pl.concat([bad, worse.select(key)]).unique()
        duplicates.append(again)
        contradicting += [held.join(bad, on=key, how="semi"), worse]
        no_copies += [pl.read_ipc(path).join(keys, on=key, how="semi").select(content) for path in copies if keys.height]
    out = pl.concat([*duplicates, *contradicting])[LINE]
    left = [maker.without(c, out) if c in suspects and out.len() else c for c in candidates]
    return Repeats(
        left=tuple(c for c in left if c is not None),
        duplicates=pl.concat(duplicates),
        contradicting=pl.concat([*contradicting, *no_copies]),
        no_copies=pl.concat(no_copies),
    )


def _sharing(suspects: Sequence[Candidate], key: list[str], mine: pl.Expr, bad: pl.DataFrame) -> pl.DataFrame:
    """Rows of candidates, of one share of the keys, whose key occurs twice or is among the `bad` ones."""
    rows = pl.concat([pl.scan_parquet(c.file, hive_partitioning=False, glob=False).select(key) for c in suspects])
    met = rows.filter(mine).group_by(key).len(_COPIES).filter(pl.col(_COPIES) > 1).select(key).collect()
    wanted = pl.concat([met, bad]).unique()
    return pl.concat([numbered(c).join(wanted, on=key, how="semi") for c in suspects])


def _may_share(a: Candidate, b: Candidate, maker: Maker) -> bool:
    """Whether two candidates can hold rows of one key: by the range of its integer, else by the days where it holds the time."""
    if integer_key(maker.source) is not None:
        return None in (a.min_id, b.min_id) or (a.min_id <= b.max_id and b.min_id <= a.max_id)  # type: ignore[operator]
    if maker.source.time in maker.source.schema.primary_key():
        return not {day for day, *_ in a.days}.isdisjoint(day for day, *_ in b.days)
    return True


def _share(key: list[str], maker: Maker) -> pl.Expr:
    """A number that equal keys have in common, within this process."""
    number = integer_key(maker.source)
    return pl.col(number) if number is not None and len(key) == 1 else pl.struct(key).hash()
