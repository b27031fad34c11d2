"""A number whose days were revised says what they were, what they are and since when; any other number says nothing of it."""

from datetime import date, datetime, timedelta
from typing import Any

from metrics import Filters, Scope, Snapshot, Window, revisions
from tests.support.marts import snapshot_in_memory
from tests.support.questions import SEPTEMBER, ask, september

EVERYTHING = Scope.everything()
FIRST = datetime(2012, 10, 2, 20, 30)
"""In Dubai, half an hour into the 3rd."""


def line(day: int, was: int | None, now: int, **said: Any) -> dict[str, Any]:
    plain = {
        "source": "payments",
        "day": date(2012, 9, day),
        "department": "dewa",
        "was_rows": 1,
        "rows": 2,
        "was_fils": was,
        "fils": now,
        "files": "late.parquet",
        "version": "v2",
        "was_version": "v1",
        "revised_at": FIRST,
    }
    return {**plain, **said}


def store(*lines: dict[str, Any]) -> Snapshot:
    rows = [september(day, department=code, settled=1, gross_fils=100) for day in (3, 4, 5) for code in ("dewa", "rta")]
    return snapshot_in_memory(payments=rows, revisions=lines, complete_through=SEPTEMBER.end)


def test_a_kpi_in_money_says_the_amounts_and_another_one_the_records() -> None:
    snapshot = store(line(3, 90, 100), line(4, 80, 100))
    head = "payments: revised since it was published, 2012-09-03 to 2012-09-04."
    tail = "since 2012-10-03 (late.parquet)."
    where = "Over all services and channels"
    assert ask(snapshot, "collected_amount").notes == (
        f"{head} {where} the amount of these days was 170 fils, is 200 fils, {tail}",
    )
    assert ask(snapshot).notes == (f"{head} {where} the records of these days were 2, are 4, {tail}",)


def test_a_note_never_says_that_a_number_was_what_it_is() -> None:
    """An amount that did not change is not told; where the records are as many too, it is said that something else changed."""
    (note,) = ask(store(line(3, 100, 100)), "collected_amount").notes
    assert "the records of these days were 1, are 2, since" in note
    for snapshot in (store(line(3, 200, 200, was_rows=2)), store(line(3, 90, 100), line(4, 110, 100, was_rows=3))):
        (note,) = ask(snapshot, "collected_amount").notes
        assert "as many records as before, " in note
        assert "with other details, since 2012-10-03" in note
    (note,) = ask(store(line(3, 90, 100, was_rows=2))).notes
    assert "as many records as before, 2, but with other details" in note


def test_a_note_of_a_part_says_that_it_speaks_of_the_whole() -> None:
    """The ledger of revisions knows no channels, so the numbers of the note are not those of the value beside it."""
    answer = ask(store(line(3, 90, 100)), "collected_amount", filters=Filters.of(channel="web"))
    assert "Over all services and channels the amount of these days was 90 fils" in answer.notes[0]


def test_a_service_is_told_of_revisions_of_its_own_department_only() -> None:
    rows = [september(3, department=code, service=f"{code}-bills", settled=1, gross_fils=100) for code in ("dewa", "rta")]
    snapshot = snapshot_in_memory(payments=rows, revisions=[line(3, 90, 100)], complete_through=SEPTEMBER.end)
    for service, marked in (("dewa-bills", ("2012-09-03",)), ("rta-bills", ())):
        answer = ask(snapshot, by=("day",), filters=Filters.of(service=service))
        assert (answer.revised, len(answer.notes)) == (marked, len(marked))


def test_a_day_revised_twice_was_what_was_published_first() -> None:
    again = line(3, 95, 100, version="v3", was_version="v2", revised_at=FIRST + timedelta(days=4), files="later.parquet")
    (note,) = ask(store(line(3, 90, 95), again), "collected_amount").notes
    assert (
        "2012-09-03. Over all services and channels the amount of these days was 90 fils, is 100 fils, since 2012-10-07"
        in note
        in note
    )
    assert revisions(store(line(3, 90, 95), again), EVERYTHING).select("was_fils", "fils").rows() == [(95, 100), (90, 95)]


def test_what_was_not_there_counts_as_nothing() -> None:
    assert "was 0 fils, is 100 fils" in ask(store(line(3, None, 100, was_rows=None)), "collected_amount").notes[0]


def test_other_days_departments_and_sources_say_nothing() -> None:
    snapshot = store(line(3, 90, 100))
    assert ask(snapshot, window=Window(date(2012, 9, 4), date(2012, 9, 30))).notes == ()
    assert ask(snapshot, scope=Scope.of("rta")).notes == ()
    assert ask(snapshot, filters=Filters.of(department="rta")).notes == ()
    assert len(ask(snapshot, filters=Filters.of(department="dewa")).notes) == 1
    assert ask(store(line(3, 90, 100, source="surveys"))).notes == ()


def test_the_base_is_spoken_of_too() -> None:
    snapshot = store(line(3, 90, 100))
    august = Window(date(2012, 8, 1), date(2012, 8, 31))
    assert any(
        "revised since it was published, 2012-09-03." in note for note in ask(snapshot, window=august, base=SEPTEMBER).notes
    )


def test_rows_by_time_that_hold_a_revised_day_are_named() -> None:
    snapshot = store(line(3, 90, 100), line(5, 90, 100))
    assert ask(snapshot, by=("day",)).revised == ("2012-09-03", "2012-09-05")
    assert ask(snapshot, by=("month",)).revised == ("2012-09",)
    assert ask(snapshot, by=("department",)).revised == ()


def test_a_scope_that_names_departments_is_not_told_the_names_of_files() -> None:
    """Files are of the whole government: what another department sent, and under which name, is not this one's business."""
    snapshot = store(line(3, 90, 100, files="dewa.parquet, rta-secret.parquet"))
    mine = Scope.of("dewa")
    assert revisions(snapshot, mine)["files"].to_list() == [""]
    (note,) = ask(snapshot, "collected_amount", scope=mine).notes
    assert str(note).endswith("since 2012-10-03 (v2).")
    assert revisions(snapshot, EVERYTHING)["files"].to_list() == ["dewa.parquet, rta-secret.parquet"]


def test_a_scope_sees_revisions_of_its_departments_only() -> None:
    snapshot = store(line(3, 90, 100), line(4, 90, 100, department="rta"))
    assert revisions(snapshot, Scope.of("rta"))["period_start"].to_list() == [date(2012, 9, 4)]
    assert revisions(snapshot, Scope.of()).is_empty()
