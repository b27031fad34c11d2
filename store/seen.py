"""Whether a file that comes in was there before, and what is to be done then.

Rule: the same bytes are a no-op under any name, unless they can come to something else now and the operator says so
(`supersede`); other bytes under a known name are a decision of the operator, never of the store.
"""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from store import control, correction, files, ledger, parts
from store.contract import Source
from store.control import Control
from store.errors import ConflictError


@dataclass(frozen=True)
class Coming:
    """A file before it is read: its name and hash, what its side file says, and whether it corrects rejected rows."""

    name: str
    sha256: str
    said: Control
    corrects: bool

    @classmethod
    def at(cls, path: Path) -> Self:
        """The file as it lies there. Raises InputError where its side file cannot be understood."""
        return cls(path.name, files.sha256(path), control.beside(path), correction.delimiter(path) is not None)


def seen(connection: sqlite3.Connection, data: Path, source: Source, coming: Coming, *, supersede: bool) -> sqlite3.Row | None:
    """The ledger's entry of these bytes where nothing is left to do, None where they are to be read.

    Raises ConflictError where somebody has to decide.
    """
    name, found = coming.name, ledger.file_state(connection, coming.sha256)
    if found and found["source"] != source.name:
        raise ConflictError(f"{name}: these bytes came in as source '{found['source']}' before; a file belongs to one source")
    if supersede:
        return found if found and not _worth_reading_again(connection, data, found, coming.said) else None
    if found and found["state"] != "superseded":
        if _says_more(connection, found, coming.said):
            raise ConflictError(
                f"{name}: these bytes came in before, and {name}{control.SUFFIX} says of them what was not known then; "
                "add --supersede to read them again under it"
            )
        return found
    if source.kind == "reference" and not coming.corrects:
        return None
    if found:
        raise ConflictError(f"{name}: this version was superseded on purpose; to bring it back add --supersede")
    if any(row["corrects"] == coming.corrects for row in ledger.live_files(connection, source.name, name)):
        raise ConflictError(_taken_name(source, coming))
    return None


def _taken_name(source: Source, coming: Coming) -> str:
    if coming.corrects:
        return (
            f"{coming.name}: source '{source.name}' holds other corrections under this name; give this file a name of its "
            "own, or take those back and put these in their place with --supersede"
        )
    return (
        f"{coming.name}: source '{source.name}' holds other bytes under this name; "
        "if this file corrects them add --supersede, if it is a further delivery give it a name of its own"
    )


def _worth_reading_again(connection: sqlite3.Connection, data: Path, found: sqlite3.Row, said: Control) -> bool:
    """Whether the same bytes can come to something else now: rows were rejected and not corrected, or left out for a file that
    counts no longer; what was made of them is damaged; or their sender says more of them."""
    forsaken = {row["sha256"] for row in ledger.forsaken(connection)}
    waiting = found["rejected"] if found["corrects"] else ledger.open_rows(connection, found["sha256"])
    changed = found["state"] != "live" or waiting > 0 or found["sha256"] in forsaken
    stored = ledger.parts_of(connection, found["sha256"])
    damaged = any(parts.damaged(data / part["path"], part["sha256"]) for part in stored)
    return changed or damaged or _says_more(connection, found, said)


def _says_more(connection: sqlite3.Connection, found: sqlite3.Row, said: Control) -> bool:
    """Whether a side file declares totals or days of a known file that the ledger does not have."""
    held = ledger.declared(connection, found["sha256"])
    totals = {"rows": said.rows, "fils": said.fils, "sha256": said.sha256}
    days = tuple(day.isoformat() for day in (said.first, said.last) if day)
    return any(total is not None and held.get(what) != str(total) for what, total in totals.items()) or (
        bool(days) and days != (found["covers_from"], found["covers_to"])
    )
