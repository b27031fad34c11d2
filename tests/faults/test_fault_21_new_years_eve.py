"""Fault 21: 20:30Z on 31 December is 1 January of the next year in Dubai, in the store, its marts and on the pages."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from metrics import query, year
from store.publish import publish
from store.snapshot import open_current
from tests.support.fuzz_invariant import EVERYTHING, broken
from tests.support.fuzz_rows import text
from tests.support.records import csv, parquet, payment, stored, take

EVE = datetime(2011, 12, 31, 20, 30, tzinfo=UTC)
BEFORE = datetime(2011, 12, 31, 19, 59, 59, 999_999, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["parquet", "csv", "csv of local times"])
def test_fault_21_the_evening_of_31_december_in_utc_is_next_year(tmp_path: Path, kind: str) -> None:
    data = tmp_path / "store"
    if kind == "parquet":
        path = parquet(
            tmp_path / "p.parquet",
            "payments",
            [payment(1, occurred_at=BEFORE, amount_fils=1), payment(2, occurred_at=EVE, amount_fils=5)],
        )
    elif kind == "csv":
        path = csv(tmp_path / "p.csv", [text(1, occurred_at=BEFORE, amount_fils=1), text(2, occurred_at=EVE, amount_fils=5)])
    else:
        last, first = "2011-12-31T23:59:59.999999+04:00", "2012-01-01T00:30:00+04:00"
        path = csv(
            tmp_path / "p.csv",
            [
                text(1, occurred_at=last, received_at=first, amount_fils=1),
                text(2, occurred_at=first, received_at=first, amount_fils=5),
            ],
        )
    take(data, "payments", path)
    publish(data)

    assert stored(data, "payments")["business_date"].to_list() == [date(2011, 12, 31), date(2012, 1, 1)]
    assert sorted(p.parent.name for p in (data / "files/payments").rglob("*.parquet")) == ["month=2011-12", "month=2012-01"]
    snapshot = open_current(data)
    collected = [query("collected_amount", year(n), snapshot=snapshot, scope=EVERYTHING).total.value for n in (2010, 2011, 2012)]
    snapshot.close()
    assert collected == [None, 1, 5]
    assert broken(data) == []
