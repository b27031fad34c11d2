"""What stands behind a chart is said and can be taken along: both windows' parts, a projection's backtest, what is drawn."""

import io
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from metrics import Point, Projection, Trial
from tests.support.contexts import context_over
from tests.support.marts import snapshot_in_memory
from tests.support.scenes import government
from tests.support.visits import markup, visit
from ui.answers import ask
from ui.change_parts import bars_of_change, by_change, change_explained, growth
from ui.data_tables import files_grid
from ui.explain import explanation
from ui.grid import Column, Grid, steps_grid
from ui.lookups import names_of
from ui.measures import part_bars
from ui.progression import band, progression
from ui.projected import projection_html
from ui.running_grid import running_grid
from ui.spreadsheets import write_xlsx
from ui.targets import view_target
from ui.text import plain

PAYMENTS = [
    {"day": date(2012, 1, 2), "settled": 3, "failed": 1, "gross_fils": 30_000},
    {"day": date(2012, 1, 4), "settled": 1, "failed": 0, "gross_fils": 12_345},
    {"day": date(2011, 1, 2), "settled": 2, "failed": 2, "gross_fils": 20_000},
    {"day": date(2011, 12, 31), "settled": 1, "failed": 0, "gross_fils": 5_000},
]
PROJECTED = Projection(
    "collected_amount",
    2012,
    date(2012, 1, 4),
    42_345,
    60_000.0,
    55_000.0,
    70_000.0,
    (Point(date(2012, 1, 5), 43_000.0, 42_500.0, 43_500.0), Point(date(2012, 12, 31), 60_000.0, 55_000.0, 70_000.0)),
    (Trial(date(2011, 1, 31), 100_000, 110_000.0, 90_000.0, 120_000.0, 80_000.0),),
    None,
)


def test_the_explanation_has_the_parts_and_parameters_of_both_windows() -> None:
    context = context_over(snapshot_in_memory(payments=PAYMENTS, complete_through=date(2012, 1, 4)))
    html = plain(explanation(context, [ask(context, "success_rate")]))
    assert "<dt>Numerator</dt><dd>4</dd><dt>Denominator</dt><dd>5</dd>" in html
    assert "<dt>Numerator then</dt><dd>2</dd><dt>Denominator then</dt><dd>4</dd>" in html
    assert "2012-01-01, 2012-01-04" in html
    assert "2011-01-01, 2011-01-04" in html


def test_the_explanation_of_a_score_says_how_its_interval_is_made_and_what_it_stands_on() -> None:
    answers = [{"day": date(2012, 1, 2), "invited": 80, "completed": 40, "csat_valid": 40, "csat_top2": 20}]
    context = context_over(snapshot_in_memory(surveys=answers, complete_through=date(2012, 1, 4)))
    result = ask(context, "satisfaction")
    html = plain(explanation(context, [result]))
    assert "<dt>Denominator</dt><dd>40</dd><dt>Records behind it (n)</dt><dd>40 (answers)</dd>" in html
    assert "<li>95% Wilson interval; changes: Newcombe interval" in html
    assert f"<dt>Snapshot</dt><dd>{result.snapshot}</dd>" in html
    assert "<pre><code>SELECT" in html
    assert "Wilson" not in explanation(context, [ask(context, "invitations")])


def test_a_change_by_parts_is_stated_to_the_fils_with_its_two_windows(tmp_path: Path) -> None:
    context = context_over(government(tmp_path))
    said = change_explained(context, ask(context, "collected_amount", "department"))
    assert (
        "AED 3,000.00 (1 January to 30 September 2012) less AED 2,400.00 (1 January to 30 September 2011) is AED +600.00." in said
    )
    assert "add up to it exactly" in said


def test_running_totals_leave_the_page_as_they_are_drawn() -> None:
    context = context_over(snapshot_in_memory(payments=PAYMENTS, complete_through=date(2012, 1, 4)))
    found = progression(context, "collected_amount")
    grid = running_grid(found, band(context, found, PROJECTED), names_of(context))
    rows = {row[0]: [None if cell is None else float(str(cell)) for cell in row[1:]] for row in grid.rows}
    assert rows[date(2012, 1, 2)] == [300.0, 200.0, None, None, None]
    assert rows[date(2012, 1, 4)] == [423.45, 200.0, None, None, None]
    assert rows[date(2012, 1, 5)] == [None, 200.0, 425.0, 430.0, 435.0]
    assert rows[date(2012, 12, 31)] == [None, 250.0, 550.0, 600.0, 700.0]
    assert [column.title for column in grid.columns][3:] == ["Projection, from", "Projection", "Projection, to"]


def test_a_projection_shows_its_backtest_beside_that_of_the_year_before() -> None:
    context = context_over(snapshot_in_memory(payments=PAYMENTS))
    said = plain(projection_html(context, PROJECTED))
    assert "missed the year&#x27;s total by 10.0% on average; the same days of the year before by 20.0%" in said
    assert "<td" in said
    assert "+10.00%" in said
    assert "20.00%" in said


def test_a_change_is_told_in_whole_and_by_part_in_the_main_unit() -> None:
    snapshot = snapshot_in_memory(
        payments=[
            {"day": date(2012, 1, 2), "department": "customs", "settled": 1, "gross_fils": 50_000},
            {"day": date(2011, 1, 2), "department": "customs", "settled": 1, "gross_fils": 20_000},
            {"day": date(2011, 1, 2), "department": "dewa", "settled": 1, "gross_fils": 40_000},
            {"day": date(2012, 1, 2), "department": "dewa", "settled": 1, "gross_fils": 5_000},
        ]
    )
    context = context_over(snapshot)
    grown, size = growth(context, ask(context, "collected_amount"))
    assert (grown, plain(size)) == (False, "AED 50.00")
    bars = bars_of_change(context, ask(context, "collected_amount", "department"), 8)
    assert [row.key("department") for row in by_change(ask(context, "collected_amount", "department")).rows] == [
        code for bar in bars if bar.filter for _, code in [bar.filter]
    ]
    assert [(bar.filter, bar.value) for bar in bars] == [(("department", "dewa"), -350.0), (("department", "customs"), 300.0)]


def test_steps_have_a_row_each_with_their_share_of_the_first() -> None:
    snapshot = snapshot_in_memory(
        surveys=[{"day": date(2012, 1, 2), "invited": 200, "opened": 150, "started": 100, "completed": 50}]
    )
    context = context_over(snapshot)
    steps = [("Invited", ask(context, "invitations", base=None)), ("Completed", ask(context, "responses", base=None))]
    assert steps_grid(steps, names_of(context)).rows == (("Invited", 200, 1.0), ("Completed", 50, 0.25))


def test_the_target_of_a_view_follows_the_department_that_is_chosen() -> None:
    up = [{"day": date(2012, 1, 2), "department": d, "service": f"{d}-1", "up_seconds": 100} for d in ("customs", "dewa")]
    targets = [
        {"kpi": "availability", "department": code, "year": 2012, "numerator": number, "denominator": 1000}
        for code, number in (("*", 997), ("dewa", 950))
    ]
    snapshot = snapshot_in_memory(availability=up, targets=targets)
    everyone, one = context_over(snapshot), context_over(snapshot, department="dewa")
    assert view_target(everyone, ask(everyone, "availability")) == Fraction(997, 1000)
    assert view_target(one, ask(one, "availability")) == Fraction(95, 100)


def test_what_is_chosen_stands_in_its_own_chart_however_small_it_is() -> None:
    paid = [{"day": date(2012, 1, 2), "department": f"d{n}", "settled": 1, "gross_fils": 1_000 - n} for n in range(20)]
    context = context_over(snapshot_in_memory(payments=paid), department="d19")
    bars = part_bars(context, ask(context, "collected_amount", "department", without="department"), 5)
    assert [bar.filter for bar in bars] == [*(("department", f"d{n}") for n in range(3)), ("department", "d19"), None]
    assert sum(bar.value or 0 for bar in bars) * 100 == sum(1_000 - n for n in range(20))


def test_files_came_at_a_time_of_the_configured_zone() -> None:
    context = context_over(snapshot_in_memory(payments=PAYMENTS))
    columns = ("source", "name", "rows_in", "accepted", "duplicates", "rejected", "fils_accepted", "ingested_at", "sha256")
    came = ("payments", "a.csv", 1, 1, 0, 0, 100, datetime(2012, 10, 1, 23, 22), "ab")
    grid = files_grid(pl.DataFrame([came], schema=columns, orient="row"), names_of(context), context.local)
    (moment,) = [cell for cell in grid.rows[0] if isinstance(cell, datetime)]
    assert moment.isoformat() == "2012-10-02T03:22:00+04:00"


def test_a_workbook_holds_the_time_of_the_clock() -> None:
    moment = datetime(2012, 10, 2, 3, 22, tzinfo=UTC)
    words = context_over(snapshot_in_memory(payments=PAYMENTS))._
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx([([], Grid((Column("Began", "moment"),), ((moment,),)))], words)))
    assert book.active is not None
    assert book.active.cell(3, 1).value == datetime(2012, 10, 2, 3, 22)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("government")
    government(folder).close()
    return folder


def test_incidents_can_be_taken_away_and_say_how_they_were_counted(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    app = visit(monkeypatch, data, "availability")
    labels = [button.proto.id for button in app.get("download_button")]
    assert any("csv-incidents" in label for label in labels)
    assert any("xlsx-incidents" in label for label in labels)


def test_cards_of_the_data_page_and_the_attention_strip_are_explained(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    assert "Rows that broke a rule and that nobody has corrected yet: see Quarantine" in markup(visit(monkeypatch, data, "data"))
    after = markup(visit(monkeypatch, data)).split("Needs attention")[1]
    assert "<h3>Surcharge collected</h3>" in after
