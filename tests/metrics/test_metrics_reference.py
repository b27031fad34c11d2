"""Look-ups of names, targets and the state of the data: all through the scope."""

from datetime import date, datetime

import pytest

from metrics import (
    Scope,
    Snapshot,
    Window,
    campaigns,
    coverage,
    coverage_days,
    departments,
    events,
    files,
    incidents,
    meta,
    monitor_summaries,
    month,
    quarantine,
    reconciliation,
    services,
    target,
    targets,
    waves,
)
from tests.support.marts import snapshot_in_memory

ALL, DEWA = Scope.everything(), Scope.of("dewa")
SEPTEMBER = month(2012, 9)
DAY = date(2012, 9, 1)


@pytest.fixture
def snapshot() -> Snapshot:
    """Two departments with a little of everything."""
    campaign = {"name_en": "Best eCustomer", "name_ar": "أفضل متعامل إلكتروني", "starts_on": DAY, "ends_on": date(2012, 10, 1)}
    span = {"starts_on": DAY, "ends_on": date(2012, 10, 1)}
    return snapshot_in_memory(
        departments=[
            {"code": "dewa", "name_en": "Electricity and Water", "name_ar": "كهرباء ومياه", "size": 9},
            {"code": "rta", "name_en": "Roads", "name_ar": "الطرق", "size": 5},
        ],
        services=[{"code": "salik", "department": "rta", "channels": "web mpay"}, {"code": "bills", "department": "dewa"}],
        payments=[{"day": DAY, "settled": 1}],
        incidents=[
            {"day": DAY, "department": "rta", "service": "salik", "down_seconds": 60},
            {"day": date(2012, 9, 2), "down_seconds": 90},
            {"day": date(2012, 10, 1), "down_seconds": 99},
        ],
        monitor_summaries=[{"day": DAY, "reported_down_seconds": 70}, {"day": DAY, "department": "rta"}],
        targets=[
            {"kpi": "availability", "department": "*", "year": 2012, "numerator": 997, "denominator": 1000},
            {"kpi": "availability", "department": "dewa", "year": 2012, "numerator": 999, "denominator": 1000},
            {"kpi": "transactions", "department": "rta", "year": 2012, "numerator": 3_300_000, "denominator": 1},
        ],
        campaigns=[
            {"code": "all", "departments": "dewa rta", **campaign},
            {"code": "rta-only", "departments": "rta", **campaign},
        ],
        events=[{"code": "gitex", "name_en": "GITEX", "name_ar": "جيتكس", "starts_on": DAY, "ends_on": DAY, "entities": 26}],
        waves=[
            {"code": "everyone", "survey": "panel", "name_en": "Panel", "name_ar": "لوحة", "departments": "", **span},
            {"code": "poll-rta", "survey": "poll", "name_en": "Poll", "name_ar": "استطلاع", "departments": "rta", **span},
        ],
        files=[{"source": "payments", "name": "a.parquet", "ingested_at": datetime(2012, 10, 1)}],
        quarantine=[{"source": "payments", "file": "a.parquet", "line": 7, "raw": "{}"}],
        reconciliation=[{"source": "payments", "month": DAY, "rows_ledger": 1, "rows_mart": 1}],
        coverage=[{"source": "payments", "rows_in": 10, "accepted": 9, "complete_through": date(2012, 9, 30)}],
    )


def test_names_in_both_languages_inside_the_scope(snapshot: Snapshot) -> None:
    assert [(d.code, d.name("en"), d.name("ar")) for d in departments(snapshot, DEWA)] == [
        ("dewa", "Electricity and Water", "كهرباء ومياه")
    ]
    assert [d.code for d in departments(snapshot, ALL)] == ["dewa", "rta"]
    assert [(s.code, s.channels) for s in services(snapshot, ALL)] == [("bills", ()), ("salik", ("web", "mpay"))]
    assert [s.code for s in services(snapshot, DEWA)] == ["bills"]


def test_the_target_of_a_scope_is_its_own(snapshot: Snapshot) -> None:
    government, dewa = target(snapshot, ALL, "availability", 2012), target(snapshot, DEWA, "availability", 2012)
    assert government is not None
    assert dewa is not None
    assert (government.value, government.department, dewa.value, dewa.department) == (0.997, None, 0.999, "dewa")
    assert target(snapshot, Scope.of("dewa", "rta"), "availability", 2012) is None
    assert target(snapshot, ALL, "availability", 2013) is None
    assert {t.department for t in targets(snapshot, DEWA)} == {"dewa"}
    assert target(snapshot, Scope.of("rta"), "transactions", 2012).value == 3_300_000  # type: ignore[union-attr]


def test_incidents_of_the_window_newest_first(snapshot: Snapshot) -> None:
    assert [(i.department, i.down_seconds) for i in incidents(snapshot, ALL, SEPTEMBER)] == [("dewa", 90), ("rta", 60)]
    assert [i.down_seconds for i in incidents(snapshot, DEWA, SEPTEMBER)] == [90]


def test_what_the_monitor_itself_reported(snapshot: Snapshot) -> None:
    assert monitor_summaries(snapshot, ALL, SEPTEMBER).height == 2
    assert monitor_summaries(snapshot, DEWA, SEPTEMBER)["reported_down_seconds"].to_list() == [70]


def test_a_campaign_names_only_departments_of_the_scope(snapshot: Snapshot) -> None:
    assert [(c.code, c.departments) for c in campaigns(snapshot, DEWA)] == [("all", ("dewa",))]
    assert [c.code for c in campaigns(snapshot, ALL)] == ["all", "rta-only"]
    assert campaigns(snapshot, ALL)[0].window == Window(DAY, date(2012, 10, 1))


def test_waves_are_those_that_ask_about_the_scope(snapshot: Snapshot) -> None:
    assert [w.code for w in waves(snapshot, ALL)] == ["everyone", "poll-rta"]
    assert [w.code for w in waves(snapshot, DEWA)] == ["everyone"]
    assert waves(snapshot, ALL)[1].window == Window(DAY, date(2012, 10, 1))


def test_events_are_public(snapshot: Snapshot) -> None:
    assert [(e.code, e.name("ar"), e.entities) for e in events(snapshot)] == [("gitex", "جيتكس", 26)]


def test_the_operators_tables_are_for_the_whole_government_only(snapshot: Snapshot) -> None:
    for table in (coverage_days, reconciliation, files, quarantine):
        assert table(snapshot, ALL).height > 0, table.__name__
        assert table(snapshot, DEWA).height == 0, table.__name__
        assert table(snapshot, DEWA).columns == table(snapshot, ALL).columns


def test_a_department_sees_how_fresh_the_data_is_but_no_totals(snapshot: Snapshot) -> None:
    assert coverage(snapshot, ALL)["rows_in"].to_list() == [10]
    assert coverage(snapshot, DEWA)["rows_in"].to_list() == [None]
    assert coverage(snapshot, DEWA)["complete_through"].to_list() == [date(2012, 9, 30)]


def test_the_snapshot_says_what_it_is(snapshot: Snapshot) -> None:
    assert meta(snapshot)["currency"] == "AED"
    assert meta(snapshot)["version"] == snapshot.version
