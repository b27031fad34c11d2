"""How wide a text will be in a chart, before there is a screen: margins and shortened names are worked out from it.

Rule: widths are those of IBM Plex Sans and its Arabic companion by kinds of letters, a little generous; a browser test
compares them with what Chromium measures.
Hazard: Arabic letters change their width with their neighbours; theirs is the mean of names of departments, and a margin.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final

from ui.text import plain

_EM: Final = {
    **dict.fromkeys(" ijl.,;:!'|،", 0.29),
    **dict.fromkeys("frtI()-/[]", 0.4),
    **dict.fromkeys("MWmw%@…—▲▼", 0.93),
    **dict.fromkeys("ABCDEFGHJKLNOPQRSTUVXYZ", 0.69),
    **dict.fromkeys("0123456789+=<>±×−–", 0.6),
    **dict.fromkeys("سشصضسـ", 0.9),
    **dict.fromkeys("اأإآلر", 0.33),
}
"""Width of a letter as a share of the size of the type."""
_LETTER: Final = 0.57
_ARABIC: Final = re.compile(r"[\u0600-\u06ff]")
_ARABIC_LETTER: Final = 0.5
_TAG: Final = re.compile(r"<[^>]+>")


def text_width(text: str, size: float) -> float:
    """Pixels of one line of a chart's text in type of `size` pixels; tags, entities and marks of direction take no room."""
    letters = plain(unescape(_TAG.sub("", text)))
    return size * sum(_EM.get(c, _ARABIC_LETTER if _ARABIC.match(c) else _LETTER) for c in letters)


def shortened(text: str, size: float, room: float) -> str:
    """`text` whole where it fits in `room` pixels, else as much of it as does, with an ellipsis."""
    if text_width(text, size) <= room:
        return text
    kept = text
    while kept and text_width(f"{kept}…", size) > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"
