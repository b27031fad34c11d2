"""A staged copy of a file, what is needed to take it, and its records in batches as its format says they are to be read.

Rule: nothing is judged here but what no file may be: of an unknown format, or with a column that only correction files have.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from store import control, read, text
from store.actions import Actions
from store.contract import Source
from store.control import NOTHING, Control
from store.correction import IDENTITY, Correcting
from store.errors import InputError
from store.lines import Text
from store.mapping import Input, MappedFile
from store.parse import LINE
from store.parts import Maker
from store.read import Records


@dataclass(frozen=True)
class Job:
    """A file to take: its staged copy, what it is called, how to read it, and the folder for what is made of it.

    `correcting` is there for a correction file, which is CSV whatever its mapping says of the sender's files.
    """

    staged: Path
    name: str
    sha256: str
    source: Source
    mapping: MappedFile | None
    actions: Actions
    aside: Path
    timezone: str
    now: datetime | None = None
    correcting: Correcting | None = None

    @property
    def maker(self) -> Maker:
        return Maker(self.source, self.aside, self.timezone, {"file_sha256": self.sha256, "file_name": self.name})


class Opened:
    """The file as its format says it is to be read."""

    def __init__(self, job: Job) -> None:
        how = job.mapping.input if job.mapping else None
        if job.correcting:
            how = Input(delimiter=job.correcting.delimiter)
        self._job, self._how = job, how
        self._columns: list[str] = []
        self._format = how.format if how else {".parquet": "parquet", ".csv": "csv"}.get(job.staged.suffix.lower(), "")
        if not self._format:
            raise InputError(f"{job.name}: without a mapping a file is .parquet or .csv; give --mapping FILE for other formats")
        self._text = Text(job.staged, job.name, how.encoding if how else None, how.trailer if how else None)

    def batches(self) -> Iterator[Records]:
        """Its records; at least one batch. Raises InputError where it has a column that only correction files have."""
        for records in self._batches():
            self._columns = [name for name in records.rows.columns if name != LINE]
            if not self._job.correcting:
                self._no_correction_file()
            yield records

    def _no_correction_file(self) -> None:
        alike = [name for name in self._columns if name.strip().lower() == IDENTITY]
        if IDENTITY in alike:
            raise InputError(f"{self._job.name}: has a column {IDENTITY} and is no correction file; those are CSV, in UTF-8")
        if alike:
            raise InputError(
                f"{self._job.name}: has a column '{alike[0]}'; that of a correction file is called {IDENTITY}, in small letters. "
                "Give it that name, or take the column out where the file corrects nothing"
            )

    def reading(self) -> str:
        """How it was read, as JSON; read the file first."""
        how = {"delimiter": self._how.delimiter, "pattern": self._how.pattern} if self._how else {"delimiter": ","}
        return json.dumps({"format": self._format, **how, "columns": self._columns}, ensure_ascii=False)

    def _batches(self) -> Iterator[Records]:
        job, how = self._job, self._how
        if self._format == "parquet":
            return read.parquet(job.staged, job.name)
        if self._format == "lines":
            assert how is not None
            assert how.pattern is not None
            return text.line_records(self._text.blocks(), how.pattern)
        if self._format == "json":
            return text.json_records(self._text.blocks(), job.name, how.explode if how else None)
        return text.csv_records(self._text.blocks(), job.name, how.delimiter if how else ",")

    def trailer(self) -> Control:
        """What the trailer of the file says; read the file first."""
        return control.trailer(self._text.trailer, self._job.name) if self._text.trailer is not None else NOTHING
