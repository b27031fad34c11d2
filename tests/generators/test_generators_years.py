"""Years outside the default range: what is written hits the figures published of them, times the scale."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from generators import generate
from generators.published import Figure, figures

SCALE = 0.02
SOURCES = ("payments", "settlements")


def measured(rows: pl.DataFrame, figure: Figure) -> int:
    """Collected fils or settled transactions of the period and slice of a figure."""
    rows = rows.filter(pl.col("day").is_between(figure.start, figure.end))
    if figure.dimension:
        column, _, value = figure.dimension.partition("=")
        rows = rows.filter(pl.col(column) == value)
    if figure.measure == "transactions":
        return rows.filter(pl.col("status") == "settled").height
    return int(rows.filter(pl.col("status").is_in(["settled", "refunded"]))["amount_fils"].sum())


@pytest.mark.parametrize("year", [2009, 2013, 2014])
def test_each_published_figure_of_the_year_is_hit_at_any_scale(tmp_path: Path, year: int) -> None:
    start, end = date(year, 1, 1), date(year, 12, 31)
    generate("dubai", start, end, seed=7, scale=SCALE, only=SOURCES, processes=1, out=tmp_path)
    day = pl.col("occurred_at").dt.convert_time_zone("Asia/Dubai").dt.date()
    rows = pl.read_parquet(tmp_path / "payments" / "*.parquet").unique("event_id").with_columns(day=day)
    assert (rows["day"].min(), rows["day"].max()) == (start, end)
    inside = [figure for figure in figures() if start <= figure.start and figure.end <= end]
    assert {figure.measure for figure in inside} == {"collected_amount", "transactions"}
    for figure in inside:
        found, wanted = measured(rows, figure), figure.value * SCALE
        if figure.measure == "collected_amount":
            assert found == pytest.approx(wanted, abs=1), figure
        else:  # a whole number in each half or quarter of a year and each of its cells
            assert found == pytest.approx(wanted, abs=8), figure
