-- What:   payments of the gateway's log and of reported totals, as counts and fils.
-- Grain:  period, department, service, channel, method, automatic; a period is one day (log) or as it was reported (totals).
-- Hazard: totals know no attempts, baskets or durations: those columns are NULL there, so that "not reported" never reads as 0.
--         Amounts that brought no money in are kept in unsettled_fils: gross - refund + unsettled is the ledger's control total.
SELECT
    business_date AS period_start,
    business_date AS period_end,
    department,
    service,
    channel,
    method,
    automatic,
    CAST(COUNT(*) AS BIGINT) AS records,
    CAST(SUM(CASE WHEN status <> 'refunded' THEN 1 ELSE 0 END) AS BIGINT) AS attempts,
    CAST(SUM(CASE WHEN status = 'settled' THEN 1 ELSE 0 END) AS BIGINT) AS settled,
    CAST(SUM(CASE WHEN status = 'failed' THEN 1 ELSE 0 END) AS BIGINT) AS failed,
    CAST(SUM(CASE WHEN status = 'abandoned' THEN 1 ELSE 0 END) AS BIGINT) AS abandoned,
    CAST(SUM(CASE WHEN status = 'refunded' THEN 1 ELSE 0 END) AS BIGINT) AS refunds,
    CAST(0 AS BIGINT) AS waived,
    CAST(SUM(CASE WHEN status = 'settled' THEN amount_fils ELSE 0 END) AS BIGINT) AS gross_fils,
    CAST(SUM(CASE WHEN status = 'refunded' THEN -amount_fils ELSE 0 END) AS BIGINT) AS refund_fils,
    CAST(SUM(CASE WHEN status = 'failed' OR status = 'abandoned' THEN amount_fils ELSE 0 END) AS BIGINT) AS unsettled_fils,
    CAST(SUM(CASE WHEN status = 'settled' THEN surcharge_fils ELSE 0 END) AS BIGINT) AS surcharge_fils,
    CAST(SUM(CASE WHEN status = 'settled' AND automatic THEN 1 ELSE 0 END) AS BIGINT) AS automatic_settled,
    CAST(SUM(CASE WHEN status = 'settled' AND channel = 'mpay' THEN 1 ELSE 0 END) AS BIGINT) AS mobile_settled,
    CAST(SUM(CASE WHEN status = 'settled' AND basket_line = 1 THEN 1 ELSE 0 END) AS BIGINT) AS baskets,
    CAST(SUM(CASE WHEN status = 'settled' AND basket_line = 1 AND basket_accounts >= 2 THEN 1 ELSE 0 END) AS BIGINT) AS multi_baskets,
    CAST(SUM(CASE WHEN status = 'settled' AND basket_line = 1 THEN basket_accounts ELSE 0 END) AS BIGINT) AS basket_accounts,
    CAST(SUM(CASE WHEN status = 'settled' AND duration_ms IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT) AS timed,
    CAST(SUM(CASE WHEN status = 'settled' AND duration_ms < 60000 THEN 1 ELSE 0 END) AS BIGINT) AS under_60s
FROM payments
GROUP BY business_date, department, service, channel, method, automatic
UNION ALL
SELECT
    period_start,
    period_end,
    department,
    service,
    channel,
    method,
    CAST(NULL AS BOOLEAN) AS automatic,
    CAST(COUNT(*) AS BIGINT) AS records,
    CAST(NULL AS BIGINT) AS attempts,
    CAST(SUM(CASE WHEN status = 'settled' THEN transactions ELSE 0 END) AS BIGINT) AS settled,
    CAST(NULL AS BIGINT) AS failed,
    CAST(NULL AS BIGINT) AS abandoned,
    CAST(SUM(CASE WHEN status = 'refunded' THEN transactions ELSE 0 END) AS BIGINT) AS refunds,
    CAST(SUM(CASE WHEN status = 'waived' THEN transactions ELSE 0 END) AS BIGINT) AS waived,
    CAST(SUM(CASE WHEN status = 'settled' THEN amount_fils ELSE 0 END) AS BIGINT) AS gross_fils,
    CAST(SUM(CASE WHEN status = 'refunded' THEN -amount_fils ELSE 0 END) AS BIGINT) AS refund_fils,
    CAST(SUM(CASE WHEN status <> 'settled' AND status <> 'refunded' THEN amount_fils ELSE 0 END) AS BIGINT) AS unsettled_fils,
    CAST(NULL AS BIGINT) AS surcharge_fils,
    CAST(NULL AS BIGINT) AS automatic_settled,
    CAST(NULL AS BIGINT) AS mobile_settled,
    CAST(NULL AS BIGINT) AS baskets,
    CAST(NULL AS BIGINT) AS multi_baskets,
    CAST(NULL AS BIGINT) AS basket_accounts,
    CAST(NULL AS BIGINT) AS timed,
    CAST(NULL AS BIGINT) AS under_60s
FROM payment_totals
GROUP BY period_start, period_end, department, service, channel, method
