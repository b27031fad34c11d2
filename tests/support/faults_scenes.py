"""What is run while faults are injected: small stores, the commands of an operator, and what must come of them.

Rule: the state of a store is what counts in its ledger and what its snapshot shows, both as sums; a scene knows the state
before and after, and nothing else may ever be seen. The state after is held against the whole invariant once, where it is made.
"""

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from store import ledger, receipt
from store.__main__ import main
from store.correction import IDENTITY, identity
from store.errors import NoSnapshotError
from store.files import sha256
from store.snapshot import open_current
from store.verify import verify
from tests.support.fuzz_invariant import broken
from tests.support.records import csv, department, parquet, payment

Sums = tuple[int, ...]


@dataclass(frozen=True)
class State:
    """Sums of a store. `held`: files, rows in/accepted/duplicate/rejected and the fils likewise of what counts in the ledger;
    `shown`: rows and fils of the payments in the snapshot, and the ledger's sums as the snapshot has them, None without one.
    """

    held: Sums
    shown: Sums | None

    @property
    def adds_up(self) -> bool:
        """Whether rows and fils that came in are all accounted for."""
        _, rows, *became, fils, accepted, duplicates, rejected = self.held
        return rows == sum(became) and fils == accepted + duplicates + rejected


_HELD: Final = """
    SELECT count(*), {} FROM files WHERE source = 'payments' AND state <> 'superseded'""".format(
    ", ".join(
        f"coalesce(sum({name}), 0)"
        for name in (
            "rows_in",
            "accepted",
            "duplicates",
            "rejected",
            "fils_in",
            "fils_accepted",
            "fils_duplicates",
            "fils_rejected",
        )
    )
)
_SHOWN: Final = """
    SELECT sum(records), sum(gross_fils - refund_fils + unsettled_fils),
           (SELECT sum(rows_in) FROM coverage), (SELECT sum(accepted) FROM coverage), (SELECT sum(rows) FROM coverage_days),
           (SELECT sum(rows_mart) FROM reconciliation), (SELECT count(*) FROM files), (SELECT count(*) FROM quarantine),
           (SELECT sum(open) FROM coverage)
    FROM payments"""


def state(data: Path) -> State:
    """The state of a store, read without creating anything; only what a crash left is mended."""
    return State(_held(data), _shown(data))


def _held(data: Path) -> Sums:
    if not (data / ledger.FILE).exists():
        return (0,) * 9
    with closing(_book(data)) as book:
        if not book.execute("SELECT 1 FROM sqlite_schema WHERE name = 'files'").fetchone():
            return (0,) * 9
        return tuple(book.execute(_HELD).fetchone())


def _book(data: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{data / ledger.FILE}?mode=rw", uri=True)


def _shown(data: Path) -> Sums | None:
    try:
        snapshot = open_current(data)
    except NoSnapshotError:
        if (data / "CURRENT").exists():
            raise
        return None
    try:
        found: Sums = snapshot.cursor().execute(_SHOWN).fetchall()[0]
        return found
    finally:
        snapshot.close()


def litter(data: Path) -> list[str]:
    """What lies in a store without belonging to it: work in progress, files the ledger does not name, old snapshots."""
    if not (data / ledger.FILE).exists():
        return []
    with closing(_book(data)) as book:
        named = {path for (path,) in book.execute("SELECT path FROM parts UNION SELECT path FROM rollups")}
        versions = [version for (version,) in book.execute("SELECT version FROM snapshots ORDER BY version DESC LIMIT 2")]
    found = {path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file()}
    found |= {path.relative_to(data).as_posix() for path in (data / "staging").glob("*")}
    wal = {f"{ledger.FILE}{suffix}" for suffix in ("", "-wal", "-shm")}
    with closing(_book(data)) as book:
        numbers = {seq for (seq,) in book.execute("SELECT seq FROM files")}
    named |= {path.relative_to(data).as_posix() for path in receipt.sound(data)[0] if receipt.number(path) in numbers}
    known = named | wal | {f"serve-{version}.duckdb" for version in versions} | {"settings.toml", "CURRENT", "HEAD"}
    return sorted(name for name in found - known if not name.endswith(".lock"))


def problems(data: Path) -> tuple[str, ...]:
    """What `verify` finds wrong."""
    return verify(data).problems


@dataclass(frozen=True)
class Scene:
    """A store as it was, the commands that run, and the files they take."""

    name: str
    base: Path
    commands: tuple[tuple[str, ...], ...]
    old: State
    new: State

    def copy(self, to: Path) -> Path:
        """A store of its own to run in."""
        if self.base.exists():
            shutil.copytree(self.base, to)
        return to

    def of(self, data: Path) -> list[list[str]]:
        """The commands, for the store in `data`."""
        return [[*command, "--data", str(data)] for command in self.commands]


def _first(inbox: Path) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Nothing is there yet, and one small file comes."""
    return (), ("ingest", "payments", str(parquet(inbox / "p.parquet", "payments", [payment(1), payment(2, amount_fils=5)])))


def _second(inbox: Path) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """A file is published, and a CSV comes with one good row, one bad row and one that is there already."""
    before = parquet(inbox / "p.parquet", "payments", [payment(1), payment(2, amount_fils=5)])
    texts = [
        {name: _text(value) for name, value in row.items()}
        for row in (payment(3, amount_fils=70_00), payment(4, amount_fils=-1), payment(1))
    ]
    return (before,), ("ingest", "payments", str(csv(inbox / "q.csv", texts)))


def _correction(inbox: Path) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """A published file is replaced by another version of itself, in another month, beside one that stays."""
    stays = parquet(inbox / "stays.parquet", "payments", [payment(9, amount_fils=1)])
    path = parquet(inbox / "p.parquet", "payments", [payment(1), payment(2, amount_fils=5)])
    corrected = inbox / "corrected"
    corrected.mkdir()
    rows = [payment(1, amount_fils=99_99), payment(3), payment(4, occurred_at=payment(1)["occurred_at"].replace(month=8))]
    return (stays, path), ("ingest", "payments", str(parquet(corrected / path.name, "payments", rows)), "--supersede")


def _handed_back(inbox: Path) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Two rows of a published file were rejected; of their corrections one is good and one is still bad."""
    rows = [payment(1), payment(2, amount_fils=-5), payment(3, amount_fils=-6)]
    before = parquet(inbox / "p.parquet", "payments", rows)
    texts = [
        {IDENTITY: identity(sha256(before), line)} | {name: _text(value) for name, value in rows[line - 1].items()}
        for line in (2, 3)
    ]
    texts[0]["amount_fils"] = 5
    return (before,), ("ingest", "payments", str(csv(inbox / "fixed.csv", texts)))


def _text(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if hasattr(value, "isoformat") else value


Build = Callable[[Path], tuple[tuple[Path, ...], tuple[str, ...]]]
SCENES: Final[dict[str, tuple[Build, bool]]] = {
    "first ingest": (_first, False),
    "first ingest and publish": (_first, True),
    "CSV with a bad row and a duplicate": (_second, True),
    "correction": (_correction, True),
    "rejected rows corrected": (_handed_back, True),
}
"""What comes, and whether it is published."""


def prepare(name: str, folder: Path) -> Scene:
    """Build the store of a scene below `folder`, and find its old and new states by running the commands untouched."""
    build, published = SCENES[name]
    inbox, base, after = folder / "inbox", folder / "before", folder / "after"
    inbox.mkdir(parents=True)
    before, command = build(inbox)
    if before:
        reference = parquet(inbox / "d.parquet", "departments", [department("dewa")])
        _must([["ingest", "departments", str(reference)], *(["ingest", "payments", str(p)] for p in before), ["publish"]], base)
    scene = Scene(name, base, (command, ("publish",)) if published else (command,), state(base), state(base))
    scene.copy(after)
    _must(scene.commands, after)
    scene = Scene(name, base, scene.commands, state(base), state(after))
    assert broken(after) == []  # last, for it publishes
    return scene


def _must(commands: Sequence[Sequence[str]], data: Path) -> None:
    for command in commands:
        assert main([*command, "--data", str(data)]) == 0, command
