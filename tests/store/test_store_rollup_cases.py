"""Each rollup does what its case file says: rows in, rows out. The same files are meant for every engine."""

import re
from contextlib import closing
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from store.contract import SOURCES
from store.marts import MARTS
from store.rollup import plan, relations
from store.rollup.duckdb_engine import DuckDBEngine
from tests.support.cases import Case, read_cases

CASES = Path(__file__).with_name("cases")
SQL = Path(plan.__file__).parent
NOT_SHARED = (
    "//",
    "FILTER",
    "QUALIFY",
    "GROUP BY ALL",
    "QUANTILE",
    "MEDIAN",
    "APPROX",
    "DAYOFWEEK",
    "EPOCH",
    "STRFTIME",
    "::",
    "EXCLUDE",
)
DAY = re.compile(r"\d{4}-\d\d-\d\d")


def stored(source: str) -> dict[str, pl.DataType]:
    """Columns of a source's Parquet files: those of the contract and those the store derives."""
    types = {name: column.dtype for name, column in SOURCES[source].schema.columns().items()}
    derived = {
        c.stored: pl.Date() if c.type == "DATE" else pl.Int16() for c in relations.columns(source) if c.stored not in types
    }
    return {**types, **derived}


def run(case: Case, rollup: plan.Rollup, folder: Path) -> pl.DataFrame:
    cells = [cell for table in case.inputs.values() for row in table.rows for cell in row if cell and DAY.fullmatch(cell)]
    calendar = relations.days(date.fromisoformat(min(cells)), date.fromisoformat(max(cells)), case.timezone)
    with closing(DuckDBEngine(case.timezone, calendar, folder / "spill")) as engine:
        earlier = {name: _earlier(case, name, engine, folder) for name in rollup.rollups}
        sources = {name: _source(case, name, folder) for name in rollup.sources}
        rows = engine.roll(rollup, sources, earlier, folder / "out.parquet")
    result = pl.read_parquet(folder / "out.parquet")
    assert rows == result.height
    return result


def _source(case: Case, name: str, folder: Path) -> list[Path]:
    return [_write(case.inputs[name].frame(stored(name)), folder / f"{name}.parquet")] if name in case.inputs else []


def _earlier(case: Case, name: str, engine: DuckDBEngine, folder: Path) -> list[Path]:
    """Rows of an earlier rollup, in the columns its SQL gives over nothing."""
    empty, rollup = folder / f"{name}-empty.parquet", plan.ROLLUPS[name]
    engine.roll(rollup, {source: [] for source in rollup.sources}, {}, empty)
    if name not in case.inputs:
        return [empty]
    return [_write(case.inputs[name].frame(dict(pl.read_parquet_schema(empty))), folder / f"{name}.parquet")]


def _write(frame: pl.DataFrame, path: Path) -> Path:
    frame.write_parquet(path)
    return path


def every_case() -> list[pytest.param]:
    return [
        pytest.param(name, case, id=f"{name}: {case.title}")
        for name in plan.ROLLUPS
        for case in read_cases(CASES / f"{name}.case")
    ]


@pytest.mark.parametrize(("name", "case"), every_case())
def test_rows_in_give_rows_out(name: str, case: Case, tmp_path: Path) -> None:
    result = run(case, plan.ROLLUPS[name], tmp_path)
    expected = case.gives.frame(dict(result.schema))
    columns = list(case.gives.columns)
    assert sorted(result.select(columns).rows(), key=str) == sorted(expected.select(columns).rows(), key=str)


@pytest.mark.parametrize("name", plan.ROLLUPS)
def test_cases_check_every_column(name: str, tmp_path: Path) -> None:
    named = {column for case in read_cases(CASES / f"{name}.case") for column in case.gives.columns}
    assert named == set(run(read_cases(CASES / f"{name}.case")[0], plan.ROLLUPS[name], tmp_path).columns)


def test_every_sql_file_is_planned_and_has_cases() -> None:
    names = {file.stem for file in SQL.glob("*.sql")}
    assert names == set(plan.ROLLUPS)
    assert names == {file.stem for file in CASES.glob("*.case")}


@pytest.mark.parametrize("name", plan.ROLLUPS)
def test_sql_opens_with_what_grain_and_hazard(name: str) -> None:
    head = [line for line in plan.ROLLUPS[name].sql.splitlines() if line.startswith("--")]
    assert [word for word in ("What:", "Grain:", "Hazard:") if any(line.startswith(f"-- {word}") for line in head)] == [
        "What:",
        "Grain:",
        "Hazard:",
    ]


@pytest.mark.parametrize("name", plan.ROLLUPS)
def test_sql_keeps_to_what_engines_share(name: str) -> None:
    body = "\n".join(line for line in plan.ROLLUPS[name].sql.splitlines() if not line.startswith("--")).upper()
    assert [word for word in NOT_SHARED if word in body] == []


def test_marts_of_the_plan_are_marts_of_the_snapshot() -> None:
    assert set(plan.ROLLUPS) - set(MARTS) == {"probe_spans", "status_spans"}
