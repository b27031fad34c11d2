"""Rows of one file that share their key although they were read in different batches.

Rule: it does not matter where a batch ends. Identical rows count once, the first of them; rows that contradict each other are
all rejected, and so is a row whose key was contradicted inside another batch.
Hazard: memory, for a file may have any number of rows, and each of them twice. Only candidates that can share a key are looked
at, first by hashes of their keys; rows whose hashes meet are then compared as they are, so that a hash decides nothing. Hashes,
rows and what leaves a candidate lie on disk, parted by hash or by candidate, and one part at a time is looked at.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl

from store.check import repeated
from store.parse import LINE
from store.parts import Candidate, Maker, numbered
from store.shelves import SHELF, Shelves

HASHES_AT_ONCE: Final = 2_000_000
ROWS_AT_ONCE: Final = 500_000
_HASH: Final = "_hash"
_CANDIDATE: Final = "_candidate"
_AT: Final = "_at"

Few = Callable[[pl.Series], None]
"""Receives the lines (at least one) of contradicting rows found so far; raises InputError where they are too many to keep."""


@dataclass(frozen=True)
class Repeats:
    """What is `left` of the candidates, and the rows (LINE and the contract's columns) that left them.

    `duplicates` are files of rows. `no_copies` are rows that were copies of another one in their batch, and are among the
    contradicting ones now.
    """

    left: tuple[Candidate, ...]
    duplicates: tuple[Path, ...] = ()
    contradicting: pl.DataFrame = field(default_factory=pl.DataFrame)
    no_copies: pl.DataFrame = field(default_factory=pl.DataFrame)


def across(
    maker: Maker, candidates: Sequence[Candidate], copies: Sequence[Path], contradicted: pl.DataFrame | None, few: Few
) -> Repeats:
    """Look over the candidates of one file.

    `copies` are files of rows that repeat another one of their batch, `contradicted` are keys contradicted inside a batch.
    """
    suspects = {
        number: c
        for number, c in enumerate(candidates)
        if contradicted is not None or any(_may_share(c, d, maker) for d in candidates if d is not c)
    }
    key = maker.source.schema.primary_key()
    places = _places(maker, suspects, contradicted)
    if not places.rows:
        return Repeats(tuple(candidates))
    shares = -(-places.rows // ROWS_AT_ONCE)
    rows = _rows(maker, suspects, places, shares)
    found = _Found(maker, copies, few)
    for share in range(shares):
        if (held := rows.take(share)) is not None:
            nobody = held.select(key).clear()
            found.judge(share, held, nobody if contradicted is None else contradicted.filter(_hash(key) % shares == share))
    return found.repeats(candidates)


class _Found:
    """What was found so far in the shares of the rows whose keys may meet."""

    def __init__(self, maker: Maker, copies: Sequence[Path], few: Few) -> None:
        self._maker, self._copies, self._few = maker, copies, few
        self._nothing = maker.source.schema.create_empty().select(pl.lit(0, pl.Int64).alias(LINE), pl.all()).clear()
        self._out = Shelves(maker.aside, "out", HASHES_AT_ONCE)
        self._duplicates: list[Path] = []
        self._contradicting, self._no_copies = [self._nothing], [self._nothing]

    def judge(self, share: int, held: pl.DataFrame, bad: pl.DataFrame) -> None:
        """Tell the rows of a share apart (LINE, the contract's columns, _CANDIDATE); `bad` are its contradicted keys."""
        key, rows = bad.columns, held.select(self._nothing.columns).sort(LINE)
        again, conflicts = repeated(rows.join(bad, on=key, how="anti", maintain_order="left"), key)
        worse = rows.join(conflicts, on=LINE, how="semi")
        keys = pl.concat([bad, worse.select(key)]).unique()
        if again.height:
            self._duplicates.append(self._maker.aside / f"{share}.again")
            again.write_ipc(self._duplicates[-1])
        out = pl.concat([again, self._contradict(rows.join(keys, on=key, how="semi"))])[LINE].implode()
        self._out.put(held.filter(pl.col(LINE).is_in(out)).select(LINE, pl.col(_CANDIDATE).alias(SHELF)))
        for path in self._copies if keys.height else ():
            copies = pl.read_ipc(path).join(keys, on=key, how="semi").select(self._nothing.columns)
            self._no_copies.append(self._contradict(copies))

    def _contradict(self, rows: pl.DataFrame) -> pl.DataFrame:
        if rows.height:
            self._contradicting.append(rows)
            self._few(pl.concat([found[LINE] for found in self._contradicting]))
        return rows

    def repeats(self, candidates: Sequence[Candidate]) -> Repeats:
        """The result, once all shares were judged."""
        left = [self._left(number, candidate) for number, candidate in enumerate(candidates)]
        return Repeats(
            left=tuple(candidate for candidate in left if candidate is not None),
            duplicates=tuple(self._duplicates),
            contradicting=pl.concat(self._contradicting),
            no_copies=pl.concat(self._no_copies),
        )

    def _left(self, number: int, candidate: Candidate) -> Candidate | None:
        out = self._out.take(number)
        return candidate if out is None else self._maker.without(candidate, out[LINE])


def _places(maker: Maker, suspects: Mapping[int, Candidate], contradicted: pl.DataFrame | None) -> Shelves:
    """By candidate, the places (_AT, from 0) of rows whose keys have a hash in common with others, or with contradicted ones."""
    key = maker.source.schema.primary_key()
    bad = pl.Series(_HASH, [], pl.UInt64) if contradicted is None else contradicted.select(_hash(key)).to_series()
    shares = -(-sum(c.rows for c in suspects.values()) // HASHES_AT_ONCE)
    hashes, places = (Shelves(maker.aside, name, HASHES_AT_ONCE) for name in ("hashes", "places"))
    for number, candidate in suspects.items():
        keys = pl.read_parquet(candidate.file, columns=key, hive_partitioning=False, glob=False)
        mine = keys.select(_hash(key)).with_row_index(_AT).with_columns(pl.lit(number, pl.UInt32).alias(_CANDIDATE))
        hashes.put(mine.with_columns((pl.col(_HASH) % shares).alias(SHELF)))
    for share in range(shares):
        if (held := hashes.take(share)) is not None:
            met = held.filter(pl.col(_HASH).is_duplicated() | pl.col(_HASH).is_in(bad.implode()))
            places.put(met.select(_AT, pl.col(_CANDIDATE).alias(SHELF)))
    return places


def _rows(maker: Maker, suspects: Mapping[int, Candidate], places: Shelves, shares: int) -> Shelves:
    """The rows at these places, with their _CANDIDATE, parted by the hashes of their keys."""
    share = (_hash(maker.source.schema.primary_key()) % shares).alias(SHELF)
    rows = Shelves(maker.aside, "rows", ROWS_AT_ONCE)
    for number, candidate in suspects.items():
        if (at := places.take(number)) is not None:
            rows.put(numbered(candidate)[at[_AT]].with_columns(share, pl.lit(number, pl.UInt32).alias(_CANDIDATE)))
    return rows


def _hash(key: list[str]) -> pl.Expr:
    """A number that equal keys have in common, within this process."""
    return pl.struct(key).hash().alias(_HASH)


def _may_share(a: Candidate, b: Candidate, maker: Maker) -> bool:
    """Whether two candidates can hold rows of one key: by the range of their keys, and by days where the key holds the time."""
    if a.high < b.low or b.high < a.low:
        return False
    timed = maker.source.time in maker.source.schema.primary_key()
    return not timed or not {day for day, *_ in a.days}.isdisjoint(day for day, *_ in b.days)
