"""Words of metrics that a reader may see: marked here in English, translated where they are shown.

Rule: metrics never translates. A fixed text is marked with `N_`; a text with values in it is a `Note`, which keeps the
untranslated source and its values apart, so that a page can write `_(note.source).format(**note.values)`.
"""

from __future__ import annotations

from store.words import N_

__all__ = ["N_", "Note"]


class Note(str):
    """A sentence with values in it. As text it is English; `source` and `values` allow a translation."""

    source: str
    values: dict[str, str]

    def __new__(cls, source: str, **values: object) -> Note:
        """`source` is a gettext source with `{name}` placeholders, each given in `values`."""
        words = {name: str(value) for name, value in values.items()}
        note = super().__new__(cls, source.format(**words))
        note.source = source
        note.values = words
        return note
