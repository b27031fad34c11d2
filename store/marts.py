"""The tables of a snapshot (`serve-<version>.duckdb`): what the store promises to metrics.

Rule: a mart stores only what can be added (counts, fils, seconds, histogram buckets) per its dimensions, so any coarser
number is a sum of its rows. The two `payers` and `feedback_cases` marts list what can only be counted, never added.

Every mart has `period_start` and `period_end` (DATE, inclusive, local calendar): one day for logs, a month (or whatever
was reported) for totals. A reader that cuts such a period must refuse.
"""

from typing import Final

_PERIOD = {"period_start": "DATE", "period_end": "DATE"}

MARTS: Final[dict[str, dict[str, str]]] = {
    # payments log and payment_totals together; totals fill records, settled, refunds, waived and the first three amounts only,
    # the rest is NULL ("not reported"), so `attempts IS NULL` tells totals from the log
    "payments": {
        **_PERIOD,
        "department": "VARCHAR",
        "service": "VARCHAR",
        "channel": "VARCHAR",
        "method": "VARCHAR",
        "automatic": "BOOLEAN",
        "records": "BIGINT",  # rows of the log or lines of totals behind this row
        "attempts": "BIGINT",  # settled + failed + abandoned
        "settled": "BIGINT",
        "failed": "BIGINT",
        "abandoned": "BIGINT",
        "refunds": "BIGINT",
        "waived": "BIGINT",
        "gross_fils": "BIGINT",  # settled
        "refund_fils": "BIGINT",  # as a positive number
        "unsettled_fils": "BIGINT",  # failed, abandoned and waived: gross - refund + unsettled is the ledger's control total
        "surcharge_fils": "BIGINT",  # settled
        "automatic_settled": "BIGINT",
        "mobile_settled": "BIGINT",
        "baskets": "BIGINT",  # settled lead lines
        "multi_baskets": "BIGINT",  # of those, with 2 or more accounts
        "basket_accounts": "BIGINT",  # accounts in those baskets
        "timed": "BIGINT",  # settled with a duration
        "under_60s": "BIGINT",  # of those, below 60,000 ms
    },
    "completion": {
        **_PERIOD,
        "department": "VARCHAR",
        "service": "VARCHAR",
        "channel": "VARCHAR",
        "method": "VARCHAR",
        "automatic": "BOOLEAN",
        "bucket": "INTEGER",  # see store.buckets: fixed edges, 60 s * 1.1^k
        "settled": "BIGINT",
    },
    "payers": {
        **_PERIOD,
        "department": "VARCHAR",
        "service": "VARCHAR",
        "channel": "VARCHAR",
        "method": "VARCHAR",
        "payer": "BIGINT",
    },
    # from probes or from status events (`origin`), seconds of each day and service; up includes degraded
    "availability": {
        **_PERIOD,
        "department": "VARCHAR",
        "service": "VARCHAR",
        "origin": "VARCHAR",  # 'probes' | 'status_events'
        "records": "BIGINT",  # probes or events of the day
        "up_seconds": "BIGINT",  # outside maintenance
        "down_seconds": "BIGINT",  # outside maintenance
        "degraded_seconds": "BIGINT",  # part of up_seconds
        "maintenance_seconds": "BIGINT",
        "unknown_seconds": "BIGINT",
    },
    "incidents": {  # unplanned downtime without a break; a service's overlapping reports are one incident
        **_PERIOD,  # the day it began
        "department": "VARCHAR",
        "service": "VARCHAR",
        "started_at": "TIMESTAMP",  # UTC
        "ended_at": "TIMESTAMP",  # UTC; NULL while it lasts
        "down_seconds": "BIGINT",
        "incidents": "BIGINT",  # always 1, so that it can be summed
    },
    "monitor_summaries": {**_PERIOD, "department": "VARCHAR", "service": "VARCHAR", "reported_down_seconds": "BIGINT"},
    "surveys": {  # by the day of invitation
        **_PERIOD,
        "department": "VARCHAR",
        "service": "VARCHAR",
        "channel": "VARCHAR",
        "language": "VARCHAR",
        "survey": "VARCHAR",
        "wave": "VARCHAR",
        "wording": "VARCHAR",
        "invited": "BIGINT",
        "opened": "BIGINT",
        "started": "BIGINT",
        "completed": "BIGINT",
        "csat_valid": "BIGINT",
        "csat_top2": "BIGINT",
        "csat_sum": "BIGINT",
        "csat_squares": "BIGINT",  # sum of the squared answers, for the spread of their mean
        "nps_valid": "BIGINT",
        "promoters": "BIGINT",
        "detractors": "BIGINT",
        "effort_valid": "BIGINT",
        "effort_easy": "BIGINT",  # answers 4 and 5
        "effort_sum": "BIGINT",
        "aware": "BIGINT",
        "not_aware": "BIGINT",
        "dont_know": "BIGINT",
    },
    "feedback": {  # `opened` counts on the day of opening, `resolved` on the day of resolution
        **_PERIOD,
        "department": "VARCHAR",
        "service": "VARCHAR",
        "channel": "VARCHAR",
        "kind": "VARCHAR",
        "opened": "BIGINT",
        "resolved": "BIGINT",
    },
    "feedback_cases": {  # one row per case, by the day of opening; `days` to resolution, NULL while open
        **_PERIOD,
        "department": "VARCHAR",
        "service": "VARCHAR",
        "channel": "VARCHAR",
        "kind": "VARCHAR",
        "resolved_on": "DATE",
        "days": "INTEGER",
    },
    "it_spend": {**_PERIOD, "department": "VARCHAR", "budget_fils": "BIGINT", "spent_fils": "BIGINT"},
    # the log beside what the bank has settled of it, from the first month of settlements on; refunds are positive
    "settlement": {
        **_PERIOD,
        "department": "VARCHAR",
        "log_payments": "BIGINT",
        "log_refunds": "BIGINT",
        "log_gross_fils": "BIGINT",
        "log_refund_fils": "BIGINT",
        "bank_payments": "BIGINT",
        "bank_refunds": "BIGINT",
        "bank_gross_fils": "BIGINT",
        "bank_refund_fils": "BIGINT",
        "not_settled": "BIGINT",  # in the log, not settled
        "not_in_log": "BIGINT",  # settled, not in the log
        "not_paid": "BIGINT",  # settled, though the log says failed or abandoned
        "amount": "BIGINT",  # amounts differ
        "elsewhere": "BIGINT",  # settled for another day or department
    },
    # the largest of those one by one, of the days that are compared; `settlement` counts all of them
    "unmatched": {
        **_PERIOD,
        "department": "VARCHAR",
        "event_id": "BIGINT",
        "reason": "VARCHAR",  # a column of `settlement`
        "log_fils": "BIGINT",  # NULL where the log has no payment for this day and department
        "bank_fils": "BIGINT",  # NULL where nothing is settled for them
        "settled_on": "DATE",
    },
    "compared_days": {"day": "DATE"},  # that both log and bank delivered whole
    # reference tables, as in store.contract
    "departments": {"code": "VARCHAR", "name_en": "VARCHAR", "name_ar": "VARCHAR", "size": "BIGINT", "joined_on": "DATE"},
    "services": {
        "code": "VARCHAR",
        "department": "VARCHAR",
        "name_en": "VARCHAR",
        "name_ar": "VARCHAR",
        "transactional": "BOOLEAN",
        "monitored": "BOOLEAN",
        "on_mobile": "BOOLEAN",
        "automatic_payment": "BOOLEAN",
        "fee_fils": "BIGINT",
        "channels": "VARCHAR",
        "contact": "VARCHAR",
        "launched_on": "DATE",
    },
    "targets": {"kpi": "VARCHAR", "department": "VARCHAR", "year": "BIGINT", "numerator": "BIGINT", "denominator": "BIGINT"},
    "campaigns": {
        "code": "VARCHAR",
        "name_en": "VARCHAR",
        "name_ar": "VARCHAR",
        "starts_on": "DATE",
        "ends_on": "DATE",
        "departments": "VARCHAR",
    },
    "waves": {
        "code": "VARCHAR",
        "survey": "VARCHAR",
        "name_en": "VARCHAR",
        "name_ar": "VARCHAR",
        "starts_on": "DATE",
        "ends_on": "DATE",
        "departments": "VARCHAR",
    },
    "events": {
        "code": "VARCHAR",
        "name_en": "VARCHAR",
        "name_ar": "VARCHAR",
        "starts_on": "DATE",
        "ends_on": "DATE",
        "entities": "BIGINT",
        "area_m2": "BIGINT",
        "polls_answered": "BIGINT",
        "complaints": "BIGINT",
    },
    # what the ledger knows, copied at publication so that pages need only the snapshot
    "coverage": {  # one row per source
        "source": "VARCHAR",
        "files": "BIGINT",
        "rows_in": "BIGINT",
        "accepted": "BIGINT",
        "duplicates": "BIGINT",
        "rejected": "BIGINT",
        "open": "BIGINT",  # rejected rows that nobody has corrected yet
        "fils_in": "BIGINT",  # NULL where a source has no money
        "fils_accepted": "BIGINT",
        "fils_duplicates": "BIGINT",
        "fils_rejected": "BIGINT",  # of rejected rows whose amount could be read
        "first_day": "DATE",
        "last_day": "DATE",
        "complete_through": "DATE",
        "last_ingested_at": "TIMESTAMP",
    },
    "coverage_days": {
        "source": "VARCHAR",
        "day": "DATE",
        "rows": "BIGINT",
        "fils": "BIGINT",
        "duplicates": "BIGINT",
        "fils_duplicates": "BIGINT",
        "rejected": "BIGINT",
        "fils_rejected": "BIGINT",
        "delivered": "BOOLEAN",
    },
    "reconciliation": {  # ledger against what the marts add up to; difference 0 or an alert
        "source": "VARCHAR",
        "month": "DATE",
        "rows_ledger": "BIGINT",
        "rows_mart": "BIGINT",
        "fils_ledger": "BIGINT",
        "fils_mart": "BIGINT",
    },
    "revisions": {  # numbers that changed after they had been published as complete, one row each time
        "source": "VARCHAR",
        "period_start": "DATE",
        "period_end": "DATE",
        "department": "VARCHAR",
        "was_rows": "BIGINT",  # records of the log or lines of totals; NULL where there were none
        "rows": "BIGINT",
        "was_fils": "BIGINT",  # net of refunds, or spent; NULL where the source has no money
        "fils": "BIGINT",
        "files": "VARCHAR",  # names of those that came or went between the two snapshots
        "version": "VARCHAR",  # of the snapshot that first showed the new number
        "was_version": "VARCHAR",  # and of the one before it
        "revised_at": "TIMESTAMP",
    },
    "files": {
        "source": "VARCHAR",
        "name": "VARCHAR",
        "sha256": "VARCHAR",
        "ingested_at": "TIMESTAMP",
        "rows_in": "BIGINT",
        "accepted": "BIGINT",
        "duplicates": "BIGINT",
        "rejected": "BIGINT",
        "fils_accepted": "BIGINT",
    },
    "controls": {  # files whose sender gives control totals, beside what came in; NULL where it gives none
        "source": "VARCHAR",
        "name": "VARCHAR",
        "sha256": "VARCHAR",
        "ingested_at": "TIMESTAMP",
        "rows_declared": "BIGINT",
        "rows_found": "BIGINT",
        "fils_declared": "BIGINT",
        "fils_found": "BIGINT",
        "bytes_confirmed": "BOOLEAN",  # its SHA-256 was declared too, and is right: other bytes are never taken in
    },
    "quarantine": {  # rejected rows, at most 1,000 per source, open ones and newest first; the ledger has all
        "source": "VARCHAR",
        "file": "VARCHAR",
        "line": "BIGINT",
        "state": "VARCHAR",  # open, corrected, again, refused: see store.quarantine
        "corrected_by": "VARCHAR",  # file that corrected it
        "column": "VARCHAR",
        "rule": "VARCHAR",
        "raw": "VARCHAR",
    },
    "rollups": {
        "mart": "VARCHAR",
        "month": "VARCHAR",
        "inputs": "VARCHAR",
    },  # what was added up, so that only changes are replaced
    # version, published_at, complete_through, currency, minor_unit, timezone, content, layout; totals_behind: codes of the
    # departments others are ahead of, separated by a space, absent where there are none
    "meta": {"key": "VARCHAR", "value": "VARCHAR"},
}
