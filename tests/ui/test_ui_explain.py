"""What stands behind a chart is said and can be taken along: both windows' parts, a projection's backtest, what is drawn."""

from datetime import date

from metrics import Point, Projection, Trial
from tests.support.contexts import context_over
from tests.support.marts import snapshot_in_memory
from ui.answers import ask
from ui.change_parts import bars_of_change, growth
from ui.explain import explanation
from ui.format import plain
from ui.grid import steps_grid
from ui.lookups import names_of
from ui.progression import band, progression
from ui.projected import projection_html
from ui.running_grid import running_grid

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
    assert [(bar.filter, bar.value) for bar in bars] == [(("department", "customs"), 300.0), (("department", "dewa"), -350.0)]


def test_steps_have_a_row_each_with_their_share_of_the_first() -> None:
    snapshot = snapshot_in_memory(
        surveys=[{"day": date(2012, 1, 2), "invited": 200, "opened": 150, "started": 100, "completed": 50}]
    )
    context = context_over(snapshot)
    steps = [("Invited", ask(context, "invitations", base=None)), ("Completed", ask(context, "responses", base=None))]
    assert steps_grid(steps, names_of(context)).rows == (("Invited", 200, 1.0), ("Completed", 50, 0.25))
