"""Rows of one file that share their key although they were read in different batches.

Rule: it does not matter where a batch ends. Identical rows count once, the first of them; rows that contradict each other are
all rejected, and so is a row whose key was contradicted inside another batch.
Hazard: memory. Only candidates that can share a key are looked at, by hashes of their keys, a share at a time; keys whose hashes
meet are then compared as they are, so that a hash decides nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl

from store.check import repeated
from store.parse import LINE
from store.parts import Candidate, Maker, numbered

HASHES_AT_ONCE: Final = 16_000_000
ROWS_AT_ONCE: Final = 2_000_000
_HASH: Final = "_hash"


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
    key, content = maker.source.schema.primary_key(), [LINE, *maker.source.schema.column_names()]
    hashes = _meeting(suspects, key, contradicted)
    if not suspects or hashes.is_empty():
        return Repeats(tuple(candidates))
    nothing = numbered(suspects[0]).select(content).clear()
    duplicates, contradicting, no_copies = [nothing], [nothing], [nothing]
    shares = max(1, -(-_count(suspects, key, hashes) // ROWS_AT_ONCE))
    for share in range(shares):
        mine = _hash(key).is_in(hashes.filter(hashes % shares == share).implode())
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


def _meeting(suspects: Sequence[Candidate], key: list[str], contradicted: pl.DataFrame | None) -> pl.Series:
    """Hashes that occur twice among the keys of candidates, and those of contradicted keys."""
    every = [_keys(c).select(_hash(key)) for c in suspects]
    shares = -(-sum(c.rows for c in suspects) // HASHES_AT_ONCE)
    found = [] if contradicted is None else [contradicted.select(_hash(key)).to_series()]
    for share in range(shares):
        hashes = pl.concat(every).filter(pl.col(_HASH) % shares == share).collect().to_series()
        if hashes.n_unique() < len(hashes):
            found.append(hashes.filter(hashes.is_duplicated()))
    return pl.concat([pl.Series(_HASH, [], pl.UInt64), *found]).unique()


def _count(suspects: Sequence[Candidate], key: list[str], hashes: pl.Series) -> int:
    """Rows of candidates whose keys have one of these hashes."""
    return sum(int(_keys(c).select(_hash(key).is_in(hashes.implode()).sum()).collect().item()) for c in suspects)


def _sharing(suspects: Sequence[Candidate], key: list[str], mine: pl.Expr, bad: pl.DataFrame) -> pl.DataFrame:
    """Rows of candidates, of one share of the hashes, whose key occurs twice or is among the `bad` ones."""
    rows = pl.concat([numbered(c).filter(mine) for c in suspects])
    met = rows.select(key).filter(rows.select(key).is_duplicated())
    return rows.join(pl.concat([met, bad]).unique(), on=key, how="semi")


def _keys(candidate: Candidate) -> pl.LazyFrame:
    return pl.scan_parquet(candidate.file, hive_partitioning=False, glob=False)


def _hash(key: list[str]) -> pl.Expr:
    """A number that equal keys have in common, within this process."""
    return pl.struct(key).hash().alias(_HASH)


def _may_share(a: Candidate, b: Candidate, maker: Maker) -> bool:
    """Whether two candidates can hold rows of one key: by the range of their keys, and by days where the key holds the time."""
    if a.high < b.low or b.high < a.low:
        return False
    timed = maker.source.time in maker.source.schema.primary_key()
    return not timed or not {day for day, *_ in a.days}.isdisjoint(day for day, *_ in b.days)
