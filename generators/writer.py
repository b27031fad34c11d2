"""Writes files so that a reader sees a whole file or none, and a manifest last, so that an interrupted run is recognisable.

Rule: a file appears under its name by an atomic rename; `manifest.json` names every file with rows, fils and the parameters.
Hazard: without a manifest the folder is unfinished; whatever lies in it is replaced by the next run.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any, Final

import polars as pl
from polars.io.plugins import register_io_source

from generators.errors import GeneratorError
from store.contract import SOURCES
from store.control import SUFFIX

MANIFEST: Final = "manifest.json"
COMPRESSION_LEVEL: Final = 1
"""zstd level 1 is twice as fast as the default and 4% larger."""


@dataclass(frozen=True)
class Written:
    """A file of the scenario, relative to its folder. `fils` is its control total, None where the source has no money."""

    path: str
    source: str
    rows: int
    fils: int | None


def write_frames(
    found: Iterable[pl.DataFrame], out: Path, source: str, month: str | None, covers: tuple[date, date] | None = None
) -> Written:
    """Write `OUT/<source>/<source>[-YYYY-MM].parquet` from one or more frames, held one at a time; returns its totals.

    Its control totals go into a side file beside it, with the days it `covers` whole where they are given.

    Raises GeneratorError when the folder cannot be written.
    """
    name = f"{source}/{source}-{month}.parquet" if month else f"{source}/{source}.parquet"
    path = out / name
    part = path.with_suffix(".part")
    counted = _Counted(iter(found), SOURCES[source].money)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        scan = register_io_source(counted.scan, schema=counted.schema)
        scan.sink_parquet(part, compression="zstd", compression_level=COMPRESSION_LEVEL, maintain_order=True)
        _declare(path, part, counted, covers)
        part.replace(path)
    except OSError as error:
        raise GeneratorError(f"{path}: cannot be written ({error.strerror}); give another folder with --out") from error
    return Written(name, source, counted.rows, counted.fils)


def _declare(path: Path, content: Path, counted: "_Counted", covers: tuple[date, date] | None) -> None:
    """Write the side file of `path`, whose bytes lie in `content` still."""
    with content.open("rb") as file:
        totals: dict[str, object] = {"rows": counted.rows, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
    if counted.fils is not None:
        totals["fils"] = counted.fils
    if covers:
        totals |= {"from": covers[0].isoformat(), "to": covers[1].isoformat()}
    path.with_name(path.name + SUFFIX).write_text(json.dumps(totals) + "\n", encoding="utf-8")


class _Counted:
    """Passes frames on to the writer and adds up their rows and fils."""

    def __init__(self, found: Iterator[pl.DataFrame], money: str | None) -> None:
        first = next(found)
        self.schema = first.schema
        self.frames = chain([first], found)
        self.money = money
        self.rows = 0
        self.fils = 0 if money else None

    def scan(self, _columns: object, _predicate: object, _rows: object, _batch: object) -> Iterator[pl.DataFrame]:
        """The source of polars' plug-in interface; nothing is selected or filtered when a whole file is written."""
        for frame in self.frames:
            self.rows += frame.height
            if self.money and self.fils is not None:
                self.fils += int(frame[self.money].sum())
            yield frame


def read_manifest(out: Path) -> dict[str, Any] | None:
    """The manifest of a finished run, None where there is none or it cannot be read."""
    try:
        found = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def write_manifest(out: Path, parameters: dict[str, Any], written: list[Written]) -> None:
    """Write the manifest, the last act of a run."""
    body = {**parameters, "files": [asdict(w) for w in sorted(written, key=lambda w: w.path)]}
    part = out / f"{MANIFEST}.part"
    with part.open("w", encoding="utf-8") as file:
        json.dump(body, file, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    part.replace(out / MANIFEST)


def clear(out: Path) -> None:
    """Remove what earlier runs wrote: the manifest first, then the files of the known sources. Nothing else is touched."""
    try:
        (out / MANIFEST).unlink(missing_ok=True)
        for source in SOURCES:
            for path in (file for ending in ("parquet", "part", "json") for file in (out / source).glob(f"{source}*.{ending}")):
                path.unlink()
    except OSError as error:
        raise GeneratorError(
            f"{out}: earlier files cannot be removed ({error.strerror}); give another folder with --out"
        ) from error
