"""The catalogue: complete, sayable, and nothing in it that the marts do not have."""

import re

import pytest

from metrics import KPIS, Kpi
from metrics.counted import counted
from metrics.dimensions import marts
from metrics.words import Note
from store.contract import SOURCES
from store.marts import MARTS

REFERENCE = {
    "collected_amount",
    "transactions",
    "success_rate",
    "average_transaction_value",
    "completion_time_p50",
    "completion_time_p90",
    "share_under_60s",
    "surcharge_collected",
    "mobile_take_up",
    "automatic_payment_share",
    "multi_account_share",
    "accounts_per_basket",
    "cost_per_transaction",
    "unique_payers",
    "availability",
    "availability_including_maintenance",
    "request_availability",
    "mttr",
    "mtbf",
    "satisfaction",
    "satisfaction_mean",
    "nps",
    "awareness",
    "effort",
    "response_rate",
    "complaints_opened",
    "complaints_resolved",
    "complaints_backlog",
    "complaints_resolved_within_7_days",
    "complaints_median_days",
    "complaints_per_10000",
    "suggestions_opened",
    "suggestions_resolved",
    "suggestions_backlog",
    "gross_amount",
    "refunded_amount",
    "attempts",
    "baskets",
    "it_spend",
    "it_budget",
    "downtime",
    "incidents",
    "invitations",
    "responses",
    "services_offered",
    "services_on_mobile",
}

each_kpi = pytest.mark.parametrize("kpi", KPIS.values(), ids=lambda k: k.id)


def test_every_kpi_of_the_reference_definitions_is_there() -> None:
    assert REFERENCE - set(KPIS) == set()


@each_kpi
def test_a_kpi_says_what_it_is(kpi: Kpi) -> None:
    assert kpi.title
    assert kpi.definition.endswith(".")
    assert all(caveat.endswith(".") for caveat in kpi.caveats)
    assert set(kpi.source.split()) <= set(SOURCES)


@each_kpi
def test_a_ratio_has_a_denominator_and_a_sum_has_none(kpi: Kpi) -> None:
    assert (kpi.denominator is not None) == (kpi.kind == "ratio" or "denominator_mart" in kpi.parameters)


@each_kpi
def test_formulas_use_columns_that_the_marts_have(kpi: Kpi) -> None:
    columns = {"as_of", *(c for m in marts(kpi) for c in MARTS[m])}
    words = " ".join([kpi.numerator, kpi.denominator or "", kpi.n, *kpi.needs, *kpi.aggregates.values()])
    used = set(re.findall(r"\b[a-z_0-9]*[a-z][a-z_0-9]*\b", re.sub(r"'[^']*'", "", words))) - {"date_diff"}
    assert used - columns == set()


@each_kpi
def test_what_its_n_counts_is_said_in_words(kpi: Kpi) -> None:
    assert counted(kpi)[:1].islower()


def test_a_note_keeps_its_source_for_translation() -> None:
    note = Note("Complete through {day}", day="2012-09-30")
    assert (note, note.source, note.values) == ("Complete through 2012-09-30", "Complete through {day}", {"day": "2012-09-30"})
