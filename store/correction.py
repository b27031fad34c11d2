"""A correction file: rejected rows as a CSV that goes out of the store, is corrected by a person, and comes in again.

    _quarantine         which rejected row a line corrects: `<file>:<line>`, the first signs of the file's SHA-256 and its line
    _rule _column _message    what is wrong with it; only told, passed over when it comes in
    everything else     the columns of the contract, or those of the sender's file where a mapping read it
Rule: a CSV with a column `_quarantine` is a correction file whatever its name and delimiter, and no other file may have one, for
its rows would count beside the corrected ones.
Hazard: people open it with a spreadsheet, which runs a cell that begins with = + - @. `safe` disarms such cells and `meant` gives
back exactly what they were.
"""

import codecs
import csv
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl
import polars.selectors as cs

from store.lines import MARKS
from store.parse import LINE

IDENTITY: Final = "_quarantine"
TOLD: Final = ("_rule", "_column", "_message")
DELIMITERS: Final = ",;\t"
"""Spreadsheets write the one of their country."""
_CUT: Final = 16
_IDENTITY: Final = re.compile(rf"([0-9a-f]{{{_CUT}}}):([0-9]{{1,18}})")
_HEAD_BYTES: Final = 1 << 16
_RUN: Final = r"[=+\-@\t\r＝＋－＠]"
_NUMBER: Final = re.compile(r"[+-]?[0-9][0-9.,]*")


@dataclass(frozen=True)
class Correcting:
    """How a correction file is to be read: its delimiter, and by line the rule for which a row cannot be taken."""

    delimiter: str
    verdicts: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Named:
    """What one line says: which row it corrects, and the SHA-256 of its values, '' where it has none."""

    identity: str
    content: str


def delimiter(path: Path) -> str | None:
    """The delimiter of a correction file; None for any other file, and for none."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return None
    codec = next((codec for mark, codec in MARKS.items() if head.startswith(mark)), "utf-8")
    text = codecs.getincrementaldecoder(codec)("replace").decode(head)
    first = text.splitlines()[0] if text else ""
    return next((sign for sign in DELIMITERS if IDENTITY in _names(first, sign)), None) if IDENTITY in first else None


def _names(line: str, sign: str) -> list[str]:
    try:
        return [name.strip() for name in next(csv.reader([line], delimiter=sign), [])]
    except csv.Error:
        return []


def identity(sha256: str, line: int) -> str:
    """How a rejected row is named."""
    return f"{sha256[:_CUT]}:{line}"


def named(text: str) -> tuple[str, int] | None:
    """The first signs of a file's SHA-256 and the line, None where the text names no row."""
    found = _IDENTITY.fullmatch(text.strip().lower())
    return (found[1], int(found[2])) if found else None


def body(rows: pl.DataFrame) -> pl.DataFrame:
    """LINE and what was corrected: the rows without the columns of a correction file, every cell as it is meant."""
    kept = rows.drop(IDENTITY, *TOLD, strict=False)
    return kept.with_columns(pl.col(name).str.replace(f"^'('*{_RUN})", "${1}") for name in kept.columns if name != LINE)


def safe(text: str) -> str:
    """A cell that no spreadsheet runs; `body` undoes it. NUL, which no text file may hold, becomes the sign for what is lost."""
    text = text.replace("\0", "\ufffd")
    return f"'{text}" if re.match(f"'*{_RUN}", text) and not _NUMBER.fullmatch(text) else text


def contents(rows: pl.DataFrame, columns: list[str]) -> list[str]:
    """SHA-256 of the values of each row, of rows in the contract's types."""
    plain = rows.select(columns).with_columns(cs.temporal().to_physical()).select(pl.all().cast(pl.String))
    return [hashlib.sha256(json.dumps(row).encode()).hexdigest() for row in plain.iter_rows()]


def blank(rows: pl.DataFrame) -> pl.Series:
    """Which rows have no value in any column but LINE."""
    return rows.select(pl.all_horizontal(pl.all().exclude(LINE).fill_null("").str.strip_chars() == "")).to_series()
