"""The ledger's entry of one file: what became of its rows and fils, by file and day, and its rejects.

Rule: what came in is counted from the file as it was read, apart from what was made of it, so that the comparison of the
two (FileRecord.check) can fail. An amount counts towards `fils_in` when it can be read and lies in the range of amounts.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import polars as pl

from store import parts
from store.check import CONFLICT
from store.contract import Source
from store.intake import Daily, Taken
from store.known import Known
from store.ledger import Day, Reject, Totals
from store.parse import LINE
from store.parts import Candidate, Maker

Verdict = Literal["accepted", "duplicates", "rejected"]
VERDICTS: Final[tuple[Verdict, ...]] = ("accepted", "duplicates", "rejected")


@dataclass
class Settled:
    """What becomes of the rows of one file once they were compared with the store.

    `late` are rows that contradict stored ones: they are rejects without a raw text yet. `held` says by line which stored file
    (SHA-256) has the row already, and is kept for correction files only, which are small.
    """

    source: Source
    corrects: bool = False
    left: list[Candidate] = field(default_factory=list)
    days: dict[Verdict, list[Daily]] = field(default_factory=lambda: {verdict: [] for verdict in VERDICTS})
    late: list[int] = field(default_factory=list)
    relies: Counter[str] = field(default_factory=Counter)
    held: dict[int, str] = field(default_factory=dict)

    def keep(self, candidate: Candidate | None) -> None:
        """Rows that are stored."""
        if candidate is not None:
            self.left.append(candidate)
            self.days["accepted"].append(candidate.days or (("", candidate.rows, candidate.fils),))

    def meet(self, candidate: Candidate, met: Known, maker: Maker) -> None:
        """A candidate of which the store holds rows already."""
        self.days["duplicates"].append(_daily(met.identical, self.source))
        self.days["rejected"].append(_daily(met.contradicting, self.source))
        self.late += met.contradicting[LINE].to_list()
        self.relies.update(met.relies)
        self.held |= dict(met.held.iter_rows()) if self.corrects else {}
        self.keep(maker.without(candidate, pl.concat([met.identical[LINE], met.contradicting[LINE]])))


def begin(taken: Taken, source: Source, *, corrects: bool) -> Settled:
    """What was settled by looking at the file alone."""
    settled = Settled(source, corrects)
    settled.days["duplicates"].append(taken.duplicates)
    settled.days["rejected"].append(taken.rejected)
    return settled


def totals(taken: Taken, settled: Settled) -> Totals:
    """Control totals of the file."""
    rows = {verdict: sum(count for _, count, _ in _every(settled, verdict)) for verdict in VERDICTS}
    fils: dict[Verdict, int | None] = dict.fromkeys(VERDICTS)
    if settled.source.money is not None:
        fils = {verdict: sum(amount or 0 for _, _, amount in _every(settled, verdict)) for verdict in VERDICTS}
    return Totals(
        rows_in=taken.rows_in,
        accepted=rows["accepted"],
        duplicates=rows["duplicates"],
        rejected=rows["rejected"],
        skipped=sum(lines for _, lines in taken.skips),
        fils_in=taken.fils_in,
        fils_accepted=fils["accepted"],
        fils_duplicates=fils["duplicates"],
        fils_rejected=fils["rejected"],
        first_day=min((c.first_day for c in settled.left if c.first_day), default=None),
        last_day=max((c.last_day for c in settled.left if c.last_day), default=None),
    )


def days(settled: Settled) -> tuple[Day, ...]:
    """What became of the rows of each local business day; '' is the day of rejected rows that do not tell it."""
    if settled.source.time is None:
        return ()
    rows: dict[str, Counter[Verdict]] = {}
    fils: dict[str, Counter[Verdict]] = {}
    for verdict in VERDICTS:
        for day, count, amount in _every(settled, verdict):
            rows.setdefault(day, Counter())[verdict] += count
            fils.setdefault(day, Counter())[verdict] += amount or 0
    money = settled.source.money is not None
    return tuple(
        (
            day,
            *(rows[day][verdict] for verdict in VERDICTS),
            *(fils[day][verdict] if money else None for verdict in VERDICTS),
        )  # type: ignore[misc]  # three rows and three fils, as VERDICTS says
        for day in sorted(rows)
    )


def rejects(taken: Taken, late: Mapping[int, str]) -> tuple[Reject, ...]:
    """(line, columns, rules, raw) of every rejected line; `late` are raw texts of those that contradict the store."""
    found: list[Reject] = [row for path in taken.rejects for row in pl.read_ipc(path).iter_rows()]
    return (*found, *((line, "", CONFLICT, text) for line, text in late.items()))


def _every(settled: Settled, verdict: Verdict) -> Iterable[tuple[str, int, int | None]]:
    return (day for daily in settled.days[verdict] for day in daily)


def _daily(dated: pl.DataFrame, source: Source) -> Daily:
    if dated.is_empty():
        return ()
    return parts.days(dated, source) or (("", dated.height, parts.fils(dated, source)),)
