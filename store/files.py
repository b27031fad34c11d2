"""File operations the store rests on: hash, stage, make durable, put in place, lock.

Rule: a file is written aside, synced, and renamed into place, so a name either holds the whole content or does not exist.
Hazard: a rename is durable only once its folder is synced too.
"""

import fcntl
import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from store.errors import InputError

STAGING: Final = "staging"
_CHUNK: Final = 1 << 20


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stage(path: Path, folder: Path) -> tuple[Path, str]:
    """Copy a file that comes in into `folder` and hash what was copied, so that nobody changes it while it is read.

    Raises InputError when it cannot be read.
    """
    digest = hashlib.sha256()
    copy = folder / f"input{path.suffix}"
    try:
        with path.open("rb") as source, copy.open("wb") as target:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                target.write(chunk)
    except OSError as error:
        if error.filename == str(path) or isinstance(error, FileNotFoundError | IsADirectoryError | PermissionError):
            raise InputError(f"{path}: cannot be read ({error.strerror}); check the path and its permissions") from error
        raise
    return copy, digest.hexdigest()


@contextmanager
def staging(data: Path) -> Iterator[Path]:
    """A folder of its own inside the store for work in progress, removed afterwards.

    A crash leaves it, and nothing refers to it: the next one to come here removes whatever folder nobody is working in, which the
    lock on it tells.
    """
    folder = data / STAGING / uuid.uuid4().hex[:12]
    with lock(data, "staging.lock"):
        for left in (data / STAGING).glob("*"):
            _remove_abandoned(left)
        folder.mkdir(parents=True)
        handle = os.open(folder, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def _remove_abandoned(folder: Path) -> None:
    """Remove a folder of work in progress unless somebody holds the lock on it, or has removed it meanwhile."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        return
    finally:
        os.close(handle)


def place(written: Path, target: Path, root: Path) -> None:
    """Move a finished file to its final name below the folder `root`, durably: the file is synced, then every folder on the way.

    All of them each time, since one that is there already may have been made by a run that was cut off before it was synced.
    """
    sync(written)
    target.parent.mkdir(parents=True, exist_ok=True)
    written.replace(target)
    folder = target.parent
    while folder != root:
        sync(folder)
        folder = folder.parent
    sync(root)


@contextmanager
def lock(data: Path, name: str = "ingest.lock", *, shared: bool = False) -> Iterator[None]:
    """One process at a time at what `name` guards: ingest, for each file must see every record that came before it.

    `shared`: together with others that share it, but with nobody who has it alone.
    """
    data.mkdir(parents=True, exist_ok=True)
    with (data / name).open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield


def sync(path: Path) -> None:
    """Make a file's content, or the names in a folder, durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
