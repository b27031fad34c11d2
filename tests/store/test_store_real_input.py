"""Real files through their mappings: totals equal sums made directly over the files."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import polars as pl
import pytest

from store.contract import SOURCES
from store.ingest import Order, Outcome, ingest
from store.mapping import load
from store.publish import publish
from store.shape import slug
from store.snapshot import Snapshot, open_current
from store.verify import verify
from tests.support.records import stored
from tests.support.shared import shared

pytestmark = pytest.mark.shared
MAPPINGS = Path(__file__).resolve().parents[2] / "mappings"
NO_MONEY = {"CANCEL", "FORGIVEN", "NONE"}
"""Payment types that bring in no money."""


def mapped(data: Path, mapping: str, name: str) -> Outcome:
    loaded = load(MAPPINGS / f"{mapping}.toml")
    return ingest(shared(f"real/{name}"), Order(data, SOURCES[loaded.source.name], loaded))


@pytest.fixture(scope="module")
def lines() -> list[dict[str, str]]:
    """Lines of the libraries' CSV as the csv module reads them, without a repeated header."""
    with shared("real/librarieswest_payments.csv").open(newline="", encoding="utf-8") as file:
        return [line for line in csv.DictReader(file) if line["month_paid"] != "month_paid"]


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Outcome, Snapshot]]:
    data = tmp_path_factory.mktemp("libraries") / "store"
    outcome = mapped(data, "librarieswest", "librarieswest_payments.csv")
    publish(data)
    assert verify(data).problems == ()
    snapshot = open_current(data)
    yield outcome, snapshot
    snapshot.close()


def test_every_line_of_the_libraries_is_accepted(libraries: tuple[Outcome, Snapshot], lines: list[dict[str, str]]) -> None:
    outcome, snapshot = libraries
    assert (outcome.rows_in, outcome.accepted) == (len(lines), len(lines))
    assert (snapshot.settings.currency, snapshot.settings.minor_unit, snapshot.complete_through) == (
        "GBP",
        "pence",
        date(2021, 6, 30),
    )


@pytest.mark.parametrize(
    ("dimension", "column"),
    [("department", "payment_authority"), ("service", "bill_reason"), ("strftime(period_start, '%Y-%m')", "month_paid")],
)
def test_collected_pence_and_payments_of_the_libraries_equal_the_file(
    libraries: tuple[Outcome, Snapshot], lines: list[dict[str, str]], dimension: str, column: str
) -> None:
    pence: Counter[str] = Counter()
    payments: Counter[str] = Counter()
    for line in lines:
        if line["payment_type"] not in NO_MONEY:
            key = line[column] if column == "month_paid" else slug(line[column])
            pence[key] += int(line["real_amount_paid"]) * 100
            payments[key] += int(line["number_of_payments"])
    sums = "CAST(sum(gross_fils - refund_fils) AS BIGINT), CAST(sum(settled) AS BIGINT)"
    found = libraries[1].cursor().execute(f"SELECT {dimension}, {sums} FROM payments GROUP BY 1").fetchall()
    assert {key: amount for key, amount, _ in found if amount} == {key: amount for key, amount in pence.items() if amount}
    assert {key: count for key, _, count in found if count} == {key: count for key, count in payments.items() if count}


def test_pence_of_every_payment_type_equal_the_file(libraries: tuple[Outcome, Snapshot], lines: list[dict[str, str]]) -> None:
    expected: Counter[tuple[str, str]] = Counter()
    for line in lines:
        status = "waived" if line["payment_type"] in NO_MONEY else "settled"
        expected[line["payment_type"].lower(), status] += int(line["real_amount_paid"]) * 100
    rows = stored(libraries[1].data, "payment_totals").group_by("kind", "status").agg(pl.col("amount_fils").sum())
    assert {(kind, status): amount for kind, status, amount in rows.iter_rows()} == expected


def test_seven_authorities_have_names_in_both_languages(libraries: tuple[Outcome, Snapshot]) -> None:
    names = libraries[1].cursor().execute("SELECT code, name_en, name_ar FROM departments ORDER BY code").fetchall()
    assert [name for _, name, _ in names] == [
        "Bath and North East Somerset",
        "Bristol",
        "Dorset",
        "North Somerset",
        "Poole",
        "Somerset",
        "South Gloucestershire",
    ]
    assert all(re.search(r"[\u0600-\u06ff]", arabic) for _, _, arabic in names)


def test_repeated_header_of_an_older_download_is_skipped(tmp_path: Path) -> None:
    text = shared("real/librarieswest_payments.csv").read_text(encoding="utf-8").splitlines()[:4]
    (tmp_path / "older.csv").write_text("\r\n".join([text[0], *text]), encoding="utf-8")
    loaded = load(MAPPINGS / "librarieswest.toml")
    outcome = ingest(tmp_path / "older.csv", Order(tmp_path / "store", loaded.source, loaded))
    assert (outcome.rows_in, outcome.accepted, outcome.skipped) == (3, 3, 1)


@pytest.fixture(scope="module")
def portals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Outcome, Outcome, Snapshot]]:
    data = tmp_path_factory.mktemp("portals") / "store"
    events = mapped(data, "italy_portals", "italy_portal_events.txt")
    summary = mapped(data, "italy_summary", "italy_portal_summary.json")
    publish(data)
    snapshot = open_current(data)
    yield events, summary, snapshot
    snapshot.close()


def test_every_event_of_the_five_portals_is_accepted(portals: tuple[Outcome, Outcome, Snapshot]) -> None:
    text = shared("real/italy_portal_events.txt").read_text(encoding="utf-8").splitlines()
    left = [line for line in text if "ItaliaDomani" in line or "Dati is down" in line]
    events = portals[0]
    assert (events.accepted, events.skipped) == (len(text) - len(left), len(left))
    states = stored(portals[2].data, "status_events").group_by("state").len().sort("state").rows()
    assert dict(states) == {
        "up": sum("🟩" in line for line in text),
        "down": sum("🟥" in line for line in text) - len(left),
    }


def test_both_mappings_of_the_portals_name_them_alike() -> None:
    events, summary = load(MAPPINGS / "italy_portals.toml"), load(MAPPINGS / "italy_summary.toml")
    assert events.columns["department"].values == summary.columns["department"].values
    services = events.columns["service"].values or {}
    assert (summary.columns["service"].values or {}).items() <= services.items()
    assert set(services.values()) == set(events.columns["department"].values or {})


def test_summary_of_the_monitor_keeps_every_day_and_minute(portals: tuple[Outcome, Outcome, Snapshot]) -> None:
    sites = json.loads(shared("real/italy_portal_summary.json").read_text(encoding="utf-8"))
    minutes = sum(sum(site["dailyMinutesDown"].values()) for site in sites)
    found = (
        portals[2].cursor().execute("SELECT count(*), sum(reported_down_seconds), count(DISTINCT service) FROM monitor_summaries")
    )
    assert found.fetchone() == (sum(len(site["dailyMinutesDown"]) for site in sites), minutes * 60, 3)
    assert portals[1].rejected == 0


def test_differences_from_the_monitors_summary_are_short_incidents_and_days_in_utc(
    portals: tuple[Outcome, Outcome, Snapshot],
) -> None:
    """docs/real-input.md: incidents of 15 minutes and more, by UTC day, are what the monitor reports, to within two minutes."""
    cursor = portals[2].cursor()
    computed: Counter[tuple[str, date]] = Counter()
    for service, started, ended in cursor.execute("SELECT service, started_at, ended_at FROM incidents").fetchall():
        if ended - started >= timedelta(minutes=15):
            for day, seconds in by_utc_day(started, ended):
                computed[service, day] += seconds
    query = "SELECT service, period_start, reported_down_seconds FROM monitor_summaries"
    reported = {(service, day): seconds for service, day, seconds in cursor.execute(query).fetchall()}
    assert computed.keys() == reported.keys()
    assert {key: (computed[key], seconds) for key, seconds in reported.items() if abs(computed[key] - seconds) > 120} == {}


def by_utc_day(started: datetime, ended: datetime) -> Iterator[tuple[date, int]]:
    """Seconds of an incident (naive UTC) on each day."""
    while started < ended:
        midnight = datetime.combine(started.date() + timedelta(days=1), time())
        yield started.date(), int((min(ended, midnight) - started).total_seconds())
        started = midnight
