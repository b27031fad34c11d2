"""What is said beside a number: who is left out, what is incomplete, what is pooled."""

from datetime import date

from metrics import Filters, Scope, Snapshot, same_period_last_year, year
from tests.support.marts import snapshot_in_memory
from tests.support.questions import SEPTEMBER, ask, reported, september


def test_rows_without_what_a_ratio_needs_are_left_out_of_both_sides_and_named() -> None:
    snapshot = snapshot_in_memory(
        payments=[
            september(1, department="dewa", settled=8, attempts=10),
            reported("2012-09-01", "2012-09-30", department="council", settled=1_000),
        ]
    )
    answer = ask(snapshot, "success_rate")
    assert (answer.total.numerator, answer.total.denominator, answer.total.n) == (8, 10, 10)
    assert answer.notes == ("Left out, for they do not report what this needs: council.",)
    assert ask(snapshot, "success_rate", scope=Scope.of("council")).total.value is None
    assert ask(snapshot).notes == ()


def test_a_window_beyond_complete_through_carries_a_note_and_unfinished_keys() -> None:
    snapshot = snapshot_in_memory(payments=[september(1, settled=1)], complete_through=date(2012, 9, 20))
    answer = ask(snapshot, window=year(2012), by=("month",))
    assert answer.complete_through == date(2012, 9, 20)
    assert answer.notes == ("Data is complete through 2012-09-20; what comes after may be missing.",)
    assert answer.unfinished == ("2012-09",)
    assert answer.notes[0].source.startswith("Data is complete through {day}")  # type: ignore[attr-defined]


def test_without_a_daily_source_data_counts_as_complete_through_its_last_day() -> None:
    snapshot = snapshot_in_memory(payments=[september(7, settled=1)])
    snapshot = Snapshot(snapshot.data, snapshot.version, snapshot.settings, None, snapshot.connection)
    assert ask(snapshot).complete_through == date(2012, 9, 7)


def test_several_wordings_are_never_pooled_silently() -> None:
    rows = [september(1, wording="v1", csat_valid=40, csat_top2=20), {"day": date(2011, 9, 1), "wording": "v2", "csat_valid": 40}]
    snapshot = snapshot_in_memory(surveys=rows, complete_through=SEPTEMBER.end)
    assert ask(snapshot, "satisfaction").notes == ()
    compared = ask(snapshot, "satisfaction", base=same_period_last_year(SEPTEMBER))
    assert compared.notes == ("Answers to different wordings of the question are pooled here: v1, v2.",)
    assert ask(snapshot, "satisfaction", base=same_period_last_year(SEPTEMBER), by=("wording",)).notes == ()


def test_time_from_two_monitors_is_named() -> None:
    rows = [september(1, up_seconds=9), september(1, up_seconds=9, origin="status_events")]
    snapshot = snapshot_in_memory(availability=rows, complete_through=SEPTEMBER.end)
    both = ask(snapshot, "availability", by=("service",), filters=Filters.of(origin=("probes", "status_events")))
    assert both.notes == ("Time from different monitors is added up here: probes, status_events.",)
