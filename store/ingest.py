"""A file that comes in -> checked rows in the store, rejects in quarantine, one entry in the ledger.

The way: stage and hash -> read and check in a child process (store.intake) -> rows already known -> immutable Parquet, synced ->
receipt -> one transaction -> HEAD.
Rule: everything before the transaction can be thrown away, everything after it can be rebuilt; rows and fils that came in
are all accepted, duplicate or rejected, and the ledger refuses an entry where they are not.
Hazard: files enter one at a time (a lock), because whether a record is a duplicate depends on all that came before.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import polars as pl

from store import control, corrected, correction, derive, entry, files, holding, intake, ledger, parts, receipt, sandbox, settings
from store.actions import Actions, actions
from store.check import CONFLICT
from store.contract import SOURCES, Source
from store.control import NOTHING, Control
from store.corrected import Told
from store.correction import Correcting, Named
from store.errors import ConflictError, InputError
from store.intake import Taken
from store.known import known
from store.ledger import FileRecord
from store.mapping import MappedFile
from store.sandbox import LIMITS, Limits
from store.seen import Coming, seen
from store.settings import Settings
from store.staged import Job


@dataclass(frozen=True)
class Outcome:
    """What became of one file: 'stored' now, 'known' from before (nothing was done), or 'refused' (it takes no effect).

    `name` is the name in the ledger, `given` the one it came under now; `superseded` are names of the files whose place it took;
    `notes` say what the contract's actions allowed.
    """

    status: Literal["stored", "known", "refused"]
    source: str
    name: str
    rows_in: int
    accepted: int
    duplicates: int
    rejected: int
    skipped: int
    given: str
    superseded: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def nothing(self) -> str:
        """What a refused file without a usable row comes to, and what to do where there really is none."""
        said = "There is nothing in it, so what the store holds stays"
        if self.rows_in or not SOURCES[self.source].may_be_none:
            return said
        return f'{said}; if there are none, a side file {self.given}{control.SUFFIX} with {{"rows": 0}} says so'


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
    limits: Limits = LIMITS
    now: datetime | None = None


@dataclass(frozen=True)
class Arrival:
    """A file that was read: what it is, what is in it, what its sender says of it, and what it corrects."""

    job: Job
    taken: Taken
    said: Control
    corrects: Told | None = None


def source_named(name: str) -> Source:
    """The source of this name. Raises InputError, with the names there are."""
    if name not in SOURCES:
        raise InputError(f"unknown source '{name}'; the sources are {', '.join(SOURCES)}")
    return SOURCES[name]


def ingest(path: Path, order: Order) -> Outcome:
    """Take one file into the store, or find that it is in already.

    Raises InputError for a file that cannot be taken as a whole, ConflictError where it would replace another one without
    `order.supersede`, ControlError where it is not what its sender says, SettingsError where its mapping belongs to a store of
    another currency or time zone.
    """
    if order.mapping and order.mapping.source != order.source:
        raise InputError(f"mapping '{order.mapping.name}' is for source '{order.mapping.source.name}', not '{order.source.name}'")
    agreed = _settings(order)
    with ledger.opened(order.data) as connection:
        if path.is_file() and (before := _seen(connection, order, Coming.at(path))):
            with files.staging(order.data) as aside, files.lock(order.data):
                receipt.catch_up(order.data, aside, connection)
            return _known(before, path)
        with files.staging(order.data) as aside:
            job, beside = _job(path, order, agreed, aside)
            named = _named(connection, order, job) if job.correcting else None
            arrival = _read(order, job, beside) if named is None else None
            with files.lock(order.data):
                if before := _seen(connection, order, Coming(path.name, job.sha256, beside, bool(job.correcting))):
                    return _known(before, path)
                return _commit(connection, order, arrival or _read_correction(connection, order, job, beside, named or {}))


def _read(order: Order, job: Job, beside: Control) -> Arrival:
    taken = sandbox.run(job.name, order.limits, intake.take, job)
    return Arrival(job, taken, control.agreed(beside, taken.trailer, job.name))


def _named(connection: sqlite3.Connection, order: Order, job: Job) -> Mapping[int, Named]:
    """What the rows of a correction file name, after a look at whether it is read as what they came in."""
    identities = sandbox.run(job.name, order.limits, intake.identities, job)
    corrected.same_mapping(connection, job.name, job.source.name, job.mapping.name if job.mapping else None, identities)
    return sandbox.run(job.name, order.limits, intake.named, job)


def _read_correction(
    connection: sqlite3.Connection, order: Order, job: Job, beside: Control, named: Mapping[int, Named]
) -> Arrival:
    """A correction file, read once it is known which of its rows can be taken. Call under the lock."""
    assert job.correcting
    told = corrected.told(connection, job.source.name, named, {*order.leaving, *_replaced(connection, job)})
    ready = replace(job, correcting=replace(job.correcting, verdicts=told.rules))
    return replace(_read(order, ready, beside), corrects=told)


def leaving(data: Path, source: Source, paths: Sequence[Path]) -> frozenset[str]:
    """Live files of a source that have the name, but not the bytes, of one of `paths`: what superseding them would remove."""
    coming = {(path.name, correction.delimiter(path) is not None): files.sha256(path) for path in paths if path.is_file()}
    with ledger.opened(data) as connection:
        live = {row["sha256"]: (row["name"], bool(row["corrects"])) for row in ledger.live_files(connection, source.name)}
        gone = {sha256 for sha256, called in live.items() if coming.get(called, sha256) != sha256}
        return frozenset({*gone, *corrected.leaving_with(connection, gone)})


def _seen(connection: sqlite3.Connection, order: Order, coming: Coming) -> sqlite3.Row | None:
    return seen(connection, order.data, order.source, coming, supersede=order.supersede)


def _settings(order: Order) -> Settings:
    return settings.agree(order.data, order.mapping.settings if order.mapping else None)


def _job(path: Path, order: Order, agreed: Settings, aside: Path) -> tuple[Job, Control]:
    """The staged file with all that is needed to read it, and its side file, which its bytes agree with."""
    staged, sha256 = files.stage(path, aside)
    said = control.beside(path)
    control.insist(path.name, control.compare(replace(said, rows=None, fils=None), 0, None, sha256), unreconciled=False)
    given = settings.contract(order.data, order.source.name)
    allowed = actions(given, order.source, f"{order.data / settings.FILE}, [{settings.CONTRACT}.{order.source.name}]")
    sign = correction.delimiter(staged)
    how = Correcting(sign) if sign is not None else None
    return Job(staged, path.name, sha256, order.source, order.mapping, allowed, aside, agreed.timezone, order.now, how), said


def _commit(connection: sqlite3.Connection, order: Order, arrival: Arrival) -> Outcome:
    """Compare with what is stored, write the parts, and make all of it true in one transaction. Call under the lock."""
    if (agreed := _settings(order)).timezone != arrival.job.timezone:
        raise ConflictError(f"{arrival.job.name}: another file began this store with another time zone just now; ingest it again")
    receipt.remove_uncommitted(order.data, connection)
    receipt.catch_up(order.data, arrival.job.aside, connection)
    number = ledger.last_number(connection) + 1
    record, gone = _prepare(connection, order, arrival, number)
    prepared = [(record, gone)]
    for derived in _derived(connection, order, arrival, record):
        prepared.append(_prepare(connection, order, derived, number + len(prepared)))
    facts = {"source": record.source, "name": record.name, **asdict(record.totals)}
    before = ledger.file_state(connection, record.sha256)
    if record.state == "refused" and before and before["state"] == "live":
        return _outcome("refused", facts, arrival)  # read again, to no use: what these bytes came to before stays
    settings.fix(order.data, agreed, arrival.job.aside)
    receipt.write(order.data, arrival.job.aside, prepared)
    corrected_before = corrected.standing(connection, record.source)
    with ledger.transaction(connection):
        for each, superseded in prepared:
            ledger.record(connection, each, superseded)
    receipt.mark(order.data, arrival.job.aside, prepared[-1][0].seq)
    found = _outcome("refused" if record.state == "refused" else "stored", facts, arrival, tuple(gone.values()))
    again = corrected.open_again(connection, gone, taken_back=arrival.job.correcting is not None)
    rows = corrected.opened(connection, order.data, record.source, corrected_before)
    return replace(found, notes=(*found.notes, *again, *rows))


def _prepare(connection: sqlite3.Connection, order: Order, arrival: Arrival, number: int) -> tuple[FileRecord, dict[str, str]]:
    """Write the parts of a file; returns its entry and the live files (SHA-256, name) it supersedes."""
    job, taken = arrival.job, arrival.taken
    replaced = _replaced(connection, job)
    gone = {**replaced, **corrected.leaving_with(connection, {*replaced, job.sha256})}
    leaving = {*order.leaving, *gone}
    settled = entry.begin(taken, job.source, corrects=job.correcting is not None)
    for candidate in taken.candidates:
        met = known(connection, order.data, job.source, candidate, leaving)
        settled.keep(candidate) if met is None else settled.meet(candidate, met, job.maker)
    totals = entry.totals(taken, settled)
    late = _late(order, job, settled.late, totals.rejected) if settled.late else {}
    compared = control.compare(arrival.said, totals.rows_in, totals.fils_in, job.sha256)
    control.insist(job.name, compared, unreconciled=order.unreconciled)
    whole = job.source.kind == "reference" and job.correcting is None
    useless = not (totals.accepted or totals.duplicates) and not (whole and _is_none(arrival, totals.rows_in))
    refused = useless and (whole or bool(replaced))
    rejects = entry.rejects(taken, late)
    since = holding.since(connection, order.data, job.source, job.sha256, settled.left, number)
    held = {**settled.held, **dict.fromkeys(settled.late, job.sha256)}  # of copies of what contradicts the store: nobody has them
    record = FileRecord(
        sha256=job.sha256,
        seq=number,
        source=job.source.name,
        name=job.name,
        mapping=job.mapping.name if job.mapping else None,
        ingested_at=(order.now or datetime.now(UTC)).isoformat(timespec="microseconds"),
        state="refused" if refused else "live",
        totals=totals,
        covers=_covers(arrival),
        controls=compared,
        parts=tuple(parts.place(candidate, job.source, order.data) for candidate in settled.left),
        days=entry.days(settled),
        rejects=rejects,
        skips=taken.skips,
        relies=dict(settled.relies),
        reading=taken.reading,
        corrections=arrival.corrects.settled([line for line, *_ in rejects], held) if arrival.corrects else None,
        holds_since=since,
    )
    record.check()
    return record, {} if refused else {sha: name for sha, name in gone.items() if sha != job.sha256}


def _is_none(arrival: Arrival, rows: int) -> bool:
    """Whether a reference without a row is no failed export but a statement: its sender counted, and there are none."""
    return arrival.job.source.may_be_none and rows == 0 and arrival.said.rows == 0


def _late(order: Order, job: Job, lines: list[int], rejected: int) -> dict[int, str]:
    """Raw texts of the lines that contradict the store. Raises InputError where the file has too many rejects with them."""
    intake.insist_on_few(job.name, rejected, (min(lines), "", CONFLICT))
    return sandbox.run(job.name, order.limits, intake.raw, job, lines)


def _covers(arrival: Arrival) -> tuple[str, str] | None:
    """The days a sender declares delivered whole. Raises InputError where the source has no days of its own."""
    said, source = arrival.said, arrival.job.source
    if said.first is None or said.last is None:
        return None
    if source.time is None or source.time_end is not None or source.monthly:
        raise InputError(
            f"{arrival.job.name}: source '{source.name}' is no log of days, so its control totals have no 'from' and 'to'"
        )
    return said.first.isoformat(), said.last.isoformat()


def _derived(connection: sqlite3.Connection, order: Order, arrival: Arrival, record: FileRecord) -> Iterator[Arrival]:
    """The references a mapping adds to, each as the store holds it with the new rows; rejected lines add nothing."""
    rejected = [line for line, *_ in record.rejects]
    for name, paths in arrival.taken.references.items():
        stored = [order.data / part["path"] for part in ledger.live_parts(connection, name)]
        held = [pl.read_parquet(path, hive_partitioning=False, glob=False) for path in stored]
        rows = derive.distinct(name, paths, without=rejected)
        complete = pl.concat([SOURCES[name].schema.create_empty(), *held])
        if staged := derive.missing(name, rows, complete, arrival.job.aside, arrival.job.name):
            yield _reference(name, staged, arrival.job)


def _reference(name: str, staged: Path, of: Job) -> Arrival:
    """A derived reference as a file on its way in; it was made here, so it is read here."""
    aside = of.aside / f"{name}.derived"
    aside.mkdir()
    job = Job(staged, f"{name}.derived", files.sha256(staged), SOURCES[name], None, Actions(), aside, of.timezone, of.now)
    return Arrival(job, intake.take(job), NOTHING)


def _replaced(connection: sqlite3.Connection, job: Job) -> dict[str, str]:
    """SHA-256 and name of the live files whose place this one takes: all of a reference; else those of its name or bytes.

    Correction files only take the place of correction files, and nothing but a whole reference that of both.
    """
    live = ledger.live_files(connection, job.source.name)
    if job.source.kind == "reference" and job.correcting is None:
        return {row["sha256"]: row["name"] for row in live}
    alike = [row for row in live if bool(row["corrects"]) == bool(job.correcting)]
    return {row["sha256"]: row["name"] for row in alike if job.name == row["name"] or job.sha256 == row["sha256"]}


def _known(seen: sqlite3.Row, path: Path) -> Outcome:
    return replace(_outcome("refused" if seen["state"] == "refused" else "known", dict(seen)), given=path.name)


def _outcome(
    status: Literal["stored", "known", "refused"],
    facts: dict[str, object],
    arrival: Arrival | None = None,
    superseded: tuple[str, ...] = (),
) -> Outcome:
    counts = {name: facts[name] for name in ("source", "name", "rows_in", "accepted", "duplicates", "rejected", "skipped")}
    notes = arrival.taken.notes if arrival else ()
    return Outcome(status=status, given=str(facts["name"]), superseded=superseded, notes=notes, **counts)  # type: ignore[arg-type]  # columns of `files`, as typed there
