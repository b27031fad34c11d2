"""Which rejected rows were corrected, by which rows of which correction files, and what a correction may be.

Rule: a rejected row is corrected once. Only files that count give and take: where a file is superseded, its rejected rows were
checked anew, so the correction files that corrected any of them leave with it; where a correction file is superseded, the rows it
corrected are open again.
Hazard: a correction of other content than the one before would be a second row for the same record, with a key of its own even;
the hash of the values tells it from a repetition.
"""

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from store import correction, ledger
from store.contract import SOURCES
from store.correction import Named
from store.errors import InputError
from store.ledger import Correction

UNKNOWN_ROW: Final = "names_no_rejected_row"
NOT_COUNTING: Final = "file_counts_no_longer"
ALREADY: Final = "already_corrected"
TWICE: Final = "corrected_twice"
UNTOUCHED: Final = "nothing_filled_in"
_NOBODY: Final = ("", 0)


@dataclass(frozen=True)
class Told:
    """What a correction file says: by line what it names, the rejected row (SHA-256 of its file, line) where there is one, and
    the rule for which it cannot be taken."""

    named: Mapping[int, Named]
    rows: Mapping[int, tuple[str, int]]
    rules: Mapping[int, str]

    def settled(self, rejected: Collection[int], held: Mapping[int, str]) -> tuple[Correction, ...]:
        """Corrections of the lines that are not among the rejected ones. `held` are lines that a stored file (SHA-256) has
        already; copies of such a line are held by it too. Their own file holds copies of a line that contradicts the store,
        which is to say that nobody does, for the line was rejected: they correct nothing."""
        out, contents = {*rejected}, {line: self.named[line].content for line in sorted(self.named)}
        holders = {contents[line]: sha256 for line, sha256 in held.items()}
        return tuple((at, *self.rows[at], said, holders.get(said)) for at, said in contents.items() if at not in out)


def told(book: sqlite3.Connection, source: str, named: Mapping[int, Named], leaving: Collection[str]) -> Told:
    """Compare what the lines of a correction file name with the ledger. `leaving` are files (SHA-256) it supersedes."""
    files = _files(book, source, {said.identity for said in named.values()})
    lines = {start: _rejected(book, file["sha256"]) for start, file in files.items() if not file["corrects"]}
    rows: dict[int, tuple[str, int]] = {}
    rules: dict[int, str] = {}
    for at, said in named.items():
        start, line = correction.named(said.identity) or _NOBODY
        if line not in lines.get(start, ()):
            rules[at] = UNKNOWN_ROW
            continue
        rows[at] = (files[start]["sha256"], line)
        if files[start]["state"] != "live":
            rules[at] = NOT_COUNTING
        elif not said.content:
            rules[at] = UNTOUCHED
    return Told(named, rows, {**_repeated(book, named, rows, leaving), **rules})


def same_mapping(book: sqlite3.Connection, name: str, source: str, given: str | None, identities: Collection[str]) -> None:
    """Raise InputError where a correction file is read by another mapping than the rows it names."""
    wanted = {file["mapping"] for file in _files(book, source, identities).values()}
    others = sorted(f"through mapping '{other}'" if other else "without a mapping" for other in wanted - {given})
    if others:
        how = f"through mapping '{given}'" if given else "without one"
        raise InputError(
            f"{name}: rows it corrects came in {' and '.join(others)}, and it is read {how}; ingest it with the --mapping of its "
            "rows, those of each mapping in a file of their own"
        )


def _files(book: sqlite3.Connection, source: str, identities: Collection[str]) -> dict[str, sqlite3.Row]:
    """The files of a source that rows are named of, by the start of their SHA-256."""
    starts = sorted({named[0] for text in identities if (named := correction.named(text))})
    query = "SELECT * FROM files WHERE source = ? AND substr(sha256, 1, ?) = ?"
    found = {start: book.execute(query, (source, len(start), start)).fetchone() for start in starts}
    return {start: file for start, file in found.items() if file is not None}


def _rejected(book: sqlite3.Connection, sha256: str) -> set[int]:
    return {line for (line,) in book.execute("SELECT line FROM rejects WHERE file_sha256 = ?", (sha256,))}


def _repeated(
    book: sqlite3.Connection, named: Mapping[int, Named], rows: Mapping[int, tuple[str, int]], leaving: Collection[str]
) -> dict[int, str]:
    """Lines that correct a row otherwise than a line of this file, or of a file that counts, does."""
    before = {
        (row["file_sha256"], row["line"]): row["content"]
        for sha256 in {sha256 for sha256, _ in rows.values()}
        for row in book.execute(_BEFORE, (sha256,)).fetchall()
        if row["by_sha256"] not in leaving
    }
    contents: dict[tuple[str, int], set[str]] = {}
    for at, row in rows.items():
        contents.setdefault(row, set()).add(named[at].content)
    rules = {at: TWICE for at, row in rows.items() if len(contents[row]) > 1}
    return rules | {at: ALREADY for at, row in rows.items() if before.get(row, named[at].content) != named[at].content}


def leaving_with(book: sqlite3.Connection, superseded: Collection[str]) -> dict[str, str]:
    """SHA-256 and name of the correction files that count and corrected rows of files (SHA-256) that are superseded."""
    found = (book.execute(_CORRECTING, (sha256,)).fetchall() for sha256 in sorted(superseded))
    return {row["sha256"]: row["name"] for rows in found for row in rows}


def standing(book: sqlite3.Connection, source: str) -> set[tuple[str, int]]:
    """Rejected rows of a source (SHA-256 of the file, line) that are corrected."""
    return {(row["file_sha256"], row["line"]) for row in book.execute(_STANDING, (source,))}


def opened(book: sqlite3.Connection, data: Path, source: str, before: Collection[tuple[str, int]]) -> Iterator[str]:
    """How many of the rows that were corrected `before` ask for it again, in a sentence; those of files that were replaced left
    with them."""
    gone = {*before} - standing(book, source)
    live = {row["sha256"] for row in ledger.live_files(book, source)}
    lines = {sha256: _rejected(book, sha256) for sha256 in live & {sha256 for sha256, _ in gone}}
    rows = sum(line in lines.get(sha256, ()) for sha256, line in gone)
    if rows:
        listed = f"python -m store quarantine {source} --data {data}"
        yield f"{rows:,} rows that were corrected before are open again: `{listed}` lists them"


def open_again(book: sqlite3.Connection, left: Mapping[str, str], *, taken_back: bool) -> Iterator[str]:
    """Of correction files (SHA-256, name) that count no longer: those whose rows are open again, in sentences.

    `taken_back`: other corrections took their place, else they left with a file they corrected.
    """
    for sha256, name in left.items():
        [(rows,)] = book.execute(_OPEN_AGAIN, (sha256,)).fetchall()
        if rows:
            yield (
                f"{name} was replaced by other corrections; {rows:,} of the rows the earlier one corrected are open again: "
                "correct them in a file of another name"
                if taken_back
                else f"{name} corrected rows of a file that was replaced, and counts no longer; {rows:,} of the rows it "
                "corrected are open again: ingest it again with --supersede"
            )


def of_nothing(book: sqlite3.Connection) -> list[int]:
    """Numbers of the correction files that count although a file they corrected does not any more, or is not known."""
    return [seq for (seq,) in book.execute(_OF_NOTHING)]


def differing(book: sqlite3.Connection, data: Path) -> Iterator[str]:
    """What is wrong between correction files, their rows and what they corrected."""
    for file in book.execute("SELECT * FROM files WHERE corrects ORDER BY seq").fetchall():
        where = f"{file['source']}/{file['name']} ({file['sha256'][:12]})"
        rows = book.execute("SELECT * FROM corrections WHERE by_sha256 = ?", (file["sha256"],)).fetchall()
        if len(rows) != file["accepted"] + file["duplicates"]:
            yield f"{where}: {file['accepted'] + file['duplicates']} rows came in by it, and it corrects {len(rows)}"
        if unnamed := _stored(book, data, file) - Counter(row["content"] for row in rows):
            yield f"{where}: {unnamed.total()} of its rows are stored and correct no rejected row"
    for row in book.execute(_STRAY):
        yield (
            f"{row['source']}/{row['name']}, line {row['by_line']}: corrects line {row['line']} of {row['file_sha256'][:12]}, "
            "which is no rejected row of a file that counts; run `python -m store rebuild`, with --incomplete where that says so"
        )
    for row in book.execute(_TWICE):
        which = f"line {row['line']} of {row['file_sha256'][:12]}"
        yield f"{which} is corrected in {row['contents']} ways; run `python -m store rebuild`"


def _stored(book: sqlite3.Connection, data: Path, file: sqlite3.Row) -> Counter[str]:
    """Hashes of the rows of a correction file that lie in the store; nothing where they were retired."""
    columns = SOURCES[file["source"]].schema.column_names()
    paths = [data / path for (path,) in book.execute("SELECT path FROM parts WHERE file_sha256 = ?", (file["sha256"],))]
    there = [path for path in paths if file["retired_at"] is None and path.exists()]
    rows = [pl.read_parquet(path, hive_partitioning=False, glob=False) for path in there]
    return Counter(content for frame in rows for content in correction.contents(frame, columns))


_BEFORE: Final = """
    SELECT file_sha256, line, content, by_sha256 FROM corrections JOIN files ON files.sha256 = by_sha256
    WHERE state = 'live' AND file_sha256 = ? AND held_by IS NOT by_sha256"""
_CORRECTING: Final = """
    SELECT DISTINCT files.sha256, files.name FROM corrections JOIN files ON files.sha256 = by_sha256
    WHERE state = 'live' AND file_sha256 = ?"""
_STANDING: Final = """
    SELECT DISTINCT file_sha256, counting.line FROM counting JOIN files ON files.sha256 = file_sha256 WHERE files.source = ?"""
_OPEN_AGAIN: Final = """
    SELECT count(DISTINCT quarantine.sha256 || ':' || quarantine.line) FROM corrections
    JOIN quarantine ON quarantine.sha256 = corrections.file_sha256 AND quarantine.line = corrections.line
    WHERE by_sha256 = ? AND quarantine.state = 'open'"""
_STRAY: Final = """
    SELECT files.source, files.name, corrections.* FROM corrections JOIN files ON files.sha256 = by_sha256
    LEFT JOIN files held ON held.sha256 = corrections.file_sha256
    LEFT JOIN rejects ON rejects.file_sha256 = corrections.file_sha256 AND rejects.line = corrections.line
    WHERE files.state = 'live' AND (rejects.line IS NULL OR held.corrects OR held.source <> files.source OR
          held.state <> 'live')"""
_OF_NOTHING: Final = """
    SELECT DISTINCT files.seq FROM corrections JOIN files ON files.sha256 = by_sha256
    LEFT JOIN files held ON held.sha256 = corrections.file_sha256
    WHERE files.state = 'live' AND (held.state IS NULL OR held.state <> 'live') ORDER BY files.seq"""
_TWICE: Final = """
    SELECT file_sha256, line, count(DISTINCT content) AS contents FROM corrections JOIN files ON files.sha256 = by_sha256
    WHERE state = 'live' AND held_by IS NOT by_sha256 GROUP BY 1, 2 HAVING contents > 1"""
