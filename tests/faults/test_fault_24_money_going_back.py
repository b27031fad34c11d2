"""Fault 24: refunds, reversals and chargebacks. They are signed, on their own day, and gross and net stay apart.

The gateway writes all three as records with status `refunded` and a negative amount; a mapping brings other words to that.
"""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from metrics import Window, query
from store.publish import publish
from store.snapshot import open_current
from tests.support.fuzz_invariant import EVERYTHING, broken
from tests.support.fuzz_rows import counts, fils, mapping, rejects, text
from tests.support.records import NOON, csv, parquet, payment, take

NEXT = NOON + timedelta(days=1)
BOTH = Window(date(2012, 9, 30), date(2012, 10, 1))


def amounts(data: Path) -> dict[str, tuple[Any, ...]]:
    """Of each KPI its total and its value on either day."""
    publish(data)
    snapshot = open_current(data)
    try:
        found = {}
        for kpi in ("gross_amount", "refunded_amount", "collected_amount", "transactions"):
            result = query(kpi, BOTH, snapshot=snapshot, scope=EVERYTHING, by=("day",))
            found[kpi] = (result.total.value, *(row.value for row in result.rows))
        return found
    finally:
        snapshot.close()


def test_fault_24_gross_and_net_are_apart_and_a_refund_counts_on_its_own_day(tmp_path: Path) -> None:
    data = tmp_path / "store"
    rows = [
        payment(1, amount_fils=100_00),
        payment(2, amount_fils=50_00, occurred_at=NEXT),
        payment(3, transaction_id=1, status="refunded", amount_fils=-30_00, occurred_at=NEXT),
        payment(4, transaction_id=1, status="refunded", amount_fils=-1, occurred_at=NEXT),
        payment(5, status="failed", amount_fils=7_00),
    ]
    assert counts(take(data, "payments", parquet(tmp_path / "p.parquet", "payments", rows))) == (5, 5, 0, 0)
    assert amounts(data) == {
        "gross_amount": (150_00, 100_00, 50_00),
        "refunded_amount": (30_01, 0, 30_01),
        "collected_amount": (119_99, 100_00, 19_99),
        "transactions": (2, 1, 1),
    }
    assert fils(data) == (126_99, 126_99, 0, 0)
    assert broken(data) == []


def test_fault_24_more_may_go_back_on_a_day_than_came_in(tmp_path: Path) -> None:
    data = tmp_path / "store"
    rows = [payment(1, amount_fils=10), payment(2, status="refunded", amount_fils=-25, occurred_at=NEXT)]
    take(data, "payments", parquet(tmp_path / "p.parquet", "payments", rows))
    assert amounts(data)["collected_amount"] == (-15, 10, -25)
    assert fils(data) == (-15, -15, 0, 0)
    assert broken(data) == []


@pytest.mark.parametrize(("status", "amount"), [("refunded", 5), ("refunded", 0), ("settled", -5), ("failed", -5)])
def test_fault_24_a_sign_that_contradicts_the_status_is_quarantined(tmp_path: Path, status: str, amount: int) -> None:
    data = tmp_path / "store"
    rows = [payment(1), payment(2, status=status, amount_fils=amount)]
    take(data, "payments", parquet(tmp_path / "p.parquet", "payments", rows))
    assert rejects(data) == [(2, "", "sign_follows_status")]
    assert fils(data) == (100_00 + amount, 100_00, 0, amount)
    assert broken(data) == []


def test_fault_24_reversals_and_chargebacks_of_another_log_are_refunds_by_its_mapping(tmp_path: Path) -> None:
    data = tmp_path / "store"
    words = "{ PAID = 'settled', REFUND = 'refunded', REVERSAL = 'refunded', CHARGEBACK = 'refunded' }"
    other = mapping(
        tmp_path,
        status=f'{{ from = "status", values = {words} }}',
        amount_fils='{ from = "amount_fils", parse = "money" }',
    )
    rows = [
        text(1, status="PAID", amount_fils="100.00"),
        text(2, status="REFUND", amount_fils="-10.00"),
        text(3, status="REVERSAL", amount_fils="-20.00"),
        text(4, status="CHARGEBACK", amount_fils="-0.01"),
        text(5, status="DISPUTE", amount_fils="-5.00"),
    ]
    take(data, "payments", csv(tmp_path / "p.csv", rows), mapping=other)
    assert rejects(data) == [(6, "status", "unknown_value")]
    found = amounts(data)
    assert (found["gross_amount"][0], found["refunded_amount"][0], found["collected_amount"][0]) == (100_00, 30_01, 69_99)
    assert fils(data) == (64_99, 69_99, 0, -5_00)
    assert broken(data) == []
