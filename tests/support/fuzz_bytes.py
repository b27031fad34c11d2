"""Spoils the bytes of files of payments, and judges what the store makes of them.

Rule: with a control file of the original's totals (rows, fils, no hash) a spoiled file is refused, or holds those totals exactly;
without one whatever comes in is accounted for. Never does the process end otherwise than with 0, 1 or 2, or print a traceback.
Hazard: a few bytes of a Parquet file steer its decoder, so half of the damage is aimed at the footer and at single bytes.
"""

import contextlib
import hashlib
import io
import json
import random
import shutil
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl
import pyarrow.parquet as pq

from store import intake
from store.__main__ import main
from store.actions import Actions
from store.contract import SOURCES
from store.control import SUFFIX
from store.errors import StoreError
from store.staged import Job
from tests.support.fuzz_invariant import entries
from tests.support.fuzz_rows import text
from tests.support.records import csv, frame, payment

ROWS: Final = 40
_AT_ONCE: Final = 5
"""Most spoiled places of one file."""
_LONGEST: Final = 64
"""Bytes of the longest range that is deleted, inserted or repeated."""


def cut_short(path: Path, aside: Path, lengths: Iterable[int]) -> list[int]:
    """Lengths at which a file that was cut there could still be read."""
    content, read = path.read_bytes(), []
    for length in lengths:
        aside.mkdir()
        stump = aside / path.name
        stump.write_bytes(content[:length])
        job = Job(stump, path.name, "0" * 64, SOURCES["payments"], None, Actions(), aside, "Asia/Dubai")
        with contextlib.suppress(StoreError):
            intake.take(job)
            read.append(length)
        shutil.rmtree(aside)
    return read


@dataclass(frozen=True)
class Original:
    """A file before it is spoiled, with its totals."""

    name: str
    content: bytes
    rows: int
    fils: int


def originals(folder: Path) -> list[Original]:
    """One file of each kind: text plain, quoted, with other line ends and encodings; Parquet of several codecs and pages."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [payment(n, amount_fils=n * 101, payer=None if n % 7 == 0 else n) for n in range(1, ROWS + 1)]
    rows += [payment(n, status="refunded", amount_fils=-n) for n in range(ROWS + 1, ROWS + 4)]
    rows += [rows[0], payment(2, amount_fils=1)]
    texts = [text(**row) for row in rows]
    totals = (len(rows), sum(row["amount_fils"] for row in rows))
    plain = csv(folder / "plain.csv", texts).read_bytes()
    contents = {
        "plain.csv": plain,
        "quoted.csv": plain.replace(b"dewa-bills", b'"dewa-bills"'),
        "crlf.csv": b"\xef\xbb\xbf" + plain.replace(b"\n", b"\r\n"),
        "utf16.csv": plain.decode().encode("utf-16"),
    }
    table = frame("payments", rows)
    arrow = table.with_columns(pl.col(pl.Enum).cast(pl.String)).to_arrow()
    table.write_parquet(folder / "zstd.parquet", row_group_size=16)
    table.write_parquet(folder / "plain.parquet", compression="uncompressed")
    pq.write_table(arrow, folder / "pages.parquet", compression="snappy", data_page_size=64, use_dictionary=False)
    pq.write_table(arrow, folder / "checked.parquet", compression="gzip", data_page_version="2.0", write_page_checksum=True)
    for path in folder.glob("*.parquet"):
        contents[path.name] = path.read_bytes()
    return [Original(name, content, *totals) for name, content in sorted(contents.items())]


Spoil = Callable[[bytearray, random.Random, int], None]


def _flip(content: bytearray, rng: random.Random, at: int) -> None:
    content[at] ^= 1 << rng.randrange(8)


def _replace(content: bytearray, rng: random.Random, at: int) -> None:
    content[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, *b'0123456789,";\r\n -+.eENa', rng.randrange(256)))


def _delete(content: bytearray, rng: random.Random, at: int) -> None:
    del content[at : at + _length(rng)]


def _insert(content: bytearray, rng: random.Random, at: int) -> None:
    content[at:at] = rng.choice((rng.randbytes(_length(rng)), b"\0", b"\n", b'"', b",", b"\xef\xbb\xbf", "٣".encode(), b"9" * 12))


def _repeat(content: bytearray, rng: random.Random, at: int) -> None:
    content[at:at] = content[at : at + _length(rng)]


def _move(content: bytearray, rng: random.Random, at: int) -> None:
    length, to = _length(rng), rng.randrange(len(content))
    content[to : to + length] = content[at : at + length]


def _truncate(content: bytearray, rng: random.Random, at: int) -> None:
    del content[at:]


def _line(content: bytearray, rng: random.Random, at: int) -> None:
    """A whole line again, or lost, or swapped with its neighbour."""
    lines = bytes(content).splitlines(keepends=True)
    number = rng.randrange(len(lines))
    match rng.randrange(3):
        case 0:
            lines.insert(number, lines[number])
        case 1:
            del lines[number]
        case _:
            lines.insert(number, lines.pop(rng.randrange(len(lines))))
    content[:] = b"".join(lines)


_SPOILS: Final[tuple[Spoil, ...]] = (_flip, _replace, _delete, _insert, _repeat, _move, _truncate)
_OF_LINES: Final[tuple[Spoil, ...]] = (_flip, _replace, _line, _line)
_OF_PAGES: Final[tuple[Spoil, ...]] = (_flip, _replace, _move) * 4
"""What leaves the length of a Parquet file as it is: else its footer points beside the pages, and the file is simply refused."""


def _length(rng: random.Random) -> int:
    return rng.choice((1, 1, 2, 4, 8, rng.randint(1, _LONGEST)))


def spoiled(original: Original, rng: random.Random) -> bytes:
    """The file with one to a few places spoiled."""
    content = bytearray(original.content)
    spoils = _SPOILS + (_OF_LINES if original.name.endswith(".csv") else _OF_PAGES)
    for _ in range(rng.choice((1, 1, 1, 2, _AT_ONCE))):
        if content:
            rng.choice(spoils)(content, rng, _place(original, content, rng))
    return bytes(content)


def _place(original: Original, content: bytearray, rng: random.Random) -> int:
    """Anywhere; in Parquet as often in the footer as in the pages before it."""
    if original.name.endswith(".parquet") and rng.random() < 0.5:
        footer = 8 + int.from_bytes(original.content[-8:-4], "little")
        return max(0, len(content) - 1 - rng.randrange(footer))
    return rng.randrange(len(content))


@dataclass(frozen=True)
class Verdict:
    """What the store made of a spoiled file: its exit code, what it said, and what is wrong with that."""

    code: int
    said: str
    wrong: tuple[str, ...]

    @property
    def kind(self) -> str:
        """What became of the file, for counting."""
        if self.wrong:
            return "wrong"
        if self.code != 2:
            return "taken in" if self.code == 0 else "taken in, of no use"
        if "promised" in self.said:
            return "refused by its control totals"
        return (
            "refused, its reader died" if "reading it ended" in self.said or "bytes are damaged, or" in self.said else "refused"
        )


def judge(original: Original, content: bytes, folder: Path, *, promised: bool) -> Verdict:
    """Ingest a spoiled file into the empty store below `folder`, with the original's totals beside it or without."""
    path, data = folder / original.name, folder / "store"
    path.write_bytes(content)
    side = path.with_name(path.name + SUFFIX)
    side.unlink(missing_ok=True)
    if promised:
        side.write_text(json.dumps({"rows": original.rows, "fils": original.fils}), encoding="utf-8")
    code, said = command("ingest", "payments", str(path), "--data", str(data))
    found = entries(data)
    wrong = tuple(_wrong(original, content, code, said, found, promised=promised))
    if found or wrong:
        shutil.rmtree(data)
    return Verdict(code, said, wrong)


@dataclass
class Spoiler:
    """Spoils one file after the other; every run can be made again from its seed."""

    folder: Path
    tally: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._originals = originals(self.folder / "originals")

    def trial(self, seed: int) -> str | None:
        """Spoil the file that belongs to a seed and judge it; says what is wrong, and keeps the file then."""
        rng = random.Random(seed)
        original, promised = rng.choice(self._originals), rng.random() < 0.7
        content = spoiled(original, rng)
        verdict = judge(original, content, self.folder, promised=promised)
        self.tally[original.name, verdict.kind] += 1
        if not verdict.wrong:
            return None
        kept = self.folder / f"{seed}-{original.name}"
        kept.write_bytes(content)
        return f"seed {seed}, {original.name}{' with its totals' if promised else ''}, kept as {kept}: {'; '.join(verdict.wrong)}"

    def table(self) -> str:
        """Trials by file and by what became of them."""
        kinds = sorted({kind for _, kind in self.tally})
        lines = [f"{'':16}" + "".join(f"{kind:>32}" for kind in kinds)]
        for name in sorted({name for name, _ in self.tally}):
            lines.append(f"{name:16}" + "".join(f"{self.tally[name, kind]:32,}" for kind in kinds))
        return "\n".join([*lines, f"{sum(self.tally.values()):,} spoiled files"])


def command(*arguments: str) -> tuple[int, str]:
    """Exit code and output of an operator's command, run here; a traceback where it ends by one, with code 70."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = main(arguments)
    except Exception:
        said.write(traceback.format_exc())
        code = 70
    return code, said.getvalue()


def _wrong(
    original: Original, content: bytes, code: int, said: str, found: Sequence[dict[str, object]], *, promised: bool
) -> Iterable[str]:
    if code not in (0, 1, 2) or "Traceback" in said:
        yield f"ended with {code}: {said}"
        return
    if (code == 2) != (not found):
        yield f"code {code}, but {len(found)} files are in the ledger: {said}"
    for entry in found:
        rows = [entry[name] for name in ("rows_in", "accepted", "duplicates", "rejected")]
        fils = [entry[f"fils_{name}"] for name in ("in", "accepted", "duplicates", "rejected")]
        if rows[0] != sum(rows[1:]) or fils[0] != sum(fils[1:]):  # type: ignore[arg-type,operator]  # integers of the ledger
            yield f"rows {rows} or fils {fils} do not add up"
        if promised and (rows[0], fils[0]) != (original.rows, original.fils):
            yield f"{rows[0]} rows and {fils[0]} fils were taken in, {original.rows} and {original.fils} were promised"
        if entry["sha256"] != hashlib.sha256(content).hexdigest():
            yield "the ledger names other bytes"
