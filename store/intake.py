"""A staged file -> candidates for the store and rejects, before anything is compared with what the store holds.

The way of a batch: records -> the contract's columns -> its types -> its rules -> Parquet by business month, set aside.
Rule: this part needs no lock and no ledger, and writes only beside the staged copy. It runs in a child process with limits
(store.sandbox), for it is where bytes that nobody vouches for are parsed.
Hazard: a verdict that needs the whole file (a key in two batches, names that become one code) is given at the end, so nothing
a batch says is final before that.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from store import correction, derive
from store.check import CONFLICT, FIRST_DAY, Checked, check
from store.contract import MAX_FILS, SOURCES, Source
from store.control import NOTHING, Control
from store.correction import IDENTITY, TOLD, Named
from store.errors import InputError
from store.parse import LINE, PROBLEMS, Parsed, typed
from store.parts import Candidate
from store.read import Records
from store.repeats import Repeats, across
from store.shape import Codes, shape
from store.staged import Job, Opened

MOST_REJECTS: Final = 1_000_000
"""Rejected rows of one file that are worth keeping: beyond that it is the file or its mapping that is wrong."""
REJECTS: Final = {LINE: pl.Int64, "column": pl.String, "rule": pl.String, "raw": pl.String}

Daily = tuple[tuple[str, int, int | None], ...]
"""(local business day, rows, readable fils); the day is '' where a row does not tell it, and always for references."""


@dataclass(frozen=True)
class Taken:
    """A file on its way in. Counts of what came in are taken from the file as read, apart from what was made of it.

    rejects     files of REJECTS, one row per rejected line
    skips       (reason, lines) of lines a mapping passes over because they are no records
    trailer     control totals its last line gives
    reading     JSON of how it was read, by which raw texts can be read again
    notes       what an operator should know of columns that were left out or taken as nothing
    references  per reference source, files of what each accepted line says of it (LINE and the contract's columns)
    """

    rows_in: int
    fils_in: int | None
    candidates: tuple[Candidate, ...]
    duplicates: Daily
    rejected: Daily
    rejects: tuple[Path, ...]
    skips: tuple[tuple[str, int], ...] = ()
    trailer: Control = NOTHING
    reading: str | None = None
    notes: tuple[str, ...] = ()
    references: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)


def take(job: Job) -> Taken:
    """Read, shape and check one file. Raises InputError where it cannot be taken as a whole."""
    opened = Opened(job)
    gathered = _Gathered(job)
    for number, records in enumerate(opened.batches()):
        gathered.add(f"{number:05}", records)
    return gathered.taken(opened.trailer(), opened.reading())


def identities(job: Job) -> set[str]:
    """Which rows a correction file names, as they are written."""
    return {text for records in Opened(job).batches() for text in records.rows[IDENTITY]}


def named(job: Job) -> dict[int, Named]:
    """What each record of a correction file names, and its values; lines that are no records are left out."""
    gathered = _Gathered(job)
    found: dict[int, Named] = {}
    for records in Opened(job).batches():
        found |= gathered.named(records)
    return found


def raw(job: Job, lines: Collection[int]) -> dict[int, str]:
    """Raw text of lines of the file, which is read once more."""
    found: dict[int, str] = {}
    for records in Opened(job).batches():
        there = records.rows.select(LINE).filter(pl.col(LINE).is_in([*lines]))[LINE].to_list()
        found |= records.raw(there)
    return found


def insist_on_few(name: str, rejects: int, such_as: tuple[int, str, str]) -> None:
    """Raise InputError where more rows break a rule than are worth keeping; `such_as` is the line, column and rule of one."""
    if rejects > MOST_REJECTS:
        line, column, rule = such_as
        raise InputError(
            f"{name}: more than {MOST_REJECTS:,} rows break a rule, such as line {line} "
            f"({column or 'row'}: {rule}); correct the file or its mapping. Nothing of it was taken in"
        )


class _Gathered:
    """What the batches of one file came to so far."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._codes: Codes = {}
        self._batches = self._rows = 0
        self._fils = 0 if job.source.money else None
        self._candidates: list[Candidate] = []
        self._duplicates: list[Daily] = []
        self._rejected: list[Daily] = []
        self._rejects: list[Path] = []
        self._count_rejects = 0
        self._skips: dict[str, int] = {}
        self._notes: dict[str, None] = {}
        self._copies: list[Path] = []
        self._contradicted: list[pl.DataFrame] = []
        self._references: dict[str, list[Path]] = {}

    def add(self, number: str, records: Records) -> None:
        """Judge a batch and set its rows aside."""
        parsed, references = self._judged(records)
        checked = check(parsed, self._job.source, self._job.now)
        bad = checked.problems[LINE].unique()
        self._batches += 1
        self._rows += parsed.frame.height + records.problems[LINE].n_unique()
        if self._fils is not None:
            self._fils += _fils(parsed.frame, self._job.source) or 0
        self._candidates += self._job.maker.candidates(checked.accepted, number)
        self._duplicates.append(_daily(checked.duplicates, self._job))
        self._set_copies_aside(number, checked.duplicates)
        unread = records.problems[LINE].n_unique() + bad.len() - _at(parsed.frame, bad).height
        self._rejected += [_daily(_at(parsed.frame, bad), self._job), (("", unread, None),) if unread else ()]
        self._reject(number, pl.concat([records.problems, checked.problems]), records)
        self._remember_contradicted(checked, parsed)
        for name, rows in references.items():
            path = self._job.aside / f"{number}-{name}.reference"
            rows.join(checked.accepted.select(LINE), on=LINE, how="semi").write_ipc(path)
            self._references.setdefault(name, []).append(path)

    def named(self, records: Records) -> dict[int, Named]:
        """What the records of a batch of a correction file name."""
        parsed, _ = self._parsed(_bare(records))
        rows = records.rows.join(parsed.frame.select(LINE), on=LINE, how="semi", maintain_order="left")
        hashes = correction.contents(parsed.frame, self._job.source.schema.column_names())
        blank = correction.blank(correction.body(rows))
        said = zip(rows[LINE], rows[IDENTITY], hashes, blank, strict=True)
        return {line: Named(text, "" if nothing else content) for line, text, content, nothing in said}

    def taken(self, trailer: Control, reading: str) -> Taken:
        """The file as a whole, once all batches are in."""
        contradicted = pl.concat(self._contradicted) if self._contradicted else None
        repeats = Repeats(tuple(self._candidates))
        if self._batches > 1:
            repeats = across(self._job.maker, self._candidates, self._copies, contradicted, self._insist_on_few)
            self._late(repeats)
        for name, paths in self._references.items():
            derive.agree(name, derive.distinct(name, paths), self._job.name)
        return Taken(
            rows_in=self._rows,
            fils_in=self._fils,
            candidates=repeats.left,
            duplicates=tuple(day for daily in self._duplicates for day in daily),
            rejected=tuple(day for daily in self._rejected for day in daily),
            rejects=tuple(self._rejects),
            skips=tuple(self._skips.items()),
            trailer=trailer,
            reading=reading,
            notes=tuple(self._notes),
            references={name: tuple(paths) for name, paths in self._references.items()},
        )

    def _judged(self, records: Records) -> tuple[Parsed, Mapping[str, pl.DataFrame]]:
        """As `_parsed`, with the verdicts on what the rows of a correction file name."""
        if self._job.correcting is None:
            return self._parsed(records)
        parsed, references = self._parsed(_bare(records))
        verdicts = self._job.correcting.verdicts
        lines = [line for line in parsed.frame[LINE] if line in verdicts]
        rules = {LINE: lines, "column": [IDENTITY] * len(lines), "rule": [verdicts[line] for line in lines]}
        return replace(parsed, problems=pl.concat([pl.DataFrame(rules, schema=PROBLEMS), parsed.problems])), references

    def _parsed(self, records: Records) -> tuple[Parsed, Mapping[str, pl.DataFrame]]:
        """A batch in the contract's columns and types, and what each of its lines says of references."""
        job, mapping = self._job, self._job.mapping
        if mapping is None:
            rows, notes = job.actions.fitted(
                records.rows, job.source, job.name, beside=(IDENTITY, *TOLD) if job.correcting else ()
            )
            judged, allowed = job.actions.judged(typed(rows, job.source.schema, job.name), job.name)
            self._notes |= dict.fromkeys([*notes, *allowed])
            return judged, {}
        schemas = {name: SOURCES[name].schema for name in mapping.references}
        shaped = shape(records.rows, mapping, schemas, job.name, self._codes)
        for reason, lines in shaped.skips:
            self._skips[reason] = self._skips.get(reason, 0) + lines
        parsed = typed(shaped.rows, job.source.schema, job.name)
        unusable = [derive.problems(name, rows, job.name) for name, rows in shaped.references.items()]
        return Parsed(parsed.frame, pl.concat([shaped.problems, parsed.problems, *unusable])), shaped.references

    def _reject(self, number: str, problems: pl.DataFrame, records: Records) -> None:
        """Keep what broke a rule: per line, all columns and rules, and its raw text."""
        if problems.is_empty():
            return
        columns = pl.col("column").filter(pl.col("column") != "").unique(maintain_order=True).str.join(", ")
        rules = pl.col("rule").unique(maintain_order=True).str.join(", ")
        by_line = problems.group_by(LINE, maintain_order=True).agg(columns, rules).sort(LINE)
        self._count_rejects += by_line.height
        insist_on_few(self._job.name, self._count_rejects, by_line.row(0))
        texts = records.raw(by_line[LINE].to_list())
        self._write_rejects(f"{number}.rejects", by_line.with_columns(raw=pl.Series([texts[n] for n in by_line[LINE]])))

    def _late(self, repeats: Repeats) -> None:
        """Rows that only the whole file shows to be repeated or contradicted."""
        self._duplicates += [_daily(pl.read_ipc(path), self._job) for path in repeats.duplicates]
        self._duplicates.append(tuple((day, -rows, fils and -fils) for day, rows, fils in _daily(repeats.no_copies, self._job)))
        if repeats.contradicting.height:
            self._rejected.append(_daily(repeats.contradicting, self._job))
            lines = repeats.contradicting[LINE].sort()
            texts = raw(self._job, lines.to_list())
            rows = {LINE: lines, "column": [""] * len(lines), "rule": [CONFLICT] * len(lines), "raw": [texts[n] for n in lines]}
            self._write_rejects("late.rejects", pl.DataFrame(rows))

    def _insist_on_few(self, contradicting: pl.Series) -> None:
        """Rows with these lines contradict rows of other batches, and come on top of what each batch rejected."""
        insist_on_few(self._job.name, self._count_rejects + len(contradicting), (int(contradicting.sort()[0]), "", CONFLICT))

    def _write_rejects(self, name: str, rows: pl.DataFrame) -> None:
        path = self._job.aside / name
        pl.DataFrame(rows.select([*REJECTS]), schema_overrides=REJECTS).write_ipc(path)
        self._rejects.append(path)

    def _set_copies_aside(self, number: str, duplicates: pl.DataFrame) -> None:
        """Copies of rows of a batch: they are none where another batch contradicts their key."""
        if duplicates.height:
            self._copies.append(self._job.aside / f"{number}.copies")
            duplicates.write_ipc(self._copies[-1])

    def _remember_contradicted(self, checked: Checked, parsed: Parsed) -> None:
        """Keys whose rows contradict each other in a batch: a row of such a key in another batch is no better."""
        lines = checked.problems.filter(pl.col("rule") == CONFLICT)[LINE]
        if lines.len():
            self._contradicted.append(_at(parsed.frame, lines).select(self._job.source.schema.primary_key()).unique())


def _bare(records: Records) -> Records:
    """Records of a correction file in the columns of what was corrected."""
    return replace(records, rows=correction.body(records.rows))


def _at(frame: pl.DataFrame, lines: pl.Series) -> pl.DataFrame:
    return frame.filter(pl.col(LINE).is_in(lines.implode())) if lines.len() else frame.clear()


def _daily(rows: pl.DataFrame, job: Job) -> Daily:
    """Rows and readable fils by business day; '' where the day is not known or the source has none."""
    if rows.is_empty():
        return ()
    money = job.source.money
    day = pl.lit("") if job.source.time is None else _told(job.maker.day(rows)).dt.strftime("%Y-%m-%d").fill_null("")
    amount = pl.lit(None, pl.Int64) if money is None else _readable(money).sum().cast(pl.Int64)
    return tuple(rows.group_by(day.alias("day")).agg(pl.len(), amount.alias("fils")).sort("day").iter_rows())


def _told(day: pl.Expr) -> pl.Expr:
    """A business day, null where it is outside of any calendar, so that a row does not tell it."""
    return pl.when(day.is_between(FIRST_DAY, date(9999, 12, 31))).then(day)


def _fils(frame: pl.DataFrame, source: Source) -> int | None:
    """Amounts that can be read and lie in the range of amounts."""
    return None if source.money is None else int(frame.select(_readable(source.money).sum()).item() or 0)


def _readable(money: str) -> pl.Expr:
    return pl.when(pl.col(money).is_between(-MAX_FILS, MAX_FILS)).then(pl.col(money)).cast(pl.Int128)
