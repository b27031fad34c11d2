"""Writes the open rows of quarantine as correction files (store.correction), for a person to correct and ingest again.

Rule: a row goes out as its sender wrote it, under its sender's columns where a mapping read it, else under the contract's. So
what comes back is read and judged like the file it came in. Rows of each mapping have a file of their own, and no file that is
there is written over: it may be half corrected.
Hazard: what stands in a line that is no record (`field_count`, `format`) nobody can assign to columns: its cells are left empty
and its text is told beside them. Of files that came in before the store kept how they were read, text cannot be taken apart.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from sqlite3 import Connection, Row
from typing import Any, Final

import polars as pl

from store import ledger, rules
from store.contract import Source
from store.correction import IDENTITY, TOLD, identity, safe
from store.errors import ConflictError, InputError
from store.lines import LONGEST_LINE
from store.text import FIELD_COUNT, FORMAT

_NO_RECORD: Final = {FIELD_COUNT, FORMAT}
_EXACT: Final = 2**53


@dataclass(frozen=True)
class Handout:
    """A correction file that was written: how many rows, and the name of the mapping that reads it."""

    path: Path
    rows: int
    mapping: str | None


@dataclass(frozen=True)
class Unreadable:
    """A file whose rejected rows cannot be taken apart, because an earlier version of the store took it in."""

    name: str
    rows: int


def write(data: Path, source: Source, path: Path) -> tuple[list[Handout], list[Unreadable]]:
    """Write the open rows of a source to `path`, those that came through a mapping beside others as `<path>-<mapping>.csv`.

    Raises ConflictError where one of the files is there, or where the store holds corrections of that name.
    """
    if path.suffix.lower() != ".csv":
        raise InputError(f"{path}: a correction file is CSV; give it a name that ends in .csv")
    with ledger.opened(data) as book:
        shapes = _columns(book, source)
        named = {mapping: _name(path, mapping, alone=len(shapes) == 1) for mapping in shapes}
        _insist_on_new(book, source, [*named.values()])
        written = [_write(book, source, named[mapping], mapping, columns) for mapping, columns in shapes.items()]
        left = [Unreadable(row["file"], row["rows"]) for row in book.execute(_UNREADABLE, (source.name,))]
    return written, left


def _columns(book: Connection, source: Source) -> dict[str | None, list[str]]:
    """Per mapping the columns of its files, of all that have open rows; the contract's without a mapping."""
    found: dict[str | None, list[str]] = {}
    for row in book.execute(_READINGS, (source.name,)):
        columns = json.loads(_reading(row))["columns"] if row["mapping"] else source.schema.column_names()
        found[row["mapping"]] = [*dict.fromkeys([*found.get(row["mapping"], []), *columns])]
    return found


def _name(path: Path, mapping: str | None, *, alone: bool) -> Path:
    return path if alone or mapping is None else path.with_stem(f"{path.stem}-{mapping}")


def _insist_on_new(book: Connection, source: Source, paths: Sequence[Path]) -> None:
    for path in paths:
        if path.exists():
            raise ConflictError(f"{path}: is there already, perhaps half corrected; give another name")
        if any(row["corrects"] for row in ledger.live_files(book, source.name, path.name)):
            raise ConflictError(f"{path.name}: the store holds corrections of this name; give another one")


def _write(book: Connection, source: Source, path: Path, mapping: str | None, columns: Sequence[str]) -> Handout:
    rows = book.execute(_OPEN, (source.name, mapping))
    count = 0
    try:
        with path.open("x", encoding="utf-8-sig", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow([IDENTITY, *TOLD, *columns])
            for _, group in groupby(rows, key=lambda row: row["seq"]):
                for line in _lines([*group], columns):
                    out.writerow(line)
                    count += 1
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})") from error
    return Handout(path, count, mapping)


def _lines(rows: Sequence[Row], columns: Sequence[str]) -> Iterator[list[str]]:
    """The lines of a correction file for open rows of one file."""
    reading = json.loads(_reading(rows[0]))
    for row, cells in zip(rows, _cells(rows, reading), strict=True):
        message = rules.in_words(row["rule"]) + ("" if cells else f"; the line as it came: {row['raw']}")
        told = [identity(row["sha256"], row["line"]), row["rule"], row["column"], safe(message)]
        yield [*told, *(safe((cells or {}).get(column) or "") for column in columns)]


def _cells(rows: Sequence[Row], reading: Mapping[str, Any]) -> list[dict[str, str | None]]:
    """The columns of each row as its sender wrote them; none for a line that is no record."""
    found: list[dict[str, str | None]] = [{}] * len(rows)
    there = [at for at, row in enumerate(rows) if not _NO_RECORD & {*row["rule"].split(", ")}]
    texts = [rows[at]["raw"] for at in there]
    for at, cells in zip(there, _taken_apart(texts, reading), strict=True):
        found[at] = cells
    return found


def _taken_apart(texts: Sequence[str], reading: Mapping[str, Any]) -> Iterator[dict[str, str | None]]:
    if reading["format"] == "csv":
        csv.field_size_limit(LONGEST_LINE)
        for text in texts:
            fields = next(csv.reader([f"{line}\n" for line in text.split("\n")], delimiter=reading["delimiter"]), [])
            yield dict(zip(reading["columns"], fields, strict=False))
    elif reading["format"] == "lines":
        groups = pl.Series("raw", texts, dtype=pl.String).str.extract_groups(reading["pattern"])
        yield from groups.struct.unnest().iter_rows(named=True)
    else:
        for text in texts:
            yield {column: _text(value) for column, value in json.loads(text).items()}


def _text(value: object) -> str | None:
    """A value of a Parquet or JSON row as text that reads as the same value."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _reading(row: Row) -> str:
    """How the file of a row was read. Parquet explains itself, whatever version of the store took it in."""
    return str(row["reading"] or _PARQUET)


_PARQUET: Final = '{"format": "parquet", "columns": []}'
_KNOWN: Final = "(reading IS NOT NULL OR (mapping IS NULL AND lower(file) LIKE '%.parquet'))"
_READINGS: Final = f"""
    SELECT mapping, reading FROM quarantine WHERE source = ? AND state = 'open' AND {_KNOWN}
    GROUP BY mapping, reading ORDER BY mapping, min(seq)"""
_OPEN: Final = f"""
    SELECT * FROM quarantine WHERE source = ? AND mapping IS ? AND state = 'open' AND {_KNOWN} ORDER BY seq, line"""
_UNREADABLE: Final = f"""
    SELECT file, count(*) AS rows FROM quarantine WHERE source = ? AND state = 'open' AND NOT {_KNOWN}
    GROUP BY seq ORDER BY seq"""
