"""Injects a fault at the n-th file operation of a scene, for every n, and says what came of each.

The way of one injection: a fresh copy of the scene's store -> its commands in a forked process, with the fault -> the store
must be old or new, `verify` content, an exit code and a message that say what happened -> the same commands again, without a
fault, must come to the new state exactly.
Rule: a finding is a sentence; an injection without findings is what a test asks for. Each lane is a process with a zygote of
its own, so that injections run beside each other and a warm lane checks while the other one's run is at work.
"""

import os
import re
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from store.__main__ import main
from tests.support.faults_run import Run, Zygote
from tests.support.faults_scenes import SCENES, Scene, State, litter, prepare, problems, state
from tests.support.faults_shim import KINDS, Kind, classes

_PROGRESS: Final = re.compile(r"^ {0,2}\d{1,3}%  ")
_UNCHANGED: Final = "the store is as it was"
_LEAST_MEMORY: Final = 256 << 20


@dataclass(frozen=True)
class Injection:
    """One fault and what came of it. `hit`: the operation that was spoiled, None where the run had ended before its n-th."""

    scene: str
    kind: str
    n: int
    hit: str | None
    findings: tuple[str, ...]
    """What broke the store's promises: old or new, exit code, one line of error, convergence."""
    untrue: str | None
    """What the run said of the store and was not so."""
    left: tuple[str, ...]
    """What lay about after the rerun without belonging to the store."""

    def __str__(self) -> str:
        wrong = "; ".join((*self.findings, *([self.untrue] if self.untrue else []))) or "as it should be"
        return f"{self.scene}, {self.kind} at {self.n} ({self.hit}): {wrong}"


class Lane:
    """A place to inject faults one after the other: a zygote, and the scenes prepared once."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._scenes, self._runs = folder, dict[str, Scene](), 0
        self.zygote = Zygote(folder)

    def scene(self, name: str) -> Scene:
        if name not in self._scenes:
            with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
                self._scenes[name] = prepare(name, self._folder / "scenes" / name)
        return self._scenes[name]

    @contextmanager
    def store(self, scene: Scene) -> Iterator[Path]:
        """A fresh store of the scene in a folder of its own, removed afterwards."""
        self._runs += 1
        folder = self._folder / f"run-{self._runs}"
        folder.mkdir()
        try:
            yield scene.copy(folder / "store")
        finally:
            shutil.rmtree(folder)

    def trace(self, name: str) -> Run:
        """The scene untouched, for the operations it consists of."""
        scene = self.scene(name)
        with self.store(scene) as data:
            return self.zygote.run(scene.of(data), data)

    def inject(self, name: str, kind: Kind, n: int) -> Injection:
        """One fault, and everything that must hold after it."""
        scene = self.scene(name)
        with self.store(scene) as data:
            run = self.zygote.run(scene.of(data), data, kind, n)
            hit = next((str(operation) for operation in run.operations if operation.spoiled), None)
            findings, untrue = _survived(scene, data, run)
            findings = [*_ended(run, kind), *findings, *_converges(scene, data)]
            left = tuple(litter(data))
        return Injection(scene.name, kind.name, n, hit, tuple(findings), untrue, left)


def _survived(scene: Scene, data: Path, run: Run) -> tuple[list[str], str | None]:
    """What is wrong with the store as the fault left it, looked at in a copy, so that the rerun meets it as it is; and what
    was said of it without being so."""
    if not data.exists():
        return [] if run.code else ["exit code 0, and there is no store"], None
    copy = Path(shutil.copytree(data, data.with_name("copy")))
    try:
        found = state(copy)
        wrong = _problems(copy)
    except Exception as error:
        return [f"unreadable: {type(error).__name__}: {error}"], None
    return [*_old_or_new(scene, found, run), *wrong], _untrue(scene, found, run)


def _untrue(scene: Scene, found: State, run: Run) -> str | None:
    """The error that says the store is as it was although the failed command, ingest or else publish, has changed it."""
    if _UNCHANGED not in run.said:
        return None
    before, after = (scene.old.shown, found.shown) if "rows in =" in run.said else (scene.old.held, found.held)
    return None if before == after else f"says '{_UNCHANGED}', and it is not: {run.said.strip().splitlines()[-1]}"


def _problems(data: Path) -> list[str]:
    if not (data / "ledger.sqlite").exists():
        return []
    return [f"verify: {problem}" for problem in problems(data)]


def _old_or_new(scene: Scene, found: State, run: Run) -> list[str]:
    findings = []
    if found.held not in (scene.old.held, scene.new.held):
        findings.append(f"the ledger holds {found.held}, neither {scene.old.held} nor {scene.new.held}")
    if found.shown not in (scene.old.shown, scene.new.shown):
        findings.append(f"the snapshot shows {found.shown}, neither {scene.old.shown} nor {scene.new.shown}")
    if found.shown == scene.new.shown != scene.old.shown and found.held != scene.new.held:
        findings.append("the snapshot is ahead of the ledger")
    if not found.adds_up:
        findings.append(f"rows or fils do not add up: {found.held}")
    if run.code == 0 and found != scene.new:
        findings.append(f"exit code 0, but the store is {found}")
    return findings


def _ended(run: Run, kind: Kind) -> list[str]:
    """What is wrong with how a spoiled run ended: it must be killed, or fail in one line, or have managed all the same.

    Where one of its children was killed, it must say so in one line.
    """
    child = any(operation.spoiled and operation.process != run.process for operation in run.operations)
    if not run.injected or (kind.kills and not child):
        expected = -signal.SIGKILL if run.injected else 0
        return [] if run.code == expected else [f"ended with {run.code} instead of {expected}: {run.said.strip()[-500:]}"]
    if "Traceback" in run.said:
        return [f"traceback: {run.said.strip()[-2000:]}"]
    lines = [line for line in run.said.splitlines() if line and not _PROGRESS.match(line)]
    errors = [line for line in lines if line.startswith("error: ")]
    if run.code == 0:
        return [f"exit code 0 with an error: {errors[0]}"] if errors else []
    if run.code != 2:
        return [f"ended with {run.code}: {run.said.strip()[-500:]}"]
    if len(errors) != 1 or lines[-1] != errors[0]:
        return [f"not one line of error, but: {' | '.join(lines)}"]
    return []


def _converges(scene: Scene, data: Path) -> list[str]:
    """What is wrong after the same commands again, without a fault."""
    said = StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        try:
            codes = [main(command) for command in scene.of(data)]
        except Exception as error:
            return [f"the rerun failed: {type(error).__name__}: {error}"]
        found, wrong = state(data), _problems(data)
    findings = [f"after the rerun, {problem}" for problem in wrong]
    if any(codes):
        findings.append(f"the rerun ended with {codes}: {said.getvalue().strip()[-500:]}")
    if found != scene.new:
        findings.append(f"after the rerun the store is {found}, not {scene.new}")
    return findings


@dataclass(frozen=True)
class Point:
    """Where to inject: a scene, a kind, and the number of the operation."""

    scene: str
    kind: str
    n: int


_lane: Lane | None = None


def _open_lane(folder: str) -> None:
    global _lane  # one lane per process of the pool
    own = Path(folder) / f"lane-{os.getpid()}"
    own.mkdir()
    _lane = Lane(own)


def _inject(point: Point) -> Injection:
    assert _lane
    return _lane.inject(point.scene, KINDS[point.kind], point.n)


def _trace(scene: str) -> Run:
    assert _lane
    return _lane.trace(scene)


class Sweep:
    """Lanes beside each other, for as long as the context lasts; what they injected is counted in `tally`."""

    def __init__(self, lanes: int | None = None) -> None:
        self._lanes = lanes or min(4, os.cpu_count() or 1)
        self._traces: dict[str, Run] = {}
        self.tally: Counter[tuple[str, str]] = Counter()

    def __enter__(self) -> "Sweep":
        self._folder = tempfile.TemporaryDirectory(prefix="faults-", dir=_memory())
        self._pool = ProcessPoolExecutor(
            self._lanes, mp_context=get_context("spawn"), initializer=_open_lane, initargs=(self._folder.name,)
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._folder.cleanup()

    def trace(self, scene: str) -> Run:
        """The scene untouched."""
        if scene not in self._traces:
            self._traces[scene] = self._pool.submit(_trace, scene).result()
        return self._traces[scene]

    def steps(self, scene: str, kind: Kind) -> int:
        """How many operations of the scene the kind can befall."""
        return sum(bool(classes(operation.what) & kind.classes) for operation in self.trace(scene).operations)

    def step(self, scene: str, kind: Kind, what: str, name: str, before: str = "") -> int:
        """Number, among those that the kind can befall, of the first operation `what` on a file of this name.

        With `before` it is the last one until that is done to work in progress.
        """
        operations = self.trace(scene).operations
        found = []
        for at, operation in enumerate(operations):
            if before and operation.what == before and operation.path.startswith("/staging/"):
                break
            if operation.what == what and operation.path.endswith(f"/{name}"):
                found.append(at)
        chosen = found[-1 if before else 0]
        return sum(bool(classes(operation.what) & kind.classes) for operation in operations[: chosen + 1])

    def every(self, scene: str, kind: Kind, stride: int = 1) -> list[Injection]:
        """Inject at every n (or every `stride`-th), on until a run passes untouched."""
        last = self.steps(scene, kind)
        found = self.at(Point(scene, kind.name, n) for n in range(1, last + 1, stride))
        while stride == 1:
            last += 1
            found += self.at([Point(scene, kind.name, last)])
            if found[-1].hit is None:
                break
        return found

    def spread(self, scene: str, kinds: Sequence[Kind], stride: int = 1) -> list[Injection]:
        """Inject at every operation (or every `stride`-th) one of `kinds`, by turns, of those that can befall it."""
        seen: Counter[str] = Counter()
        points = []
        for at, operation in enumerate(self.trace(scene).operations):
            fitting = [kind for kind in kinds if classes(operation.what) & kind.classes]
            seen.update(kind.name for kind in fitting)
            if fitting and at % stride == 0:
                kind = fitting[at // stride % len(fitting)]
                points.append(Point(scene, kind.name, seen[kind.name]))
        return self.at(points)

    def at(self, points: Iterable[Point]) -> list[Injection]:
        """Inject at these points; in their order."""
        futures = {self._pool.submit(_inject, point): at for at, point in enumerate(points)}
        found: dict[int, Injection] = {}
        for future in as_completed(futures):
            injection = found[futures[future]] = future.result()
            self.tally[injection.scene, injection.kind] += injection.hit is not None
        return [found[at] for at in sorted(found)]


def _memory() -> str | None:
    """A folder in memory where there is room, for a sweep writes thousands of small stores; else None, the usual place."""
    place = Path("/dev/shm")
    return str(place) if os.access(place, os.W_OK) and shutil.disk_usage(place).free > _LEAST_MEMORY else None


def table(tally: Counter[tuple[str, str]], names: Iterable[str] = SCENES) -> str:
    """Counts of injected faults by kind and scene, with their sums."""
    scenes = [name for name in names if any(scene == name for scene, _ in tally)]
    rows = [["injected faults", *scenes, "all"]]
    for kind in [name for name in KINDS if any(found == name for _, found in tally)]:
        counts = [tally[scene, kind] for scene in scenes]
        rows.append([kind, *(f"{count:,}" for count in counts), f"{sum(counts):,}"])
    sums = [sum(count for (found, _), count in tally.items() if found == scene) for scene in scenes]
    rows.append(["all", *(f"{count:,}" for count in sums), f"{sum(sums):,}"])
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return "\n".join("  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows)
