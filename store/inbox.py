"""Files on their way through folders that others write into: how they look, and how they are moved.

Rule: a name is looked at without following links, nothing is overwritten, and files move within their file system only.
"""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from store import control
from store.errors import InputError

ERROR: Final = ".error.txt"
Stamp = tuple[int, int, int]
Look = tuple[Stamp | None, ...]


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else watches this folder meanwhile. Raises InputError where somebody does, or where it is no folder."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; make it, with a folder for each source in it")
    handle = os.open(folder / ".watch.lock", os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise InputError(f"{folder}: another `watch` takes files from this folder; stop it first") from None
    finally:
        os.close(handle)


def look(path: Path, marker: str) -> Look:
    """What tells whether a file, its side file and its mark have changed: inode, size and time of each."""
    marks = path.with_name(path.name + marker)
    return tuple(stamp(each) for each in (path, path.with_name(path.name + control.SUFFIX), marks))


def stamp(path: Path) -> tuple[int, int, int] | None:
    """Inode, size and time of what has this name, None where nothing has."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def exists(path: Path) -> bool:
    """Whether anything has this name, be it a link to nowhere."""
    return stamp(path) is not None


def is_plain(path: Path) -> bool:
    """Whether this name is a file itself: no link, folder, pipe or device."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def own(folder: Path) -> Path:
    """A folder of our own. Raises OSError where somebody has put a link or a file there."""
    folder.mkdir(exist_ok=True)
    if folder.is_symlink() or not folder.is_dir():
        raise OSError(f"{folder} is no folder of its own; remove it")
    return folder


def unused(folder: Path, name: str) -> Path:
    """A path in `folder` that nothing has, by a number before the ending where the name is taken."""
    stem, dot, ending = name.rpartition(".")
    number, found = 1, folder / name
    while any(exists(found.with_name(found.name + suffix)) for suffix in ("", control.SUFFIX, ERROR)):
        number += 1
        found = folder / (f"{stem}.{number}{dot}{ending}" if dot else f"{name}.{number}")
    return found


def move(path: Path, target: Path) -> None:
    """Move a file within its file system; one that is not there is no file to move."""
    if exists(path):
        if exists(target):
            raise FileExistsError(f"{target} is there already")
        path.rename(target)
