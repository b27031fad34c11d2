"""Laws of correcting: a file that was put right by hand is worth what it would have been, had it been right at first."""

import json
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.contract import SOURCES
from store.marts import MARTS
from store.rollup.plan import ROLLUPS
from store.snapshot import open_current
from store.verify import verify
from tests.support.desk import Desk, Line, correct
from tests.support.fuzz_rows import text
from tests.support.inline import inline  # noqa: F401  a fixture
from tests.support.records import NOON, parquet, payment

pytestmark = pytest.mark.usefixtures("inline")

Cells = dict[str, str]
SAME = [mart for mart in MARTS if mart in ROLLUPS]
SPOILT: Mapping[str, tuple[str, ...]] = {
    "event_id": ("", "1e3", "=1"),
    "amount_fils": ("x", "-5", "1,000", "=SUM(A1)"),
    "occurred_at": ("yesterday", "2012-09-30T10:00:00", "2090-01-01T00:00:00+00:00"),
    "status": ("Settled?", "'refunded"),
    "service": ("Two words", "", '"quoted", twice\nand broken'),
    "automatic": ("maybe",),
    "duration_ms": ("-1",),
}
COLUMNS = SOURCES["payments"].schema.column_names()

rows = st.lists(
    st.builds(
        lambda fils, day, **row: {
            "amount_fils": fils,
            "occurred_at": NOON + timedelta(days=day),
            "service": "dewa-bills",
            **row,
        },
        fils=st.integers(0, 10**9),
        day=st.integers(-60, 0),
        status=st.sampled_from(["settled", "failed"]),
        channel=st.sampled_from(["web", "mpay"]),
        duration_ms=st.none() | st.integers(0, 400_000),
    ),
    min_size=1,
    max_size=8,
)
spoils = st.lists(st.tuples(st.integers(0, 7), st.sampled_from([(c, bad) for c, texts in SPOILT.items() for bad in texts])))


def cells(number: int, row: Mapping[str, Any]) -> Cells:
    found = text(number, **row)
    return {
        name: "" if found[name] is None else str(found[name]).lower() if name == "automatic" else str(found[name])
        for name in COLUMNS
    }


def write(folder: Path, form: str, listed: list[Cells]) -> tuple[Path, list[object]]:
    """Rows as a file of a form, and the options it is ingested with."""
    folder.mkdir(exist_ok=True)
    frame = pl.DataFrame(listed, schema=dict.fromkeys(COLUMNS, pl.String))
    if form == "parquet":
        frame.write_parquet(folder / "p.parquet")
        return folder / "p.parquet", []
    if form == "csv":
        frame.select(reversed(COLUMNS)).write_csv(folder / "p.csv")
        return folder / "p.csv", []
    (folder / "m.toml").write_text(MAPPED, encoding="utf-8")
    if form == "json":
        (folder / "p.json").write_text(json.dumps([{name.upper(): value for name, value in row.items()} for row in listed]))
        (folder / "m.toml").write_text(MAPPED.replace('"csv"\ndelimiter = ";"', '"json"'), encoding="utf-8")
        return folder / "p.json", ["--mapping", folder / "m.toml"]
    frame.rename(str.upper).write_csv(folder / "p.txt", separator=";")
    return folder / "p.txt", ["--mapping", folder / "m.toml"]


MAPPED = "\n".join(
    [
        'source = "payments"',
        "[input]",
        'format = "csv"',
        'delimiter = ";"',
        "[columns]",
        *(f'{n} = {{ from = "{n.upper()}" }}' for n in COLUMNS),
    ]
)


def lines_of(form: str, listed: list[Cells]) -> list[int]:
    """The line or number on which each row begins in its file."""
    if form in ("parquet", "json"):
        return [*range(1, len(listed) + 1)]
    heights = [1 + sum(value.count("\n") for value in row.values()) for row in listed]
    return [2 + sum(heights[:at]) for at in range(len(listed))]


def put_right(line: Line, row: Cells) -> Line:
    """A line of a correction file with the right cells, whatever the case of its columns."""
    return {name: row.get(name.lower(), cell) for name, cell in line.items()}


def marts(data: Path) -> dict[str, list[tuple[Any, ...]]]:
    snapshot = open_current(data)
    try:
        found = {mart: snapshot.cursor().execute(f"FROM {mart} ORDER BY ALL").fetchall() for mart in SAME}
        days = "SELECT source, day, rows, fils, delivered FROM coverage_days WHERE rows > 0 ORDER BY ALL"
        return found | {"days": snapshot.cursor().execute(days).fetchall()}
    finally:
        snapshot.close()


@pytest.mark.parametrize("form", ["csv", "parquet", "mapped", "json"])
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(listed=rows, spoilt=spoils)
def test_all_rows_put_right_are_worth_the_file_that_was_right_and_a_second_time_nothing(
    form: str, listed: list[dict[str, Any]], spoilt: list[tuple[int, tuple[str, str]]]
) -> None:
    right = [cells(number, row) for number, row in enumerate(listed, 1)]
    wrong = [dict(row) for row in right]
    for at, (column, bad) in spoilt:
        wrong[at % len(wrong)][column] = bad
    with tempfile.TemporaryDirectory() as folder:
        one, two = (Desk(Path(folder) / name) for name in ("right", "wrong"))
        good, how = write(one.folder, form, right)
        assert one.run("ingest", "payments", good, *how) == 0
        assert one.run("publish") == 0
        bad_file, how = write(two.folder, form, wrong)
        assert two.run("ingest", "payments", bad_file, *how) in (0, 1)
        waiting = [line for _, line, state, _ in two.states() if state == "open"]
        if waiting:
            begins = lines_of(form, wrong)
            answers = iter([right[begins.index(line)] for line in waiting])
            fixed = correct(
                two.export("payments", "out.csv"), two.folder / "fixed.csv", lambda line: put_right(line, next(answers))
            )
            assert two.run("ingest", "payments", fixed, *how) == 0
        assert two.run("publish") == 0
        expected = marts(one.data)
        assert marts(two.data) == expected
        assert {state for _, _, state, _ in two.states()} <= {"corrected"}
        if waiting:
            again = correct(fixed, two.folder / "again.csv", lambda line: {**line, "_message": "seen"})
            assert two.run("ingest", "payments", again, *how) == 0
            assert two.run("ingest", "payments", fixed, *how) == 0
            two.run("publish")
            assert marts(two.data) == expected
        assert verify(two.data).problems == ()


KEYS = ("2", "3", "9")
BAD = [payment(1), payment(2, amount_fils=-5), payment(3, status="refunded"), payment(9, status="refunded")]
OTHERS = [payment(2, amount_fils=5), payment(7)]
steps = st.one_of(
    st.tuples(st.sampled_from(["c1.csv", "c2.csv", "c3.csv"]), st.sets(st.sampled_from(KEYS), min_size=1)),
    st.tuples(st.just("q.parquet"), st.sets(st.sampled_from(["2", "7"]), min_size=1)),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(taken=st.lists(steps, min_size=3, max_size=7))
def test_of_every_row_said_to_be_corrected_a_corrected_row_is_stored(taken: list[tuple[str, set[str]]]) -> None:
    """Whatever the order in which files say the same of a row and are replaced by others that say less."""
    right = {"2": "5", "3": "-10000", "9": "-10000"}
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        desk.run("ingest", "payments", parquet(desk.folder / "p.parquet", "payments", BAD))
        out = desk.export("payments", "out.csv")
        for number, (name, keys) in enumerate(taken):
            if name == "q.parquet":
                coming = parquet(desk.folder / name, "payments", [r for r in OTHERS if str(r["event_id"]) in keys])
            else:
                coming = correct(out, desk.folder / name, partial(_right, right, keys, str(number)))
            desk.run("ingest", "payments", coming, "--supersede")
            assert desk.settled_for_nothing() == []
            waiting = {key for key, (_, _, state, _) in zip(KEYS, desk.states(), strict=False) if state == "open"}
            assert waiting.isdisjoint(str(key) for key in desk.amounts() if key != 2)
        assert [problem for problem in verify(desk.data).problems if "left out as duplicates" not in problem] == []


def _right(right: Mapping[str, str], keys: set[str], message: str, line: Line) -> Line | None:
    key = line["event_id"]
    return {**line, "amount_fils": right[key], "_message": message} if key in keys else None
