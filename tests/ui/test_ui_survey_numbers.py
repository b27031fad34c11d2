"""No survey number stands alone: n, interval and response rate are beside it and beside its base, on every surface.

Hazard: the response rate itself has no response rate beside it; counts of invitations and answers are n, and have no interval.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from metrics import KPIS, Kpi, Result
from metrics.cli import main
from store.snapshot import open_current
from tests.support.contexts import context_over
from tests.support.marts import build_snapshot
from ui.answers import ask
from ui.cards import card_html, card_of
from ui.context import Context
from ui.grid import answer_grid
from ui.lookups import names_of
from ui.sheet import sheet_of
from ui.spreadsheets import to_csv
from ui.survey_words import score_lines
from ui.text import plain

SCORES = [kpi for kpi in KPIS.values() if kpi.mart == "surveys" and kpi.kind == "ratio"]
of_each = pytest.mark.parametrize("kpi", SCORES, ids=[kpi.id for kpi in SCORES])
LINE = ["query", "--from", "2012-01-01", "--to", "2012-09-30", "--by", "department", "--compare", "previous-year"]


def answers(year: int, department: str) -> dict[str, Any]:
    """A hundred answers of four hundred invited."""
    sums = {
        "csat_valid": 100,
        "csat_top2": 80,
        "csat_sum": 400,
        "csat_squares": 1_700,
        "nps_valid": 100,
        "promoters": 50,
        "detractors": 20,
    }
    more = {"effort_valid": 100, "effort_easy": 70, "aware": 60, "not_aware": 30, "dont_know": 10}
    return {"day": date(year, 9, 3), "department": department, "invited": 400, "completed": 100, **sums, **more}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scores")
    rows = [answers(year, code) for year in (2010, 2011, 2012) for code in ("dewa", "rta")]
    with closing(build_snapshot(folder, surveys=rows, complete_through=date(2012, 9, 30))):
        pass
    return folder


@pytest.fixture(scope="module")
def context(data: Path) -> Iterator[Context]:
    snapshot = open_current(data)
    yield context_over(snapshot)
    snapshot.close()


def has_rate(kpi: Kpi) -> bool:
    return kpi.id != "response_rate"


def n_of(kpi: Kpi) -> int:
    """Of one department: answers, or for the response rate those invited."""
    return 100 if has_rate(kpi) else 400


def by_department(context: Context, kpi: Kpi) -> Result:
    return ask(context, kpi.id, "department")


def test_the_scores_of_the_catalogue_are_those_that_are_looked_at() -> None:
    assert {kpi.id for kpi in SCORES} == {"satisfaction", "satisfaction_mean", "nps", "effort", "awareness", "response_rate"}
    assert all(kpi.unit == "count" for kpi in KPIS.values() if kpi.mart == "surveys" and kpi not in SCORES)


@of_each
def test_an_answer_carries_them_for_value_and_base(context: Context, kpi: Kpi) -> None:
    result = by_department(context, kpi)
    for row, n in ((result.rows[0], n_of(kpi)), (result.total, 2 * n_of(kpi))):
        assert (row.n, row.base_n) == (n, n)
        for spread, value in ((row.interval, row.value), (row.base_interval, row.base_value)):
            assert spread
            assert value is not None
            assert spread.low < value < spread.high
            assert spread.response_rate == (0.25 if has_rate(kpi) else None)


@of_each
def test_a_card_shows_them(context: Context, kpi: Kpi) -> None:
    said = re.sub("<[^>]+>", " ", plain(card_html(context, card_of(context, kpi.id)).split("<details")[0]))
    assert f"n {2 * n_of(kpi)}" in said
    assert re.search(r"\d–\d|\d to \d|±\d", said), "the interval"
    assert ("25% answered" in said) is has_rate(kpi)


@of_each
def test_a_hover_shows_them(context: Context, kpi: Kpi) -> None:
    result = by_department(context, kpi)
    said = plain(" ".join(score_lines(context, result, result.rows[0])))
    assert f"n {n_of(kpi)}" in said
    assert "95% interval: " in said
    assert ("25.0% answered" in said) is has_rate(kpi)


@of_each
def test_the_table_of_a_page_shows_them_for_value_and_base(context: Context, kpi: Kpi) -> None:
    grid = answer_grid([by_department(context, kpi)], names_of(context)).shown()
    row = {column.title: cell for column, cell in zip(grid.columns, grid.rows[0], strict=True)}
    for name in (kpi.title, f"{kpi.title}, Jan–Sep 2011"):
        value, low, high = (row[name + end] for end in ("", ", 95% from", ", 95% to"))
        assert low < value < high  # type: ignore[operator]
        assert row[f"{name}, n"] == n_of(kpi)
    rates = [row.get(name) for name in ("Response rate", "Response rate, Jan–Sep 2011")]
    assert rates == [0.25, 0.25]
    assert [column.title for column in grid.columns].count("Response rate") == 1, "a rate is not said beside itself"


@of_each
def test_the_table_says_first_what_a_score_is_was_and_how_it_changed_then_what_that_rests_on(context: Context, kpi: Kpi) -> None:
    grid = answer_grid([by_department(context, kpi)], names_of(context)).shown()
    shown = [column.short or column.title for column in grid.columns]
    assert shown[1:5] == [kpi.title, "Jan–Sep 2011", "Change", "Change is"]
    assert shown[5:8] == ["n", "95% from", "95% to"]
    assert shown[-2:] == ["Change, 95% from", "Change, 95% to"], "named in full, for they stand apart from the change"


@of_each
def test_a_csv_of_a_page_holds_them_for_value_and_base(context: Context, kpi: Kpi) -> None:
    names = names_of(context)
    text = to_csv([sheet_of("x", [by_department(context, kpi)], names)], names).decode("utf-8-sig")
    head, first = (line for line in list(csv.reader(line for line in text.splitlines() if not line.startswith("# ")))[:2])
    titles = " | ".join(head)
    for name in (kpi.title, f"{kpi.title}, Jan–Sep 2011"):
        assert first[head.index(f"{name}, n")] == str(n_of(kpi))
        assert f"{name}, 95% from" in titles
        assert f"{name}, 95% to" in titles
    assert titles.count("Response rate") >= 2


@of_each
def test_the_command_line_gives_them_for_value_and_base_in_every_format(
    data: Path, capsys: pytest.CaptureFixture[str], kpi: Kpi
) -> None:
    asked = [LINE[0], kpi.id, *LINE[1:], "--data", str(data)]
    assert main([*asked, "--format", "json"]) == 0
    total = json.loads(capsys.readouterr().out)["total"]
    assert main([*asked, "--format", "csv"]) == 0
    last = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))[-1]
    for record in (total, last):
        for value, low, high in (("value", "low", "high"), ("base_value", "base_low", "base_high")):
            assert float(record[low]) < float(record[value]) < float(record[high])
        assert [int(record[n]) for n in ("n", "base_n")] == [2 * n_of(kpi)] * 2
        rates = [record[name] for name in ("response_rate", "base_response_rate")]
        assert [float(rate) for rate in rates if rate] == ([0.25, 0.25] if has_rate(kpi) else [])
    assert main(asked) == 0
    head = capsys.readouterr().out.splitlines()[3]
    names = ["n", "95% interval", "base n", "base 95% interval"]
    names += ["response rate", "base response rate"] if has_rate(kpi) else []
    assert [name for name in names if name not in re.split("  +", head)] == []
