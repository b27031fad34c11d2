"""What was removed from a store on purpose, so that `verify` and `rebuild` tell it from what was lost.

`receipts/retired.json` names numbers of receipts: those whose parts, of a file that counts no longer, are not there any more, and
those that no receipt has any more.
Rule: it is durable before anything of it is removed, and it only grows.
Hazard: a damaged one could hide a loss, so it carries its own SHA-256 and is not believed without it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from store import files
from store.errors import LedgerError

FILE: Final = "receipts/retired.json"


@dataclass(frozen=True)
class Retired:
    """By number of the receipt, when (UTC): its parts were removed; no receipt is left of it."""

    parts: Mapping[int, str] = field(default_factory=dict)
    numbers: Mapping[int, str] = field(default_factory=dict)


def read(data: Path) -> Retired:
    """What is recorded, nothing where there is no record. Raises LedgerError for a damaged one."""
    try:
        said = json.loads((data / FILE).read_text(encoding="utf-8"))
        found = Retired(*({int(n): str(when) for n, when in said[key].items()} for key in ("parts", "numbers")))
        if said["sha256"] != _digest(found):
            raise ValueError("SHA-256 differs")
    except FileNotFoundError:
        return Retired()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LedgerError(f"{data / FILE}: damaged ({error}); run `python -m store rebuild --receipts --data {data}`") from error
    return found


def write(data: Path, aside: Path, retired: Retired) -> None:
    """Replace the record, durably, by way of the folder `aside`."""
    written = aside / "retired.json"
    written.write_text(json.dumps({**asdict(retired), "sha256": _digest(retired)}, indent=1), encoding="utf-8")
    files.place(written, data / FILE, data)


def _digest(retired: Retired) -> str:
    facts = [sorted(retired.parts.items()), sorted(retired.numbers.items())]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
