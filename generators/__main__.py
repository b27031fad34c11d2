"""Command line: `python -m generators SCENARIO --from D --to D --seed N --out DIR [--scale F] [--processes N] [--force]`.

Rule: progress goes to stderr, the result to stdout; a request that cannot be fulfilled is one line and exit code 2.
"""

import argparse
import sys
import time
from datetime import date
from pathlib import Path
from typing import NoReturn

from generators import SCENARIOS, GeneratorError, generate


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"generators: {message}\n")


class _Ticker:
    """One line of progress on stderr with the time left, rewritten in a terminal, every few seconds elsewhere."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.label = ""
        self.last = 0.0

    def __call__(self, done: float, total: float, label: str) -> None:
        now = time.monotonic()
        if label != self.label:
            self.began, self.label, self.last = now, label, 0.0
        pause = 0.2 if sys.stderr.isatty() else 5.0
        if now - self.last < pause and done < total:
            return
        self.last = now
        left = (now - self.began) * (total - done) / done
        text = f"{label}: {done / total:4.0%}, {left:3.0f} s left"
        sys.stderr.write(f"\r{text:<60}" if sys.stderr.isatty() else f"{text}\n")
        if done >= total and sys.stderr.isatty():
            sys.stderr.write("\n")
        sys.stderr.flush()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day; write it as 2012-09-30") from error


def parser() -> argparse.ArgumentParser:
    """The options of the command line."""
    options = _Parser(prog="python -m generators", description="Writes the logs of a synthetic government.")
    options.add_argument("scenario", nargs="?", help="name of the scenario; see --list")
    options.add_argument("--list", action="store_true", help="name the scenarios and stop")
    options.add_argument("--from", dest="start", type=_day, metavar="DAY", help="first day (default: the scenario's)")
    options.add_argument("--to", dest="end", type=_day, metavar="DAY", help="last day, inclusive (default: the scenario's)")
    options.add_argument("--seed", type=int, help="same seed, same content (default: the scenario's)")
    options.add_argument(
        "--out", type=Path, default=Path("data/synthetic"), metavar="DIR", help="folder to write to (default: %(default)s)"
    )
    options.add_argument("--scale", type=float, default=1.0, metavar="F", help="multiplies volumes (default: 1)")
    options.add_argument("--only", action="append", default=[], metavar="SOURCE", help="write this source only; may be repeated")
    options.add_argument("--processes", type=int, metavar="N", help="worker processes (default: number of cores)")
    options.add_argument(
        "--force", action="store_true", help="write again even if a finished run of the same parameters is there"
    )
    return options


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    options = parser()
    given = options.parse_args(arguments)
    if given.list:
        for found in SCENARIOS.values():
            print(f"{found.name}\t{found.first} to {found.last}\t{found.summary}")
        return 0
    scenario = SCENARIOS.get(given.scenario or "")
    if scenario is None:
        options.error(f"unknown scenario {given.scenario!r}; known: {', '.join(SCENARIOS)}")
    if given.processes is not None and given.processes < 1:
        options.error(f"--processes {given.processes}: give 1 or more")
    began = time.monotonic()
    try:
        written = generate(
            scenario.name,
            given.start or scenario.default_start,
            given.end or scenario.default_end,
            seed=scenario.default_seed if given.seed is None else given.seed,
            out=given.out,
            scale=given.scale,
            only=tuple(given.only),
            processes=given.processes,
            progress=_Ticker(),
            force=given.force,
        )
    except GeneratorError as error:
        options.error(str(error))
    except KeyboardInterrupt:
        print("generators: interrupted; run the same command again to finish", file=sys.stderr)
        return 130
    if written is None:
        print(f"{given.out}: already complete, nothing to do (--force writes it again)")
        return 0
    rows = sum(w.rows for w in written)
    print(f"{given.out}: {len(written)} files, {rows:,} rows in {time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
