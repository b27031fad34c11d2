"""Laws of publishing, over random rows in random files: what goes in comes out, whatever the order and the way."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.marts import MARTS
from store.publish import publish
from store.rollup.plan import ROLLUPS
from store.snapshot import open_current
from tests.support.deliveries import NOON, Row, deliver
from tests.support.inline import inline  # noqa: F401  a fixture

pytestmark = pytest.mark.usefixtures("inline")

SAME = (*(mart for mart in MARTS if mart in ROLLUPS), "coverage_days", "reconciliation")
File = tuple[str, list[Row]]

payments = st.lists(
    st.builds(
        lambda status, fils, day, **row: {
            "status": status,
            "amount_fils": -max(fils, 1) if status == "refunded" else fils,
            "occurred_at": NOON + timedelta(days=day),
            "received_at": NOON + timedelta(days=100),
            **row,
        },
        status=st.sampled_from(["settled", "failed", "abandoned", "refunded"]),
        fils=st.integers(0, 10**9),
        day=st.integers(0, 75),
        department=st.sampled_from(["rta", "dewa"]),
        channel=st.sampled_from(["web", "mpay"]),
        automatic=st.booleans(),
        basket_accounts=st.integers(1, 3),
        duration_ms=st.none() | st.integers(0, 400_000),
        payer=st.none() | st.integers(1, 3),
    ),
    max_size=12,
)
probes = st.lists(
    st.builds(
        lambda quarter, **row: {"probed_at": NOON + timedelta(minutes=15 * quarter), **row},
        quarter=st.integers(0, 5000),
        service=st.sampled_from(["salik", "bill"]),
        state=st.sampled_from(["up", "degraded", "down"]),
        planned=st.booleans(),
        interval_s=st.sampled_from([600, 900, 1800, 86_400]),
    ),
    max_size=12,
    unique_by=lambda row: (row["service"], row["probed_at"]),
)
feedback = st.lists(
    st.builds(
        lambda day, took: [
            {"occurred_at": NOON + timedelta(days=day)},
            *(
                []
                if took is None
                else [
                    {
                        "event": "resolved",
                        "occurred_at": NOON + timedelta(days=day + took),
                        "opened_at": NOON + timedelta(days=day),
                    }
                ]
            ),
        ],
        day=st.integers(0, 60),
        took=st.none() | st.integers(0, 30),
    ),
    max_size=5,
)


@st.composite
def deliveries(draw: st.DrawFn) -> list[File]:
    """Rows of three sources, dealt out to a few files each in any order."""
    dealt = {
        "payments": [{"event_id": n, **row} for n, row in enumerate(draw(payments), 1)],
        "probes": draw(probes),
        "feedback": [{"case_id": n, **row} for n, case in enumerate(draw(feedback), 1) for row in case],
    }
    files: dict[tuple[str, int], list[Row]] = {("payments", 0): [{"event_id": 10**6}]}
    for source, rows in dealt.items():
        for row in rows:
            files.setdefault((source, draw(st.integers(0, 2))), []).append(row)
    return draw(st.permutations([(f"{source}-{n}", rows) for (source, n), rows in files.items()]))


@contextmanager
def a_store() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "store"


def take_in(data: Path, files: list[File]) -> None:
    for name, rows in files:
        deliver(data, name.partition("-")[0], rows, name=name)


def contents(data: Path) -> dict[str, list[tuple[Any, ...]]]:
    snapshot = open_current(data)
    try:
        return {mart: snapshot.cursor().execute(f"FROM {mart} ORDER BY ALL").fetchall() for mart in SAME}
    finally:
        snapshot.close()


slow = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@slow
@given(files=deliveries(), shuffled=st.randoms(use_true_random=False))
def test_the_order_of_files_does_not_matter(files: list[File], shuffled: Any) -> None:
    other = shuffled.sample(files, len(files))
    with a_store() as one, a_store() as two:
        take_in(one, files)
        take_in(two, other)
        publish(one)
        publish(two)
        assert contents(one) == contents(two)


@slow
@given(files=deliveries(), cut=st.integers(0, 8))
def test_publishing_after_changes_equals_publishing_from_nothing(files: list[File], cut: int) -> None:
    with a_store() as data:
        take_in(data, [("payments-first", [{"event_id": 10**7}]), *files[:cut]])
        publish(data)
        take_in(data, files[cut:])
        publish(data)
        changed = contents(data)
        shutil.rmtree(data / "rollup")
        for snapshot in data.glob("serve-*"):
            snapshot.unlink()
        publish(data)
        assert contents(data) == changed


@slow
@given(files=deliveries())
def test_sums_of_the_marts_are_sums_of_the_accepted_rows(files: list[File]) -> None:
    rows = [row for name, rows in files if name.startswith("payments") for row in rows]
    settled = [row for row in rows if row.get("status", "settled") == "settled"]
    with a_store() as data:
        take_in(data, files)
        publish(data)
        snapshot = open_current(data)
        sums = "sum(records), sum(settled), sum(gross_fils), sum(gross_fils) - sum(refund_fils) + sum(unsettled_fils)"
        found = snapshot.cursor().execute(f"SELECT {sums} FROM payments").fetchall()
        [(payers,)] = snapshot.cursor().execute("SELECT count(DISTINCT payer) FROM payers").fetchall()
        snapshot.close()
    amounts = [row.get("amount_fils", 100) for row in rows]
    assert found == [(len(rows), len(settled), sum(row.get("amount_fils", 100) for row in settled), sum(amounts))]
    assert payers == len({row.get("payer") for row in settled} - {None})


@slow
@given(rows=probes.filter(bool))
def test_seconds_of_a_day_add_up_and_no_second_counts_twice(rows: list[Row]) -> None:
    with a_store() as data:
        deliver(data, "probes", rows)
        publish(data)
        snapshot = open_current(data)
        seconds = "up_seconds, down_seconds, maintenance_seconds, unknown_seconds"
        days = snapshot.cursor().execute(f"SELECT period_start, service, {seconds} FROM availability").fetchall()
        [(down,)] = snapshot.cursor().execute("SELECT sum(down_seconds) FROM availability").fetchall()
        [(incidents,)] = snapshot.cursor().execute("SELECT coalesce(sum(down_seconds), 0) FROM incidents").fetchall()
        snapshot.close()
    assert all(sum(day[2:]) == 86_400 and min(day[2:]) >= 0 for day in days)
    assert len(days) == len({day[:2] for day in days})
    assert down <= incidents
