"""Copies a store to another folder while it is in use, and brings it back.

A backup is a folder of immutable files and `MANIFEST.json`, which names each with its SHA-256: parts, receipts and a snapshot lie
there as in the store, what changes in a store (ledger, settings, HEAD ...) lies in `state/` by its hash.
Rule: the manifest is replaced last, in one step. So a backup that was cut off leaves the one before it whole, and is known by the
file UNFINISHED; without a manifest there is nothing to restore. `restore` believes no byte without its hash, and the ledger,
without which a folder is no store, comes last.
Hazard: the files a backup names must not be removed meanwhile, so it holds the lock of vacuum; ingest waits for it a moment only.
"""

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from store import files, ledger, receipt, retired, settings, snapshot
from store.errors import InputError, NoSnapshotError, StoreError
from store.progress import Progress, silent
from store.vacuum import KEEP

MANIFEST: Final = "MANIFEST.json"
UNFINISHED: Final = "UNFINISHED"
RESTORING: Final = "RESTORING"
_STATE: Final = "state"
_CHUNK: Final = 1 << 20


class BackupError(StoreError):
    """A backup that is unfinished, damaged, or would hold damaged files."""


@dataclass(frozen=True)
class Entry:
    """One file: where it lies in the backup, how large it is, and its SHA-256."""

    at: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """All files of a store at a moment (UTC, ISO 8601), by their path in it; `number` is that of its last file that came in."""

    made_at: str
    number: int
    entries: Mapping[str, Entry]


@dataclass(frozen=True)
class Copied:
    """What a backup or a restore came to. `copied` files and `bytes` were not there yet."""

    files: int
    copied: int
    bytes: int
    number: int
    made_at: str
    unfinished: bool = False


def backup(data: Path, target: Path, progress: Progress = silent, *, with_snapshot: bool = False) -> Copied:
    """Bring the backup in `target` up to the state of the store; files that are there already are not copied again.

    Raises BackupError where a file of the store is damaged (the backup before it stays), InputError where `target` is no place
    for it.
    """
    _is_place(data, target)
    target.mkdir(parents=True, exist_ok=True)
    with files.lock(target, "backup.lock"), files.lock(data, KEEP), files.staging(target) as aside:
        before = _before(target)
        (aside / UNFINISHED).write_text("a backup was begun here and has not come to its end\n", encoding="utf-8")
        files.place(aside / UNFINISHED, target / UNFINISHED, target)
        entries = _snapshot(data, target, aside) if with_snapshot else {}
        changing, known, number = _state(data, aside)
        if entries:
            changing[snapshot.POINTER] = aside / snapshot.POINTER
        sizes = {path: (data / path).stat().st_size for path in known if (data / path).is_file()}
        copied, done = len(entries), 0
        for path in known:
            had = before.entries.get(path) if before else None
            if had and path in sizes and _is_there(target / had.at, had) and had.bytes == sizes[path]:
                entries[path] = had
            else:
                entries[path], fresh = _copy_in(data, path, target, aside, known.get(path), sizes.get(path))
                copied += fresh
            done += sizes.get(path, 0)
            progress(path, done, sum(sizes.values()) + 1)
        for path, written in changing.items():
            entry = Entry("", written.stat().st_size, files.sha256(written))
            entries[path] = Entry(f"{_STATE}/{entry.sha256}", entry.bytes, entry.sha256)
            files.place(written, target / entries[path].at, target)
        manifest = Manifest(datetime.now(UTC).isoformat(timespec="seconds"), number, entries)
        _write(target, aside, manifest)
        (target / UNFINISHED).unlink()
        files.sync(target)
        _forget(target, manifest)
        progress("backed up", 1, 1)
    size = sum(entry.bytes for path, entry in entries.items() if not before or before.entries.get(path) != entry)
    return Copied(len(entries), copied + len(changing), size, number, manifest.made_at)


def restore(source: Path, data: Path, progress: Progress = silent) -> Copied:
    """Make a store in `data`, which must be empty, from the backup in `source`. One that was cut off is gone on with.

    Raises BackupError where the backup is unfinished or a hash differs, InputError where `data` holds anything.
    """
    manifest = read(source)
    mark = hashlib.sha256(json.dumps(_facts(manifest)).encode()).hexdigest()
    begun = data / RESTORING
    work = {files.STAGING, "staging.lock"}
    if (
        data.exists()
        and {path.name for path in data.iterdir()} - work
        and not (begun.exists() and begun.read_text("utf-8", "replace").strip() == mark)
    ):
        raise InputError(
            f"{data}: is not empty, so nothing is restored there; name another folder with --data, or clear this one"
        )
    total, done, copied = sum(entry.bytes for entry in manifest.entries.values()) + 1, 0, 0
    data.mkdir(parents=True, exist_ok=True)
    with files.staging(data) as aside:
        (aside / RESTORING).write_text(f"{mark}\n", encoding="utf-8")
        files.place(aside / RESTORING, begun, data)
        for path, entry in sorted(
            manifest.entries.items(), key=lambda each: (each[0] == ledger.FILE, each[0] != ledger.HEAD, each)
        ):
            copied += _copy_out(source, path, entry, data, aside)
            done += entry.bytes
            progress(path, done, total)
        begun.unlink()
        files.sync(data)
    progress("restored", 1, 1)
    unfinished = (source / UNFINISHED).exists()
    return Copied(len(manifest.entries), copied, total - 1, manifest.number, manifest.made_at, unfinished)


def read(source: Path) -> Manifest:
    """The manifest of a backup. Raises BackupError where there is none that can be believed."""
    path = source / MANIFEST
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        entries = {name: Entry(**entry) for name, entry in said["files"].items()}
        manifest = Manifest(said["made_at"], said["number"], entries)
        if said["sha256"] != _digest(manifest):
            raise ValueError("SHA-256 differs")
    except FileNotFoundError:
        state = "a backup that was never finished" if (source / UNFINISHED).exists() else "no backup"
        raise BackupError(f"{source}: {state}: it has no {MANIFEST}; take one with `python -m store backup`") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError(f"{path}: damaged ({error}); use another backup") from error
    for name in [*entries, *(entry.at for entry in entries.values())]:
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise BackupError(f"{path}: names {name}, which lies outside a store; use another backup")
    return manifest


def _is_place(data: Path, target: Path) -> None:
    """Raise InputError where `target` is the store, lies in it, or is a folder of something else."""
    store, there = data.resolve(), target.resolve()
    if there == store or store in there.parents or there in store.parents:
        raise InputError(f"{target}: lies in the store, or around it; a backup needs a folder of its own")
    if target.exists() and not target.is_dir():
        raise InputError(f"{target}: is no folder")
    if target.exists() and any(target.iterdir()) and not any((target / name).exists() for name in (MANIFEST, UNFINISHED)):
        left = {path.name for path in target.iterdir()} - {"backup.lock", files.STAGING, "staging.lock"}
        if left:
            raise InputError(f"{target}: holds something that is no backup ({min(left)}); name an empty folder")


def _before(target: Path) -> Manifest | None:
    """The finished backup that is there; a damaged manifest is as good as none."""
    try:
        return read(target)
    except BackupError:
        return None


def _state(data: Path, aside: Path) -> tuple[dict[str, Path], dict[str, str | None], int]:
    """What changes in a store, copied aside at one moment; paths of immutable files with their SHA-256 where the ledger knows it;
    and the number of the last file."""
    changing = {}
    with ledger.opened(data) as book, files.lock(data):
        with closing(sqlite3.connect(aside / ledger.FILE)) as copy:
            book.backup(copy)
        for name in (settings.FILE, ledger.HEAD, retired.FILE):
            if (data / name).exists():
                changing[name] = aside / name.replace("/", "-")
                shutil.copyfile(data / name, changing[name])
        kept, damaged = receipt.sound(data)
    with closing(sqlite3.connect(aside / ledger.FILE, isolation_level=None)) as copy:
        copy.execute("PRAGMA journal_mode = DELETE")
        copy.execute("DELETE FROM rollups")  # a cache, which is not part of a backup
        number = ledger.last_number(copy)
        query = (
            "SELECT path, parts.sha256 FROM parts JOIN files ON files.sha256 = file_sha256 WHERE retired_at IS NULL ORDER BY path"
        )
        known: dict[str, str | None] = dict(copy.execute(query).fetchall())
    if wrong := [path for path in damaged if (receipt.number(path) or 0) <= number]:
        raise BackupError(f"{wrong[0].relative_to(data)}: its bytes have changed; run `python -m store rebuild --receipts` first")
    known |= {p.relative_to(data).as_posix(): None for p in kept if (receipt.number(p) or 0) <= number}
    return {**changing, ledger.FILE: aside / ledger.FILE}, known, number


def _snapshot(data: Path, target: Path, aside: Path) -> dict[str, Entry]:
    """Copy the current snapshot, which publishing must not remove meanwhile; the pointer to it is left in `aside`."""
    with files.lock(data, "publish.lock"), ledger.opened(data) as book:
        try:
            version = snapshot.current_version(data)
        except NoSnapshotError:
            return {}
        file = snapshot.snapshot_file(data, version)
        row = book.execute("SELECT sha256 FROM snapshots WHERE version = ?", (version,)).fetchone()
        size = file.stat().st_size if file.is_file() else None
        entry, _ = _copy_in(data, file.name, target, aside, row["sha256"] if row else None, size)
    (aside / snapshot.POINTER).write_text(f"{version}\n", encoding="utf-8")
    return {file.name: entry}


def _copy_in(data: Path, path: str, target: Path, aside: Path, sha256: str | None, size: int | None) -> tuple[Entry, bool]:
    """Copy an immutable file into the backup unless it is there; returns its entry, and whether it was copied."""
    if size is None:
        raise BackupError(f"{data / path}: missing; `python -m store verify` says what to do. The backup before stays as it was")
    there = target / path
    if sha256 and there.is_file() and there.stat().st_size == size and files.sha256(there) == sha256:
        return Entry(path, size, sha256), False
    written = aside / "copy"
    found = _copy(data / path, written)
    if sha256 not in (None, found):
        raise BackupError(f"{data / path}: its bytes have changed (SHA-256 differs); `python -m store verify` says what to do")
    files.place(written, there, target)
    return Entry(path, size, found), True


def _copy_out(source: Path, path: str, entry: Entry, data: Path, aside: Path) -> bool:
    """Copy a file of the backup into the store unless it is there; returns whether it was copied."""
    there = data / path
    if there.is_file() and there.stat().st_size == entry.bytes and files.sha256(there) == entry.sha256:
        return False
    try:
        found = _copy(source / entry.at, aside / "copy")
    except FileNotFoundError:
        raise BackupError(f"{source / entry.at}: missing, so the backup is not whole; use another one") from None
    if found != entry.sha256:
        raise BackupError(f"{source / entry.at}: its bytes have changed (SHA-256 differs); use another backup")
    if path == ledger.FILE:
        for suffix in ("-wal", "-shm"):  # of a ledger that somebody began meanwhile: SQLite would apply it to this one
            (data / f"{path}{suffix}").unlink(missing_ok=True)
    files.place(aside / "copy", there, data)
    return True


def _copy(source: Path, target: Path) -> str:
    """Copy a file; returns the SHA-256 of what was copied."""
    digest = hashlib.sha256()
    with source.open("rb") as reading, target.open("wb") as writing:
        while chunk := reading.read(_CHUNK):
            digest.update(chunk)
            writing.write(chunk)
    return digest.hexdigest()


def _is_there(path: Path, entry: Entry) -> bool:
    return path.is_file() and path.stat().st_size == entry.bytes


def _write(target: Path, aside: Path, manifest: Manifest) -> None:
    said = {**_facts(manifest), "sha256": _digest(manifest)}
    (aside / MANIFEST).write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")
    files.place(aside / MANIFEST, target / MANIFEST, target)


def _facts(manifest: Manifest) -> dict[str, Any]:
    return {
        "made_at": manifest.made_at,
        "number": manifest.number,
        "files": {path: asdict(entry) for path, entry in sorted(manifest.entries.items())},
    }


def _digest(manifest: Manifest) -> str:
    return hashlib.sha256(json.dumps(_facts(manifest), sort_keys=True).encode()).hexdigest()


def _forget(target: Path, manifest: Manifest) -> None:
    """Remove what the backup before named and this one does not."""
    named = {entry.at for entry in manifest.entries.values()}
    for folder in ("files", receipt.FOLDER, _STATE):
        _remove((target / folder).rglob("*"), target, named)
    _remove(target.glob("serve-*.duckdb"), target, named)


def _remove(paths: Iterable[Path], target: Path, named: set[str]) -> None:
    for path in paths:
        if path.is_file() and path.relative_to(target).as_posix() not in named:
            path.unlink()
