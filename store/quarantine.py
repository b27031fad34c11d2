"""The rows that were rejected: where each came from, which rules it broke, and its raw text.

Rule: a rejected row is never lost and never counted. To bring it in, correct it and deliver it in a file of its own.
Hazard: rows of superseded files are left out, for the file that took their place was checked anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from store import ledger


@dataclass(frozen=True)
class RejectedRow:
    """`line` is the physical line of a text file, the row number of a Parquet file; `column` and `rule` may name several."""

    source: str
    file: str
    line: int
    column: str
    rule: str
    raw: str


def rejected(data: Path, source: str | None = None) -> Iterator[RejectedRow]:
    """Rejected rows of a source, or of all: by source, newest file first, by line."""
    with ledger.opened(data) as connection:
        for row in connection.execute(_REJECTED, (source, source)):
            yield RejectedRow(*row)


_REJECTED = """
    SELECT rejects.source, files.name, line, "column", rule, raw
    FROM rejects JOIN files ON files.sha256 = file_sha256
    WHERE state <> 'superseded' AND (? IS NULL OR rejects.source = ?)
    ORDER BY rejects.source, files.seq DESC, line"""
