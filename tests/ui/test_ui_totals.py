"""Tables whose rows are parts of a whole end with the whole: sums for what adds up, the same formula again for ratios."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from metrics import Event, Window
from metrics.periods import GRAINS
from tests.support.contexts import context_over
from tests.support.marts import snapshot_in_memory
from tests.support.scenes import government
from tests.support.visits import markup, visit
from ui.answers import ask
from ui.data_tables import days_grid, events_grid, files_grid, money_grid, money_note, sources_grid
from ui.grid import answer_grid
from ui.lookups import names_of
from ui.progression import progression
from ui.running_grid import running_grid
from ui.sheet import sheet_of
from ui.spreadsheets import to_csv
from ui.standing import Delivery, Standing
from ui.text import plain

PAYMENTS = [
    {"day": date(2012, 1, 2), "settled": 9, "failed": 1, "gross_fils": 30_000},
    {"day": date(2012, 2, 4), "settled": 10, "failed": 90, "gross_fils": 12_345},
    {"day": date(2011, 1, 2), "settled": 2, "failed": 2, "gross_fils": 20_000},
    {"day": date(2011, 12, 31), "settled": 1, "failed": 0, "gross_fils": 5_000},
]
CONTEXT = context_over(snapshot_in_memory(payments=PAYMENTS, complete_through=date(2012, 4, 4)))


@pytest.mark.parametrize("grain", GRAINS)
def test_a_table_by_time_ends_with_the_answer_for_the_whole_period(grain: str) -> None:
    """19 of 110 attempts is 17.3%; the mean of 90% and 10% would be 50%."""
    ratio = answer_grid([ask(CONTEXT, "success_rate", grain)], names_of(CONTEXT))
    assert ratio.total is not None
    assert ratio.total[:3] == ("", "Total", pytest.approx(19 / 110))
    amount = answer_grid([ask(CONTEXT, "collected_amount", grain)], names_of(CONTEXT))
    assert amount.total is not None
    assert amount.total[2] == sum(row[2] for row in amount.rows if isinstance(row[2], Decimal)) == Decimal("423.45")


@pytest.mark.parametrize("grain", GRAINS)
def test_the_file_of_a_table_by_time_ends_with_its_total(grain: str) -> None:
    last = (
        to_csv([sheet_of("x", [ask(CONTEXT, "collected_amount", grain)], names_of(CONTEXT))], names_of(CONTEXT))
        .decode()
        .splitlines()[-1]
    )
    assert last.startswith(",Total,423.45,42345,")


def test_running_totals_end_with_both_periods_as_a_whole() -> None:
    grid = running_grid(progression(CONTEXT, "collected_amount"), None, names_of(CONTEXT))
    assert grid.total == ("Total", Decimal("423.45"), Decimal("250.00"))
    assert [max(row[i] for row in grid.rows if isinstance(row[i], Decimal)) for i in (1, 2)] == list(grid.total[1:])


def test_days_delivered_end_with_how_many_came_and_how_many_did_not() -> None:
    days = [Delivery("payments", frozenset({date(2012, 1, 1), date(2012, 1, 3)}), (date(2012, 1, 2),), monthly=False)]
    assert days_grid(days, names_of(CONTEXT)).total == ("Total", "", "2 delivered, 1 missing")


def test_a_row_too_many_and_a_row_missing_are_two_that_are_not_accounted_for() -> None:
    counts = {"files": [1, 1], "rows_in": [10, 10], "accepted": [11, 9], "duplicates": [0, 0], "rejected": [0, 0], "open": [0, 0]}
    days = dict.fromkeys(("first_day", "last_day", "complete_through", "last_ingested_at"))
    sources = pl.DataFrame({"source": ["payments", "probes"], **counts, "unaccounted": [-1, 1], **days})
    standing = Standing.__new__(Standing)
    object.__setattr__(standing, "sources", sources)
    object.__setattr__(standing, "last_ingested", None)
    grid = sources_grid(standing, names_of(CONTEXT))
    assert [row[7] for row in grid.rows] == [-1, 1]
    assert grid.total is not None
    assert grid.total[7] == 2


def test_amounts_of_each_source_are_proved_and_never_added_up() -> None:
    sources = pl.DataFrame(
        {
            "source": ["payments", "it_spend", "probes"],
            "fils_in": [10_000, 500, None],
            "fils_accepted": [9_000, 500, None],
            "fils_duplicates": [900, None, None],
            "fils_rejected": [99, 0, None],
        }
    )
    standing = Standing.__new__(Standing)
    object.__setattr__(standing, "sources", sources)
    grid = money_grid(standing, names_of(CONTEXT))
    assert [row[1:] for row in grid.rows] == [
        (Decimal("100.00"), Decimal("90.00"), Decimal("9.00"), Decimal("0.99"), Decimal("0.01")),
        (Decimal("5.00"), Decimal("5.00"), Decimal("0.00"), Decimal("0.00"), Decimal("0.00")),
    ]
    assert grid.total is None


@pytest.mark.parametrize(("waiting", "told"), [(2, False), (1, True)])
def test_amounts_that_were_corrected_are_said_to_stand_among_the_rejected_ones_too(waiting: int, *, told: bool) -> None:
    sources = {"source": ["payments", "probes"], "fils_in": [10, None], "rejected": [2, 5], "open": [waiting, 0]}
    standing = Standing.__new__(Standing)
    object.__setattr__(standing, "sources", pl.DataFrame(sources))
    assert ("it came in once more" in money_note(standing, CONTEXT._)) is told


def test_files_end_with_their_rows_and_amounts() -> None:
    file = {"source": "payments", "name": "a.csv", "rows_in": 5, "accepted": 3, "duplicates": 1, "rejected": 1}
    more = {"fils_accepted": 250, "ingested_at": datetime(2012, 1, 1), "sha256": "ab"}
    files = pl.DataFrame([{**file, **more}, {**file, **more, "fils_accepted": None}])
    total = files_grid(files, names_of(CONTEXT), lambda at: at.replace(tzinfo=UTC)).total
    assert total == ("Total", "", 10, 6, 2, 2, Decimal("2.50"), "", "")
    two = files.with_columns(source=pl.Series(["payments", "settlements"]))
    assert files_grid(two, names_of(CONTEXT), lambda at: at.replace(tzinfo=UTC)).total == ("Total", "", 10, 6, 2, 2, None, "", "")


def test_events_add_up_what_was_counted_at_each_of_them() -> None:
    day = Window(date(2012, 1, 1), date(2012, 1, 2))
    events = [Event("a", "A", "أ", day, 20, 300, 40, 2), Event("b", "B", "ب", day, 20, 300, 60, 3)]
    assert events_grid(events, names_of(CONTEXT)).total == ("Total", "", "", "", "", 100, 5)


@pytest.mark.parametrize(("language", "total"), [("en", "Total of 1 incident"), ("ar", "مجموع انقطاع واحد")])
def test_incidents_end_with_the_downtime_of_all(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, language: str, total: str
) -> None:
    government(tmp_path).close()
    foot = plain(markup(visit(monkeypatch, tmp_path, "availability", lang=language))).split("<tfoot>")[-1].split("</tfoot>")[0]
    assert total in foot
    assert ("3 h" if language == "en" else "3 ساعات") in foot
