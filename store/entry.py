"""The ledger's entry of one file: its control totals by file, part and day, and its rejects.

Rule: what came in is counted from the file as it was read, apart from what was made of it, so that the comparison of the
two (FileRecord.check) can fail. An amount counts towards `fils_in` when it can be read and lies in the range of amounts.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from store import parts
from store.check import Checked, conflicting
from store.contract import MAX_FILS, Source
from store.control import NOTHING, Control
from store.known import Known
from store.ledger import Day, Reject, Totals
from store.parse import LINE, Parsed
from store.read import Records


@dataclass(frozen=True)
class Incoming:
    """A file on its way in: as read, in the contract's types, and checked by itself."""

    name: str
    sha256: str
    source: Source
    records: Records
    parsed: Parsed
    checked: Checked
    control: Control = NOTHING


@dataclass(frozen=True)
class Settled:
    """What becomes of each row. `fresh`: dated rows to store; `repeated`: lines of duplicates; `problems`: LINE, column, rule."""

    fresh: pl.DataFrame
    repeated: pl.Series
    problems: pl.DataFrame


def settle(incoming: Incoming, dated: pl.DataFrame, met: Known) -> Settled:
    """Bring the verdicts of reading, checking and comparing with the store together."""
    out = pl.concat([met.identical, met.contradicting])
    return Settled(
        fresh=dated.filter(~pl.col(LINE).is_in(out.implode())) if out.len() else dated,
        repeated=pl.concat([incoming.checked.duplicates[LINE], met.identical]),
        problems=pl.concat([incoming.records.problems, incoming.checked.problems, conflicting(met.contradicting)]),
    )


def totals(incoming: Incoming, settled: Settled) -> Totals:
    """Control totals of the file."""
    source, frame, fresh = incoming.source, incoming.parsed.frame, settled.fresh
    bad = settled.problems[LINE].unique()
    first, last = _span(fresh, source)
    return Totals(
        rows_in=frame.height + incoming.records.problems[LINE].n_unique(),
        accepted=fresh.height,
        duplicates=settled.repeated.len(),
        rejected=bad.len(),
        skipped=sum(lines for _, lines in incoming.records.skips),
        fils_in=_fils(frame, source),
        fils_accepted=parts.fils(fresh, source),
        fils_duplicates=_fils(_at(frame, settled.repeated), source),
        fils_rejected=_fils(_at(frame, bad), source),
        first_day=first,
        last_day=last,
    )


def days(incoming: Incoming, settled: Settled, timezone: str) -> tuple[Day, ...]:
    """What became of the rows of each local business day; '' is the day of rejected rows that do not tell it."""
    source, frame = incoming.source, incoming.parsed.frame
    if source.time is None:
        return ()
    bad = settled.problems[LINE].unique()
    unread = bad.len() - frame.filter(pl.col(LINE).is_in(bad.implode())).height
    verdicts = (
        _daily(settled.fresh, source, "accepted"),
        _daily(parts.dated(_at(frame, settled.repeated), source, timezone), source, "duplicates"),
        _daily(parts.dated(_at(frame, bad), source, timezone), source, "rejected"),
        pl.DataFrame(
            {"day": [""] * (unread > 0), "rejected": [unread] * (unread > 0)}, schema={"day": pl.String, "rejected": pl.Int64}
        ),
    )
    daily = pl.concat(verdicts, how="diagonal_relaxed").group_by("day").sum().sort("day")
    fils = [f"fils_{name}" for name in _VERDICTS] if source.money else []
    found = daily.select("day", *_VERDICTS, *fils)
    return tuple((*row, None, None, None) if not fils else row for row in found.iter_rows())


_VERDICTS: Final = ("accepted", "duplicates", "rejected")


def _daily(rows: pl.DataFrame, source: Source, verdict: str) -> pl.DataFrame:
    """Rows and readable fils of dated rows by day (ISO text), in columns named for what became of them."""
    day = pl.col(parts.BUSINESS_DATE).dt.strftime("%Y-%m-%d").fill_null("").alias("day")
    sums = [pl.len().cast(pl.Int64).alias(verdict)]
    if source.money:
        readable = pl.when(pl.col(source.money).is_between(-MAX_FILS, MAX_FILS)).then(pl.col(source.money))
        sums.append(readable.cast(pl.Int128).sum().cast(pl.Int64).alias(f"fils_{verdict}"))
    return rows.group_by(day).agg(*sums)


def rejects(settled: Settled, records: Records) -> tuple[Reject, ...]:
    """(line, columns, rules, raw) of every rejected line, with all it broke."""
    if settled.problems.is_empty():
        return ()
    columns = pl.col("column").filter(pl.col("column") != "").unique(maintain_order=True).str.join(", ")
    rules = pl.col("rule").unique(maintain_order=True).str.join(", ")
    by_line = settled.problems.group_by(LINE, maintain_order=True).agg(columns, rules).sort(LINE)
    raw = records.raw(by_line[LINE].to_list())
    return tuple((line, column, rule, raw[line]) for line, column, rule in by_line.iter_rows())


def _at(frame: pl.DataFrame, lines: pl.Series) -> pl.DataFrame:
    return frame.filter(pl.col(LINE).is_in(lines.implode())) if lines.len() else frame.clear()


def _fils(frame: pl.DataFrame, source: Source) -> int | None:
    if source.money is None:
        return None
    return parts.fils(frame.filter(pl.col(source.money).is_between(-MAX_FILS, MAX_FILS)), source)


def _span(fresh: pl.DataFrame, source: Source) -> tuple[str | None, str | None]:
    if source.time is None or fresh.is_empty():
        return None, None
    ends = fresh[source.time_end or parts.BUSINESS_DATE]
    first, last = fresh[parts.BUSINESS_DATE].min(), (ends.dt.month_end() if source.monthly else ends).max()
    assert isinstance(first, date)
    assert isinstance(last, date)
    return first.isoformat(), last.isoformat()
