"""Where the labels of lines stand in a chart of running totals: beside their line, and on nothing else.

Rule: a label takes the first of its places that keeps inside the plot and off every line, band and other label, both on a
phone and on a desk; where none does, the one that meets least.
Hazard: the server does not know the width of the screen. What fits at all of `WIDTHS` is taken to fit between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Any, Final

from ui.text_width import text_width

WIDTHS: Final = (285, 560, 1120)
"""Pixels of a plot on a phone of 390, and on a desk of 1440 beside another one and across the page."""
SIZE: Final = 12.5
_BOLD: Final = 1.06
"""Bold letters are that much wider than those that `text_width` knows."""
_HEIGHT: Final = 17
_BESIDE: Final = 6
_OFF: Final = 5
"""Pixels of a label's height, and from its point to its nearest corner, across and up."""
_LOOKS: Final = 12
"""At so many points at least under a label a long line is looked at; running totals do not jump in between."""
_ALONG: Final = (0.45, 0.6, 0.75, 0.3, 0.9, 0.15, 1.0)
"""Where along a line its label may stand, the best place first."""

Values = Sequence[float | None]


@dataclass(frozen=True)
class Frame:
    """A plot: how many positions it has, the highest value it shows (it begins at zero), and its height in pixels."""

    slots: int
    top: float
    height: float


@dataclass(frozen=True)
class Place:
    """A text at a point of a line: to the right or left of it, above or below it."""

    at: int
    value: float
    text: str
    right: bool
    above: bool

    def box(self, frame: Frame, width: float) -> tuple[float, float, float, float]:
        """Left, right, bottom and top of the text in pixels from the lower left corner of a plot of that width."""
        x, y = self.at / (frame.slots - 1 or 1) * width, self.value / frame.top * frame.height
        wide = text_width(self.text, SIZE) * _BOLD
        left = x + _BESIDE if self.right else x - _BESIDE - wide
        bottom = y + _OFF if self.above else y - _OFF - _HEIGHT
        return left, left + wide, bottom, bottom + _HEIGHT

    def annotation(self, colour: str) -> dict[str, Any]:
        """The label for plotly."""
        return {
            "x": self.at,
            "y": self.value,
            "text": f"<b>{self.text}</b>",
            "showarrow": False,
            "borderpad": 0,
            "xanchor": "left" if self.right else "right",
            "yanchor": "bottom" if self.above else "top",
            "xshift": _BESIDE if self.right else -_BESIDE,
            "yshift": _OFF if self.above else -_OFF,
            "font": {"size": SIZE, "color": colour},
        }


def last_known(values: Values) -> tuple[int, float] | None:
    """The last position with a value, and the value."""
    return next(((i, v) for i, v in reversed(list(enumerate(values))) if v is not None), None)


def is_above(one: Values, other: Values) -> bool:
    """Whether a line stands above another where that ends."""
    last = last_known(other)
    return last is not None and last[0] < len(one) and (one[last[0]] or 0.0) > last[1]


def at_the_end(values: Values, text: str, *, below: bool = False) -> list[Place]:
    """Places around the end of a line: before it and above, where a line that rises leaves room; or `below` it first."""
    last = last_known(values)
    if last is None:
        return []
    places = [Place(*last, text, right, above) for right, above in ((False, True), (True, False), (True, True), (False, False))]
    return sorted(places, key=lambda place: place.above) if below else places


def along(values: Values, text: str, *, above: bool = False) -> list[Place]:
    """Places along a line that rises: below it to the right, or above it to the left; those `above` first where it is so."""
    known = [(i, value) for i, value in enumerate(values) if value is not None]
    points = [known[round((len(known) - 1) * share)] for share in _ALONG] if known else []
    return [Place(*point, text, right=not up, above=up) for up in (above, not above) for point in points]


def free_place(places: Iterable[Place], lines: Sequence[Values], taken: Sequence[Place], frame: Frame) -> Place | None:
    """The first place that meets nothing, else the one that meets least; None where there are no places at all."""
    best: Place | None = None
    fewest = 0
    for place in places:
        met = sum(_met(place, lines, taken, frame, width) for width in WIDTHS)
        if not met:
            return place
        if best is None or met < fewest:
            best, fewest = place, met
    return best


def _met(place: Place, lines: Sequence[Values], taken: Sequence[Place], frame: Frame, width: float) -> int:
    """How many edges, lines and labels a place meets in a plot of that width."""
    left, right, bottom, top = box = place.box(frame, width)
    edges = (left < 0) + (right > width) + (bottom < 1) + (top > frame.height)
    crossed = sum(_crosses(line, box, frame, width) for line in lines)
    return edges + crossed + sum(_overlap(box, other.box(frame, width)) for other in taken)


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


def _crosses(line: Values, box: tuple[float, float, float, float], frame: Frame, width: float) -> bool:
    """Whether a line runs through a box: what it reaches between the box's sides meets what the box covers."""
    left, right, bottom, top = box
    across, up = width / (frame.slots - 1 or 1), frame.height / frame.top
    first, last = max(0, floor(left / across)), min(len(line) - 1, ceil(right / across))
    step = max(1, (last - first) // _LOOKS)
    found: list[float] = []
    for i in range(first, last, step):
        end = min(i + step, last)
        one, other = line[i], line[end]
        if one is not None and other is not None:
            shares = (min(max((side / across - i) / (end - i), 0.0), 1.0) for side in (left, right))
            found += [(one + (other - one) * share) * up for share in shares]
    return bool(found) and min(found) < top + 1 and bottom - 1 < max(found)
