"""The keys of the JSON that other programs read: all of them are there, in the answer, in every row, and in the total."""

import json
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from metrics.catalogue import KPIS
from metrics.cli import main
from tests.support.marts import build_snapshot

ANSWER = {"kpi", "unit", "window", "base", "complete_through", "snapshot", "sql", "rows", "total"}
NUMBERS = {"value", "numerator", "denominator", "n", "base_value", "change"}
QUESTION = ["--from", "2012-09-01", "--to", "2012-09-30", "--compare", "previous-year", "--by", "department", "--format", "json"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    months = [(date(year, 9, 1), date(year, 9, 30)) for year in (2011, 2012)]
    snapshot = build_snapshot(
        folder,
        payments=[{"day": last, "settled": 20, "gross_fils": 1_000} for _, last in months],
        it_spend=[{"period_start": first, "period_end": last, "spent_fils": 7, "budget_fils": 9} for first, last in months],
        surveys=[{"day": last, "csat_valid": 40, "csat_top2": 20, "invited": 90, "completed": 40} for _, last in months],
    )
    with closing(snapshot):
        return folder


@pytest.mark.parametrize("kpi", KPIS)
def test_every_kpi_answers_with_the_agreed_keys(data: Path, kpi: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["query", kpi, *QUESTION, "--data", str(data)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert set(answer) >= ANSWER
    assert (answer["kpi"], answer["window"], answer["base"]) == (
        kpi,
        ["2012-09-01", "2012-09-30"],
        ["2011-09-01", "2011-09-30"],
    )
    assert set(answer["total"]) >= NUMBERS
    assert all(set(row) >= NUMBERS | {"department"} for row in answer["rows"])


@pytest.mark.parametrize("kpi", [kpi for kpi, declared in KPIS.items() if declared.unit == "fils" and declared.kind == "sum"])
def test_amounts_are_whole_fils(data: Path, kpi: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["query", kpi, *QUESTION, "--data", str(data)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["unit"] == "fils"
    assert all(type(row["value"]) is int for row in (*answer["rows"], answer["total"]))
