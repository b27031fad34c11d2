"""A staged file -> rows in the contract's types with a verdict on each, before anything is compared with the store.

Rule: this part needs no lock and touches nothing but the staged copy, so it may be slow, run beside others, or fail.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from store import control, derive, files, read, text
from store.check import check
from store.contract import SOURCES, Source
from store.entry import Incoming
from store.errors import InputError
from store.mapping import Input, MappedFile
from store.parse import LINE, Parsed, typed
from store.read import Records
from store.shape import shape


@dataclass(frozen=True)
class Taken:
    """A file on its way in, and per reference source what each accepted line says of it (LINE and the contract's columns)."""

    incoming: Incoming
    references: Mapping[str, pl.DataFrame]


def take(path: Path, source: Source, mapping: MappedFile | None, aside: Path, now: datetime | None) -> Taken:
    """Stage, hash, read, shape and check one file. Raises InputError where it cannot be taken as a whole.

    The bytes are compared with its control totals before anything reads them.
    """
    staged, sha256 = files.stage(path, aside)
    said = control.beside(path)
    control.insist(path.name, control.compare(replace(said, rows=None, fils=None), 0, None, sha256), unreconciled=False)
    if mapping is None:
        records = _plain(staged, path.name, source)
        plain = _checked(path.name, sha256, source, records, typed(records.rows, source.schema, path.name), now)
        return Taken(replace(plain.incoming, control=said), {})
    records = _mapped(staged, path.name, mapping.input)
    schemas = {name: SOURCES[name].schema for name in mapping.references}
    shaped = shape(records.rows, mapping, schemas, path.name)
    parsed = typed(shaped.rows, source.schema, path.name)
    unusable = [derive.problems(name, rows, path.name) for name, rows in shaped.references.items()]
    parsed = Parsed(parsed.frame, pl.concat([shaped.problems, parsed.problems, *unusable]))
    taken = _checked(path.name, sha256, source, replace(records, rows=shaped.rows, skips=shaped.skips), parsed, now)
    accepted = taken.incoming.checked.accepted.select(LINE)
    references = {name: rows.join(accepted, on=LINE, how="semi") for name, rows in shaped.references.items()}
    for name, rows in references.items():
        derive.agree(name, rows, path.name)
    return Taken(replace(taken.incoming, control=said), references)


def _checked(name: str, sha256: str, source: Source, records: Records, parsed: Parsed, now: datetime | None) -> Taken:
    return Taken(Incoming(name, sha256, source, records, parsed, check(parsed, source, now)), {})


def _plain(staged: Path, name: str, source: Source) -> Records:
    """Records of a file that has the contract's own columns."""
    match staged.suffix.lower():
        case ".parquet":
            records = read.parquet(staged, name)
        case ".csv":
            records = text.csv_records(text.decode(staged, name), name)
        case _:
            raise InputError(f"{name}: without a mapping a file is .parquet or .csv; give --mapping FILE for other formats")
    wanted, found = source.schema.column_names(), set(records.rows.columns) - {LINE}
    if missing := [column for column in wanted if column not in found]:
        raise InputError(
            f"{name}: column {', '.join(missing)} of source '{source.name}' is missing; found {', '.join(sorted(found))}"
        )
    if unknown := ", ".join(sorted(found - set(wanted))):
        raise InputError(f"{name}: column {unknown} is not in the contract of '{source.name}'; remove it, or use a mapping")
    return records


def _mapped(staged: Path, name: str, how: Input) -> Records:
    """Records of a file whose format a mapping describes."""
    if how.format == "parquet":
        return read.parquet(staged, name)
    content = text.decode(staged, name, how.encoding)
    if how.format == "lines":
        assert how.pattern is not None
        return text.line_records(content, how.pattern)
    if how.format == "json":
        return text.json_records(content, name, how.explode)
    return text.csv_records(content, name, how.delimiter)
