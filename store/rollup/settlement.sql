-- What:   the payment log beside what the bank has settled of it: payments and refunds, each with its amount, and what is unmatched.
-- Grain:  day, department.
-- Hazard: a day without settlements is here, too, with nothing on the bank's side: `compared_days` says which days both delivered.
--         Refunds are positive, in amounts of their own; in the bank's file they are what is below 0.
SELECT
    period_start,
    period_start AS period_end,
    department,
    CAST(SUM(log_payments) AS BIGINT) AS log_payments,
    CAST(SUM(log_refunds) AS BIGINT) AS log_refunds,
    CAST(SUM(log_gross_fils) AS BIGINT) AS log_gross_fils,
    CAST(SUM(log_refund_fils) AS BIGINT) AS log_refund_fils,
    CAST(SUM(bank_payments) AS BIGINT) AS bank_payments,
    CAST(SUM(bank_refunds) AS BIGINT) AS bank_refunds,
    CAST(SUM(bank_gross_fils) AS BIGINT) AS bank_gross_fils,
    CAST(SUM(bank_refund_fils) AS BIGINT) AS bank_refund_fils,
    CAST(SUM(CASE WHEN reason = 'not_settled' THEN items ELSE 0 END) AS BIGINT) AS not_settled,
    CAST(SUM(CASE WHEN reason = 'not_in_log' THEN items ELSE 0 END) AS BIGINT) AS not_in_log,
    CAST(SUM(CASE WHEN reason = 'not_paid' THEN items ELSE 0 END) AS BIGINT) AS not_paid,
    CAST(SUM(CASE WHEN reason = 'amount' THEN items ELSE 0 END) AS BIGINT) AS amount,
    CAST(SUM(CASE WHEN reason = 'elsewhere' THEN items ELSE 0 END) AS BIGINT) AS elsewhere
FROM (
    SELECT
        business_date AS period_start,
        department,
        SUM(CASE WHEN status = 'settled' THEN 1 ELSE 0 END) AS log_payments,
        SUM(CASE WHEN status = 'refunded' THEN 1 ELSE 0 END) AS log_refunds,
        SUM(CASE WHEN status = 'settled' THEN amount_fils ELSE 0 END) AS log_gross_fils,
        SUM(CASE WHEN status = 'refunded' THEN -amount_fils ELSE 0 END) AS log_refund_fils,
        0 AS bank_payments,
        0 AS bank_refunds,
        0 AS bank_gross_fils,
        0 AS bank_refund_fils,
        '' AS reason,
        0 AS items
    FROM payments
    GROUP BY business_date, department
    UNION ALL
    SELECT
        business_date AS period_start,
        department,
        0 AS log_payments,
        0 AS log_refunds,
        0 AS log_gross_fils,
        0 AS log_refund_fils,
        SUM(CASE WHEN amount_fils >= 0 THEN 1 ELSE 0 END) AS bank_payments,
        SUM(CASE WHEN amount_fils < 0 THEN 1 ELSE 0 END) AS bank_refunds,
        SUM(CASE WHEN amount_fils >= 0 THEN amount_fils ELSE 0 END) AS bank_gross_fils,
        SUM(CASE WHEN amount_fils < 0 THEN -amount_fils ELSE 0 END) AS bank_refund_fils,
        '' AS reason,
        0 AS items
    FROM settlements
    GROUP BY business_date, department
    UNION ALL
    SELECT
        period_start,
        department,
        0 AS log_payments,
        0 AS log_refunds,
        0 AS log_gross_fils,
        0 AS log_refund_fils,
        0 AS bank_payments,
        0 AS bank_refunds,
        0 AS bank_gross_fils,
        0 AS bank_refund_fils,
        reason,
        COUNT(*) AS items
    FROM unmatched
    GROUP BY period_start, department, reason
) sides
GROUP BY period_start, department
