"""Gaps in the totals of single bodies: found body by body, inside the scope, and never where a period overlaps or follows on."""

from datetime import date

from metrics import Scope, Window, month, total_gaps
from tests.support.marts import snapshot_in_memory
from tests.support.questions import EVERYTHING, reported

FEBRUARY = month(2012, 2)


def test_what_lies_between_two_reported_periods_of_a_body_is_its_gap() -> None:
    rows = [
        reported("2012-01-01", "2012-01-31", department="rta"),
        reported("2012-03-01", "2012-03-31", department="rta"),
        *(reported(f"{month(2012, n).start}", f"{month(2012, n).end}", department="dewa") for n in (1, 2, 3)),
        reported("2011-01-01", "2011-12-31", department="land"),
        reported("2011-07-01", "2011-07-31", department="land"),
        reported("2012-04-01", "2012-06-30", department="land"),
    ]
    snapshot = snapshot_in_memory(payments=rows)
    quarter = Window(date(2012, 1, 1), date(2012, 3, 31))
    assert total_gaps(snapshot, EVERYTHING) == (("land", quarter), ("rta", FEBRUARY))
    assert total_gaps(snapshot, Scope.of("rta")) == (("rta", FEBRUARY),)


def test_a_quiet_day_of_a_log_and_a_period_delivered_as_zero_are_no_gaps() -> None:
    zero = [reported(f"{month(2012, n).start}", f"{month(2012, n).end}", department="rta", settled=0) for n in (1, 2, 3)]
    log = [{"day": date(2012, n, 1), "department": "dewa", "settled": 1} for n in (1, 3)]
    assert total_gaps(snapshot_in_memory(payments=[*zero, *log]), EVERYTHING) == ()
