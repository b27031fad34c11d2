"""Injects every kind of fault at every file operation of every scene: `python -m tests.faults [--scene S] [--kind K]`.

Prints what was found as it is found, and at the end the count of injected faults by kind and scene. Exit code 1 where
anything was found. `--stride N` takes every N-th operation only.
"""

import argparse
import re
import sys
from collections import Counter

from store.progress import Terminal
from tests.support.faults_scenes import SCENES
from tests.support.faults_shim import KINDS
from tests.support.faults_sweep import Sweep, table


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--scene", choices=SCENES, action="append", help="default: all")
    parser.add_argument("--kind", choices=KINDS, action="append", help="default: all")
    parser.add_argument("--stride", type=int, default=1, metavar="N", help="every N-th operation only")
    parser.add_argument("--lanes", type=int, metavar="N", help="processes that inject beside each other (default: one per core)")
    parser.add_argument("--trace", action="store_true", help="only list the file operations of the scenes")
    options = parser.parse_args()
    scenes, kinds = options.scene or [*SCENES], [KINDS[name] for name in options.kind or KINDS]
    findings, left = 0, Counter[str]()
    show = Terminal()
    with Sweep(options.lanes) as sweep:
        if options.trace:
            for scene in scenes:
                print(f"{scene}:", *(f"{o.n:5}  {o.process}  {o}" for o in sweep.trace(scene).operations), sep="\n")
            return 0
        for number, (scene, kind) in enumerate((scene, kind) for scene in scenes for kind in kinds):
            show(f"{scene}: {kind.name}", number, len(scenes) * len(kinds))
            for injection in sweep.every(scene, kind, options.stride):
                if injection.findings or injection.untrue:
                    findings += 1
                    print(injection, flush=True)
                left.update({re.sub(r"\d+", "N", name.partition("/")[0]) for name in injection.left})
        show("all injected", 1, 1)
    print(table(sweep.tally))
    for folder, count in left.most_common():
        print(f"{count:,} reruns left something in or at {folder}")
    print(f"{findings:,} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
