"""Departments are held against their own targets: exactly, else the government's, in chart, words and files."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from metrics import Result, Scope
from tests.support.contexts import context_over
from tests.support.marts import build_snapshot
from ui.added_columns import sheet_with
from ui.answers import ask
from ui.context import Context
from ui.dots import Dot, dots
from ui.lookups import names_of
from ui.own_targets import Goal, against_targets, goals, target_columns, target_lines, verdict, verdicts
from ui.spreadsheets import to_csv

DAY = date(2012, 9, 3)


def target(department: str, numerator: int, kpi: str = "availability") -> dict[str, Any]:
    return {"kpi": kpi, "department": department, "year": 2012, "numerator": numerator, "denominator": 10_000}


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    """Customs reaches its own target, DEWA misses its own by less than is shown, the police misses the government's."""
    down = {"customs": 3_300, "dewa": 3_001, "police": 9_000}
    rows = [
        {"day": DAY, "department": code, "service": f"{code}-1", "up_seconds": 1_000_000 - seconds, "down_seconds": seconds}
        for code, seconds in down.items()
    ]
    scores = {"customs": (1000, 900), "dewa": (1000, 850), "police": (1000, 700)}
    surveys = [
        {"day": DAY, "department": code, "invited": 2 * n, "completed": n, "csat_valid": n, "csat_top2": good}
        for code, (n, good) in scores.items()
    ]
    targets = [target("*", 9_960), target("customs", 9_967), target("dewa", 9_970), target("*", 8_500, "satisfaction")]
    snapshot = build_snapshot(tmp_path_factory.mktemp("targets"), availability=rows, surveys=surveys, targets=targets)
    yield context_over(snapshot)
    snapshot.close()


def csv_rows(data: bytes) -> list[list[str]]:
    """Columns and rows of a CSV, without the lines that say what it is."""
    return [line for line in csv.reader(io.StringIO(data.decode("utf-8-sig"))) if not line[0].startswith("# ")]


def by_department(context: Context, kpi: str = "availability") -> Result:
    return ask(context, kpi, "department", without="department")


def test_each_department_has_its_own_target_and_who_has_none_the_governments(context: Context) -> None:
    assert goals(context, by_department(context)) == {
        "customs": Goal(Fraction(9_967, 10_000), own=True),
        "dewa": Goal(Fraction(9_970, 10_000), own=True),
        "police": Goal(Fraction(9_960, 10_000), own=False),
    }


def test_the_governments_target_is_not_shown_to_who_sees_some_departments(context: Context) -> None:
    narrow = replace(context, scope=Scope.of("dewa", "police"))
    assert set(goals(narrow, by_department(narrow))) == {"dewa"}


def test_a_part_of_a_department_has_no_target(context: Context) -> None:
    filtered = context_over(context.snapshot, service="dewa-1")
    assert goals(filtered, ask(filtered, "availability", "department")) == {}


def test_a_sum_so_far_is_not_held_against_the_target_of_a_year(context: Context) -> None:
    assert goals(context, by_department(context, "incidents")) == {}


def test_a_target_is_missed_by_what_rounding_would_hide(context: Context) -> None:
    result = by_department(context)
    assert context.format.value(next(row.value for row in result.rows if row.key("department") == "dewa"), "share") == "99.70%"
    assert verdicts(result, goals(context, result)) == {"customs": "reached", "dewa": "missed", "police": "missed"}


def test_a_score_whose_interval_holds_the_target_has_neither_reached_nor_missed_it(context: Context) -> None:
    result = by_department(context, "satisfaction")
    assert verdicts(result, goals(context, result)) == {"customs": "reached", "dewa": "unsure", "police": "missed"}
    said = against_targets(context, result, goals(context, result))
    assert "For 1 of 3 the target lies within the interval" in said


def test_where_less_is_better_a_target_is_reached_from_above(context: Context) -> None:
    result = by_department(context)
    less = replace(result, kpi=replace(result.kpi, direction="down"))
    row = result.rows[0]
    assert (verdict(result, row, Fraction(1)), verdict(less, row, Fraction(1))) == ("missed", "reached")


def test_who_missed_is_said_in_words_furthest_first_and_who_has_no_target_of_his_own(context: Context) -> None:
    result = by_department(context)
    assert against_targets(context, result, goals(context, result)) == [
        "Target missed by 2 of 3: police, dewa",
        "No target of its own, so the government's 99.60%: police",
    ]


def test_the_governments_target_is_said_in_the_unit_of_its_kpi(context: Context) -> None:
    result = by_department(context)
    points = replace(result, kpi=replace(result.kpi, unit="points"))
    *_, general = against_targets(context, points, {"police": Goal(Fraction(45), own=False)})
    assert general == "No department has a target of its own; the government's 45.0 holds"


def test_more_than_four_are_counted_not_named(tmp_path: Path) -> None:
    codes = ["ambulance", "awqaf", "customs", "dewa", "police", "rta"]
    rows = [{"day": DAY, "department": code, "up_seconds": 900 + i, "down_seconds": 100} for i, code in enumerate(codes)]
    snapshot = build_snapshot(tmp_path, availability=rows, targets=[target("*", 9_970)])
    context = context_over(snapshot)
    result = by_department(context)
    missed, general = against_targets(context, result, goals(context, result))
    assert missed == "Target missed by 6 of 6: ambulance, awqaf, customs, dewa, 2 more"
    assert general == "No department has a target of its own; the government's 99.70% holds"
    snapshot.close()


def test_table_and_files_carry_the_target_whose_it_is_and_the_verdict(context: Context) -> None:
    result = by_department(context)
    sheet = sheet_with("t", [result], names_of(context), target_columns(context, result, goals(context, result)))
    head, *rows = csv_rows(to_csv([sheet], names_of(context)))
    places = [
        next(i for i, cell in enumerate(head) if cell.startswith(title))
        for title in (
            "Department, code",
            "Availability, target",
            "Availability, whose target",
            "Availability, against the target",
        )
    ]
    assert [[row[place] for place in places] for row in rows] == [
        ["dewa", "0.997", "its own", "missed"],
        ["customs", "0.9967", "its own", "reached"],
        ["police", "0.996", "the government's", "missed"],
        ["", "0.996", "", "missed"],
    ]


def test_a_tooltip_says_the_target_and_how_it_stands(context: Context) -> None:
    result = by_department(context)
    found = goals(context, result)
    said = {row.key("department"): target_lines(context, result, row, found[row.key("department")]) for row in result.rows}
    assert said["dewa"] == ["Target 99.70%: missed"]
    assert said["police"] == ["The government's target 99.60%: missed"]


def test_beside_a_service_stands_the_target_of_its_department_without_a_verdict(context: Context) -> None:
    result = ask(context, "availability", "service")
    found = goals(context, result)
    (row,) = (row for row in result.rows if row.key("service") == "dewa-1")
    assert target_lines(context, result, row, found["dewa-1"]) == ["Target of its department: 99.70%"]
    assert [added.column.short for added in target_columns(context, result, found)] == ["Target", "Whose target"]


def test_each_dot_has_a_tick_at_its_own_target_and_says_that_it_missed_it(context: Context) -> None:
    rows = [
        Dot("a", 0.9964, "99.64%", target=0.9962),
        Dot("b", 0.9964, "99.64%", target=0.9975, missed=True),
        Dot("c", 0.99, "99%"),
    ]
    figure = dots(context, rows)
    ticks = figure["data"][3]
    assert (ticks["x"], ticks["y"]) == ([0.9962, 0.9975], [0, 1])
    labels = [note["text"] for note in figure["layout"]["annotations"]][3:]
    assert labels[0] == "99.64%"
    assert "missed" in labels[1]
    assert labels[2] == "99%"
    places = [note["x"] for note in figure["layout"]["annotations"]][3:]
    assert places == [0.9964, 0.9975, 0.99], "a label stands beyond the tick"
