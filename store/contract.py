"""The schema of every source: columns, types, units, allowed values and cross-column rules.

A file that enters the store is checked against the contract of its source, row by row; what breaks a rule goes to
quarantine with the name of the rule. The names here are the names used in files, marts, filters and exports.

Hazard: a contract is what auditors read. A new value or column changes what earlier files meant, so widen, never rename.
"""

from dataclasses import dataclass
from typing import Final, Literal

import dataframely as dy
import polars as pl

CODE: Final = r"^[a-z0-9][a-z0-9_-]{0,63}$"
CHANNELS: Final = ("web", "mpay", "kiosk", "ivr", "counter", "unspecified")
MOBILE_CHANNELS: Final = ("mpay",)
METHODS: Final = ("credit_card", "direct_debit", "e_dirham", "debit_card", "cash", "cheque", "account", "voucher", "other")
PAYMENT_STATUSES: Final = ("settled", "failed", "abandoned", "refunded")
TOTALS_STATUSES: Final = (*PAYMENT_STATUSES, "waived")
SERVICE_STATES: Final = ("up", "degraded", "down")
LANGUAGES: Final = ("en", "ar")
AWARENESS_ANSWERS: Final = ("yes", "no", "dont_know")
FEEDBACK_KINDS: Final = ("complaint", "suggestion")
FEEDBACK_EVENTS: Final = ("opened", "resolved")
MAX_FILS: Final = 100_000_000_000_00
"""Largest amount of one record, AED 100 bn in fils: anything above is a unit error, and sums stay inside 64 bits."""


def _code(*, nullable: bool = False, primary_key: bool = False, description: str | None = None) -> dy.String:
    return dy.String(nullable=nullable, primary_key=primary_key, description=description, regex=CODE)


def _utc(*, nullable: bool = False, primary_key: bool = False, description: str | None = None) -> dy.Datetime:
    return dy.Datetime(nullable=nullable, primary_key=primary_key, description=description, time_unit="us", time_zone="UTC")


class Departments(dy.Schema):
    """Departments of the government, one row each."""

    code = _code(primary_key=True)
    name_en = dy.String(min_length=1)
    name_ar = dy.String(min_length=1)
    size = dy.Int64(nullable=True, min=0, description="employees; null when not known")
    joined_on = dy.Date(nullable=True, description="day the department joined the gateway")


class Services(dy.Schema):
    """Catalogue of e-services, one row each."""

    code = _code(primary_key=True)
    department = _code(nullable=True, description="null: offered by several departments")
    name_en = dy.String(min_length=1)
    name_ar = dy.String(min_length=1)
    transactional = dy.Bool(description="can be paid for through the gateway")
    monitored = dy.Bool(description="probed for availability")
    on_mobile = dy.Bool()
    automatic_payment = dy.Bool()
    fee_fils = dy.Int64(nullable=True, min=0, max=MAX_FILS, description="fixed fee; null when the amount is open")
    channels = dy.String(description="codes of CHANNELS separated by a space; empty for information services")
    contact = dy.String(nullable=True)
    launched_on = dy.Date(nullable=True, description="null when not known")


class Targets(dy.Schema):
    """Target of a KPI for a year, for one department or (department '*') for the whole government."""

    kpi = dy.String(primary_key=True, regex=CODE)
    department = dy.String(primary_key=True, regex=r"^(\*|[a-z0-9][a-z0-9_-]{0,63})$")
    year = dy.Int64(primary_key=True, min=1990, max=2100)
    numerator = dy.Int64(description="target = numerator / denominator, in the unit of the KPI")
    denominator = dy.Int64(min=1)


class ItSpend(dy.Schema):
    """IT budget and spending of a department in a calendar month, in fils."""

    department = _code(primary_key=True)
    month = dy.Date(primary_key=True, description="first day of the month")
    budget_fils = dy.Int64(min=0, max=MAX_FILS)
    spent_fils = dy.Int64(min=0, max=MAX_FILS)

    @dy.rule()
    def month_is_first_day(cls) -> pl.Expr:
        return pl.col("month").dt.day() == 1


class Payments(dy.Schema):
    """Payment log of the gateway, one row per attempt to settle a transaction, or per refund.

    A basket is one checkout, a transaction the payment of one account within it. Row `basket_line` 1 leads its basket and
    carries it in counts of baskets. A refund is a record of its own, on its own day, with a negative amount.
    """

    event_id = dy.Int64(primary_key=True, min=1, description="the gateway's number of this record")
    transaction_id = dy.Int64(min=1)
    basket_id = dy.Int64(min=1)
    basket_line = dy.Int16(min=1, description="position in the basket, from 1")
    basket_accounts = dy.Int16(min=1, description="accounts the basket pays")
    attempt = dy.Int16(min=1, description="1 for the first try")
    occurred_at = _utc()
    received_at = _utc()
    department = _code()
    service = _code()
    channel = dy.Enum(CHANNELS)
    method = dy.Enum(METHODS)
    automatic = dy.Bool(description="paid by the standing option")
    status = dy.Enum(PAYMENT_STATUSES)
    amount_fils = dy.Int64(min=-MAX_FILS, max=MAX_FILS)
    surcharge_fils = dy.Int64(min=-MAX_FILS, max=MAX_FILS)
    duration_ms = dy.Int32(nullable=True, min=0, description="start of checkout to receipt")
    payer = dy.Int64(nullable=True, description="pseudonymous payer")

    @dy.rule()
    def sign_follows_status(cls) -> pl.Expr:
        refund = pl.col("status") == "refunded"
        return (refund & (pl.col("amount_fils") < 0)) | (~refund & (pl.col("amount_fils") >= 0))

    @dy.rule()
    def received_after_occurred(cls) -> pl.Expr:
        return pl.col("received_at") >= pl.col("occurred_at")

    @dy.rule()
    def line_within_basket(cls) -> pl.Expr:
        return pl.col("basket_line") <= pl.col("basket_accounts")


class Settlements(dy.Schema):
    """What the gateway's bank has settled, one row per settled or refunded record of the payment log; a refund is negative.

    Its days are those of the payments, so that a day of the log is compared with what the bank has of it, whenever it books.
    """

    event_id = dy.Int64(primary_key=True, min=1, description="the gateway's number of the record in the payment log")
    settled_on = dy.Date(description="day on which the bank books it")
    paid_on = dy.Date(description="business date of the record, as the bank has it")
    department = _code(description="on whose account it is booked")
    amount_fils = dy.Int64(min=-MAX_FILS, max=MAX_FILS)

    @dy.rule()
    def settled_after_paid(cls) -> pl.Expr:
        return pl.col("settled_on") >= pl.col("paid_on")


class PaymentTotals(dy.Schema):
    """Totals of a body that reports no single payments: transactions and amount of a period, one row per combination.

    Refunds are lines of their own with a negative amount, as in the payment log; no other amount is below 0.
    """

    period_start = dy.Date(primary_key=True)
    period_end = dy.Date(primary_key=True, description="last day, inclusive")
    department = _code(primary_key=True)
    branch = dy.String(primary_key=True, description="office or outlet; '' when not reported")
    service = _code(primary_key=True)
    channel = dy.Enum(CHANNELS, primary_key=True)
    method = dy.Enum(METHODS, primary_key=True)
    kind = dy.String(primary_key=True, description="what the body calls this line, for example its payment type; '' if none")
    status = dy.Enum(TOTALS_STATUSES, primary_key=True)
    transactions = dy.Int64(min=0)
    amount_fils = dy.Int64(min=-MAX_FILS, max=MAX_FILS)

    @dy.rule()
    def period_in_order(cls) -> pl.Expr:
        return pl.col("period_start") <= pl.col("period_end")

    @dy.rule()
    def sign_follows_status(cls) -> pl.Expr:
        refund = pl.col("status") == "refunded"
        return (refund & (pl.col("amount_fils") <= 0)) | (~refund & (pl.col("amount_fils") >= 0))


class Probes(dy.Schema):
    """Availability probes, one row per service and probe; each stands for the `interval_s` seconds that begin with it."""

    service = _code(primary_key=True)
    probed_at = _utc(primary_key=True)
    department = _code()
    state = dy.Enum(SERVICE_STATES)
    planned = dy.Bool(description="inside an announced maintenance window")
    interval_s = dy.Int32(min=1, max=86_400)
    response_ms = dy.Int32(nullable=True, min=0)


class StatusEvents(dy.Schema):
    """Changes of state of a service as its monitor noticed them; a state lasts until the service's next event."""

    service = _code(primary_key=True)
    occurred_at = _utc(primary_key=True)
    department = _code()
    state = dy.Enum(SERVICE_STATES)
    planned = dy.Bool()
    http_status = dy.Int32(nullable=True, min=0, max=999)
    response_ms = dy.Int32(nullable=True, min=0)


class MonitorSummaries(dy.Schema):
    """A monitor's own summary, kept to be shown beside what is computed from its events; never part of a KPI."""

    service = _code(primary_key=True)
    day = dy.Date(primary_key=True)
    department = _code()
    down_seconds = dy.Int64(min=0, max=86_400)


class Surveys(dy.Schema):
    """Survey invitations and what came of them, one row per invitation. Answers are null until given."""

    invitation_id = dy.Int64(primary_key=True, min=1)
    survey = _code(description="instrument")
    wording = _code(description="version of the questions' wording and scales; different wordings are not pooled silently")
    wave = _code(description="wave, or 'continuous'")
    department = _code()
    service = _code()
    channel = dy.Enum(CHANNELS)
    language = dy.Enum(LANGUAGES)
    invited_at = _utc()
    opened_at = _utc(nullable=True)
    started_at = _utc(nullable=True)
    completed_at = _utc(nullable=True)
    satisfaction = dy.Int8(nullable=True, min=1, max=5)
    recommend = dy.Int8(nullable=True, min=0, max=10)
    effort = dy.Int8(nullable=True, min=1, max=5, description="1 very hard .. 5 very easy")
    aware = dy.Enum(AWARENESS_ANSWERS, nullable=True)
    comment = dy.String(nullable=True)

    @dy.rule()
    def funnel_in_order(cls) -> pl.Expr:
        """Each step needs the one before it, and none happens before the invitation."""
        opened, started, completed = pl.col("opened_at"), pl.col("started_at"), pl.col("completed_at")
        return (
            (opened.is_null() | (opened >= pl.col("invited_at")))
            & (started.is_null() | (opened.is_not_null() & (started >= opened)))
            & (completed.is_null() | (started.is_not_null() & (completed >= started)))
        )

    @dy.rule()
    def answers_only_when_completed(cls) -> pl.Expr:
        answers = pl.any_horizontal(pl.col(c).is_not_null() for c in ("satisfaction", "recommend", "effort", "aware"))
        return pl.col("completed_at").is_not_null() | ~answers


class Feedback(dy.Schema):
    """Complaints and suggestions, one row per event of a case (opened, resolved); a case carries its facts in each row."""

    case_id = dy.Int64(primary_key=True, min=1)
    event = dy.Enum(FEEDBACK_EVENTS, primary_key=True)
    kind = dy.Enum(FEEDBACK_KINDS)
    department = _code()
    service = _code()
    channel = dy.Enum(CHANNELS)
    language = dy.Enum(LANGUAGES)
    occurred_at = _utc()
    opened_at = _utc(description="when the case was opened; equals occurred_at in its 'opened' row")
    category = _code()
    text = dy.String(nullable=True)

    @dy.rule()
    def resolved_after_opened(cls) -> pl.Expr:
        opened = pl.col("event") == "opened"
        return (opened & (pl.col("occurred_at") == pl.col("opened_at"))) | (
            ~opened & (pl.col("occurred_at") >= pl.col("opened_at"))
        )


class Campaigns(dy.Schema):
    """Campaigns, one row each, with the days they ran."""

    code = _code(primary_key=True)
    name_en = dy.String(min_length=1)
    name_ar = dy.String(min_length=1)
    starts_on = dy.Date()
    ends_on = dy.Date(description="last day, inclusive")
    departments = dy.String(description="codes separated by a space")

    @dy.rule()
    def days_in_order(cls) -> pl.Expr:
        return pl.col("starts_on") <= pl.col("ends_on")


class Waves(dy.Schema):
    """Planned waves of surveys, one row each: who is asked what, and when. A wave that has begun is launched."""

    code = _code(primary_key=True)
    survey = _code(description="instrument")
    name_en = dy.String(min_length=1)
    name_ar = dy.String(min_length=1)
    starts_on = dy.Date()
    ends_on = dy.Date(description="last day, inclusive")
    departments = dy.String(description="codes separated by a space; empty for all")

    @dy.rule()
    def days_in_order(cls) -> pl.Expr:
        return pl.col("starts_on") <= pl.col("ends_on")


class Events(dy.Schema):
    """Public events where services were shown, one row each."""

    code = _code(primary_key=True)
    name_en = dy.String(min_length=1)
    name_ar = dy.String(min_length=1)
    starts_on = dy.Date()
    ends_on = dy.Date(description="last day, inclusive")
    entities = dy.Int64(min=0, description="government entities on the stand")
    area_m2 = dy.Int64(min=0)
    polls_answered = dy.Int64(min=0)
    complaints = dy.Int64(min=0)

    @dy.rule()
    def days_in_order(cls) -> pl.Expr:
        return pl.col("starts_on") <= pl.col("ends_on")


@dataclass(frozen=True)
class Source:
    """One source of the store.

    kind       'log' grows by new records; 'reference' is replaced as a whole by a newer file of the same name.
    time       the column whose local date is the business date of a record (None: no calendar, e.g. departments).
    time_end   the column with the last day a record covers, where that is not its business date.
    monthly    a record covers the calendar month that begins with its business date.
    money      the column that is summed, in fils, as the control total of a file.
    daily      whether complete-through waits for this source (once it has ever delivered).
    may_be_none    a reference of which there may be none: an empty file whose control totals say so means that.
    """

    name: str
    schema: type[dy.Schema]
    kind: Literal["log", "reference"]
    time: str | None
    time_end: str | None = None
    monthly: bool = False
    money: str | None = None
    daily: bool = False
    may_be_none: bool = False


SOURCES: Final[dict[str, Source]] = {
    s.name: s
    for s in (
        Source("departments", Departments, "reference", None),
        Source("services", Services, "reference", None),
        Source("targets", Targets, "reference", None, may_be_none=True),
        Source("it_spend", ItSpend, "log", "month", monthly=True, money="spent_fils"),
        Source("payments", Payments, "log", "occurred_at", money="amount_fils", daily=True),
        Source("settlements", Settlements, "log", "paid_on", money="amount_fils"),
        Source("payment_totals", PaymentTotals, "log", "period_start", time_end="period_end", money="amount_fils", daily=True),
        Source("probes", Probes, "log", "probed_at", daily=True),
        Source("status_events", StatusEvents, "log", "occurred_at"),
        Source("monitor_summaries", MonitorSummaries, "log", "day"),
        Source("surveys", Surveys, "log", "invited_at", daily=True),
        Source("feedback", Feedback, "log", "occurred_at", daily=True),
        Source("campaigns", Campaigns, "reference", None, may_be_none=True),
        Source("events", Events, "reference", None, may_be_none=True),
        Source("waves", Waves, "reference", None, may_be_none=True),
    )
}
