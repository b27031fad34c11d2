"""What the reader cut off is said with the days chosen; only what the data lack is called incomplete."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from metrics import Filters, Window
from store.snapshot import Snapshot
from tests.support.contexts import context_over
from tests.support.marts import snapshot_in_memory
from ui.answers import ask
from ui.grid import answer_grid
from ui.lookups import names_of
from ui.text import plain
from ui.unfinished import hatched

FIRST, THROUGH = date(2012, 3, 10), date(2012, 9, 17)


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    """Payments from 10 March to 17 September 2012."""
    days = [FIRST + timedelta(days=n) for n in range((THROUGH - FIRST).days + 1)]
    covered = {"source": "payments", "files": 1, "first_day": FIRST, "last_day": THROUGH, "complete_through": THROUGH}
    return snapshot_in_memory(payments=[{"day": day, "settled": 1} for day in days], coverage=[covered])


@pytest.mark.parametrize(
    ("window", "said"),
    [
        (Window(date(2012, 4, 1), date(2012, 5, 31)), ""),
        (Window(date(2012, 4, 10), date(2012, 5, 31)), "hatched: only 10–30 Apr 2012 chosen"),
        (Window(date(2012, 4, 10), date(2012, 5, 20)), "hatched: only 10–30 Apr 2012, 1–20 May 2012 chosen"),
        (Window(date(2012, 4, 10), THROUGH), "hatched: only 10–30 Apr 2012 chosen, month not complete"),
        (Window(date(2012, 1, 1), THROUGH), "hatched: data begin on 10 March 2012, month not complete"),
        (Window(date(2012, 4, 10), date(2012, 4, 20)), "hatched: only 10–20 Apr 2012 chosen"),
    ],
    ids=["whole", "first", "both", "first-and-open", "begin-and-open", "inside"],
)
def test_hatched_months_say_why(snapshot: Snapshot, window: Window, said: str) -> None:
    context = replace(context_over(snapshot), fitted=window)
    assert hatched(context, ask(context, "transactions", "month", base=None)) == said


def test_the_table_says_the_same_of_each_month(snapshot: Snapshot) -> None:
    window = Window(date(2012, 1, 1), date(2012, 5, 20))
    for language, first, last in (
        ("en", "data begin on 10 March 2012", "only 1–20 May 2012 chosen"),
        ("ar", "تبدأ البيانات في 10 مارس 2012", "لم يُختر إلا 1–20 مايو 2012"),
    ):
        context = replace(context_over(snapshot, language), fitted=window)
        grid = answer_grid([ask(context, "transactions", "month", base=None)], names_of(context))
        assert [plain(str(row[-1])) for row in grid.rows] == [first, "", last]


def test_months_before_a_departments_first_delivery_are_said_to_have_no_data_yet() -> None:
    """Its data begin with a month, so that no month is cut: the ones before it are whole, and empty."""
    days = [date(2012, 1, 1) + timedelta(days=n) for n in range(121)]
    begins = {"dewa": days[0], "cda": date(2012, 3, 1)}
    payments = [{"day": day, "department": code, "settled": 1} for code, first in begins.items() for day in days if day >= first]
    covered = {"source": "payments", "files": 1, "first_day": days[0], "last_day": days[-1], "complete_through": days[-1]}
    snapshot = snapshot_in_memory(payments=payments, coverage=[covered])
    everywhere = replace(context_over(snapshot), fitted=Window(days[0], days[-1]))
    context = replace(everywhere, state=replace(everywhere.state, filters=Filters.of(department="cda")))
    result = ask(context, "transactions", "month", base=None)
    assert [(row.key("month"), row.value) for row in result.rows] == [
        ("2012-01", None),
        ("2012-02", None),
        ("2012-03", 31),
        ("2012-04", 30),
    ]
    assert hatched(context, result) == ""
    grid = answer_grid([result], names_of(context))
    assert [plain(str(row[-1])) for row in grid.rows] == [*["no data; data begin on 1 March 2012"] * 2, "", ""]
