"""A store of payments in a few lines: what a file comes to, what counts, and what readers see.

Rule: the words of docs/store.md and nothing else; rows are kept in lists and compared one by one. What the store says of a file
must be what the model says, to the row and the fils.
Hazard: a verdict stands although a later version of another file would make it another one; the model keeps it, as the store.
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Final

from tests.support.fuzz_file import Delivery, File, Row, Target, judged, of_no_use

_GONE: Final = {"live": "was read again since and does not hold all its rows any more"} | dict.fromkeys(
    ("superseded", "refused"), "has been superseded since"
)


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
        alike = [old for old in self.live() if old.corrects == (new.targets is not None)]
        replaced = [old for old in alike if new.name == old.name or new.sha256 == old.sha256]
        corrected = {new.sha256, *(old.sha256 for old in replaced)}
        along = [old for old in self.live() if any(sha in corrected for _, (sha, _), _ in self._corrections(old))]
        file = judged(new, self._told(new, replaced))
        if file.differing and not new.unreconciled:
            return 2
        _meet(file, [old for old in self.live() if old not in replaced and old not in along])
        if not (file.accepted or file.duplicates) and replaced:
            file.state = "refused"
            if found is None or found.state != "live":
                self._record(file)
            return 1
        for old in (*replaced, *along):
            old.state = "superseded"
        self._record(file)
        return of_no_use(file)

    def publish(self) -> int:
        """Exit code of the command."""
        if not any(file.accepted for file in self.live()):
            return 2
        self.published = deepcopy(self.files)
        return 0

    def retire(self) -> None:
        """Remove the rows of superseded files."""
        for file in self.files.values():
            file.retired = file.state == "superseded"

    def live(self) -> list[File]:
        return [file for file in self.files.values() if file.state == "live"]

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

    def quarantine(self) -> dict[Target, tuple[str, str | None]]:
        """Of every rejected row its state, and the name of the file that corrects it."""
        corrected = {target: file.name for file, target in self._counting()}
        found: dict[Target, tuple[str, str | None]] = {}
        for file in self.files.values():
            for line in file.lines() if file.state != "superseded" else ():
                by = corrected.get((file.sha256, line))
                state = "again" if file.corrects else "refused" if file.state == "refused" else "corrected" if by else "open"
                found[file.sha256, line] = (state, by)
        return found

    def open(self) -> list[Target]:
        return [target for target, (state, _) in self.quarantine().items() if state == "open"]

    def lost(self) -> list[Row]:
        """Good rows of files that count which are neither stored, nor in quarantine, nor in a file that is to be read again, and
        rows that correct another one and are stored nowhere."""
        counted = [file for file in self.files.values() if file.state != "superseded"]
        stored = {row for file in self.live() for row in file.accepted}
        safe = stored | {row for file in counted for row in file.rejected}
        safe |= {row for file, _ in self.forsaken() for row in file.duplicates}
        said = {target: row for file in self.live() for row, target, _ in self._corrections(file)}
        missing = [said[target] for _, target in self._counting() if said[target] not in stored]
        return missing + [row for file in self.live() for row in file.rows if row.good and row not in safe]

    def _known(self, new: Delivery, found: File | None) -> int | None:
        """Exit code where nothing is to be read, or somebody has to decide."""
        if found:
            more = new.says not in (None, found.came.says)
            if not new.supersede:
                return 2 if found.state == "superseded" or more else of_no_use(found)
            waiting = found.rejected if found.corrects else [line for sha, line in self.open() if sha == found.sha256]
            again = more or found.state != "live" or waiting or found in [file for file, _ in self.forsaken()]
            return None if again else of_no_use(found)
        if new.supersede:
            return None
        return 2 if any(file.name == new.name and file.corrects == (new.targets is not None) for file in self.live()) else None

    def _told(self, new: Delivery, leaving: Sequence[File]) -> set[int]:
        """Rows of a correction file that name no rejected row of a file that counts, or correct one a second time otherwise."""
        named = {at: target for at, target in enumerate(new.targets or ()) if target[1] in self.files[target[0]].lines()}
        before = {
            t: row for old in self.live() if old not in leaving for row, t, by in self._corrections(old) if by != old.sha256
        }
        said: dict[Target, set[Row]] = {}
        for at, target in named.items():
            said.setdefault(target, set()).add(new.rows[at])
        sound = {
            at
            for at, (sha, line) in named.items()
            if self.files[sha].state == "live"
            and len(said[sha, line]) == 1
            and before.get((sha, line), new.rows[at]) == new.rows[at]
        }
        return {*range(len(new.targets or ()))} - sound

    def _corrections(self, file: File) -> Iterator[tuple[Row, Target, str | None]]:
        """What each row of a correction file that was not rejected corrects, and the file that holds such a row: itself, where
        the row is a copy of one that contradicted the store, for then nobody does."""
        holders = {file.rows[at]: sha for at, sha in file.held.items()}
        for row, target, verdict in zip(file.rows, file.came.targets or (), file.verdicts, strict=False):
            if verdict != "rejected":
                nobody = verdict == "duplicate" and row not in (*file.accepted, *holders)
                yield row, target, file.sha256 if nobody else holders.get(row)

    def _counting(self) -> Iterator[tuple[File, Target]]:
        """Correction files and the rows they correct, as far as the corrected row is stored; the one to be named comes last."""
        every = [(file, *each) for file in self.live() for each in self._corrections(file)]
        own = {row for _, row, _, by in every if by is None}
        for file, row, target, by in sorted(every, key=lambda each: (each[3] is None, -each[0].number)):
            holder = self.files.get(by or "")
            held = holder and holder.state == "live" and not holder.corrects and holder.since <= file.number
            if by != file.sha256 and (row in own or held):
                yield file, target

    def _record(self, file: File) -> None:
        before = self.files.pop(file.sha256, None)
        self.commits += 1
        file.number = self.commits
        file.since = before.since if before and file.keeps(before) else file.number
        self.files[file.sha256] = file


def _meet(file: File, others: Sequence[File]) -> None:
    """Compare the rows of a file with those that are stored."""
    held = {row.event: (row, other.sha256) for other in others for row in other.accepted}
    assert len(held) == sum(len(other.accepted) for other in others), "an event is stored twice"
    for at, row in enumerate(file.rows):
        if file.verdicts[at] == "accepted" and row.event in held:
            stored, holder = held[row.event]
            file.verdicts[at] = "duplicate" if row == stored else "rejected"
            if row == stored:
                file.held[at] = holder
