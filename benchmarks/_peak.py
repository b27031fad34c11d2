"""The most memory that a command takes, over its process and all that it starts; Linux only, for it looks into /proc."""

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_MOMENT_SECONDS = 0.02


@dataclass
class Peak:
    """Bytes: the `largest` process at its highest, and all of them `together` at any one moment, shared pages counted in each."""

    largest: int = 0
    together: int = 0


def peak(command: Sequence[str]) -> Peak:
    """What a command takes. Raises CalledProcessError where it fails."""
    found = Peak()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            held = [_held(pid) for pid in _family(str(process.pid))]
            found.largest = max(found.largest, *held)
            found.together = max(found.together, sum(held))
            time.sleep(_MOMENT_SECONDS)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return found


def _family(first: str) -> list[str]:
    """A process and its descendants."""
    parents = {path.name: _status(path.name).get("PPid", "") for path in Path("/proc").glob("[0-9]*")}
    family = [first]
    for pid in family:  # grows while it is gone through
        family += [child for child, parent in parents.items() if parent == pid]
    return family


def _held(pid: str) -> int:
    return int(_status(pid).get("VmRSS", "0 kB").split()[0]) << 10


def _status(pid: str) -> dict[str, str]:
    """What /proc says of a process; nothing where it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
