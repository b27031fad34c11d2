"""Files of payments as the model of the store sees them: rows of a few kinds, and what becomes of each.

Rule: a row is an event and a kind; two rows agree where both do. A file of corrections says of each row which rejected row of
which file (SHA-256, line) it corrects.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Literal, NamedTuple

from tests.support.records import NOON, payment

DAYS: Final = (0, 0, 1, 2, 33, 62)
"""How many days before 30 September 2012 an event lies, in turn: three months."""
Kind = Literal["good", "other", "rule", "amount", "time"]
KINDS: Final[tuple[Kind, ...]] = ("good", "good", "good", "good", "good", "other", "rule", "amount", "time")
"""A row's content: the event as it is, with another amount, breaking a rule, without readable amount, without readable time."""
Verdict = Literal["accepted", "duplicate", "rejected"]
VERDICTS: Final[tuple[Verdict, ...]] = ("accepted", "duplicate", "rejected")
Sums = tuple[int, int, int, int, int, int]
"""Rows accepted, duplicate and rejected, then the fils of each."""
Target = tuple[str, int]
"""A rejected row: SHA-256 of its file, and its line."""


class Row(NamedTuple):
    """One row of a file."""

    event: int
    kind: Kind

    @property
    def good(self) -> bool:
        return self.kind in ("good", "other")

    @property
    def day(self) -> str:
        """Its business day, '' where it does not tell it."""
        return "" if self.kind == "time" else f"{self.moment:%Y-%m-%d}"

    @property
    def moment(self) -> Any:
        return NOON - timedelta(days=DAYS[self.event % len(DAYS)])

    @property
    def amount(self) -> int:
        """Its amount in fils as it would be readable."""
        size = self.event * 101 + (7 if self.kind == "other" else 0)
        return -size if self.event % 5 == 0 else size

    @property
    def fils(self) -> int:
        """What it counts towards the fils of its file."""
        return 0 if self.kind == "amount" else self.amount

    def record(self) -> dict[str, Any]:
        status = "refunded" if self.event % 5 == 0 else "settled"
        return payment(
            self.event,
            occurred_at=self.moment,
            amount_fils=self.amount,
            status=status,
            attempt=0 if self.kind == "rule" else 1,
        )


@dataclass(frozen=True)
class Delivery:
    """A file on its way: its bytes by their hash, what its side file says, None where it says nothing, and per row what it
    corrects, None for a file that corrects nothing."""

    sha256: str
    name: str
    rows: tuple[Row, ...]
    says: tuple[int, int] | None = None
    supersede: bool = False
    unreconciled: bool = False
    targets: tuple[Target, ...] | None = None

    @property
    def first(self) -> int:
        """The line of its first row."""
        return 1 if self.name.endswith(".parquet") else 2


@dataclass
class File:
    """A file that came in: what became of each row, by row which file holds it already, the number of its commit and of the one
    since which it has held all its rows, and whether those were removed on purpose."""

    came: Delivery
    verdicts: list[Verdict]
    state: str = "live"
    held: dict[int, str] = field(default_factory=dict)
    number: int = 0
    since: int = 0
    retired: bool = False

    @property
    def sha256(self) -> str:
        return self.came.sha256

    @property
    def name(self) -> str:
        return self.came.name

    @property
    def corrects(self) -> bool:
        return self.came.targets is not None

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.came.rows

    @property
    def accepted(self) -> list[Row]:
        return self.those("accepted")

    @property
    def duplicates(self) -> list[Row]:
        return self.those("duplicate")

    @property
    def rejected(self) -> list[Row]:
        return self.those("rejected")

    @property
    def relies(self) -> Counter[str]:
        """On how many rows of which files it relies for its duplicates."""
        return Counter(self.held.values())

    @property
    def differing(self) -> int:
        """How many of its control totals are not what came in."""
        sums = (len(self.rows), sum(row.fils for row in self.rows))
        return sum(said != came for said, came in zip(self.came.says or sums, sums, strict=True))

    def those(self, verdict: Verdict) -> list[Row]:
        return [row for row, found in zip(self.rows, self.verdicts, strict=True) if found == verdict]

    def lines(self) -> dict[int, Row]:
        """Its rejected rows by line."""
        return {
            self.came.first + at: row
            for at, (row, verdict) in enumerate(zip(self.rows, self.verdicts, strict=True))
            if verdict == "rejected"
        }

    def days(self) -> dict[str, Sums]:
        days: dict[str, list[int]] = {}
        for n, verdict in enumerate(VERDICTS):
            for row in self.those(verdict):
                sums = days.setdefault(row.day, [0] * 6)
                sums[n] += 1
                sums[n + 3] += row.fils
        return {day: tuple(sums) for day, sums in days.items()}  # type: ignore[misc]  # six of them

    def keeps(self, before: "File") -> bool:
        """Whether all rows of an earlier reading are among its own; of removed rows that is known where their Parquet, which
        names the file, is the same."""
        if not before.retired:
            return {*before.accepted} <= {*self.accepted}
        months = {row.day[:7] for row in before.accepted}
        mine = {row for row in self.accepted if row.day[:7] in months}
        return not months or (self.name == before.name and mine == {*before.accepted})


def judged(new: Delivery, refused: set[int]) -> File:
    """A file looked at alone; `refused` are rows that correct nothing."""
    contents: dict[int, set[Row]] = {}
    sound = {at for at, row in enumerate(new.rows) if row.good and at not in refused}
    for at in sound:
        contents.setdefault(new.rows[at].event, set()).add(new.rows[at])
    verdicts: list[Verdict] = []
    seen: set[Row] = set()
    for at, row in enumerate(new.rows):
        if at not in sound or len(contents[row.event]) > 1:
            verdicts.append("rejected")
        else:
            verdicts.append("duplicate" if row in seen else "accepted")
            seen.add(row)
    return File(new, verdicts)


def of_no_use(file: File) -> int:
    """Exit code for a file that is in the store."""
    return int(file.state == "refused" or (bool(file.rows) and len(file.rejected) == len(file.rows)))
