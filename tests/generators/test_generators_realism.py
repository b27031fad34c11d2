"""Realism gates over the whole default scenario: published figures and rankings, rhythm, tails, and what outages do."""

import re
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from generators.calendar import city_calendar, day_number
from generators.published import Figure, figures
from generators.world import build_world

pytestmark = pytest.mark.slow

START, END = date(2010, 1, 1), date(2012, 9, 30)
IN_RANGE = [f for f in figures() if f.start >= START and f.end <= END]
ARABIC = re.compile(r"[؀-ۿ]")
LOCAL_DAY = pl.col("at").dt.convert_time_zone("Asia/Dubai").dt.date()


@pytest.fixture(scope="module")
def settled(default_payments: pl.DataFrame) -> pl.DataFrame:
    return default_payments.filter(pl.col("status") == "settled")


@pytest.fixture(scope="module")
def daily(settled: pl.DataFrame) -> np.ndarray:
    """Settled transactions of each day of the range."""
    counts = settled.group_by("day").agg(pl.len()).sort("day")
    assert counts.height == (END - START).days + 1
    return counts["len"].to_numpy()


@pytest.fixture(scope="module")
def down(default_scenario: Path) -> pl.DataFrame:
    """Quarter hours in which a probe found a service down without announcement: service, at, day."""
    rows = pl.scan_parquet(default_scenario / "probes" / "*.parquet").filter((pl.col("state") == "down") & ~pl.col("planned"))
    return rows.select("service", at="probed_at").with_columns(day=LOCAL_DAY).collect()


@pytest.fixture(scope="module")
def bad_days(down: pl.DataFrame) -> pl.DataFrame:
    """Services and days with an hour or more of unannounced downtime."""
    return down.group_by("service", "day").agg(pl.len()).filter(pl.col("len") >= 4).select("service", "day", bad=True)


@pytest.fixture(scope="module")
def surveys(default_scenario: Path) -> pl.DataFrame:
    return pl.read_parquet(default_scenario / "surveys" / "*.parquet").with_columns(at="invited_at").with_columns(day=LOCAL_DAY)


@pytest.fixture(scope="module")
def answered(surveys: pl.DataFrame) -> pl.DataFrame:
    return surveys.filter(pl.col("completed_at").is_not_null())


@pytest.fixture(scope="module")
def feedback(default_scenario: Path) -> pl.DataFrame:
    return pl.read_parquet(default_scenario / "feedback" / "*.parquet").with_columns(at="occurred_at").with_columns(day=LOCAL_DAY)


def days_of_range(facts: np.ndarray) -> np.ndarray:
    return facts[day_number(START) : day_number(END) + 1]


# Published figures and rankings


@pytest.mark.parametrize("figure", IN_RANGE, ids=lambda f: f"{f.start}-{f.end}-{f.measure}-{f.dimension}")
def test_every_published_figure_in_the_range_is_hit_to_the_last_unit(default_payments: pl.DataFrame, figure: Figure) -> None:
    rows = default_payments.filter(pl.col("day").is_between(figure.start, figure.end))
    if figure.dimension:
        column, _, value = figure.dimension.partition("=")
        rows = rows.filter(pl.col(column) == value)
    collected = rows.filter(pl.col("status").is_in(["settled", "refunded"]))["amount_fils"].sum()
    transactions = rows.filter(pl.col("status") == "settled").height
    assert (collected if figure.measure == "collected_amount" else transactions) == figure.value


def test_nine_months_of_2012_are_the_headline(default_payments: pl.DataFrame) -> None:
    rows = default_payments.filter(pl.col("day").is_between(date(2012, 1, 1), END))
    assert rows.filter(pl.col("status") == "settled").height == 2_448_147
    assert rows.filter(pl.col("status").is_in(["settled", "refunded"]))["amount_fils"].sum() == 320_000_000_000


@pytest.mark.parametrize(
    ("end", "of", "ranking"),
    [
        (date(2010, 12, 31), "amount", ["customs", "dewa", "municipality"]),
        (date(2011, 6, 30), "amount", ["customs", "dewa", "dha"]),
        (date(2011, 12, 31), "amount", ["customs", "dewa", "dha"]),
        (date(2012, 9, 30), "amount", ["customs", "dewa", "dha", "ded", "rta"]),
        (date(2010, 6, 30), "transactions", ["rta", "dewa", "customs"]),
        (date(2010, 12, 31), "transactions", ["rta", "dewa", "customs"]),
        (date(2011, 6, 30), "transactions", ["dha", "rta", "dewa"]),
        (date(2011, 12, 31), "transactions", ["dha", "dewa", "rta"]),
        (date(2012, 9, 30), "mpay amount", ["dewa", "rta", "police"]),
        (date(2012, 9, 30), "mpay transactions", ["rta", "dewa", "police"]),
    ],
)
def test_departments_rank_as_published(settled: pl.DataFrame, end: date, of: str, ranking: list[str]) -> None:
    rows = settled.filter(pl.col("day").is_between(date(end.year, 1, 1), end))
    if of.startswith("mpay"):
        rows = rows.filter(pl.col("channel") == "mpay")
    measure = pl.col("amount_fils").sum() if of.endswith("amount") else pl.len()
    found = rows.group_by("department").agg(value=measure).sort("value", descending=True)["department"].to_list()
    assert found[: len(ranking)] == ranking


# Rhythm


def test_the_week_repeats_itself(daily: np.ndarray) -> None:
    level = np.log(daily)
    rest = level - np.convolve(np.pad(level, 45, "edge"), np.ones(91) / 91, "valid")
    lag = {k: float(np.corrcoef(rest[:-k], rest[k:])[0, 1]) for k in (3, 4, 7, 14)}
    assert lag[7] > 0.6
    assert lag[14] > 0.5
    assert max(lag[3], lag[4]) < 0


@pytest.mark.parametrize("year", [2010, 2011, 2012])
def test_working_days_of_ramadan_are_quieter_than_those_around_it(daily: np.ndarray, year: int) -> None:
    calendar = city_calendar()
    ordinary = days_of_range(~calendar.weekend & ~calendar.payday & ~calendar.eid & ~calendar.holiday)
    fasting = days_of_range(calendar.ramadan) & ordinary
    days = np.arange(daily.size) + day_number(START)
    this_year = (days >= day_number(date(year, 1, 1))) & (days <= day_number(date(year, 12, 31)))
    inside = np.flatnonzero(fasting & this_year)
    around = np.flatnonzero(ordinary & ~fasting & (days >= days[inside[0]] - 40) & (days <= days[inside[-1]] + 40))
    assert 0.68 < daily[inside].mean() / daily[around].mean() < 0.92


def of_season(settled: pl.DataFrame, season: str) -> np.ndarray:
    """Settled transactions of each day at the services that have this season."""
    services = [s.code for s in build_world(7).paid if s.draft.season == season]
    counts = settled.filter(pl.col("service").is_in(services)).group_by("day").agg(pl.len())
    days = pl.DataFrame({"day": pl.date_range(START, END, eager=True)})
    return days.join(counts, on="day", how="left").sort("day")["len"].fill_null(0).to_numpy()


def between(first: date, last: date) -> np.ndarray:
    days = np.arange((END - START).days + 1) + day_number(START)
    return (days >= day_number(first)) & (days <= day_number(last))


def beside_ordinary(daily: np.ndarray, chosen: np.ndarray, ordinary: np.ndarray) -> float:
    """What the chosen days come to, beside as many ordinary ones of the same weekdays, paydays with paydays."""
    calendar = city_calendar()
    weekday, payday = days_of_range(calendar.weekday), days_of_range(calendar.payday)
    quiet = days_of_range(calendar.ramadan | calendar.eid | calendar.holiday)
    compared = ordinary & ~quiet & ~chosen
    days = np.flatnonzero(chosen)
    usual = [daily[compared & (weekday == weekday[d]) & (payday == payday[d])].mean() for d in days]
    return float(daily[days].sum() / sum(usual))


@pytest.mark.parametrize(
    "first", [date(2010, 9, 10), date(2010, 11, 15), date(2011, 8, 30), date(2011, 11, 5), date(2012, 8, 19)], ids=str
)
def test_on_each_day_of_eid_about_half_as_much_is_paid_as_on_ordinary_days(daily: np.ndarray, first: date) -> None:
    around = between(first - timedelta(days=45), first + timedelta(days=45))
    for day in (first + timedelta(days=n) for n in range(4)):
        assert 0.3 < beside_ordinary(daily, between(day, day), around) < 0.7, day


@pytest.mark.parametrize("year", [2010, 2011])
def test_when_school_begins_more_is_paid_and_twice_as_much_and_more_for_schools(
    daily: np.ndarray, settled: pl.DataFrame, year: int
) -> None:
    begins = between(date(year, 9, 1), date(year, 9, 20)) & ~days_of_range(city_calendar().eid | city_calendar().ramadan)
    later = between(date(year, 10, 1), date(year, 10, 31))
    assert 1.05 < beside_ordinary(daily, begins, later) < 1.3
    assert 2.0 < beside_ordinary(of_season(settled, "school"), begins, later) < 4.0


@pytest.mark.parametrize("year", [2010, 2011])
def test_licences_are_paid_by_the_deadline_at_the_end_of_the_year(daily: np.ndarray, settled: pl.DataFrame, year: int) -> None:
    deadline = between(date(year, 12, 15), date(year, 12, 31))
    autumn = between(date(year, 10, 1), date(year, 11, 30))
    licences = beside_ordinary(of_season(settled, "yearend"), deadline, autumn)
    assert 1.15 < licences / beside_ordinary(daily, deadline, autumn) < 1.5
    assert licences > 1.15


def test_paydays_are_busier_and_weekends_quieter_than_other_days(daily: np.ndarray) -> None:
    calendar = city_calendar()
    usual = days_of_range(~calendar.ramadan & ~calendar.eid & ~calendar.holiday)
    payday, weekend = days_of_range(calendar.payday), days_of_range(calendar.weekend)
    working = daily[usual & ~weekend & ~payday].mean()
    assert 1.1 < daily[usual & ~weekend & payday].mean() / working < 1.35
    assert 0.5 < daily[usual & weekend & ~payday].mean() / working < 0.75


def test_the_best_ecustomer_campaign_lifts_its_departments(settled: pl.DataFrame) -> None:
    members = pl.col("department").is_in(["police", "dewa", "municipality", "rta"])
    shares = [
        settled.filter(pl.col("day").is_between(*window)).select(members.mean()).item()
        for window in ((date(2011, 10, 1), date(2011, 11, 5)), (date(2011, 11, 6), date(2011, 12, 20)))
    ]
    assert shares[1] / shares[0] > 1.08


# Amounts and services


def test_first_digits_of_open_amounts_follow_benford(settled: pl.DataFrame) -> None:
    open_services = [s.code for s in build_world(7).paid if s.draft.amount and s.draft.amount.open]
    amounts = settled.filter(pl.col("service").is_in(open_services))["amount_fils"].to_numpy()
    digits = (amounts // 10 ** np.floor(np.log10(amounts)).astype(np.int64)).clip(1, 9)
    shares = np.bincount(digits, minlength=10)[1:] / digits.size
    assert np.abs(shares - np.log10(1 + 1 / np.arange(1, 10))).mean() < 0.006, "Nigrini: close conformity"


@pytest.mark.parametrize("year", [2010, 2011, 2012])
def test_the_top_percent_of_payments_carries_a_heavy_tail(settled: pl.DataFrame, year: int) -> None:
    amounts = np.sort(settled.filter(pl.col("day").dt.year() == year)["amount_fils"].to_numpy())
    assert 0.15 < amounts[-amounts.size // 100 :].sum() / amounts.sum() < 0.40


def test_services_follow_zipf(settled: pl.DataFrame) -> None:
    counts = settled["service"].value_counts().sort("count", descending=True)["count"].to_numpy()[:100]
    rank, count = np.log(np.arange(1, 101)), np.log(counts)
    assert -1.4 < np.polyfit(rank, count, 1)[0] < -0.8
    assert np.corrcoef(rank, count)[0, 1] < -0.95


def test_one_percent_of_payments_is_made_by_phone_and_many_pay_for_several_accounts(default_scenario: Path) -> None:
    rows = pl.scan_parquet(default_scenario / "payments" / "*.parquet").filter(
        (pl.col("status") == "settled") & (pl.col("basket_line") == 1)
    )
    by_phone = rows.group_by(pl.col("channel") == "mpay").agg(pl.len(), several=(pl.col("basket_accounts") > 1).mean())
    shares = by_phone.collect().sort("channel")
    assert 0.006 < shares["len"][1] / shares["len"].sum() < 0.015
    assert shares["several"][1] > 2 * shares["several"][0] > 0.05


# Outages and what follows


def test_availability_is_plausible_and_rises(default_scenario: Path) -> None:
    rows = pl.scan_parquet(default_scenario / "probes" / "*.parquet").filter(~pl.col("planned"))
    year = pl.col("probed_at").dt.convert_time_zone("Asia/Dubai").dt.year()
    shares = rows.group_by(year).agg(up=(pl.col("state") != "down").mean()).collect().sort("probed_at")["up"]
    assert 0.994 < shares[0] < shares[2] < 0.998


def test_probes_have_maintenance_windows_slow_phases_and_gaps(default_scenario: Path) -> None:
    rows = pl.read_parquet(default_scenario / "probes" / "probes-2012-05.parquet")
    assert 0.002 < rows["planned"].mean() < 0.008
    assert (rows.filter("planned")["state"] == "down").all()
    assert (rows["state"] == "degraded").sum() > 0
    assert rows.filter(pl.col("state") == "down")["response_ms"].null_count() == (rows["state"] == "down").sum()
    assert 0.97 < rows.height / (rows["service"].n_unique() * 31 * 96) < 1


def test_payments_fail_in_outages(default_payments: pl.DataFrame, down: pl.DataFrame) -> None:
    tries = default_payments.filter(pl.col("status").is_in(["settled", "failed"])).with_columns(
        at=pl.col("occurred_at").dt.truncate("15m")
    )
    tries = tries.join(down.select("service", "at", broken=True), on=["service", "at"], how="left")
    rates = (
        tries.group_by(pl.col("broken").fill_null(False))
        .agg(failed=(pl.col("status") == "failed").mean())
        .sort("broken")["failed"]
    )
    assert 0.02 < rates[0] < 0.06
    assert rates[1] > 0.5


def csat_after(answered: pl.DataFrame, bad_days: pl.DataFrame, lag: int) -> tuple[float, float]:
    """CSAT `lag` days after a bad day of the service, and otherwise."""
    later = bad_days.with_columns(pl.col("day").dt.offset_by(f"{lag}d"))
    marked = answered.join(later, on=["service", "day"], how="left")
    found = marked.group_by(pl.col("bad").fill_null(False)).agg(csat=(pl.col("satisfaction") >= 4).mean()).sort("bad")["csat"]
    return found[1], found[0]


def test_satisfaction_falls_for_some_days_after_an_outage_and_recovers(answered: pl.DataFrame, bad_days: pl.DataFrame) -> None:
    for lag in (0, 1, 2):
        after, otherwise = csat_after(answered, bad_days, lag)
        assert after < otherwise - 0.10, lag
    assert csat_after(answered, bad_days, 1)[0] < csat_after(answered, bad_days, 3)[0]
    after, otherwise = csat_after(answered, bad_days, 6)
    assert after == pytest.approx(otherwise, abs=0.04)


def test_complaints_rise_for_some_days_after_an_outage(feedback: pl.DataFrame, bad_days: pl.DataFrame) -> None:
    opened = (
        feedback.filter((pl.col("event") == "opened") & (pl.col("kind") == "complaint")).group_by("service", "day").agg(pl.len())
    )

    def per_day(lag: int) -> float:
        days = bad_days.with_columns(pl.col("day").dt.offset_by(f"{lag}d")).filter(pl.col("day").is_between(START, END))
        return days.join(opened, on=["service", "day"], how="left")["len"].fill_null(0).mean()

    before = (per_day(-3) + per_day(-2)) / 2
    assert per_day(1) > 2.5 * before
    assert per_day(1) > per_day(0)
    assert per_day(6) < 1.4 * before


# Surveys and feedback


def test_satisfaction_nps_and_awareness_are_plausible_and_rise(answered: pl.DataFrame) -> None:
    by_year = (
        answered.group_by(year=pl.col("day").dt.year())
        .agg(
            csat=(pl.col("satisfaction") >= 4).mean(),
            nps=100 * ((pl.col("recommend") >= 9).mean() - (pl.col("recommend") <= 6).mean()),
            aware=(pl.col("aware") == "yes").mean(),
        )
        .sort("year")
    )
    assert 0.76 < by_year["csat"][0] < by_year["csat"][1] < by_year["csat"][2] < 0.84
    assert 20 < by_year["nps"][0] < by_year["nps"][2] < 40
    assert 0.43 < by_year["aware"][0] < by_year["aware"][1] < by_year["aware"][2] < 0.57


def test_a_third_of_the_invited_answer(surveys: pl.DataFrame) -> None:
    afar = surveys.filter(pl.col("wave") == "continuous")
    assert 0.2 < afar["completed_at"].is_not_null().mean() < 0.35
    assert afar["opened_at"].is_not_null().mean() > afar["started_at"].is_not_null().mean()


def test_comments_come_in_both_languages_and_in_the_language_of_the_answer(answered: pl.DataFrame) -> None:
    comments = answered.filter(pl.col("comment").is_not_null())
    for language, share in (("ar", 0.52), ("en", 0.48)):
        texts = comments.filter(pl.col("language") == language)["comment"]
        assert texts.len() / comments.height == pytest.approx(share, abs=0.03)
        assert texts.n_unique() > 500
        assert all(bool(ARABIC.search(text)) == (language == "ar") for text in texts)
        assert not texts.str.contains(r"[{}]").any()


def test_comments_fit_the_score(answered: pl.DataFrame) -> None:
    praise = pl.col("comment").str.contains("Excellent|ممتازة|Much better|بكثير")
    complaint = pl.col("comment").str.contains("Very slow|بطيئة جداً|not available|غير متاح")
    assert answered.filter(praise)["satisfaction"].min() == 4
    assert answered.filter(complaint)["satisfaction"].max() == 2


def test_twenty_polls_are_planned_for_2012_and_eight_are_launched_on_29_september(answered: pl.DataFrame) -> None:
    from generators.surveys import waves

    polls = [w for w in waves(7) if w.survey == "customer-poll"]
    assert len(polls) == 20
    launched = answered.filter(pl.col("survey") == "customer-poll")
    assert launched["wave"].n_unique() == 8
    assert launched["day"].min() == date(2012, 9, 29)


def test_the_wording_changes_once_with_2011(surveys: pl.DataFrame) -> None:
    continuous = (
        surveys.filter(pl.col("wave") == "continuous").group_by("wording").agg(a=pl.col("day").min(), b=pl.col("day").max())
    )
    assert continuous.sort("wording").rows() == [("payment-1", START, date(2010, 12, 31)), ("payment-2", date(2011, 1, 1), END)]


def test_the_exhibition_has_as_many_polls_and_complaints_as_its_record(
    default_scenario: Path, answered: pl.DataFrame, feedback: pl.DataFrame
) -> None:
    events = pl.read_parquet(default_scenario / "events" / "events.parquet")
    assert events["code"].to_list() == ["gitex-2010", "gitex-2011"]
    stand = feedback.filter((pl.col("channel") == "kiosk") & (pl.col("event") == "opened"))
    for event in events.iter_rows(named=True):
        assert answered.filter(pl.col("wave") == event["code"]).height == event["polls_answered"]
        during = stand.filter(pl.col("day").is_between(event["starts_on"], event["ends_on"]))
        assert during.height == event["complaints"]


def test_most_complaints_are_resolved_within_seven_days(feedback: pl.DataFrame) -> None:
    opened = feedback.filter((pl.col("event") == "opened") & (pl.col("kind") == "complaint") & (pl.col("day") < date(2012, 9, 1)))
    resolved = feedback.filter(pl.col("event") == "resolved").select("case_id", resolved="occurred_at")
    took = opened.join(resolved, on="case_id", how="left")
    within = (took["resolved"] - took["opened_at"]).dt.total_seconds() <= 7 * 86_400
    assert 0.82 < within.fill_null(False).mean() < 0.93
    assert 0.01 < took["resolved"].is_null().mean() < 0.05


# References


def test_targets_of_2012_are_there_for_the_city_and_its_departments(default_scenario: Path) -> None:
    targets = pl.read_parquet(default_scenario / "targets" / "targets.parquet").filter(pl.col("year") == 2012)
    city = {
        row["kpi"]: row["numerator"] / row["denominator"]
        for row in targets.filter(pl.col("department") == "*").iter_rows(named=True)
    }
    assert city["collected_amount"] == 420_000_000_000
    assert city["transactions"] == 3_200_000
    assert city["availability"] == 0.997
    assert city["satisfaction"] == 0.85
    assert city["awareness"] == 0.5
    assert set(city) >= {"mobile_take_up", "complaints_resolved_within_7_days"}
    parts = targets.filter((pl.col("kpi") == "transactions") & (pl.col("department") != "*"))
    assert parts.height >= 24
    assert parts["numerator"].sum() == pytest.approx(3_200_000, rel=0.001)


def test_it_spend_covers_every_department_and_month(default_scenario: Path) -> None:
    spend = pl.read_parquet(default_scenario / "it_spend" / "*.parquet")
    assert spend.height == 33 * 32
    assert spend["month"].n_unique() == 33
    assert 0.8 < spend["spent_fils"].sum() / spend["budget_fils"].sum() < 1.2
