"""A file that comes in -> checked rows in the store, rejects in quarantine, one entry in the ledger.

The way: stage and hash -> read -> types -> rules -> rows already known -> immutable Parquet, synced -> one transaction.
Rule: everything before the transaction can be thrown away, everything after it can be rebuilt; rows and fils that came in
are all accepted, duplicate or rejected, and the ledger refuses an entry where they are not.
Hazard: files enter one at a time (a lock), because whether a record is a duplicate depends on all that came before.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import polars as pl

from store import control, derive, entry, files, ledger, parts, settings
from store.contract import SOURCES, Source
from store.entry import Incoming
from store.errors import ConflictError, InputError
from store.intake import Taken, take
from store.known import Among, known
from store.ledger import FileRecord
from store.mapping import MappedFile
from store.parse import LINE
from store.settings import Settings


@dataclass(frozen=True)
class Outcome:
    """What became of one file: 'stored' now, 'known' from before (nothing was done), or 'refused' (it takes no effect)."""

    status: Literal["stored", "known", "refused"]
    source: str
    name: str
    rows_in: int
    accepted: int
    duplicates: int
    rejected: int
    skipped: int
    superseded: tuple[str, ...] = ()
    """Names of the files whose place it took."""


@dataclass(frozen=True)
class Order:
    """How a file is to be taken in.

    `leaving`: SHA-256 of further files that this run supersedes; their rows do not count. `unreconciled`: take a file in although
    its rows or fils are not what its control totals say.
    """

    data: Path
    source: Source
    mapping: MappedFile | None = None
    supersede: bool = False
    leaving: frozenset[str] = frozenset()
    unreconciled: bool = False
    now: datetime | None = None


def source_named(name: str) -> Source:
    """The source of this name. Raises InputError, with the names there are."""
    if name not in SOURCES:
        raise InputError(f"unknown source '{name}'; the sources are {', '.join(SOURCES)}")
    return SOURCES[name]


def ingest(path: Path, order: Order) -> Outcome:
    """Take one file into the store, or find that it is in already.

    Raises InputError for a file that cannot be taken as a whole, ConflictError where it would replace another one without
    `order.supersede`, SettingsError where its mapping belongs to a store of another currency or time zone.
    """
    if order.mapping and order.mapping.source != order.source:
        raise InputError(f"mapping '{order.mapping.name}' is for source '{order.mapping.source.name}', not '{order.source.name}'")
    _settings(order)
    with ledger.opened(order.data) as connection:
        if path.is_file() and (seen := _seen(connection, path.name, files.sha256(path), order)):
            return _outcome("known", dict(seen))
        with files.staging(order.data) as aside:
            taken = take(path, order.source, order.mapping, aside, order.now)
            with files.lock(order.data):
                if seen := _seen(connection, path.name, taken.incoming.sha256, order):
                    return _outcome("known", dict(seen))
                return _commit(connection, order, taken, aside)


def leaving(data: Path, source: Source, paths: Sequence[Path]) -> frozenset[str]:
    """Live files of a source that have the name, but not the bytes, of one of `paths`: what superseding them would remove."""
    coming = {path.name: files.sha256(path) for path in paths if path.is_file()}
    with ledger.opened(data) as connection:
        live = ledger.live_files(connection, source.name)
        return frozenset(row["sha256"] for row in live if row["name"] in coming and row["sha256"] != coming[row["name"]])


def _seen(connection: sqlite3.Connection, name: str, sha256: str, order: Order) -> sqlite3.Row | None:
    """The ledger's entry of these bytes where nothing is left to do. Raises ConflictError where somebody has to decide."""
    found = ledger.file_state(connection, sha256)
    if found and found["source"] != order.source.name:
        raise ConflictError(f"{name}: these bytes came in as source '{found['source']}' before; a file belongs to one source")
    if order.supersede:
        return found if found and not _worth_reading_again(connection, found) else None
    if found and found["state"] != "superseded":
        return found
    if order.source.kind == "reference":
        return None
    if found:
        raise ConflictError(f"{name}: this version was superseded on purpose; to bring it back add --supersede")
    if ledger.live_files(connection, order.source.name, name):
        raise ConflictError(
            f"{name}: source '{order.source.name}' holds other bytes under this name; "
            "if this file corrects them add --supersede, if it is a further delivery give it a name of its own"
        )
    return None


def _worth_reading_again(connection: sqlite3.Connection, found: sqlite3.Row) -> bool:
    """Whether the same bytes can come to something else now: rows were rejected, or left out for a file that counts no longer."""
    forsaken = {row["sha256"] for row in ledger.forsaken(connection)}
    return found["state"] != "live" or found["rejected"] > 0 or found["sha256"] in forsaken


def _settings(order: Order) -> Settings:
    return settings.agree(order.data, order.mapping.settings if order.mapping else None)


def _commit(connection: sqlite3.Connection, order: Order, taken: Taken, aside: Path) -> Outcome:
    """Compare with what is stored, write the parts, and make all of it true in one transaction. Call under the lock."""
    agreed = _settings(order)
    settings.fix(order.data, agreed)
    record, gone = _prepare(connection, order, agreed, taken.incoming, aside)
    derived = _derived(connection, order, taken, record, aside)
    prepared = [(record, gone), *(_prepare(connection, order, agreed, each, aside) for each in derived)]
    facts = {"source": record.source, "name": record.name, **asdict(record.totals)}
    before = ledger.file_state(connection, record.sha256)
    if record.state == "refused" and before and before["state"] == "live":
        return _outcome("refused", facts)  # read again, to no use: what these bytes came to before stays
    with ledger.transaction(connection):
        for each, superseded in prepared:
            ledger.record(connection, each, superseded)
    return _outcome("refused" if record.state == "refused" else "stored", facts, tuple(gone.values()))


def _prepare(
    connection: sqlite3.Connection, order: Order, agreed: Settings, incoming: Incoming, aside: Path
) -> tuple[FileRecord, dict[str, str]]:
    """Write the parts of a file; returns its entry and the live files (SHA-256, name) it supersedes."""
    source = incoming.source
    replaced = _replaced(connection, incoming)
    dated = parts.dated(incoming.checked.accepted, source, agreed.timezone)
    among = Among(parts.months(dated), {*order.leaving, *replaced})
    met = known(connection, order.data, source, incoming.checked.accepted, among)
    settled = entry.settle(incoming, dated, met)
    totals = entry.totals(incoming, settled)
    compared = control.compare(incoming.control, totals.rows_in, totals.fils_in, incoming.sha256)
    control.insist(incoming.name, compared, unreconciled=order.unreconciled)
    refused = not (totals.accepted or totals.duplicates) and (source.kind == "reference" or bool(replaced))
    origin = {"file_sha256": incoming.sha256, "file_name": incoming.name}
    record = FileRecord(
        sha256=incoming.sha256,
        source=source.name,
        name=incoming.name,
        mapping=order.mapping.name if order.mapping else None,
        ingested_at=(order.now or datetime.now(UTC)).isoformat(timespec="microseconds"),
        state="refused" if refused else "live",
        totals=totals,
        parts=tuple(parts.write(settled.fresh, source, order.data, aside, origin)),
        covers=_covers(incoming),
        controls=compared,
        days=entry.days(incoming, settled, agreed.timezone),
        rejects=entry.rejects(settled, incoming.records),
        skips=incoming.records.skips,
        relies=met.relies,
    )
    return record, {} if refused else {sha: name for sha, name in replaced.items() if sha != incoming.sha256}


def _covers(incoming: Incoming) -> tuple[str, str] | None:
    """The days a sender declares delivered whole. Raises InputError where the source has no days of its own."""
    said, source = incoming.control, incoming.source
    if said.first is None or said.last is None:
        return None
    if source.time is None or source.time_end is not None or source.monthly:
        raise InputError(
            f"{incoming.name}: source '{source.name}' is no log of days, so its control totals have no 'from' and 'to'"
        )
    return said.first.isoformat(), said.last.isoformat()


def _derived(connection: sqlite3.Connection, order: Order, taken: Taken, record: FileRecord, aside: Path) -> list[Incoming]:
    """The references a mapping adds to, each as the store holds it with the new rows; rejected lines add nothing."""
    found = []
    rejected = pl.Series([line for line, *_ in record.rejects], dtype=pl.Int64).implode()
    for name, rows in taken.references.items():
        paths = [order.data / part["path"] for part in ledger.live_parts(connection, name)]
        held = [pl.read_parquet(path, hive_partitioning=False, glob=False) for path in paths]
        stored = pl.concat([SOURCES[name].schema.create_empty(), *held])
        kept = rows.filter(~pl.col(LINE).is_in(rejected))
        if incoming := derive.missing(name, kept, stored, aside, taken.incoming.name):
            found.append(incoming)
    return found


def _replaced(connection: sqlite3.Connection, incoming: Incoming) -> dict[str, str]:
    """SHA-256 and name of the live files whose place this one takes: all of a reference; of a log those of its name or bytes."""
    live = ledger.live_files(connection, incoming.source.name)
    whole = incoming.source.kind == "reference"
    return {
        row["sha256"]: row["name"] for row in live if whole or incoming.name == row["name"] or incoming.sha256 == row["sha256"]
    }


def _outcome(
    status: Literal["stored", "known", "refused"], facts: dict[str, object], superseded: tuple[str, ...] = ()
) -> Outcome:
    counts = {name: facts[name] for name in ("source", "name", "rows_in", "accepted", "duplicates", "rejected", "skipped")}
    return Outcome(status=status, superseded=superseded, **counts)  # type: ignore[arg-type]  # columns of `files`, as typed there
