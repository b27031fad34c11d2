"""Runs a scenario: plans, spreads the months over processes, writes the files and at last the manifest.

Rule: a task is a (source, month) and depends on nothing but the recipe and the calibration, so tasks may run anywhere in
any order. Hazard: worker processes are spawned, so what they need must be importable and small enough to send.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Protocol

import polars as pl

from generators import records
from generators.calendar import Month, day_number, months_between
from generators.calibration import Calibration, MonthSums, Recipe, add_up_month, calibrate, months_of, terms_of
from generators.errors import GeneratorError
from generators.feedback import feedback_rows
from generators.payment_files import payment_rows
from generators.probes import probe_rows
from generators.scenarios import SCENARIOS
from generators.stragglers import straggler_fils
from generators.surveys import survey_rows
from generators.writer import Written, clear, read_manifest, write_frame, write_manifest

MIN_SCALE: Final = 0.02
MAX_SCALE: Final = 100.0
VERSION: Final = 1
"""Raised when the same parameters give other content, so that finished folders are made anew."""


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
        }


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
    if order.seed < 0:
        raise GeneratorError(f"seed {order.seed} is negative; give 0 or a positive whole number")
    return order


def run(order: Order, out: Path, processes: int | None, progress: Progress, force: bool) -> list[Written] | None:
    """Generate into `out`. Returns what was written, or None when a finished run with the same parameters lies there."""
    check(order)
    found = read_manifest(out)
    if (
        found is not None
        and not force
        and {k: found.get(k) for k in order.parameters} == order.parameters
        and _all_there(out, found)
    ):
        return None
    clear(out)
    workers = processes or os.cpu_count() or 1
    with _pool(workers) as pool:
        calibration = _plan(order, pool, progress)
        written = _write(order, calibration, out, pool, progress)
    write_manifest(out, order.parameters, written)
    return written


def _all_there(out: Path, manifest: dict[str, object]) -> bool:
    files = manifest.get("files")
    return isinstance(files, list) and all((out / f["path"]).exists() for f in files)


Submit = Callable[..., "Future[object]"]


@contextmanager
def _pool(workers: int) -> Iterator[Submit]:
    """Something that runs a function elsewhere: a pool of processes, or this process when there is one worker."""
    if workers == 1:
        yield _run_here
        return
    before = os.environ.get("POLARS_MAX_THREADS")
    os.environ["POLARS_MAX_THREADS"] = "1"
    try:
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
            try:
                yield pool.submit
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
    finally:
        if before is None:
            del os.environ["POLARS_MAX_THREADS"]
        else:
            os.environ["POLARS_MAX_THREADS"] = before


def _run_here(function: Callable[..., object], *args: object) -> "Future[object]":
    future: Future[object] = Future()
    future.set_result(function(*args))
    return future


def _plan(order: Order, submit: Submit, progress: Progress) -> Calibration:
    """The first pass over every touched term, and the calibration it gives."""
    terms = terms_of(order.days)
    months = months_of(terms)
    futures = [submit(add_up_month, order.recipe, month) for month in months]
    sums: list[MonthSums] = []
    for done, future in enumerate(as_completed(futures), 1):
        found = future.result()
        assert isinstance(found, MonthSums)
        sums.append(found)
        progress(done, len(months), "planning")
    return calibrate(order.recipe, terms, sums, straggler_fils(order.recipe, months))


def _write(order: Order, calibration: Calibration, out: Path, submit: Submit, progress: Progress) -> list[Written]:
    """Every file, references here, logs wherever a worker is free; progress counts in relative costs."""
    written = [write_frame(frame, out, source, None) for source, frame in _references(order).items()]
    costs: dict[Future[object], float] = {}
    for month in months_between(order.start, order.end):
        for source, cost in LOG_COST.items():
            costs[submit(write_month, order, calibration, out, source, month)] = cost
    done = 0.0
    for future in as_completed(costs):
        found = future.result()
        if isinstance(found, Written):
            written.append(found)
        done += costs[future]
        progress(done, sum(costs.values()), "writing")
    return written


def _references(order: Order) -> dict[str, pl.DataFrame]:
    return {
        "departments": records.departments(order.seed),
        "services": records.services(order.seed, order.end),
        "targets": records.targets(order.seed, order.scale, order.start, order.end),
        "campaigns": records.campaigns(order.start, order.end),
        "events": records.events(order.start, order.end),
    }


LOG_COST: Final = {"payments": 8.0, "probes": 5.0, "surveys": 2.0, "feedback": 1.0, "it_spend": 0.1}
"""Logs by month, with what a month of each costs relative to the others."""


def write_month(order: Order, calibration: Calibration, out: Path, source: str, month: Month) -> Written | None:
    """Write the file of one log and month; None where the month has nothing to deliver."""
    if source == "payments":
        frame = payment_rows(order.recipe, calibration, month, order.days)
    elif source == "probes":
        frame = probe_rows(order.seed, month, order.days)
    elif source == "surveys":
        frame = survey_rows(order.recipe, month, order.days)
    elif source == "feedback":
        frame = feedback_rows(order.recipe, month, order.days)
    else:
        if month.first not in order.days:
            return None
        frame = records.it_spend(order.seed, month)
    return write_frame(frame, out, source, month.label)
