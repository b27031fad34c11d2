"""The bytes of a text file -> blocks of its lines, decoded, numbered, of bounded size; its trailer apart.

Rule: line ends of any system count as one; a byte order mark wins over a declared encoding; without both a file is UTF-8.
Where a trailer is expected, the last line that is not blank must be one: a file that was cut short has lost it.
Hazard: a decoder sees pieces of the file, so the line of a bad sign is counted from the pieces before it.
"""

import codecs
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from store.errors import InputError

MARKS: Final = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
BLOCK_BYTES: Final = 1 << 25
LONGEST_LINE: Final = 1 << 20
"""Signs. A longer line is no record of anything; it is what a file without line ends looks like."""


@dataclass(frozen=True)
class Block:
    """`count` lines that follow each other, joined by '\\n'; `first` is the number of the first one, from 1."""

    first: int
    text: str = ""
    count: int = 0

    @cached_property
    def lines(self) -> Sequence[str]:
        """The lines without their ends."""
        return self.text.split("\n") if self.count else ()


def block(first: int, lines: Sequence[str]) -> Block:
    """A block of these lines."""
    return Block(first, "\n".join(lines), len(lines))


class Text:
    """The lines of one file, read once. `trailer` is what the last line said, known once all blocks were read."""

    def __init__(self, path: Path, name: str, encoding: str | None = None, trailer: str | None = None) -> None:
        self._path, self._name, self._encoding = path, name, encoding
        self._pattern = re.compile(trailer) if trailer else None
        self._back = Block(1)
        self.trailer: dict[str, str] | None = None

    def blocks(self) -> Iterator[Block]:
        """All lines in their order. Raises InputError where the bytes are no text, or the trailer is missing."""
        first, held = 1, ""
        for piece in self._pieces():
            text = held + piece
            if (at := _too_long(text)) is not None:
                raise self._no_text(first + at, f"a line of more than {LONGEST_LINE:,} signs")
            end = text.rfind("\n")
            held = text[end + 1 :]
            if end >= 0:
                found = Block(first, text[:end], text.count("\n"))
                yield from self._ready(found, last=False)
                first += found.count
        yield from self._ready(Block(first, held, 1) if held else Block(first), last=True)

    def _ready(self, found: Block, *, last: bool) -> Iterator[Block]:
        """A block, but for what may turn out to be the trailer: the last lines are held back until more of them come."""
        if self._pattern is None:
            if found.count:
                yield found
            return
        first, lines = self._back.first, [*self._back.lines, *found.lines]
        keep = len(lines) if last else next((i for i in range(len(lines) - 1, -1, -1) if lines[i].strip()), 0)
        if last:
            lines, keep = self._without_trailer(first, lines), len(lines)
        self._back = block(first + keep, lines[keep:])
        if lines[:keep]:
            yield block(first, lines[:keep])

    def _without_trailer(self, first: int, lines: list[str]) -> list[str]:
        assert self._pattern is not None
        while lines and not lines[-1].strip():
            lines.pop()
        found = self._pattern.fullmatch(lines[-1]) if lines else None
        if found is None:
            raise InputError(
                f"{self._name}, line {first + max(len(lines), 1) - 1}: the trailer is missing, so the file was cut short; "
                "deliver it again, whole"
            )
        self.trailer = {key: value for key, value in found.groupdict().items() if value is not None}
        return lines[:-1]

    def _pieces(self) -> Iterator[str]:
        """Decoded text with '\\n' as the end of every line."""
        with self._path.open("rb") as file:
            mark = file.peek(4)
            codec = next((codec for bom, codec in MARKS.items() if mark.startswith(bom)), self._encoding or "utf-8")
            decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(codec)(), translate=True)
            line = 1
            while True:
                content = file.read(BLOCK_BYTES)
                try:
                    text = decoder.decode(content, final=not content)
                except UnicodeDecodeError as error:
                    held_back = "\r" if decoder.getstate()[1] & 1 else ""
                    raise self._no_text(line + _line_ends(held_back, error), f"no {codec} text") from error
                if "\0" in text:
                    at = line + text.count("\n", 0, text.index("\0"))
                    raise InputError(
                        f"{self._name}, line {at}: NUL character; the file is damaged, or UTF-16 that a mapping must declare"
                    )
                line += text.count("\n")
                yield text
                if not content:
                    return

    def _no_text(self, line: int, what: str) -> InputError:
        return InputError(f"{self._name}, line {line}: {what}; declare its encoding in a mapping")


def _too_long(text: str) -> int | None:
    """Which line of a text, from 0, is longer than a record may be; None where none is."""
    start = 0
    while len(text) - start > LONGEST_LINE:
        end = text.rfind("\n", start, start + LONGEST_LINE + 1)
        if end < 0:
            return text.count("\n", 0, start)
        start = end + 1
    return None


def _line_ends(held_back: str, error: UnicodeDecodeError) -> int:
    """Line ends before the bytes that are no text, in a piece that follows what the decoder held back."""
    good = held_back + bytes(error.object[: error.start]).decode(error.encoding, "ignore")
    return io.StringIO(good, newline=None).read().count("\n")
