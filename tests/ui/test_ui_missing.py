"""What was not delivered inside a period is said, and no title claims it: months that bodies left out, and days of the log."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from metrics import month
from store.snapshot import Snapshot
from tests.support.contexts import context_over
from tests.support.marts import snapshot_in_memory
from tests.support.questions import reported
from ui.answers import ask
from ui.missing import missing_in_words, missing_payments, running_title
from ui.text import plain


def body(code: str, months: Iterable[int]) -> list[dict[str, Any]]:
    return [reported(f"{month(2012, n).start}", f"{month(2012, n).end}", department=code, settled=1) for n in months]


def bodies(**months: Iterable[int]) -> Snapshot:
    delivered = sorted({n for found in months.values() for n in found})
    last = month(2012, delivered[-1]).end
    line = {"source": "payment_totals", "first_day": date(2012, 1, 1), "last_day": last, "complete_through": last}
    return snapshot_in_memory(
        payments=[row for code, found in months.items() for row in body(code, found)],
        coverage=[line],
        coverage_days=[{"source": "payment_totals", "day": date(2012, n, 1), "delivered": True} for n in delivered],
    )


def title(snapshot: Snapshot, **filters: str) -> str:
    context = context_over(snapshot, **filters)
    return running_title(context, ask(context, "collected_amount"))


def test_a_year_of_which_a_body_left_out_a_month_is_not_called_collected_since_january() -> None:
    holed = bodies(dewa=range(1, 10), rta=(1, 3, 4, 5, 6, 7, 8, 9))
    assert title(holed) == "Collected since 1 January, as far as delivered"
    assert title(holed, department="dewa") == "Collected since 1 January"
    assert plain(missing_in_words(context_over(holed))) == "Not delivered in this period: February 2012 (rta)."
    assert missing_in_words(context_over(holed, department="dewa")) == ""


def test_a_whole_year_so_far_is_collected_since_january() -> None:
    whole = bodies(dewa=range(1, 10), rta=range(1, 10))
    assert title(whole) == "Collected since 1 January"
    assert missing_in_words(context_over(whole)) == ""


def test_a_month_that_nobody_delivered_is_missing_too_and_many_are_counted() -> None:
    assert plain(missing_payments(context_over(bodies(rta=(1, 2, 4))))) == "March 2012 (rta)"
    assert plain(missing_payments(context_over(bodies(rta=(1, 6))))) == "4 months from February 2012 to May 2012 (rta)"


def test_days_that_the_log_lacks_are_counted() -> None:
    days = [date(2012, 1, 1) + timedelta(days=n) for n in range(20) if n not in (5, 6, 7)]
    snapshot = snapshot_in_memory(payments=[{"day": day, "settled": 1} for day in days])
    assert plain(missing_payments(context_over(snapshot))) == "3 days of the payment log"


def test_days_that_the_log_lacks_are_not_missing_for_a_body_that_reports_totals() -> None:
    days = [date(2012, 1, 1) + timedelta(days=n) for n in range(20) if n not in (5, 6, 7)]
    log = [{"day": day, "department": "dewa", "settled": 1, "attempts": 1} for day in days]
    snapshot = snapshot_in_memory(payments=[*log, reported("2011-12-01", "2011-12-31", department="rta", settled=9)])
    said = {code: plain(missing_payments(context_over(snapshot, department=code))) for code in ("dewa", "rta")}
    assert said == {"dewa": "3 days of the payment log", "rta": ""}
