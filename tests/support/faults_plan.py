"""How many of the possible faults a test injects: all of them on demand, a share of them in the ordinary run.

Rule: the smallest scene is always spoiled at every operation; the others at every `STRIDE`-th, each by one kind by turns.
"""

import os
from collections.abc import Sequence
from typing import Final

from tests.support.faults_shim import Kind
from tests.support.faults_sweep import Injection, Sweep

SMALLEST: Final = "first ingest"
OTHERS: Final = ("first ingest and publish", "CSV with a bad row and a duplicate", "correction", "rejected rows corrected")
STRIDE: Final = 37
"""Prime, so that the turns of the kinds do not fall into step with the turns of the store."""
EVERYTHING: Final = os.environ.get("FAULTS") == "all"
"""Every kind at every operation of every scene; the same as `python -m tests.faults`."""


def injections(sweep: Sweep, scene: str, kinds: Sequence[Kind]) -> list[Injection]:
    """What a test of these kinds injects into a scene."""
    if EVERYTHING:
        return [injection for kind in kinds for injection in sweep.every(scene, kind)]
    return sweep.spread(scene, kinds, 1 if scene == SMALLEST else STRIDE)


def findings(injections: Sequence[Injection]) -> list[str]:
    """The faults that the store did not survive as it should."""
    return [str(injection) for injection in injections if injection.findings]
