"""The ledger's entry of one file: its control totals by file, part and day, and its rejects.

Rule: what came in is counted from the file as it was read, apart from what was made of it, so that the comparison of the
two (FileRecord.check) can fail. An amount counts towards `fils_in` when it can be read and lies in the range of amounts.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from store import parts
from store.check import Checked, conflicting
from store.contract import MAX_FILS, Source
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


def days(fresh: pl.DataFrame, source: Source) -> tuple[Day, ...]:
    """(day, rows, fils) of accepted rows per local business day."""
    if parts.BUSINESS_DATE not in fresh.columns:
        return ()
    fils = pl.lit(None, pl.Int64) if source.money is None else pl.col(source.money).sum()
    daily = fresh.group_by(parts.BUSINESS_DATE).agg(pl.len(), fils.alias("fils")).sort(parts.BUSINESS_DATE)
    return tuple((day.isoformat(), count, amount) for day, count, amount in daily.iter_rows())


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
