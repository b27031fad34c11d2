"""A synthetic government: every source a dashboard reads, calibrated to published figures, the same for the same seed.

What may be called from outside: `generate` and `SCENARIOS`; the command line is `python -m generators`.
"""

from datetime import date
from pathlib import Path

from generators.errors import GeneratorError
from generators.run import Order, Progress, run
from generators.scenarios import SCENARIOS, Scenario
from generators.writer import Written

__all__ = ["SCENARIOS", "GeneratorError", "Scenario", "Written", "generate"]


def _silent(done: float, total: float, label: str) -> None:
    """Say nothing."""


def generate(
    scenario: str,
    start: date,
    end: date,
    *,
    seed: int,
    out: Path,
    scale: float = 1.0,
    only: tuple[str, ...] = (),
    processes: int | None = None,
    progress: Progress = _silent,
    force: bool = False,
) -> list[Written] | None:
    """Write all sources of `scenario` from `start` to `end` (both inclusive) into the folder `out`.

    `scale` multiplies volumes (0.02 to 100); `only` names the sources to write (default: all). `processes` defaults to the
    number of cores and does not change the content. `progress(done, total, label)` is called after each step. Returns the
    files with rows and control totals in fils, or None when `out` already holds a finished run of the same parameters
    (`force` makes it anew). Raises GeneratorError when the request is outside what the scenario offers or the folder cannot
    be written.
    """
    return run(Order(scenario, start, end, seed, scale, only), out, processes, progress, force)
