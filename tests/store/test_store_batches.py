"""It does not matter where a batch ends: a file comes to the same rows, verdicts and days however it is cut up."""

import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store import intake, lines, parts, read, repeats, text
from store.actions import Actions
from store.contract import SOURCES
from store.control import Control
from store.mapping import MappedFile
from store.staged import Job
from tests.support import fuzz_rows
from tests.support.records import NOON, csv, parquet, payment, probe

WHOLE = 1 << 20
SIZES = (1, 2, 3)
KEY_BY_KEY = 2

Row = tuple[int, int, int]
"""(event, which of its contents, day); content 3 breaks a rule, and content 4 cannot be read."""
ROWS = st.lists(st.tuples(st.integers(1, 4), st.sampled_from([0, 0, 0, 1, 3, 4]), st.sampled_from([0, 0, 1, 40])), max_size=9)


def record(row: Row) -> dict[str, Any]:
    event, content, day = row
    amount = {0: event * 100, 1: event * 100 + 1, 3: -5, 4: 1}[content]
    return payment(event, amount_fils=amount, attempt=0 if content == 4 else 1, occurred_at=NOON - timedelta(days=day))


def as_text(row: Row) -> dict[str, object]:
    return fuzz_rows.text(**record(row)) | ({"attempt": "one"} if row[1] == 4 else {})


@dataclass(frozen=True)
class Made:
    """What a file came to, in a form that says nothing of batches."""

    rows_in: int
    fils_in: int | None
    accepted: tuple[tuple[Any, ...], ...]
    duplicates: dict[str, tuple[int, int]]
    rejected: dict[str, tuple[int, int]]
    rejects: tuple[tuple[Any, ...], ...]
    accepted_days: dict[str, tuple[int, int]]
    trailer: Control


def made(path: Path, source: str = "payments", mapping: MappedFile | None = None) -> Made:
    aside = path.parent / "aside"
    aside.mkdir()
    try:
        taken = intake.take(Job(path, path.name, "0" * 64, SOURCES[source], mapping, Actions(), aside, "Asia/Dubai"))
        rows = [row for candidate in taken.candidates for row in parts.numbered(candidate).iter_rows()]
        rejects = [row for file in taken.rejects for row in pl.read_ipc(file).iter_rows()]
        accepted_days = [day for candidate in taken.candidates for day in candidate.days]
        assert len(rows) == sum(candidate.rows for candidate in taken.candidates)
        return Made(
            rows_in=taken.rows_in,
            fils_in=taken.fils_in,
            accepted=tuple(sorted(rows)),
            duplicates=daily(taken.duplicates),
            rejected=daily(taken.rejected),
            rejects=tuple(sorted(rejects)),
            accepted_days=daily(accepted_days),
            trailer=taken.trailer,
        )
    finally:
        shutil.rmtree(aside)


def daily(days: Sequence[tuple[str, int, int | None]]) -> dict[str, tuple[int, int]]:
    rows: Counter[str] = Counter()
    fils: Counter[str] = Counter()
    for day, count, amount in days:
        rows[day] += count
        fils[day] += amount or 0
    return {day: (count, fils[day]) for day, count in rows.items() if count or fils[day]}


def cut(patch: pytest.MonkeyPatch, size: int) -> None:
    """Make every kind of batch `size` records long; lines come in blocks of `size` * 100 bytes, somewhere inside a record."""
    patch.setattr(read.parquet, "__defaults__", (size,))
    patch.setattr(lines, "BLOCK_BYTES", size if size == WHOLE else size * 100)
    patch.setattr(text, "QUOTED_ROWS", size)


def same_however_cut(path: Path, source: str = "payments", mapping: MappedFile | None = None) -> Made:
    """What the file comes to as a whole, after seeing that every size of batch gives the same."""
    with pytest.MonkeyPatch.context() as patch:
        cut(patch, WHOLE)
        whole = made(path, source, mapping)
    for size in SIZES:
        with pytest.MonkeyPatch.context() as patch:
            cut(patch, size)
            assert made(path, source, mapping) == whole, f"batches of {size}"
            if size == KEY_BY_KEY:
                patch.setattr(repeats, "HASHES_AT_ONCE", 1)
                patch.setattr(repeats, "ROWS_AT_ONCE", 1)
                assert made(path, source, mapping) == whole, f"batches of {size}, a key at a time"
    return whole


def expected(rows: Sequence[Row]) -> tuple[int, int, int]:
    """Accepted, duplicates and rejected rows, said in the words of docs/store.md."""
    good = [row for row in rows if row[1] < 3]
    contents: dict[int, set[Row]] = {}
    for row in good:
        contents.setdefault(row[0], set()).add(row)
    contradicted = sum(len(contents[row[0]]) > 1 for row in good)
    accepted = sum(len(found) == 1 for found in contents.values())
    return accepted, len(good) - contradicted - accepted, len(rows) - len(good) + contradicted


def sums(found: Made) -> tuple[int, int, int]:
    return len(found.accepted), sum(n for n, _ in found.duplicates.values()), sum(n for n, _ in found.rejected.values())


def write_parquet(path: Path, rows: Sequence[Row]) -> Path:
    return parquet(path.with_suffix(".parquet"), "payments", map(record, rows))


def write_csv(path: Path, rows: Sequence[Row]) -> Path:
    return csv(path.with_suffix(".csv"), [*map(as_text, rows)] or [as_text((1, 0, 0))])


def write_quoted(path: Path, rows: Sequence[Row]) -> Path:
    """Quotes from the second record on, so that the first batch may have none; blank lines between."""
    plain = write_csv(path, rows)
    header, first, *rest = plain.read_text().splitlines()
    quoted = [line.replace("dewa-bills", '"dewa-bills"') + "\n" * (number % 2) for number, line in enumerate(rest)]
    plain.write_text("\n".join([header, first, *quoted]))
    return plain


@pytest.mark.parametrize("write", [write_parquet, write_csv, write_quoted])
@settings(max_examples=8, deadline=None)
@given(rows=ROWS)
def test_a_file_comes_to_the_same_wherever_its_batches_end(
    tmp_path_factory: pytest.TempPathFactory, write: Callable[[Path, Sequence[Row]], Path], rows: list[Row]
) -> None:
    rows = rows or [(1, 0, 0)]
    found = same_however_cut(write(tmp_path_factory.mktemp("cut") / "p", rows))
    assert sums(found) == expected(rows)
    assert found.rows_in == len(rows)
    assert found.fils_in == sum(record(row)["amount_fils"] for row in rows)


@settings(max_examples=6, deadline=None)
@given(rows=ROWS, garbage=st.sampled_from(["", "no record", "1;2"]))
def test_lines_with_a_trailer_come_to_the_same_wherever_their_blocks_end(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], garbage: str
) -> None:
    folder = tmp_path_factory.mktemp("lines")
    names = SOURCES["payments"].schema.column_names()
    pattern = "^" + ";".join(f"(?P<{name}>[^;]*)" for name in names) + "$"
    how = f"format = 'lines'\npattern = '{pattern}'\ntrailer = 'END;(?P<rows>[0-9]+);(?P<fils>-?[0-9]+)'"
    mapping = fuzz_rows.mapping(folder, settings=how)
    total = sum(record(row)["amount_fils"] for row in rows)
    written = [";".join("" if value is None else str(value) for value in as_text(row).values()) for row in rows]
    content = [*written[:2], garbage, *written[2:], f"END;{len(rows)};{total}"]
    path = folder / "p.log"
    path.write_text("\n".join(content) + "\n\n", encoding="utf-8")

    found = same_however_cut(path, mapping=mapping)

    accepted, duplicates, rejected = expected(rows)
    assert sums(found) == (accepted, duplicates, rejected + bool(garbage))
    assert found.trailer == Control(rows=len(rows), fils=total)


@settings(max_examples=6, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["pay", "vote"]), st.integers(0, 3), st.sampled_from(["up", "up", "down"])), max_size=8)
)
def test_a_source_keyed_by_time_comes_to_the_same_wherever_its_batches_end(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, int, str]]
) -> None:
    """Its key is no number, so another way of finding what may be repeated is taken."""
    probes = [probe(service, NOON + timedelta(hours=9 * hour), state=state) for service, hour, state in rows]
    same_however_cut(parquet(tmp_path_factory.mktemp("probes") / "p.parquet", "probes", probes), "probes")


@pytest.mark.parametrize(
    ("events", "accepted", "duplicates", "rejected"),
    [
        ([(1, 0, 0), (1, 0, 0), (1, 1, 0)], 0, 0, 3),
        ([(1, 0, 0), (1, 1, 0), (1, 0, 0), (1, 0, 0)], 0, 0, 4),
        ([(1, 0, 0), (1, 0, 40)], 0, 0, 2),
        ([(1, 0, 0), (2, 0, 0), (1, 0, 0), (2, 0, 0), (1, 0, 0)], 2, 3, 0),
        ([(1, 3, 0), (1, 0, 0), (1, 4, 0), (1, 0, 0)], 1, 1, 2),
        ([(1, 0, 0), (1, 0, 0), (2, 0, 0), (2, 0, 0), (1, 1, 0), (2, 0, 0)], 1, 2, 3),
    ],
)
def test_copies_and_contradictions_spread_over_batches(
    tmp_path: Path, events: list[Row], accepted: int, duplicates: int, rejected: int
) -> None:
    assert expected(events) == (accepted, duplicates, rejected)
    for write in (write_parquet, write_csv, write_quoted):
        assert sums(same_however_cut(write(tmp_path / "p", events))) == (accepted, duplicates, rejected)


def test_every_rejected_line_keeps_its_own_text_wherever_its_batch_ends(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "p", [(1, 0, 0), (1, 0, 0), (2, 3, 0), (1, 1, 0), (3, 4, 0)])
    found = same_however_cut(path)
    written = path.read_text().splitlines()
    assert [(line, raw) for line, _, _, raw in found.rejects] == [(n, written[n - 1]) for n in (2, 3, 4, 5, 6)]


def test_hashes_that_meet_by_chance_decide_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every key has the same hash here, so that all rows are suspected, and told apart by their keys."""
    monkeypatch.setattr(repeats, "_hash", lambda key: (pl.struct(key).hash() % 1).alias("_hash"))
    path = write_parquet(tmp_path / "p.parquet", [(1, 0, 0), (2, 0, 0), (1, 0, 0), (3, 0, 0), (3, 1, 0)])
    cut(monkeypatch, 1)
    found = made(path)
    assert sums(found) == expected([(1, 0, 0), (2, 0, 0), (1, 0, 0), (3, 0, 0), (3, 1, 0)])
