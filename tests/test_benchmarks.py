"""Each benchmark starts and ends on a tiny input and prints its figures. What the figures are is no matter of a test."""

import os
import pkgutil
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

import benchmarks
from generators import generate
from store.__main__ import main as store

ROOT = Path(__file__).resolve().parents[1]
FIGURES = {
    "generator": [r"Faker per row: +[\d,]+ rows/s", r"payments, .*: +[\d,]+ rows/s, [\d,]+ x Faker", r"load [\d.]+ on \d+ cores"],
    "ingest": [r"payments-2012-09\.parquet .* ratio +[\d.]+", r"everything .* [\d,]+ rows/s"],
    "query": [r"collected_amount by department +[\d.]+ms"],
    "rollup": [r"payments +[\d,]+ .* s", r"publish again, nothing new +[\d.]+ s"],
}


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days of the synthetic government at the smallest scale."""
    out = tmp_path_factory.mktemp("tiny") / "delivery"
    generate("dubai", date(2012, 9, 29), date(2012, 9, 30), seed=7, scale=0.02, processes=1, out=out)
    return out


@pytest.fixture(scope="module")
def data(delivery: Path) -> Path:
    """The same in a store, published."""
    data = delivery.parent / "store"
    store(["ingest", "--all", str(delivery), "--data", str(data)])
    assert store(["publish", "--data", str(data)]) == 0
    return data


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *map(str, arguments)]
    env = os.environ | environment
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.parametrize("name", FIGURES)
def test_a_benchmark_runs_to_its_end_and_prints_its_figures(name: str, delivery: Path, data: Path) -> None:
    tiny: dict[str, list[str | Path]] = {"generator": ["--tiny"], "ingest": [delivery], "query": [], "rollup": [data]}
    ended = run(f"benchmarks.{name}", *tiny[name], DATA=str(data))
    assert ended.returncode == 0, ended.stderr
    assert [figure for figure in FIGURES[name] if not re.search(figure, ended.stdout)] == []


def test_every_benchmark_is_among_those_tried() -> None:
    assert {m.name for m in pkgutil.iter_modules(benchmarks.__path__) if not m.name.startswith("_")} == set(FIGURES)


def test_benchmarks_are_run_by_name(data: Path) -> None:
    ended = run("benchmarks", "query", DATA=str(data))
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("\n== query (load ")


def test_an_unknown_benchmark_is_named_with_those_there_are() -> None:
    ended = run("benchmarks", "weather")
    assert (ended.returncode, ended.stderr) == (2, f"no such benchmark: weather; there are: {', '.join(sorted(FIGURES))}\n")
