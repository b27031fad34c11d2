"""Random histories of a store, each step compared with a model of a few lines (tests/support/fuzz_model.py).

Files of payments come as CSV and Parquet, under few names, with few events, so that copies, contradictions and corrections meet;
they come again, under other names, superseding or not, with right and wrong control totals; rejected rows go out and come back
corrected, well or badly, early or late; some ingests are killed, and the store is cleaned, rebuilt, and moved by way of a backup.
After every step: the ledger's entry of every file and day, how every rejected row stands, what `verify` finds, and that a reader
sees what was published.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import ClassVar, Final

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from store import ledger
from store.control import SUFFIX
from store.correction import IDENTITY, identity
from store.verify import verify
from tests.support import fuzz_seen as seen
from tests.support.desk import Line, lines
from tests.support.fuzz_bytes import command
from tests.support.fuzz_file import KINDS, Delivery, Row, Target
from tests.support.fuzz_files import ANSWERS, corrected, sha256, write
from tests.support.fuzz_invariant import broken
from tests.support.fuzz_model import Model

ROOT: Final = Path(__file__).resolve().parents[2]
NAMES: Final = ("a", "b", "c", "d")
FIXES: Final = ("a.csv", "fix.csv", "fix2.csv")
ROWS: Final = st.lists(st.builds(Row, st.integers(1, 9), st.sampled_from(KINDS)), max_size=7).map(tuple)
FORMATS: Final = st.sampled_from(["csv", "parquet"])
SAYS: Final = st.sampled_from([None, None, (0, 0), (0, 0), (1, 0), (0, 1), (0, -1)])
"""What a side file says beyond the truth, in rows and fils."""
ANSWERED: Final = st.lists(st.sampled_from(sorted(ANSWERS)), min_size=1, max_size=5)
STEPS: Final = 14
COUNTED: Final = ("histories", "operations", "files", "rows", "corrections", "publications", "verifies", "upkeep", "kills")
Targets = tuple[Target, ...] | None


class Tally:
    """What was done in all histories so far."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def __str__(self) -> str:
        return ", ".join(f"{self.counts[what]:,} {what}" for what in COUNTED)


class Histories(RuleBasedStateMachine):
    """One history: a store, the files that were delivered to it, and the model."""

    tally = Tally()
    kills = False
    last: ClassVar[list[str]] = []
    """The steps of the history that was run last, which is the one that failed where one did."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="history-"))
        self.data = self.folder / "store"
        self.model = Model()
        self.inboxes = 0
        self.delivered: list[tuple[Path, tuple[Row, ...], Targets]] = []
        self.exports: list[list[tuple[Line, Row, Target]]] = []
        self.steps: list[str] = []
        type(self).last = self.steps
        self.tally.counts["histories"] += 1

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @rule(name=st.sampled_from(NAMES), kind=FORMATS, rows=ROWS, says=SAYS, supersede=st.booleans(), unreconciled=st.booleans())
    def deliver(
        self, name: str, kind: str, rows: tuple[Row, ...], says: tuple[int, int] | None, supersede: bool, unreconciled: bool
    ) -> None:
        path = self._write(f"{name}.{kind}", rows)
        self._ingest(path, rows, says, supersede=supersede, unreconciled=unreconciled)

    @precondition(lambda self: self.delivered)
    @rule(which=st.integers(0, 99), name=st.sampled_from([None, *NAMES]), supersede=st.booleans())
    def again(self, which: int, name: str | None, supersede: bool) -> None:
        """Bytes that were delivered before, under their name or another one."""
        old, rows, targets = self.delivered[which % len(self.delivered)]
        path = self._inbox() / (f"{name}{old.suffix}" if name else old.name)
        path.write_bytes(old.read_bytes())
        self._ingest(path, rows, None, supersede=supersede, targets=targets)

    @precondition(lambda self: self.exports or self.model.open())
    @rule(late=st.integers(-3, 9), name=st.sampled_from(FIXES), answers=ANSWERED, says=SAYS, supersede=st.booleans())
    def correct(self, late: int, name: str, answers: list[str], says: tuple[int, int] | None, supersede: bool) -> None:
        """Rejected rows that go out now, or went out earlier (`late`), come back."""
        if late < 0 or not self.exports:
            self._export()
        exported = self.exports[late % len(self.exports)] if late >= 0 else self.exports[-1]
        path = self._inbox() / name
        rows, targets = corrected(exported, answers, path)
        self.tally.counts["corrections"] += 1
        self._ingest(path, rows, says, supersede=supersede, targets=targets)

    @precondition(lambda self: self._corrected())
    @rule(which=st.integers(0, 99), rows=ROWS, same=st.booleans())
    def replace_what_was_corrected(self, which: int, rows: tuple[Row, ...], same: bool) -> None:
        """Corrections leave with the file they corrected, be it replaced or read again."""
        shas = self._corrected()
        path, before, _ = self._that(shas[which % len(shas)])
        if same:
            self._ingest(path, before, None, supersede=True)
        else:
            self._ingest(self._write(path.name, rows), rows, None, supersede=True)

    @precondition(lambda self: self.model.forsaken())
    @rule()
    def read_again_what_is_named(self) -> None:
        """What an operator does whom `verify` names a file."""
        file, _ = self.model.forsaken()[0]
        path, rows, targets = self._that(file.sha256)
        renamed = self._inbox() / file.name
        renamed.write_bytes(path.read_bytes())
        self._ingest(renamed, rows, None, supersede=True, targets=targets)

    @precondition(lambda self: self.delivered)
    @rule()
    def publish(self) -> None:
        self.tally.counts["operations"] += 1
        self.tally.counts["publications"] += 1
        expected = self.model.publish()
        self.steps.append("publish")
        code, said = command("publish", "--data", str(self.data))
        assert code == expected, said
        assert expected or broken(self.data, known=self.model.problems()) == []

    @precondition(lambda self: self.model.files)
    @rule(what=st.sampled_from(["vacuum", "vacuum all", "rebuild", "move", "move with snapshot"]))
    def keep_in_order(self, what: str) -> None:
        """What counts is untouched where the store is cleaned, its ledger made again, or its backup restored elsewhere."""
        if what.startswith("vacuum"):
            self._upkeep("vacuum", *(["--keep-days", "0"] if what == "vacuum all" else []))
            if what == "vacuum all":
                self.model.retire()
        elif what == "rebuild":
            self._upkeep("rebuild")
        else:
            number = self.tally.counts["operations"]
            copy, restored = self.folder / f"backup-{number}", self.folder / f"store-{number}"
            self._upkeep("backup", str(copy), *(["--with-snapshot"] if what == "move with snapshot" else []))
            self.data = restored
            self._upkeep("restore", str(copy))
            if what == "move":
                self.model.published = None

    @precondition(lambda self: self.kills and self._begun())
    @rule(name=st.sampled_from(NAMES), kind=FORMATS, rows=ROWS, share=st.floats(0, 1))
    def killed(self, name: str, kind: str, rows: tuple[Row, ...], share: float) -> None:
        """An ingest that is killed at some moment: it is done or was never begun."""
        self.tally.counts["operations"] += 1
        self.tally.counts["kills"] += 1
        path = self._write(f"{name}.{kind}", rows)
        run = [sys.executable, "-m", "store", "ingest", "payments", str(path), "--supersede", "--data", str(self.data)]
        self.steps.append(f"ingest {path.name} --supersede {[tuple(row) for row in rows]}, killed after {0.4 + share * 2:.2f} s")
        with subprocess.Popen(run, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            time.sleep(0.4 + share * 2)
            process.kill()
        old, new = self.model, deepcopy(self.model)
        new.ingest(Delivery(sha256(path), path.name, rows, supersede=True))
        self.model = new if seen.held(self.data) == seen.said(new) else old
        self.delivered.append((path, rows, None))

    @invariant()
    def the_ledger_says_what_the_model_says(self) -> None:
        if self._begun():
            assert seen.held(self.data) == seen.said(self.model)
            assert seen.quarantine(self.data) == self.model.quarantine()
            assert self.model.lost() == []

    @invariant()
    def verify_finds_what_the_model_knows(self) -> None:
        if self._begun():
            self.tally.counts["verifies"] += 1
            report = verify(self.data)
            assert {*report.problems} == self.model.problems()
            counted = [file for file in self.model.files.values() if file.state != "superseded"]
            assert sum("is unreconciled" in note for note in report.notes) == sum(file.differing for file in counted)

    @invariant()
    def a_reader_sees_what_was_published(self) -> None:
        if self.model.published is not None:
            assert seen.shown(self.data) == seen.published(self.model.published)

    def _upkeep(self, name: str, *arguments: str) -> None:
        self.tally.counts["operations"] += 1
        self.tally.counts["upkeep"] += 1
        self.steps.append(" ".join((name, *arguments)))
        code, said = command(name, *arguments, "--data", str(self.data))
        assert code == 0, said

    def _begun(self) -> bool:
        return (self.data / ledger.FILE).exists()

    def _corrected(self) -> list[str]:
        """Files that hold rows which were corrected."""
        return sorted({sha for (sha, _), (state, _) in self.model.quarantine().items() if state == "corrected"})

    def _that(self, sha: str) -> tuple[Path, tuple[Row, ...], Targets]:
        """What was delivered with these bytes."""
        return next(each for each in self.delivered if sha256(each[0]) == sha)

    def _export(self) -> None:
        """Let the open rows go out; they must be those that the model calls open. Where none is, no file is written."""
        path, waiting = self._inbox() / "out.csv", self.model.open()
        self.tally.counts["operations"] += 1
        self.steps.append("quarantine payments --export")
        code, said = command("quarantine", "payments", "--export", str(path), "--data", str(self.data))
        assert code == 0, said
        assert path.exists() == bool(waiting), said
        if not waiting:
            return
        names = {identity(sha, line): (sha, line) for sha, line in waiting}
        out = lines(path)
        assert sorted(line[IDENTITY] for line in out) == sorted(names)
        found = [(line, names[line[IDENTITY]]) for line in out]
        self.exports.append([(line, self.model.files[sha].lines()[at], (sha, at)) for line, (sha, at) in found])

    def _inbox(self) -> Path:
        """A folder of its own for each file, since what was delivered comes again later."""
        self.inboxes += 1
        folder = self.folder / "inbox" / str(self.inboxes)
        folder.mkdir(parents=True)
        return folder

    def _write(self, name: str, rows: Sequence[Row]) -> Path:
        path = self._inbox() / name
        write(path, rows)
        return path

    def _ingest(
        self,
        path: Path,
        rows: tuple[Row, ...],
        says: tuple[int, int] | None,
        *,
        supersede: bool,
        unreconciled: bool = False,
        targets: Targets = None,
    ) -> None:
        counts = self.tally.counts
        counts["operations"] += 1
        counts["files"] += 1
        counts["rows"] += len(rows)
        total = (len(rows) + says[0], sum(row.fils for row in rows) + says[1]) if says else None
        side = path.with_name(path.name + SUFFIX)
        side.unlink(missing_ok=True)
        if total:
            side.write_text(json.dumps(dict(zip(("rows", "fils"), total, strict=True))), encoding="utf-8")
        options = [*(["--supersede"] if supersede else []), *(["--unreconciled"] if unreconciled else [])]
        new = Delivery(sha256(path), path.name, rows, total, supersede, unreconciled, targets)
        expected = self.model.ingest(new)
        self.steps.append(
            f"ingest {path.name} {' '.join(options)} {[*map(tuple, rows)]}, said to hold {total}{_to_correct(targets)}"
        )
        code, said = command("ingest", "payments", str(path), *options, "--data", str(self.data))
        assert code == expected, said
        self.delivered.append((path, rows, targets))


def _to_correct(targets: Targets) -> str:
    return "" if targets is None else f", to correct {[(sha[:6], line) for sha, line in targets]}"


def run(
    number: int, tally: Tally, *, kills: bool = True, shorten: bool = True, histories: int = 4, steps: int = STEPS
) -> str | None:
    """A few histories that follow from a seed; the first that fails (shortened, which takes its time), or None."""

    class Counted(Histories):
        pass

    Counted.tally, Counted.kills = tally, kills
    how = settings(
        max_examples=histories,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=[*HealthCheck],
        phases=(Phase.generate, *([Phase.shrink] if shorten else [])),
        verbosity=Verbosity.quiet,
    )
    try:
        run_state_machine_as_test(seed(number)(Counted), settings=how)
    except Exception:
        return "\n".join([*Counted.last, "", traceback.format_exc()])
    return None
