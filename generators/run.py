"""Runs a scenario: plans, spreads the months over processes, writes the files and at last the manifest.

Rule: a task is a (source, month) and depends on nothing but the recipe and the calibration, so tasks may run anywhere in
any order. Hazard: worker processes are spawned, so what they need must be importable and small enough to send.
"""

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Protocol

import polars as pl

from generators import records
from generators.calendar import Month, day_date, day_number, months_between
from generators.calibration import Calibration, MonthSums, Recipe, add_up_month, calibrate, months_of, terms_of
from generators.errors import GeneratorError
from generators.feedback import feedback_rows
from generators.payment_files import payment_rows
from generators.probes import probe_rows
from generators.scenarios import SCENARIOS
from generators.settlements import settled_whole, settlement_rows
from generators.stragglers import straggler_fils
from generators.surveys import survey_rows
from generators.writer import Written, clear, read_manifest, write_frames, write_manifest

MIN_SCALE: Final = 0.02
MAX_SCALE: Final = 100.0
VERSION: Final = 11
"""Raised when the same parameters give other content, so that finished folders are made anew."""

LOG_COST: Final = {"payments": 9.0, "probes": 5.0, "surveys": 2.0, "feedback": 1.0, "it_spend": 0.1}
"""Logs by month, with what a month of each costs relative to the others. Settlements are written with the payments."""
SETTLEMENTS: Final = "settlements"


class Progress(Protocol):
    """Told after each step how much of the work is done."""

    def __call__(self, done: float, total: float, label: str) -> None: ...


@dataclass(frozen=True)
class Order:
    """A checked request."""

    scenario: str
    start: date
    end: date
    seed: int
    scale: float
    only: tuple[str, ...] = ()
    """Sources to write; all of them if empty."""

    @property
    def recipe(self) -> Recipe:
        return Recipe(self.seed, self.scale)

    @property
    def days(self) -> range:
        return range(day_number(self.start), day_number(self.end) + 1)

    @property
    def parameters(self) -> dict[str, object]:
        return {
            "version": VERSION,
            "scenario": self.scenario,
            "from": self.start.isoformat(),
            "to": self.end.isoformat(),
            "seed": self.seed,
            "scale": self.scale,
            "only": list(self.only),
        }

    def wants(self, source: str) -> bool:
        return not self.only or source in self.only


REFERENCES: Final[dict[str, Callable[[Order], pl.DataFrame]]] = {
    "departments": lambda order: records.departments(order.seed),
    "services": lambda order: records.services(order.seed, order.end),
    "targets": lambda order: records.targets(order.seed, order.scale, order.start, order.end),
    "campaigns": lambda order: records.campaigns(order.start, order.end),
    "events": lambda order: records.events(order.start, order.end),
    "waves": lambda order: records.waves(order.start, order.end),
}
"""Reference tables, one file each."""


def check(order: Order) -> Order:
    """The order itself. Raises GeneratorError naming what is allowed when it cannot be fulfilled."""
    scenario = SCENARIOS.get(order.scenario)
    if scenario is None:
        raise GeneratorError(f"unknown scenario {order.scenario!r}; known: {', '.join(SCENARIOS)}")
    if order.start > order.end:
        raise GeneratorError(f"inverted range: {order.start} is after {order.end}; give the earlier day with --from")
    if order.start < scenario.first or order.end > scenario.last:
        raise GeneratorError(
            f"{order.start} to {order.end} is outside {scenario.first} to {scenario.last}, the years of {scenario.name}"
        )
    if not MIN_SCALE <= order.scale <= MAX_SCALE:
        raise GeneratorError(f"scale {order.scale:g} is outside {MIN_SCALE:g} to {MAX_SCALE:g}")
    known = (*REFERENCES, *LOG_COST, SETTLEMENTS)
    unknown = [s for s in order.only if s not in known]
    if unknown:
        raise GeneratorError(f"unknown source {unknown[0]!r}; known: {', '.join(known)}")
    if order.seed < 0:
        raise GeneratorError(f"seed {order.seed} is negative; give 0 or a positive whole number")
    return order


def run(order: Order, out: Path, processes: int | None, progress: Progress, force: bool) -> list[Written] | None:
    """Generate into `out`. Returns what was written, or None when a finished run with the same parameters lies there."""
    check(order)
    if not force and _finished(order, out):
        return None
    clear(out)
    with _workers(processes or os.cpu_count() or 1) as each:
        calibration = _plan(order, each, progress)
        written = _write(order, calibration, out, each, progress)
    write_manifest(out, order.parameters, written)
    return written


def _finished(order: Order, out: Path) -> bool:
    """Whether `out` holds every file of a finished run of the same order."""
    found = read_manifest(out)
    if found is None or {k: found.get(k) for k in order.parameters} != order.parameters:
        return False
    return all((out / file["path"]).exists() for file in found["files"])


Call = tuple[Callable[..., Any], tuple[Any, ...]]
Each = Callable[[list[Call]], Iterator[tuple[int, Any]]]
"""Runs calls and yields (position, result) of each as it is done."""


@contextmanager
def _workers(count: int) -> Iterator[Each]:
    """Something that runs calls: `count` processes, or this one when one is enough.

    polars gets one thread per process, since the processes fill the cores already.
    """
    if count == 1:
        yield lambda calls: ((i, function(*arguments)) for i, (function, arguments) in enumerate(calls))
        return
    before = os.environ.get("POLARS_MAX_THREADS")
    os.environ["POLARS_MAX_THREADS"] = "1"
    pool = ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"))
    try:
        yield lambda calls: _as_completed(pool, calls)
    finally:
        pool.shutdown(cancel_futures=True)
        if before is None:
            del os.environ["POLARS_MAX_THREADS"]
        else:
            os.environ["POLARS_MAX_THREADS"] = before


def _as_completed(pool: ProcessPoolExecutor, calls: list[Call]) -> Iterator[tuple[int, Any]]:
    positions = {pool.submit(function, *arguments): i for i, (function, arguments) in enumerate(calls)}
    for future in as_completed(positions):
        yield positions[future], future.result()


def _plan(order: Order, each: Each, progress: Progress) -> Calibration:
    """The first pass over every touched term, and the calibration it gives."""
    terms = terms_of(order.days)
    months = months_of(terms)
    sums: list[MonthSums] = []
    for _, found in each([(add_up_month, (order.recipe, month)) for month in months]):
        sums.append(found)
        progress(len(sums), len(months), "planning")
    return calibrate(order.recipe, terms, sums, straggler_fils(order.recipe, months))


def _write(order: Order, calibration: Calibration, out: Path, each: Each, progress: Progress) -> list[Written]:
    """Every file, references here, logs wherever a worker is free; progress counts in relative costs."""
    written = [write_frames([make(order)], out, source, None) for source, make in REFERENCES.items() if order.wants(source)]
    wanted = [source for source in LOG_COST if order.wants(source) or (source == "payments" and order.wants(SETTLEMENTS))]
    tasks = [(source, month) for month in months_between(order.start, order.end) for source in wanted]
    total = sum(LOG_COST[source] for source, _ in tasks)
    done = 0.0
    for position, found in each([(write_month, (order, calibration, out, *task)) for task in tasks]):
        written += found
        done += LOG_COST[tasks[position][0]]
        progress(done, total, "writing")
    return written


def write_month(order: Order, calibration: Calibration, out: Path, source: str, month: Month) -> list[Written]:
    """Write the file of one log and month; none where nothing of the log has a business date in the range."""
    if source == "it_spend" and month.first not in order.days:
        return []
    if source == "payments":
        return _write_payments(order, calibration, out, month)
    found: dict[str, Callable[[], Iterable[pl.DataFrame]]] = {
        "probes": lambda: [probe_rows(order.seed, month, order.days)],
        "surveys": lambda: [survey_rows(order.recipe, month, order.days)],
        "feedback": lambda: [feedback_rows(order.recipe, month, order.days)],
        "it_spend": lambda: [records.it_spend(order.seed, month)],
    }
    covers = None if source == "it_spend" else _covered(_shared(order, month))
    return [write_frames(found[source](), out, source, month.label, covers)]


def _write_payments(order: Order, calibration: Calibration, out: Path, month: Month) -> list[Written]:
    """The payments of a month, and what the bank has settled of them, for drawing payments twice would cost as much again."""
    settled: list[pl.DataFrame] = []

    def payments() -> Iterator[pl.DataFrame]:
        for frame in payment_rows(order.recipe, calibration, month, order.days):
            if order.wants(SETTLEMENTS):
                settled.append(settlement_rows(order.seed, frame, order.days.stop - 1))
            yield frame

    written: list[Written] = []
    if order.wants("payments"):
        written.append(write_frames(payments(), out, "payments", month.label, _covered(_shared(order, month))))
    else:
        deque(payments(), maxlen=0)
    covers = _covered(settled_whole(_shared(order, month), order.days.stop - 1))
    if order.wants(SETTLEMENTS) and (covers or any(frame.height for frame in settled)):
        written.append(write_frames(settled, out, SETTLEMENTS, month.label, covers))
    return written


def _shared(order: Order, month: Month) -> range:
    """The days of a month that lie in the range; none where a month after it brings only what came late."""
    return range(max(order.days.start, month.days.start), min(order.days.stop, month.days.stop))


def _covered(days: range) -> tuple[date, date] | None:
    return (day_date(days.start), day_date(days.stop - 1)) if days else None
