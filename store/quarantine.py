"""The rows that were rejected: where each came from, which rules it broke, and its raw text.

Rule: a rejected row is never lost and never counted. To bring it in, correct it in what `store.handout` writes, and ingest that.
Hazard: rows of superseded files are left out, for the file that took their place was checked anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from store import ledger

State = Literal["open", "corrected", "again", "refused"]


@dataclass(frozen=True)
class RejectedRow:
    """`line` is the physical line of a text file, the row number of a Parquet file; `column` and `rule` may name several.

    state   `open`: nobody has corrected it yet; `corrected`: in the file `corrected_by`; `again`: rejected in a correction file;
            the row it was to correct stands under the file that brought it; `refused`: the file as a whole takes no effect
    """

    source: str
    file: str
    line: int
    state: State
    corrected_by: str | None
    column: str
    rule: str
    raw: str


def rejected(data: Path, source: str | None = None) -> Iterator[RejectedRow]:
    """Rejected rows of a source, or of all: by source, newest file first, by line."""
    with ledger.opened(data) as connection:
        for row in connection.execute(_REJECTED, (source, source)):
            yield RejectedRow(*row)


_REJECTED = """
    SELECT source, file, line, state, corrected_by, "column", rule, raw FROM quarantine
    WHERE ? IS NULL OR source = ? ORDER BY source, seq DESC, line"""
