"""The payment log: baskets, attempts, refunds, duplicates and late deliveries behave as a gateway's do."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators import generate
from generators.calendar import Month, day_number
from generators.calibration import Recipe, day_counts
from generators.payments import rounded_to_sum
from generators.published import CELLS
from generators.sales import draw_sales
from generators.stragglers import LATE, REFUNDED, draw_stragglers


@pytest.fixture(scope="module")
def log(small: Path) -> pl.DataFrame:
    day = pl.col("occurred_at").dt.convert_time_zone("Asia/Dubai").dt.date()
    return pl.read_parquet(small / "payments" / "*.parquet", include_file_paths="file").with_columns(day=day)


@pytest.fixture(scope="module")
def records(log: pl.DataFrame) -> pl.DataFrame:
    return log.drop("file").unique()


def test_event_ids_are_unique_but_for_identical_duplicates(log: pl.DataFrame, records: pl.DataFrame) -> None:
    assert records["event_id"].is_unique().all()
    assert 0 < log.height - records.height < 0.01 * log.height


def test_some_duplicates_come_in_a_later_file(log: pl.DataFrame) -> None:
    files = log.group_by("event_id").agg(pl.col("file").n_unique())
    assert files["file"].max() == 2


def test_surcharge_is_always_zero(log: pl.DataFrame) -> None:
    assert log["surcharge_fils"].sum() == 0
    assert log["surcharge_fils"].abs().max() == 0


def test_a_transaction_settles_at_most_once_and_after_its_failures(records: pl.DataFrame) -> None:
    tries = records.filter(pl.col("status") != "refunded")
    settled = pl.col("status") == "settled"
    each = tries.group_by("transaction_id").agg(
        settled=settled.sum(),
        in_order=pl.col("attempt").sort_by("occurred_at").diff().fill_null(1).min() >= 1,
        settled_last=(pl.col("attempt").filter(settled).max() == pl.col("attempt").max()).fill_null(True),
        days=pl.col("day").n_unique(),
        amounts=pl.col("amount_fils").n_unique(),
        first=pl.col("attempt").min(),
    )
    assert each["settled"].max() == 1
    assert each["in_order"].all()
    assert each["settled_last"].all()
    assert each["days"].max() == each["amounts"].max() == each["first"].max() == 1
    assert tries["attempt"].max() == 3


def test_a_basket_settles_or_fails_as_a_whole(records: pl.DataFrame) -> None:
    tries = records.filter(pl.col("status") != "refunded").group_by("basket_id", "attempt")
    each = tries.agg(
        pl.col("status").n_unique(),
        pl.col("occurred_at").n_unique(),
        lines=pl.len(),
        accounts=pl.col("basket_accounts").first(),
        numbers=pl.col("basket_line").n_unique(),
    )
    assert each["status"].max() == 1
    assert each["occurred_at"].max() == 1
    assert (each["lines"] == each["accounts"]).all()
    assert (each["lines"] == each["numbers"]).all()
    assert each["accounts"].max() > 1


def test_refunds_are_negative_records_on_a_later_day_of_a_settled_transaction(records: pl.DataFrame) -> None:
    refunds = records.filter(pl.col("status") == "refunded")
    sales = records.filter(pl.col("status") == "settled")
    both = refunds.join(sales, on="transaction_id", suffix="_sale")
    assert refunds["amount_fils"].max() < 0
    assert both.height > 0.5 * refunds.height
    assert (both["day"] > both["day_sale"]).all()
    assert (-both["amount_fils"] <= both["amount_fils_sale"]).all()
    missing = refunds.join(sales, on="transaction_id", how="anti")
    assert (missing["day"] - missing["day"].min()).dt.total_days().max() < 46, "sold before the range"


def test_late_arrivals_lie_in_the_file_of_the_month_they_were_received_in(log: pl.DataFrame) -> None:
    first = log.unique("event_id", keep="first", maintain_order=True)
    delivered = first["file"].str.extract(r"(\d{4}-\d{2})\.parquet$")
    received = first["received_at"].dt.convert_time_zone("Asia/Dubai").dt.strftime("%Y-%m")
    assert (delivered == received).all()
    late = first.filter(pl.col("day").dt.strftime("%Y-%m") < delivered)
    assert late.height > 10
    assert late["received_at"].max() <= pl.Series([date(2012, 9, 16)]).cast(pl.Datetime("us", "UTC"))[0]


def test_nothing_lies_outside_the_range(log: pl.DataFrame) -> None:
    assert log["day"].min() == date(2012, 7, 29)
    assert log["day"].max() == date(2012, 9, 15)


def test_standing_orders_complete_within_a_minute_and_others_take_longer(records: pl.DataFrame) -> None:
    settled = records.filter(pl.col("status") == "settled")
    standing = settled.filter("automatic")["duration_ms"]
    other = settled.filter(~pl.col("automatic"))["duration_ms"]
    assert standing.len() > 100
    assert standing.max() < 60_000
    assert 60_000 < other.median() < 240_000


def test_a_day_does_not_depend_on_the_range_it_is_asked_in(small: Path, tmp_path: Path) -> None:
    generate("dubai", date(2012, 9, 3), date(2012, 9, 9), seed=7, scale=0.1, processes=1, out=tmp_path)
    day = pl.col("occurred_at").dt.convert_time_zone("Asia/Dubai").dt.date()
    wanted = day.is_between(date(2012, 9, 3), date(2012, 9, 9))
    columns = ["event_id", "transaction_id", "occurred_at", "service", "status", "amount_fils", "payer"]
    short, longer = (
        pl.read_parquet(out / "payments" / "*.parquet").filter(wanted).select(columns).unique().sort("event_id")
        for out in (tmp_path, small)
    )
    assert short.height > 1_000
    assert short.equals(longer)


def test_lines_of_a_day_number_exactly_what_is_planned_in_every_cell() -> None:
    day = day_number(date(2012, 5, 21))
    counts = day_counts(Recipe(7, 1.0)).regular[day]
    sales = draw_sales(7, day, counts)
    assert np.bincount(sales.cell[sales.line_basket], minlength=len(CELLS)).tolist() == counts.tolist()
    assert ((sales.fixed_fils > 0) ^ (sales.raw > 0)).all()


def test_stragglers_are_a_small_population_that_stays_within_its_reach() -> None:
    found = draw_stragglers(Recipe(7, 1.0), Month(2012, 5))
    total = day_counts(Recipe(7, 1.0)).regular[Month(2012, 5).first : Month(2012, 5).last + 1].sum()
    assert 0.005 < found.day.size / total < 0.02
    assert found.lag.max() <= 45
    assert (found.refund_fils[found.fate != REFUNDED] == 0).all()
    assert (found.refund_fils <= found.fils).all()
    assert (found.fate == LATE).mean() == pytest.approx(0.45, abs=0.05)


@given(st.lists(st.floats(0.5, 1e8), min_size=1, max_size=200), st.integers(1, 10**12))
def test_cumulative_rounding_adds_up_to_the_fils_and_moves_no_amount_by_a_fils_or_more(amounts: list[float], total: int) -> None:
    whole = rounded_to_sum(np.array(amounts), total)
    exact = np.array(amounts) * (total / np.cumsum(amounts)[-1])
    assert whole.sum() == total
    assert np.abs(whole - exact).max() <= 1 + total * 1e-12
