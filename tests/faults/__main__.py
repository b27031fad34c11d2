"""Injects every kind of fault at every file operation of every scene: `python -m tests.faults [--scene S] [--kind K]`.

Scenes are what an operator does: files come in and are published, and upkeep. Prints what was found as it is found, and at the
end the count of injected faults by kind and scene. Exit code 1 where anything was found. `--stride N` takes every N-th operation
only.
"""

import argparse
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

from store.progress import Progress, Terminal
from tests.support import faults_upkeep
from tests.support.faults_run import Zygote
from tests.support.faults_scenes import SCENES
from tests.support.faults_shim import KINDS
from tests.support.faults_sweep import Sweep, table
from tests.support.faults_upkeep import COMMANDS

Tally = Counter[tuple[str, str]]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--scene", choices=(*SCENES, *COMMANDS), action="append", help="default: all")
    parser.add_argument("--kind", choices=KINDS, action="append", help="default: all")
    parser.add_argument("--stride", type=int, default=1, metavar="N", help="every N-th operation only")
    parser.add_argument("--lanes", type=int, metavar="N", help="processes that inject beside each other (default: one per core)")
    parser.add_argument("--trace", action="store_true", help="only list the file operations of the scenes but upkeep")
    options = parser.parse_args()
    scenes, kinds = options.scene or [*SCENES, *COMMANDS], options.kind or [*KINDS]
    points = [(scene, kind) for scene in scenes for kind in kinds]
    tally, show = Tally(), Terminal()
    with Sweep(options.lanes) as sweep:
        if options.trace:
            for scene in (scene for scene in scenes if scene in SCENES):
                print(f"{scene}:", *(f"{o.n:5}  {o.process}  {o}" for o in sweep.trace(scene).operations), sep="\n")
            return 0
        findings = _files(sweep, [point for point in points if point[0] in SCENES], options.stride, show)
        tally.update(sweep.tally)
    findings += _upkeep(tally, [point for point in points if point[0] in COMMANDS], options.stride, show)
    print(table(tally, [*SCENES, *COMMANDS]))
    print(f"{findings:,} findings")
    return 1 if findings else 0


def _files(sweep: Sweep, points: Sequence[tuple[str, str]], stride: int, show: Progress) -> int:
    """Spoil what brings files in and publishes them; returns the number of findings."""
    findings, left = 0, Counter[str]()
    for number, (scene, kind) in enumerate(points):
        show(f"{scene}: {kind}", number, len(points))
        for injection in sweep.every(scene, KINDS[kind], stride):
            if injection.findings or injection.untrue:
                findings += 1
                print(injection, flush=True)
            left.update({re.sub(r"\d+", "N", name.partition("/")[0]) for name in injection.left})
    for folder, count in left.most_common():
        print(f"{count:,} reruns left something in or at {folder}")
    return findings


def _upkeep(tally: Tally, points: Sequence[tuple[str, str]], stride: int, show: Progress) -> int:
    """Spoil upkeep; the first finding of a command and kind ends that one. Returns the number of findings."""
    if not points:
        return 0
    findings = 0
    with tempfile.TemporaryDirectory(prefix="upkeep-") as folder:
        kept, scratch = Path(folder) / "kept", Path(folder) / "scratch"
        kept.mkdir()
        scratch.mkdir()
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            faults_upkeep.prepare(kept)
        zygote = Zygote(Path(folder))
        try:
            for number, (command, kind) in enumerate(points):
                show(f"{command}: {kind}", number, len(points))
                said = StringIO()
                try:
                    with redirect_stdout(said), redirect_stderr(said):
                        tally[command, kind] += faults_upkeep.spoil(zygote, kept, scratch, command, KINDS[kind], stride=stride)
                except AssertionError as error:
                    findings += 1
                    print(f"{command}, {kind}: {error}", flush=True)
        finally:
            zygote.close()
    return findings


if __name__ == "__main__":
    sys.exit(main())
