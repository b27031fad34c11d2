"""Text for where it goes: kept together in right-to-left text, without marks of direction, without meaning in Markdown.

Rule: marks of direction are on pages only; what is compared or leaves the page goes through `plain`.
Hazard: in Arabic a figure beside a sign, per cent or dash is torn apart by the bidirectional algorithm, unless it is isolated.
"""

from __future__ import annotations

import re

LRI, RLI, FSI, PDI = "\u2066", "\u2067", "\u2068", "\u2069"


def plain(text: str) -> str:
    """`text` without isolates, for what is compared or leaves the page."""
    return re.sub(f"[{LRI}{RLI}{FSI}{PDI}]", "", text)


def capitalised(text: str) -> str:
    """`text` as the beginning of a line; markup, figures and Arabic stay as they are."""
    return text[:1].upper() + text[1:]


def markdown_safe(text: str) -> str:
    """`text` as itself inside Markdown, for labels of widgets: nothing in it is taken for a mark, link, icon or formula."""
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~$:])", r"\\\1", text)
