"""Notes of metrics made readable: what stands in them as a code or an ISO date becomes a name or a date of the page's language.

Rule: a note keeps its source, which is translated where it is shown; only its values change here.
Hazard: metrics lists codes with ", " between them, and no code contains one (store.contract).
"""

from __future__ import annotations

from datetime import date
from typing import Final

from metrics import Note, Window
from ui.names import Names

_LISTS: Final = {"wordings": "wording", "departments": "department", "origins": "origin"}
"""Values that list codes, with the dimension the codes belong to."""


def readable(note: str, names: Names) -> str:
    """The same note with names in the place of codes."""
    if not isinstance(note, Note):
        return note
    return Note(note.source, **{name: _value(name, text, names) for name, text in note.values.items()})


def _value(name: str, text: str, names: Names) -> str:
    if name in _LISTS:
        listed = sorted(names.of(_LISTS[name], code) for code in text.split(", "))
        return names.format.words(", ").join(map(names.format.name, listed))
    if name == "months":
        return names.format.words(", ").join(names.format.period(key) for key in text.split(", "))
    write = names.format
    match name:
        case "log":
            return write.name(names.of("source", text))
        case "was_fils" | "now_fils":
            return write.money_exact(int(text.split()[0]))
        case "was_rows" | "now_rows":
            return write.count(int(text))
        case "revised":
            first, _, last = text.partition(" to ")
            return write.window(Window(date.fromisoformat(first), date.fromisoformat(last or first)))
        case "day":
            return write.date(date.fromisoformat(text))
    return text
