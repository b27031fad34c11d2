"""Sparklines: the current period bold, its base thin and grey, as SVG shapes that take their colour from the style sheet.

Rule: both lines share one scale, and a gap in the data is a gap in the line.
Hazard: the page's sanitiser removes inline SVG; the shapes are therefore CSS masks (data URIs), and the text beside them
carries the meaning.
"""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final
from urllib.parse import quote

WIDTH: Final = 200
HEIGHT: Final = 42
_PAD: Final = 4
_STROKE: Final = 'stroke="#000" vector-effect="non-scaling-stroke"'
_MOST_POINTS: Final = 60
"""More points than this are averaged in pairs and so on: a card is 200 pixels wide."""

Points = Sequence[float | None]


def sparkline(current: Points, base: Points, label: str) -> str:
    """HTML of a sparkline, empty when `current` has fewer than two points. `label` says in words what it shows.

    Time runs from left to right in both directions of script, like the charts.
    """
    now, before = _thin(current), _thin(base)
    known = [v for v in (*now, *before) if v is not None]
    if sum(v is not None for v in now) < 2:
        return ""
    low, high = min(known), max(known)
    slots = max(len(now), len(before))
    style = f"--k-current:{_mask(now, slots, low, high, 2.1, dot=True)};--k-base:{_mask(before, slots, low, high, 1.3)}"
    return f'<div class="k-spark" role="img" aria-label="{escape(label)}" style="{escape(style)}"></div>'


def _thin(values: Points) -> list[float | None]:
    size = -(-len(values) // _MOST_POINTS)
    return [_mean(values[i : i + size]) for i in range(0, len(values), size)] if size > 1 else list(values)


def _mean(values: Points) -> float | None:
    known = [v for v in values if v is not None]
    return sum(known) / len(known) if known else None


def _mask(values: Points, slots: int, low: float, high: float, width: float, *, dot: bool = False) -> str:
    """One line as a CSS `url(...)`: opaque where the line is."""
    step = (WIDTH - 2 * _PAD) / max(slots - 1, 1)
    scale = (HEIGHT - 2 * _PAD) / (high - low) if high > low else 0.0
    spots = [
        None if v is None else (_PAD + i * step, HEIGHT - _PAD - (v - low) * scale if scale else HEIGHT / 2)
        for i, v in enumerate(values)
    ]
    path = " ".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in run) for run in _runs(spots))
    end = next((s for s in reversed(spots) if s), None)
    point = f'<path d="M{end[0]:.1f} {end[1]:.1f}h0" stroke-width="6.5" stroke-linecap="round" {_STROKE}/>' if dot and end else ""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">'
        f'<path d="{path}" fill="none" stroke-width="{width}" stroke-linejoin="round" {_STROKE}/>{point}</svg>'
    )
    return f"url('data:image/svg+xml,{quote(svg, safe=' =/:,')}')".replace(" ", "%20")


def _runs(spots: Sequence[tuple[float, float] | None]) -> Iterator[list[tuple[float, float]]]:
    """Stretches without a gap, of at least two points."""
    run: list[tuple[float, float]] = []
    for spot in (*spots, None):
        if spot is not None:
            run.append(spot)
            continue
        if len(run) > 1:
            yield run
        run = []
