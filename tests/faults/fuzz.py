"""Random histories, or with --bytes spoiled files, for as long as wanted: `python -m tests.faults.fuzz [--bytes] --minutes 60`.

Prints what was done in numbers and the first finding, with the seed that leads to it again. Exit code 1 where anything was found.
Hazard: every child that reads a file imports this module again, so what takes long to import is imported where it is used.
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.fuzz", description=__doc__)
    parser.add_argument("--bytes", action="store_true", help="spoil the bytes of files instead")
    parser.add_argument("--minutes", type=float, default=1, metavar="N")
    parser.add_argument("--seed", type=int, metavar="N", help="begin with this one (default: a fresh one)")
    options = parser.parse_args()
    seed = random.SystemRandom().getrandbits(32) if options.seed is None else options.seed
    run = _bytes if options.bytes else _histories
    return 1 if run(options.minutes * 60, seed) else 0


def _bytes(seconds: float, seed: int) -> int:
    """Number of findings; each is printed as it comes."""
    from store.progress import Terminal
    from tests.support.fuzz_bytes import Spoiler

    begun, show, findings = time.monotonic(), Terminal(), 0
    spoiler = Spoiler(Path(tempfile.mkdtemp(prefix="fuzz-bytes-")))
    while (spent := time.monotonic() - begun) < seconds:
        if found := spoiler.trial(seed):
            findings += 1
            print(found, flush=True)
        seed += 1
        show(f"{sum(spoiler.tally.values()):,} spoiled files, {findings:,} findings", spent, seconds)
    show("done", 1, 1)
    print(f"{spoiler.table()}\n{findings:,} findings")
    return findings


def _histories(seconds: float, seed: int) -> int:
    """1 where a history failed, which ends the run; 0 otherwise."""
    from store.progress import Terminal
    from tests.faults import fuzz_histories

    begun, show = time.monotonic(), Terminal()
    tally = fuzz_histories.Tally()
    while time.monotonic() - begun < seconds:
        if failed := fuzz_histories.run(seed, tally, shorten=False):
            print(
                f"seed {seed}: a history failed\n{failed}\n{tally}\n1 finding; looking for the shortest such history", flush=True
            )
            print(fuzz_histories.run(seed, tally) or "it did not fail again: a matter of time, see above", flush=True)
            return 1
        seed += 1
        show(str(tally), min(time.monotonic() - begun, 0.999 * seconds), seconds)
    show("done", 1, 1)
    print(f"{tally}\n0 findings")
    return 0


if __name__ == "__main__":
    sys.exit(main())
