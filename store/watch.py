"""Takes in files as they arrive in a folder, for as long as it is let.

    DIR/<source>/FILE              arrives here, with its control totals in FILE.control.json beside it
    DIR/<source>/.taking/          the file in hand; what is found there at the start is gone on with
    DIR/<source>/done/             files the store holds now
    DIR/<source>/rejected/         files it does not take, each with FILE.error.txt that says why
Rule: a file is taken once its size and time, and those of its side file, have stood still for two looks, or once its sender has
put FILE.done there. It is moved within its file system and nothing is ever overwritten. A fault of the store or the machine is
never held against a file: it stays in hand and is tried again.
Hazard: a sender can put a link where a file was. So a file is moved away first and only then looked at, and what is no plain
file is not read; folders of our own that are links are not used.
"""

import sqlite3
import stat
import sys
import time
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from store import control, inbox, ingest, ledger
from store.contract import SOURCES
from store.errors import LedgerError, MappingError, PublishError, SettingsError, StoreError
from store.ingest import Order, Outcome
from store.mapping import MappedFile
from store.publish import publish

MARKER: Final = ".done"
TAKING, DONE, REJECTED = ".taking", "done", "rejected"
_UNFINISHED: Final = (".tmp", ".part", ".partial", ".filepart", ".crdownload")
"""Endings by which programs that copy name what they have not finished."""
_TROUBLE: Final = (
    OSError,
    sqlite3.Error,
    duckdb.Error,
    pl.exceptions.PolarsError,
    MemoryError,
    LedgerError,
    SettingsError,
    MappingError,
)
"""What is no fault of the file."""

_MOMENT_SECONDS: Final = 0.2
Log = Callable[[str], None]


def log(text: str) -> None:
    """One line to stderr, with the time."""
    print(f"{datetime.now(UTC).isoformat(timespec='seconds')} {text}", file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Rules:
    """Where files arrive and how they are taken.

    `every`: seconds between two looks. `marker`: ending of the sender's mark that a file is whole; `only_marked`: take no file
    without it. `mappings`: by source, for files of another shape.
    """

    folder: Path
    data: Path
    every: float = 10.0
    marker: str = MARKER
    only_marked: bool = False
    mappings: Mapping[str, MappedFile] = field(default_factory=dict)


@dataclass
class Stop:
    """Whether the service is to stop. A signal handler may set `asked` at any moment, so there is no lock in it."""

    asked: bool = False

    def wait(self, seconds: float) -> None:
        """Sleep, but for no longer than until asked to stop."""
        end = time.monotonic() + seconds
        while not self.asked and (left := end - time.monotonic()) > 0:
            time.sleep(min(_MOMENT_SECONDS, left))


@dataclass
class Round:
    """What one round came to."""

    taken: int = 0
    rejected: int = 0
    troubled: int = 0


class Watch:
    """A service over one folder. It remembers how each file looked last, and what it has said already."""

    def __init__(self, rules: Rules, say: Log = log, stop: Stop | None = None) -> None:
        self._rules, self._say, self._stop = rules, say, stop or Stop()
        self._looks: dict[Path, inbox.Look] = {}
        self._said: dict[object, str] = {}
        self._unpublished = (rules.data / ledger.FILE).exists()

    def run(self) -> None:
        """Look, take and publish until stopped."""
        with inbox.alone(self._rules.folder):
            self._say(f"watching {_shown(self._rules.folder)} for {_shown(self._rules.data)}")
            while not self._stop.asked:
                self.round()
                self._stop.wait(self._rules.every)
            self._say("stopped")

    def once(self) -> Round:
        """One round, with a second look at files that have just come."""
        with inbox.alone(self._rules.folder):
            if len(self._ready()) < len(self._looks):
                self._stop.wait(self._rules.every)
            return self.round()

    def round(self) -> Round:
        """Take every file that is whole, then publish where anything changed. Raises nothing but what ends a process."""
        found = Round()
        for path in self._ready():
            if self._stop.asked:
                return found
            self._guarded(path, lambda path=path: self._take(path, found), found)  # type: ignore[misc]  # bound at once
        if self._unpublished and not self._stop.asked:
            self._guarded("publish", self._publish, found)
        return found

    def _guarded(self, what: object, work: Callable[[], None], found: Round) -> None:
        """Do work; what goes wrong is said once, and tried again in the next round."""
        try:
            work()
            self._said.pop(what, None)
        except Exception as error:  # the service outlives whatever one file or a full disk brings about
            found.troubled += 1
            name = f"{what.parent.name}/{what.name}" if isinstance(what, Path) else str(what)
            self._once(what, f"trouble with {name}: {_text(error)}; tried again every {self._rules.every:g} s")

    def _once(self, what: object, text: str) -> None:
        if self._said.get(what) != text:
            self._said[what] = text
            self._say(_shown(text))

    def _arrived(self) -> list[Path]:
        """Files in the folders of the sources, oldest first; what was left in hand comes before all others."""
        arrived: list[tuple[float, Path]] = []
        for source in SOURCES:
            folder = self._rules.folder / source
            arrived += [(0.0, path) for path in self._listed(folder / TAKING, source)]
            arrived += [(float(stamp[2]), path) for path in self._listed(folder, source) if (stamp := inbox.stamp(path))]
        return [path for _, path in sorted(arrived)]

    def _listed(self, folder: Path, source: str) -> list[Path]:
        try:
            if folder.is_symlink():
                self._once(folder, f"left alone {folder}: it is a link")
            if folder.is_symlink() or not folder.is_dir():
                return []
            return [path for path in sorted(folder.iterdir()) if self._is_delivery(path, source)]
        except OSError as error:
            self._once(folder, f"cannot look into {folder}: {error}")
            return []

    def _is_delivery(self, path: Path, source: str) -> bool:
        name = path.name
        if name.startswith(".") or name.endswith((control.SUFFIX, self._rules.marker, inbox.ERROR, *_UNFINISHED)):
            return False
        try:
            mode = path.lstat().st_mode
        except OSError:
            return False
        if stat.S_ISDIR(mode):
            return False
        if not stat.S_ISREG(mode):
            self._once(path, f"left alone {source}/{name}: it is a link or no plain file")
            return False
        if source not in self._rules.mappings and path.suffix.lower() not in (".parquet", ".csv"):
            self._once(path, f"left alone {source}/{name}: neither .parquet nor .csv, and there is no mapping for {source}")
            return False
        return True

    def _ready(self) -> list[Path]:
        """Files that are whole. What is seen for the first time, or has changed since, waits for the next look."""
        arrived, ready = self._arrived(), []
        self._said = {what: said for what, said in self._said.items() if not isinstance(what, Path) or inbox.exists(what)}
        looks = {path: inbox.look(path, self._rules.marker) for path in arrived}
        for path, look in looks.items():
            still = look == self._looks.get(path) and not self._rules.only_marked
            if look[0] is not None and (path.parent.name == TAKING or look[-1] is not None or still):
                ready.append(path)
        self._looks = looks
        return ready

    def _take(self, path: Path, found: Round) -> None:
        """Take one file in and put it where it then belongs."""
        source, held = _source(path), path
        if path.parent.name != TAKING:
            held = inbox.own(path.parent / TAKING) / path.name
            if inbox.exists(held):
                return  # one of the same name is in hand
            side = path.with_name(path.name + control.SUFFIX)
            if inbox.exists(side):  # first, so that a file in hand has all that belongs to it
                side.replace(held.with_name(side.name))
            inbox.move(path, held)
        (held.parent.parent / (path.name + self._rules.marker)).unlink(missing_ok=True)  # it is not the next one's
        label = f"{source}/{path.name}"
        said, refused = self._ingested(held, source)
        if refused and self._stop.asked:
            self._say(_shown(f"left in hand {label}: stopped while it was read"))
            return  # it may be the stopping that the file was refused for
        target = inbox.unused(inbox.own(held.parent.parent / (REJECTED if refused else DONE)), path.name)
        for suffix in (control.SUFFIX, ""):
            inbox.move(held.with_name(held.name + suffix), target.with_name(target.name + suffix))
        found.taken += not refused
        found.rejected += refused
        self._say(_shown(f"{'rejected' if refused else 'took'} {label}: {said}"))
        if refused:
            reason = f"{datetime.now(UTC).isoformat(timespec='seconds')}\n{_shown(said)}\n"
            target.with_name(target.name + inbox.ERROR).write_text(reason, encoding="utf-8")

    def _ingested(self, path: Path, source: str) -> tuple[str, bool]:
        """What is to be said of a file, and whether it is rejected. Raises what is no fault of the file."""
        side = path.with_name(path.name + control.SUFFIX)
        if not inbox.is_plain(path) or (inbox.exists(side) and not inbox.is_plain(side)):
            return "it is a link or no plain file, so it was not read", True
        if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in path.name):
            return "its name is no text, or holds control characters; give it another one", True
        try:
            order = Order(self._rules.data, SOURCES[source], self._rules.mappings.get(source))
            outcome = ingest.ingest(path, order)
        except _TROUBLE:
            raise
        except StoreError as error:
            return str(error), True
        except Exception as error:  # a fault of the program that this file brings out: the others must not wait for it
            return f"an error that nobody foresaw, report it: {_text(error)}", True
        self._unpublished |= outcome.status == "stored"
        return _told(outcome)

    def _publish(self) -> None:
        try:
            self._say(_shown(publish(self._rules.data)))
        except PublishError as error:
            self._once("publish", " ".join(str(error).split()))
        self._unpublished = False


def _told(outcome: Outcome) -> tuple[str, bool]:
    """A sentence on what became of a file, and whether none of it can be used."""
    if outcome.status == "known":
        return "already ingested" + (f" as {outcome.name}" if outcome.name != outcome.given else "") + ", nothing to do", False
    said = f"{outcome.rows_in:,} rows in = {outcome.accepted:,} accepted + {outcome.duplicates:,} duplicates"
    said += f" + {outcome.rejected:,} rejected"
    said += "".join(f"; {note}" for note in outcome.notes)
    if outcome.status == "refused":
        return f"{said}. {outcome.nothing}", True
    if outcome.rows_in and outcome.rejected == outcome.rows_in:
        return f"{said}. No row can be used: see `python -m store quarantine {outcome.source}`", True
    return said, False


def _source(path: Path) -> str:
    return path.parent.parent.name if path.parent.name == TAKING else path.parent.name


def _text(error: Exception) -> str:
    lines = str(error).splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def _shown(text: object) -> str:
    """Text with signs that could forge a line or break a terminal written out."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape", "backslashreplace").decode() for sign in str(text)
    )
