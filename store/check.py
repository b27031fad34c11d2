"""Typed rows -> accepted rows, duplicates and rejects, by the rules of the source's contract.

Rule: every row that came in is in exactly one of the three. An identical row with a key already seen is a duplicate: it
is counted and left out. Rows with the same key and different content contradict each other: all of them are rejected.
Hazard: whether a key was seen in an earlier file is not known here but in store.known.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import dataframely as dy
import polars as pl

from store.contract import Source
from store.parse import LINE, PROBLEMS, Parsed

CONFLICT: Final = "conflicting_duplicate"
FUTURE: Final = "not_in_the_future"
AHEAD: Final = timedelta(days=1)
"""How far a record's time may lie ahead of this machine's clock before it is rejected."""
PLANNED: Final = timedelta(days=5 * 366)
"""How far a day may lie ahead where it is a month or a period: budgets are made for years to come."""
PAST: Final = "not_before_1990"
FIRST_DAY: Final = date(1990, 1, 1)
"""Before the first e-service of anybody: an earlier time is a wrong unit or a broken clock."""


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
    off = _off_calendar(frame, source, now or datetime.now(UTC))
    if off.height:
        frame = frame.join(off.select(LINE), on=LINE, how="anti", maintain_order="left")
    _, failure = _lined(source.schema).filter(frame)
    if not len(failure):
        return Checked(frame, frame.clear(), pl.concat([parsed.problems, off]))
    broken, again = _split(failure)
    duplicates, conflicts = repeated(again.select(frame.columns), source.schema.primary_key())
    out = pl.concat([broken[LINE], duplicates[LINE], conflicts[LINE]]).implode()
    problems = pl.concat([parsed.problems, off, broken, conflicts])
    return Checked(frame.filter(~pl.col(LINE).is_in(out)), duplicates, problems)


def conflicting(lines: pl.Series) -> pl.DataFrame:
    """Problems that say: this row contradicts another one with the same key."""
    return pl.DataFrame({LINE: lines}, schema={LINE: pl.Int64}).with_columns(column=pl.lit(""), rule=pl.lit(CONFLICT))


def _lined(schema: type[dy.Schema]) -> type[dy.Schema]:
    """The contract with the line number as a further column, so that a verdict can be traced to its line."""
    return type(f"{schema.__name__}WithLine", (schema,), {LINE: dy.Int64()})


def _off_calendar(frame: pl.DataFrame, source: Source, now: datetime) -> pl.DataFrame:
    """Rows whose business time lies before the first day or too far ahead: their unit or their clock is wrong."""
    found = [pl.DataFrame(schema=PROBLEMS)]
    for name in filter(None, (source.time, source.time_end)):
        exact = isinstance(frame.schema[name], pl.Datetime)
        early, late = (datetime.combine(FIRST_DAY, time(), UTC), now + AHEAD) if exact else (FIRST_DAY, (now + PLANNED).date())
        for rule, broken in ((PAST, pl.col(name) < early), (FUTURE, pl.col(name) > late)):
            lines = frame.filter(broken)[LINE]
            found.append(pl.DataFrame({LINE: lines, "column": [name] * len(lines), "rule": [rule] * len(lines)}, schema=PROBLEMS))
    return pl.concat(found)


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


def repeated(rows: pl.DataFrame, key: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of rows that share a key: the copies of identical ones but for the first, and problems of those that contradict."""
    content = [name for name in rows.columns if name != LINE]
    contents = rows.group_by(key).agg(pl.struct(content).n_unique().alias("_contents"))
    counted = rows.join(contents, on=key, how="left", maintain_order="left")
    agreeing = counted.filter(pl.col("_contents") == 1).drop("_contents")
    first = agreeing.unique(key, keep="first", maintain_order=True)[LINE].implode()
    return agreeing.filter(~pl.col(LINE).is_in(first)), conflicting(counted.filter(pl.col("_contents") > 1)[LINE])
