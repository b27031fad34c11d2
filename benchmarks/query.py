"""How long an answer takes, beside the bare statement it comes down to: what explaining and checking cost.

Reads the store in DATA (default data/store). Prints the median of repeated calls in ms, and the ratio to the bare statement.
"""

import os
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter

from metrics import Scope, open_snapshot, query, same_period_last_year, year_to_date
from store.errors import StoreError
from store.settings import DEFAULT_DATA

QUESTIONS = (
    ("collected_amount", ()),
    ("collected_amount", ("department",)),
    ("transactions", ("day",)),
    ("transactions", ("service",)),
    ("success_rate", ("month", "channel")),
    ("completion_time_p90", ("department",)),
    ("unique_payers", ()),
    ("availability", ("department",)),
    ("satisfaction", ("department",)),
)
REPEATS = 15


def milliseconds(work: Callable[[], object]) -> float:
    """Median of REPEATS calls, after one that warms up."""
    work()
    times = []
    for _ in range(REPEATS):
        start = perf_counter()
        work()
        times.append(1000 * (perf_counter() - start))
    return median(times)


def main() -> int:
    data = Path(os.environ.get("DATA") or DEFAULT_DATA)
    try:
        snapshot = open_snapshot(data)
    except StoreError as error:
        print(error, file=sys.stderr)
        return 1
    with closing(snapshot):
        (cells,) = snapshot.cursor().execute("SELECT COUNT(*) FROM payments").fetchall()
        through = snapshot.complete_through
        if through is None:
            print(f"{data}: no daily source, so there is no year to date to ask for", file=sys.stderr)
            return 1
        window, everything = year_to_date(through), Scope.everything()
        base = same_period_last_year(window)
        print(f"{data}: {cells[0]:,} rows in the mart of payments; year to date {window.start} to {window.end} with its base")
        print(f"{'question':<40}{'bare SQL':>10}{'query':>10}{'ratio':>8}")
        for kpi, by in QUESTIONS:
            answer = query(kpi, window, snapshot=snapshot, scope=everything, by=by, base=base)

            def bare(
                sql: str = answer.sql, both: tuple[tuple[object, ...], ...] = (answer.parameters, answer.base_parameters)
            ) -> None:
                for parameters in both:
                    snapshot.cursor().execute(sql, list(parameters)).fetchall()

            def whole(kpi: str = kpi, by: tuple[str, ...] = by) -> object:
                return query(kpi, window, snapshot=snapshot, scope=everything, by=by, base=base)

            plain, full = milliseconds(bare), milliseconds(whole)
            print(f"{kpi + (' by ' + ', '.join(by) if by else ''):<40}{plain:>8.1f}ms{full:>8.1f}ms{full / plain:>8.1f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
