"""Typed rows -> accepted rows, duplicates and rejects, by the rules of the source's contract.

Rule: every row that came in is in exactly one of the three. An identical row with a key already seen is a duplicate: it
is counted and left out. Rows with the same key and different content contradict each other: all of them are rejected.
Hazard: whether a key was seen in an earlier file is not known here but in store.known.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import dataframely as dy
import polars as pl

from store.contract import Source
from store.parse import LINE, PROBLEMS, Parsed

CONFLICT: Final = "conflicting_duplicate"
FUTURE: Final = "not_in_the_future"
AHEAD: Final = timedelta(days=1)
"""How far a record's time may lie ahead of this machine's clock before it is rejected."""


@dataclass(frozen=True)
class Checked:
    """`accepted` and `duplicates`: LINE and the contract's columns. `problems`: LINE, column, rule; a row may have several."""

    accepted: pl.DataFrame
    duplicates: pl.DataFrame
    problems: pl.DataFrame


def check(parsed: Parsed, source: Source, now: datetime | None = None) -> Checked:
    """Apply the contract of `source`. `now` is the clock (UTC) that future times are measured against."""
    frame = parsed.frame
    if parsed.problems.height:
        frame = frame.join(parsed.problems.select(LINE), on=LINE, how="anti", maintain_order="left")
    early = _future(frame, source, now or datetime.now(UTC))
    if early.height:
        frame = frame.join(early.select(LINE), on=LINE, how="anti", maintain_order="left")
    _, failure = _lined(source.schema).filter(frame)
    if not len(failure):
        return Checked(frame, frame.clear(), pl.concat([parsed.problems, early]))
    broken, repeated = _split(failure)
    duplicates, conflicts = _repeated(repeated.select(frame.columns), source.schema.primary_key())
    out = pl.concat([broken[LINE], duplicates[LINE], conflicts[LINE]]).implode()
    problems = pl.concat([parsed.problems, early, broken, conflicts])
    return Checked(frame.filter(~pl.col(LINE).is_in(out)), duplicates, problems)


def conflicting(lines: pl.Series) -> pl.DataFrame:
    """Problems that say: this row contradicts another one with the same key."""
    return pl.DataFrame({LINE: lines}, schema={LINE: pl.Int64}).with_columns(column=pl.lit(""), rule=pl.lit(CONFLICT))


def _lined(schema: type[dy.Schema]) -> type[dy.Schema]:
    """The contract with the line number as a further column, so that a verdict can be traced to its line."""
    return type(f"{schema.__name__}WithLine", (schema,), {LINE: dy.Int64()})


def _future(frame: pl.DataFrame, source: Source, now: datetime) -> pl.DataFrame:
    if source.time is None or not isinstance(frame.schema[source.time], pl.Datetime):
        return pl.DataFrame(schema=PROBLEMS)
    lines = frame.filter(pl.col(source.time) > now + AHEAD)[LINE]
    return pl.DataFrame({LINE: lines, "column": [source.time] * len(lines), "rule": [FUTURE] * len(lines)}, schema=PROBLEMS)


def _split(failure: dy.FailureInfo) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Problems of rows that break a rule of content, and the rows whose only fault is a key that occurs again."""
    details = failure.details()
    content = [name for name in failure.counts() if name != "primary_key"]
    verdicts = [
        details.filter(pl.col(name) == "invalid").select(
            LINE,
            column=pl.lit(name.partition("|")[0] if "|" in name else ""),
            rule=pl.lit(name.rpartition("|")[2]),
        )
        for name in content
    ]
    broken = pl.concat([pl.DataFrame(schema=PROBLEMS), *verdicts])
    return broken, details.join(broken.select(LINE), on=LINE, how="anti", maintain_order="left")


def _repeated(rows: pl.DataFrame, key: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of rows that share a key: the copies of identical ones but for the first, and problems of those that contradict."""
    content = [name for name in rows.columns if name != LINE]
    contents = rows.group_by(key).agg(pl.struct(content).n_unique().alias("_contents"))
    counted = rows.join(contents, on=key, how="left", maintain_order="left")
    agreeing = counted.filter(pl.col("_contents") == 1).drop("_contents")
    first = agreeing.unique(key, keep="first", maintain_order=True)[LINE].implode()
    return agreeing.filter(~pl.col(LINE).is_in(first)), conflicting(counted.filter(pl.col("_contents") > 1)[LINE])
