"""What two monitors measured counts once, as probed."""

from metrics import Filters
from tests.support.marts import snapshot_in_memory
from tests.support.questions import SEPTEMBER, ask, september


def test_a_day_that_two_monitors_measured_counts_once_as_probed() -> None:
    rows = [
        september(1, up_seconds=80, down_seconds=20),
        september(1, up_seconds=90, down_seconds=10, origin="status_events"),
        september(2, up_seconds=70, down_seconds=30, origin="status_events"),
    ]
    snapshot = snapshot_in_memory(availability=rows, incidents=[september(1, down_seconds=20)], complete_through=SEPTEMBER.end)
    assert ask(snapshot, "downtime").total.value == 50
    assert ask(snapshot, "mtbf").total.value == 150
    assert ask(snapshot, "availability").total.value == 0.75
    assert ask(snapshot, "downtime", filters=Filters.of(origin="status_events")).total.value == 40
    assert {r.key("origin"): r.value for r in ask(snapshot, "downtime", by=("origin",)).rows} == {
        "probes": 20,
        "status_events": 40,
    }


def test_probes_of_one_department_say_nothing_about_another_with_a_service_of_the_same_code() -> None:
    rows = [
        september(1, department="dewa", service="bills", up_seconds=80, down_seconds=20),
        september(1, department="rta", service="bills", up_seconds=90, down_seconds=10, origin="status_events"),
    ]
    snapshot = snapshot_in_memory(availability=rows, complete_through=SEPTEMBER.end)
    assert ask(snapshot, "downtime").total.value == 30
