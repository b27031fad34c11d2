"""Colours and type of charts, light and dark. What is HTML takes the same colours from `static/dashboard.css`.

Rule: one accent; grey for context; good, bad and warning never stand alone (a sign or a word is with them).
Hazard: plotly cannot read CSS variables, so the colours are written here a second time; a test compares the two files.
"""

from dataclasses import dataclass
from typing import Final

FONT: Final = '"IBM Plex Sans", "IBM Plex Sans Arabic", sans-serif'


@dataclass(frozen=True)
class Palette:
    """Colours by role, as `#rrggbb`."""

    surface: str
    ink: str
    muted: str
    line: str
    accent: str
    accent_soft: str
    context: str
    base: str
    good: str
    bad: str
    warning: str


LIGHT: Final = Palette(
    surface="#ffffff",
    ink="#15202b",
    muted="#5c6873",
    line="#e6eaed",
    accent="#0b5e68",
    accent_soft="#cfe2e4",
    context="#a9b2ba",
    base="#98a3ac",
    good="#1a7f4b",
    bad="#b3332e",
    warning="#8f6200",
)
DARK: Final = Palette(
    surface="#10151b",
    ink="#e8edf1",
    muted="#97a3ad",
    line="#2b353e",
    accent="#4fb4c0",
    accent_soft="#1d4047",
    context="#66727d",
    base="#8d99a3",
    good="#4cbb80",
    bad="#f27f76",
    warning="#dbab45",
)


def palette(dark: bool) -> Palette:
    """The palette of the reader's theme."""
    return DARK if dark else LIGHT
