"""The shim that spoils file operations: compiled, preloaded, and steered through a control block that its processes share.

Rule: a fault names what is done (kind, error), to which classes of operations, and to which of them (n, from 1).
Hazard: the layout of the block and the numbers of kinds and classes are those of tests/faults/shim.c.
"""

import errno
import functools
import mmap
import os
import shutil
import struct
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SOURCE: Final = Path(__file__).resolve().parents[1] / "faults" / "shim.c"
NAME, REMOVE, DATA, SYNC = 1, 2, 4, 8
ALL: Final = NAME | REMOVE | DATA | SYNC
_KILL_BEFORE, _KILL_AFTER, _KILL_HALF, _FAIL, _SHORT = 1, 2, 3, 4, 5
_HEAD: Final = struct.Struct("=6i3q1024s")
_RECORDS, _RECORD = 16384, 256
_SIZE: Final = _HEAD.size + _RECORDS * _RECORD


@dataclass(frozen=True)
class Kind:
    """A way to spoil an operation. `classes`: which operations it can befall; `lasting`: all later ones of them fail, too."""

    name: str
    code: int
    classes: int = ALL
    error: int = 0
    lasting: bool = False

    @property
    def kills(self) -> bool:
        return self.code in (_KILL_BEFORE, _KILL_AFTER, _KILL_HALF)


KILLS: Final = (
    Kind("kill before", _KILL_BEFORE),
    Kind("kill after", _KILL_AFTER),
    Kind("kill half-way", _KILL_HALF, DATA),
)
FULL: Final = (
    Kind("ENOSPC", _FAIL, NAME | DATA | SYNC, errno.ENOSPC),
    Kind("ENOSPC from then on", _FAIL, NAME | DATA | SYNC, errno.ENOSPC, lasting=True),
    Kind("short write, then ENOSPC", _SHORT, DATA, errno.ENOSPC, lasting=True),
)
BROKEN: Final = (
    Kind("EIO", _FAIL, ALL, errno.EIO),
    Kind("EIO from then on", _FAIL, ALL, errno.EIO, lasting=True),
    Kind("EACCES", _FAIL, NAME | REMOVE, errno.EACCES),
    Kind("EROFS from then on", _FAIL, ALL, errno.EROFS, lasting=True),
    Kind("short write", _SHORT, DATA),
)
KINDS: Final = {kind.name: kind for kind in (*KILLS, *FULL, *BROKEN)}


@dataclass(frozen=True)
class Operation:
    """One file operation of a run, in the order of the run; `n` is 0 where it is of a class that did not count."""

    n: int
    spoiled: bool
    process: int
    what: str
    size: int
    path: str

    def __str__(self) -> str:
        return f"{self.what} {self.path}" + (f" ({self.size} bytes)" if self.size else "")


class Control:
    """The control block, a mapped file. It lives as long as the processes that were started with `environment`."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "control"
        with self._path.open("w+b") as file:
            file.truncate(_SIZE)
            self._block = mmap.mmap(file.fileno(), _SIZE)

    def environment(self) -> dict[str, str]:
        """Of a process whose file operations, and whose children's, are to be spoiled."""
        return {**os.environ, "LD_PRELOAD": str(library()), "FAULT_CONTROL": str(self._path), "OPENBLAS_NUM_THREADS": "1"}

    def arm(self, root: Path, kind: Kind | None, n: int) -> None:
        """Spoil the n-th operation below `root`, or with no kind only count and trace."""
        code, error, lasting, classes = (kind.code, kind.error, kind.lasting, kind.classes) if kind else (0, 0, False, ALL)
        _HEAD.pack_into(self._block, 0, 1, code, error, lasting, classes, 0, n, 0, 0, os.fsencode(root.resolve()))

    def disarm(self) -> tuple[int, list[Operation]]:
        """Spoil no more; returns how many operations were spoiled, and all of the run."""
        self._block[:4] = bytes(4)
        _, _, _, _, _, injected, _, _, traced, _ = _HEAD.unpack_from(self._block)
        return injected, [self._operation(at) for at in range(min(traced, _RECORDS))]

    def close(self) -> None:
        self._block.close()

    def _operation(self, at: int) -> Operation:
        start = _HEAD.size + at * _RECORD
        text = self._block[start : start + _RECORD].partition(b"\0")[0].decode("utf-8", "replace")
        n, process, what, size, path = text.split("\t")
        return Operation(int(n.lstrip("!")), n.startswith("!"), int(process), what, int(size), path)


_CLASSES: Final = {
    **dict.fromkeys(("open", "openat", "creat", "rename", "link", "symlink", "mkdir"), NAME),
    **dict.fromkeys(("unlink", "rmdir", "remove"), REMOVE),
    **dict.fromkeys(("fsync", "fdatasync"), SYNC),
}


def classes(what: str) -> int:
    """The class of an operation by its name; what is neither of names nor of syncing changes data."""
    return _CLASSES.get(what, DATA)


@functools.cache
def library() -> Path:
    """The compiled shim, made once per process in a folder of its own that goes with the process."""
    global _keep  # the folder lives as long as the module
    _keep = tempfile.TemporaryDirectory(prefix="shim-")
    target = Path(_keep.name) / "shim.so"
    command = [compiler() or "cc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", str(target)]
    subprocess.run([*command, str(SOURCE), "-ldl"], check=True)
    return target


def compiler() -> str | None:
    """The C compiler, None where there is none."""
    return shutil.which("gcc") or shutil.which("cc")


_keep: "tempfile.TemporaryDirectory[str]"
