"""Settlements: the bank has every payment it could have booked by the last day, but for a few that are late, wrong or stray."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from generators import generate, settlements
from generators.calendar import day_number
from generators.settlements import bank_days, mixed, settled_whole


@pytest.fixture(scope="module")
def paid(small: Path) -> pl.DataFrame:
    """Distinct settled and refunded records of the small scenario with their local day."""
    rows = pl.read_parquet(small / "payments" / "*.parquet").unique("event_id")
    local = pl.col("occurred_at").dt.convert_time_zone("Asia/Dubai").dt.date()
    return rows.filter(pl.col("status").cast(pl.String).is_in(["settled", "refunded"])).with_columns(day=local)


@pytest.fixture(scope="module")
def booked(small: Path) -> pl.DataFrame:
    return pl.read_parquet(small / "settlements" / "*.parquet").unique()


def test_nearly_every_payment_is_settled_to_the_fils_on_the_bank_s_next_day(paid: pl.DataFrame, booked: pl.DataFrame) -> None:
    whole = paid.filter(pl.col("day") <= date(2012, 9, 12))
    matched = whole.join(booked, on=["event_id", "amount_fils", "department"]).filter(pl.col("day") == pl.col("paid_on"))
    assert 0.998 < matched.height / whole.height < 1
    next_day = {n: int(found) for n, found in enumerate(bank_days())}
    days = matched.select((pl.col(c) - date(2009, 1, 1)).dt.total_days() for c in ("paid_on", "settled_on"))
    assert sum(next_day[day] == on for day, on in days.iter_rows()) / matched.height > 0.998


# the scenario ends on Saturday 15 September: what was paid on Thursday the bank books on Sunday
def test_what_the_bank_books_after_the_range_is_not_delivered(booked: pl.DataFrame) -> None:
    assert booked["settled_on"].max() == date(2012, 9, 13)
    assert booked["paid_on"].max() == date(2012, 9, 12)


def test_the_days_a_file_declares_are_those_booked_whole(small: Path) -> None:
    said = json.loads((small / "settlements" / "settlements-2012-09.parquet.control.json").read_text("utf-8"))
    assert (said["from"], said["to"]) == ("2012-09-01", "2012-09-12")


def test_banks_rest_on_friday_and_saturday_and_on_holidays() -> None:
    thursday = day_number(date(2012, 9, 27))
    assert [int(bank_days()[thursday + n]) - thursday for n in range(4)] == [3, 3, 3, 4]
    assert bank_days()[day_number(date(2012, 11, 30))] == day_number(date(2012, 12, 4))  # National Day is the 2nd and the 3rd
    assert settled_whole(range(thursday - 2, thursday + 4), thursday + 3) == range(thursday - 2, thursday + 3)
    assert settled_whole(range(thursday, thursday + 4), thursday + 1) == range(thursday, thursday)


def test_late_wrong_and_stray_settlements_occur_as_often_as_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settlements, "LATE", 500_000)
    monkeypatch.setattr(settlements, "WRONG", 500_000)
    monkeypatch.setattr(settlements, "STRAY", 500_000)
    generate("dubai", date(2012, 7, 1), date(2012, 7, 10), seed=7, scale=0.1, processes=1, out=tmp_path)
    paid = pl.read_parquet(tmp_path / "payments" / "*.parquet").filter(pl.col("status") == "settled").unique("event_id")
    booked = pl.read_parquet(tmp_path / "settlements" / "*.parquet").unique()
    both = paid.join(booked, on="event_id", suffix="_bank")
    apart = both.filter(pl.col("amount_fils") != pl.col("amount_fils_bank"))
    strays = booked.join(pl.read_parquet(tmp_path / "payments" / "*.parquet"), on="event_id", how="anti")
    assert apart.height / both.height == pytest.approx(0.05, abs=0.01)
    assert strays.height / both.height == pytest.approx(0.05, abs=0.01)
    lag = both.select((pl.col("settled_on") - pl.col("paid_on")).dt.total_days().alias("days"))["days"]
    assert lag.max() > 4
    assert (apart["amount_fils"] - apart["amount_fils_bank"]).is_between(1, 130).all()


def test_what_becomes_of_a_settlement_follows_from_its_number_and_the_seed_alone() -> None:
    numbers = np.arange(1, 100_001)
    assert np.array_equal(mixed(7, numbers)[500:510], mixed(7, numbers[500:510]))
    assert not np.array_equal(mixed(7, numbers), mixed(8, numbers))
    assert int(mixed(7, np.array([1]))[0]) == int(mixed(7, np.array([1, 2]))[0])
    shares = np.bincount((mixed(7, numbers) % 10).astype(int)) / numbers.size
    assert shares == pytest.approx(np.full(10, 0.1), abs=0.005)
