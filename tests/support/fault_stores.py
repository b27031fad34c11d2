"""Looks at every store that a fault test left behind: the invariant, from every side.

Rule: a folder is a store as soon as it has a ledger, or what only a ledger can have written; one without its ledger is unsound.
Hazard: looking publishes, so it comes last.
"""

from pathlib import Path
from typing import Final

from store import ledger, receipt, settings
from tests.support.fuzz_invariant import broken

_SIGNS: Final = (ledger.FILE, ledger.HEAD, receipt.FOLDER)


def stores(folder: Path) -> list[Path]:
    """Stores below a folder, without the ones that are being made inside of another."""
    found = {path.parent for sign in _SIGNS for path in folder.rglob(sign) if (path.parent / settings.FILE).exists()}
    return sorted(path for path in found if found.isdisjoint(path.parents))


def unsound(folder: Path) -> list[str]:
    """What does not hold in the stores below a folder, each by its name."""
    return [f"{data.relative_to(folder)}: {problem}" for data in stores(folder) for problem in _wrong(data)]


def _wrong(data: Path) -> list[str]:
    if not (data / ledger.FILE).exists():
        return [f"{ledger.FILE} is missing"]
    try:
        return broken(data)
    except Exception as error:
        return [f"{type(error).__name__}: {error}"]
