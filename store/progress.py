"""Progress of long work with the time left, as lines or one moving line on a stream.

Rule: work reports what it has done and how much there is; only this module decides how that looks.
"""

import sys
import time
from typing import Protocol, TextIO

_SECONDS_BETWEEN_LINES = 5.0


class Progress(Protocol):
    """What long work calls: a few words on the step just done, and how much is done out of how much (any unit)."""

    def __call__(self, text: str, done: float, total: float) -> None: ...


def silent(text: str, done: float, total: float) -> None:
    """Report nowhere."""


class Terminal:
    """Shows progress on a stream: one line that moves on a terminal, else a line every few seconds."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """Show on `stream`, by default on stderr."""
        self._stream = stream or sys.stderr
        self._moving = self._stream.isatty()
        self._start = self._shown = time.monotonic()

    def __call__(self, text: str, done: float, total: float) -> None:
        """Show the step, with the time left once a tenth of a second has passed."""
        now = time.monotonic()
        last = done >= total
        if not self._moving and not last and now - self._shown < _SECONDS_BETWEEN_LINES:
            return
        self._shown = now
        line = f"{done / total if total else 1:4.0%}  {_left(now - self._start, done, total)}  {text}"
        self._stream.write(f"\r\x1b[K{line}" + ("\n" if last else "") if self._moving else f"{line}\n")
        self._stream.flush()
        if last:
            self._start = time.monotonic()


def _left(elapsed: float, done: float, total: float) -> str:
    if done <= 0:
        return "time left unknown"
    if done >= total:
        return f"done in {elapsed:.1f} s"
    return f"{elapsed * (total - done) / done:.0f} s left"
