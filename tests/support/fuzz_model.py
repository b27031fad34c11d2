"""A store of payments in a few lines: what a file comes to, what counts, and what readers see.

Rule: the words of docs/store.md and nothing else; rows are kept in lists and compared one by one. What the store says of a file
must be what the model says, to the row and the fils.
Hazard: a verdict stands although a later version of another file would make it another one; the model keeps it, as the store.
"""

from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Literal, NamedTuple

from tests.support.records import NOON, payment

DAYS: Final = (0, 0, 1, 2, 33, 62)
"""How many days before 30 September 2012 an event lies, in turn: three months."""
Kind = Literal["good", "other", "rule", "amount", "time"]
KINDS: Final[tuple[Kind, ...]] = ("good", "good", "good", "good", "good", "other", "rule", "amount", "time")
"""A row's content: the event as it is, with another amount, breaking a rule, without readable amount, without readable time."""
Verdicts = tuple[int, int, int, int, int, int]
"""Rows accepted, duplicate and rejected, then the fils of each."""


_GONE: Final = {"live": "was read again since and does not hold all its rows any more"} | dict.fromkeys(
    ("superseded", "refused"), "has been superseded since"
)


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


@dataclass
class File:
    """One file that came in: what became of its rows, on how many rows of which files it relies for its duplicates, what its side
    file said of its rows and fils, the number of its commit and of the one since which it has held all its rows, and whether
    those were removed on purpose."""

    sha256: str
    name: str
    state: str = "live"
    accepted: list[Row] = field(default_factory=list)
    duplicates: list[Row] = field(default_factory=list)
    rejected: list[Row] = field(default_factory=list)
    relies: Counter[str] = field(default_factory=Counter)
    differing: int = 0
    said: tuple[int, int] | None = None
    number: int = 0
    since: int = 0
    retired: bool = False

    @property
    def rows(self) -> list[Row]:
        return [*self.accepted, *self.duplicates, *self.rejected]

    def days(self) -> dict[str, Verdicts]:
        days: dict[str, list[int]] = {}
        for n, rows in enumerate((self.accepted, self.duplicates, self.rejected)):
            for row in rows:
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


@dataclass(frozen=True)
class Delivery:
    """A file on its way: its bytes by their hash, and what its side file says, None where it says nothing."""

    sha256: str
    name: str
    rows: tuple[Row, ...]
    says: tuple[int, int] | None = None
    supersede: bool = False
    unreconciled: bool = False


@dataclass
class Model:
    """All files by hash, in the order of their commits, and what was published last."""

    files: dict[str, File] = field(default_factory=dict)
    commits: int = 0
    published: dict[str, File] | None = None

    def ingest(self, new: Delivery) -> int:
        """Take a file in; returns the exit code of the command."""
        found = self.files.get(new.sha256)
        known = self._known(new, found)
        if known is not None:
            return known
        file = _judged(new)
        sums = (len(new.rows), sum(row.fils for row in new.rows))
        file.differing = sum(said != came for said, came in zip(new.says or sums, sums, strict=True))
        if file.differing and not new.unreconciled:
            return 2
        replaced = [old for old in self.live() if new.name == old.name or new.sha256 == old.sha256]
        self._meet(file, [old for old in self.live() if old not in replaced])
        if not (file.accepted or file.duplicates) and replaced:
            file.state = "refused"
            if found is None or found.state != "live":
                self._record(file)
            return 1
        for old in replaced:
            old.state = "superseded"
        self._record(file)
        return _of_no_use(file)

    def publish(self) -> int:
        """Exit code of the command."""
        if not any(file.accepted for file in self.live()):
            return 2
        self.published = deepcopy(self.files)
        return 0

    def live(self) -> list[File]:
        return [file for file in self.files.values() if file.state == "live"]

    def retire(self) -> None:
        """Remove the rows of superseded files."""
        for file in self.files.values():
            file.retired = file.state == "superseded"

    def forsaken(self) -> list[tuple[File, str]]:
        """Live files and the hash of a file they rely on, which counts no longer, or let go of rows since."""
        return [
            (file, sha)
            for file in self.live()
            for sha in file.relies
            if self.files[sha].state != "live" or self.files[sha].since > file.number
        ]

    def problems(self) -> set[str]:
        """What `verify` is to say."""
        return {
            f"payments/{file.name}: {file.relies[sha]:,} of its rows were left out as duplicates of {self.files[sha].name}, "
            f"which {_GONE[self.files[sha].state]}; ingest the file again with --supersede"
            for file, sha in self.forsaken()
        }

    def lost(self) -> list[Row]:
        """Good rows of files that count which are neither stored, nor in quarantine, nor in a file that is to be read again."""
        counted = [file for file in self.files.values() if file.state != "superseded"]
        safe = {row for file in counted for row in (*file.accepted, *file.rejected)}
        safe |= {row for file, _ in self.forsaken() for row in file.duplicates}
        return [row for file in self.live() for row in file.rows if row.good and row not in safe]

    def _known(self, new: Delivery, found: File | None) -> int | None:
        """Exit code where nothing is to be read, or somebody has to decide."""
        if found:
            more = new.says not in (None, found.said)
            if not new.supersede:
                return 2 if found.state == "superseded" or more else _of_no_use(found)
            again = more or found.state != "live" or found.rejected or found in [file for file, _ in self.forsaken()]
            return None if again else _of_no_use(found)
        if new.supersede:
            return None
        return 2 if any(file.name == new.name for file in self.live()) else None

    def _meet(self, file: File, others: Sequence[File]) -> None:
        held = {row.event: (row, other.sha256) for other in others for row in other.accepted}
        assert len(held) == sum(len(other.accepted) for other in others), "an event is stored twice"
        for row in [row for row in file.accepted if row.event in held]:
            stored, holder = held[row.event]
            file.accepted.remove(row)
            if row == stored:
                file.duplicates.append(row)
                file.relies[holder] += 1
            else:
                file.rejected.append(row)

    def _record(self, file: File) -> None:
        before = self.files.pop(file.sha256, None)
        self.commits += 1
        file.number = self.commits
        file.since = before.since if before and file.keeps(before) else file.number
        self.files[file.sha256] = file


def _judged(new: Delivery) -> File:
    """A file looked at alone."""
    file = File(new.sha256, new.name, said=new.says)
    contents: dict[int, set[Row]] = {}
    for row in new.rows:
        if row.good:
            contents.setdefault(row.event, set()).add(row)
    for row in new.rows:
        if not row.good or len(contents[row.event]) > 1:
            file.rejected.append(row)
        elif row in file.accepted:
            file.duplicates.append(row)
        else:
            file.accepted.append(row)
    return file


def _of_no_use(file: File) -> int:
    """Exit code for a file that is in the store."""
    return int(file.state == "refused" or (bool(file.rows) and len(file.rejected) == len(file.rows)))
