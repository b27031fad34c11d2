"""Relations reach every engine without timestamps; days know how long they are."""

from datetime import date

from store.contract import MOBILE_CHANNELS, SOURCES
from store.rollup.plan import ROLLUPS
from store.rollup.relations import Day, columns, days


def test_a_day_in_dubai_begins_at_twenty_hundred_utc() -> None:
    [day] = days(date(1970, 1, 2), date(1970, 1, 2), "Asia/Dubai")
    assert day == Day(date(1970, 1, 2), 20 * 3600, 44 * 3600)


def test_days_are_23_and_25_hours_long_when_clocks_change() -> None:
    lengths = [
        [(day.end_s - day.start_s) // 3600 for day in days(first, last, "Europe/London")]
        for first, last in [(date(2020, 3, 28), date(2020, 3, 30)), (date(2020, 10, 24), date(2020, 10, 26))]
    ]
    assert lengths == [[24, 23, 24], [24, 25, 24]]


def test_days_follow_each_other_without_a_gap() -> None:
    year = days(date(2020, 1, 1), date(2020, 12, 31), "Europe/London")
    assert len(year) == 366
    assert [day.end_s for day in year[:-1]] == [day.start_s for day in year[1:]]


def test_relations_have_codes_integers_booleans_and_dates_only() -> None:
    assert {column.type for source in SOURCES for column in columns(source)} == {"VARCHAR", "BIGINT", "BOOLEAN", "DATE"}
    assert [c.name for c in columns("probes")] == [
        *("service", "probed_s", "probed_on", "probed_n", "department", "state", "planned", "interval_s", "response_ms"),
        "business_date",
    ]


def test_mobile_channels_of_the_payments_mart_are_those_of_the_contract() -> None:
    assert [channel for channel in MOBILE_CHANNELS if f"channel = '{channel}'" in ROLLUPS["payments"].sql] == list(
        MOBILE_CHANNELS
    )
    assert ROLLUPS["payments"].sql.count("channel = '") == len(MOBILE_CHANNELS)
