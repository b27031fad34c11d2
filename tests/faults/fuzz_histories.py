"""Random histories of a store, each step compared with a model of a few lines (tests/support/fuzz_model.py).

Files of payments come as CSV and Parquet, under few names, with few events, so that copies, contradictions and corrections meet;
they come again, under other names, superseding or not, with right and wrong control totals; some ingests are killed, and the
store is cleaned, rebuilt, and moved by way of a backup.
After every step: the ledger's entry of every file and day, what `verify` finds, and that a reader sees what was published.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from copy import deepcopy
from pathlib import Path
from typing import Any, ClassVar, Final

import polars as pl
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from metrics import Window, coverage, query
from store import ledger
from store.control import SUFFIX
from store.snapshot import open_current
from store.verify import verify
from tests.support.fuzz_bytes import command
from tests.support.fuzz_invariant import EVERYTHING, broken, entries
from tests.support.fuzz_model import KINDS, Delivery, File, Model, Row
from tests.support.records import frame

ROOT: Final = Path(__file__).resolve().parents[2]
NAMES: Final = ("a", "b", "c", "d")
ROWS: Final = st.lists(st.builds(Row, st.integers(1, 9), st.sampled_from(KINDS)), max_size=7).map(tuple)
FORMATS: Final = st.sampled_from(["csv", "parquet"])
SAYS: Final = st.sampled_from([None, None, (0, 0), (0, 0), (1, 0), (0, 1), (0, -1)])
"""What a side file says beyond the truth, in rows and fils."""
STEPS: Final = 14
COUNTED: Final = ("histories", "operations", "files", "rows", "publications", "verifies", "upkeep", "kills")


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
        self.delivered: list[tuple[Path, tuple[Row, ...]]] = []
        self.steps: list[str] = []
        type(self).last = self.steps
        self.tally.counts["histories"] += 1

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @rule(name=st.sampled_from(NAMES), kind=FORMATS, rows=ROWS, says=SAYS, supersede=st.booleans(), unreconciled=st.booleans())
    def deliver(
        self, name: str, kind: str, rows: tuple[Row, ...], says: tuple[int, int] | None, supersede: bool, unreconciled: bool
    ) -> None:
        path = self._write(f"{name}.{kind}", kind, rows)
        self._ingest(path, rows, says, supersede=supersede, unreconciled=unreconciled)

    @precondition(lambda self: self.delivered)
    @rule(which=st.integers(0, 99), name=st.sampled_from([None, *NAMES]), supersede=st.booleans())
    def again(self, which: int, name: str | None, supersede: bool) -> None:
        """Bytes that were delivered before, under their name or another one."""
        old, rows = self.delivered[which % len(self.delivered)]
        path = self._inbox() / (f"{name}{old.suffix}" if name else old.name)
        path.write_bytes(old.read_bytes())
        self._ingest(path, rows, None, supersede=supersede)

    @precondition(lambda self: self.model.forsaken())
    @rule()
    def read_again_what_is_named(self) -> None:
        """What an operator does whom `verify` names a file."""
        file, _ = self.model.forsaken()[0]
        path, rows = next(each for each in self.delivered if _sha256(each[0]) == file.sha256)
        renamed = self._inbox() / file.name
        renamed.write_bytes(path.read_bytes())
        self._ingest(renamed, rows, None, supersede=True)

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
        path = self._write(f"{name}.{kind}", kind, rows)
        run = [sys.executable, "-m", "store", "ingest", "payments", str(path), "--supersede", "--data", str(self.data)]
        self.steps.append(f"ingest {path.name} --supersede {[tuple(row) for row in rows]}, killed after {0.4 + share * 2:.2f} s")
        with subprocess.Popen(run, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            time.sleep(0.4 + share * 2)
            process.kill()
        old, new = self.model, deepcopy(self.model)
        new.ingest(Delivery(_sha256(path), path.name, rows, supersede=True))
        self.model = new if _held(self.data) == _said(new) else old
        self.delivered.append((path, rows))

    @invariant()
    def the_ledger_says_what_the_model_says(self) -> None:
        if self._begun():
            assert _held(self.data) == _said(self.model)
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
            assert _shown(self.data) == _published(self.model.published)

    def _upkeep(self, name: str, *arguments: str) -> None:
        self.tally.counts["operations"] += 1
        self.tally.counts["upkeep"] += 1
        self.steps.append(" ".join((name, *arguments)))
        code, said = command(name, *arguments, "--data", str(self.data))
        assert code == 0, said

    def _begun(self) -> bool:
        return (self.data / ledger.FILE).exists()

    def _inbox(self) -> Path:
        """A folder of its own for each file, since what was delivered comes again later."""
        self.inboxes += 1
        folder = self.folder / "inbox" / str(self.inboxes)
        folder.mkdir(parents=True)
        return folder

    def _write(self, name: str, kind: str, rows: tuple[Row, ...]) -> Path:
        path = self._inbox() / name
        if kind == "csv":
            path.write_text(_csv(rows), encoding="utf-8")
        else:
            _frame(rows).write_parquet(path)
        return path

    def _ingest(
        self,
        path: Path,
        rows: tuple[Row, ...],
        says: tuple[int, int] | None,
        *,
        supersede: bool,
        unreconciled: bool = False,
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
        expected = self.model.ingest(Delivery(_sha256(path), path.name, rows, total, supersede, unreconciled))
        self.steps.append(f"ingest {path.name} {' '.join(options)} {[tuple(row) for row in rows]}, said to hold {total}")
        code, said = command("ingest", "payments", str(path), *options, "--data", str(self.data))
        assert code == expected, said
        self.delivered.append((path, rows))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _frame(rows: tuple[Row, ...]) -> pl.DataFrame:
    """Rows in the contract's types: an amount or a time that cannot be read is one beyond all limits, or none."""
    records = []
    for row in rows:
        record = row.record()
        record |= {"amount_fils": 10**17} if row.kind == "amount" else {}
        record |= {"occurred_at": None} if row.kind == "time" else {}
        records.append(record)
    return frame("payments", records)


def _csv(rows: tuple[Row, ...]) -> str:
    lines = [",".join(Row(1, "good").record())]
    for row in rows:
        record = {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in row.record().items()}
        record |= {"amount_fils": "1e3"} if row.kind == "amount" else {}
        record |= {"occurred_at": "30.9.2012"} if row.kind == "time" else {}
        lines.append(",".join(map(str, record.values())))
    return "\n".join(lines) + "\n"


Held = dict[str, tuple[Any, ...]]


def _held(data: Path) -> Held:
    """Of every file its name, state, verdicts and days, as the ledger has them."""
    with ledger.opened(data) as book:
        days: dict[str, dict[str, tuple[int, ...]]] = {}
        for sha, _, day, *sums in book.execute("SELECT * FROM days"):
            days.setdefault(sha, {})[day] = tuple(sums)
    verdicts = ("accepted", "duplicates", "rejected", "fils_accepted", "fils_duplicates", "fils_rejected")
    return {
        entry["sha256"]: (
            entry["name"],
            entry["state"],
            (entry["rows_in"], entry["fils_in"]),
            tuple(entry[name] for name in verdicts),
            days.get(entry["sha256"], {}),
        )
        for entry in entries(data)
    }


def _said(model: Model) -> Held:
    return {sha: _of(file) for sha, file in model.files.items()}


def _of(file: File) -> tuple[Any, ...]:
    rows = (file.accepted, file.duplicates, file.rejected)
    fils = tuple(sum(row.fils for row in each) for each in rows)
    return (file.name, file.state, (len(file.rows), sum(fils)), (*map(len, rows), *fils), file.days())


def _shown(data: Path) -> tuple[Any, ...]:
    """What a reader sees: rows and fils in, accepted, duplicate, rejected; and the collected amount by day."""
    snapshot = open_current(data)
    try:
        [row] = coverage(snapshot, EVERYTHING).iter_rows(named=True)
        counts = ("files", "rows_in", "accepted", "duplicates", "rejected", "fils_in", "fils_accepted")
        window = Window(row["first_day"], row["last_day"])
        found = query("collected_amount", window, snapshot=snapshot, scope=EVERYTHING, by=("day",)).rows
        return tuple(row[name] for name in counts), {day.key("day"): day.value for day in found if day.value is not None}
    finally:
        snapshot.close()


def _published(files: dict[str, File]) -> tuple[Any, ...]:
    counted = [file for file in files.values() if file.state != "superseded"]
    rows = [row for file in counted for row in file.rows]
    accepted = [row for file in counted if file.state == "live" for row in file.accepted]
    daily: Counter[str] = Counter()
    for row in accepted:
        daily[row.day] += row.fils
    return (
        (
            len(counted),
            len(rows),
            len(accepted),
            sum(len(file.duplicates) for file in counted),
            sum(len(file.rejected) for file in counted),
            sum(row.fils for row in rows),
            sum(row.fils for row in accepted),
        ),
        dict(daily),
    )


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
