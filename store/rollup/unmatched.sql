-- What:   records of the payment log and settlements of the bank that do not agree, one by one, and why.
-- Grain:  event; on the log's day and department, or on the bank's where the log has no such record.
-- Hazard: whether a day was delivered is not known here: every payment of a day without settlements is listed as not settled.
--         A record whose settlement lies in another month is listed twice, as not settled and as not in the log.
SELECT
    COALESCE(l.business_date, s.business_date) AS period_start,
    COALESCE(l.business_date, s.business_date) AS period_end,
    COALESCE(l.department, s.department) AS department,
    COALESCE(l.event_id, s.event_id) AS event_id,
    CASE
        WHEN l.event_id IS NULL THEN 'not_in_log'
        WHEN s.event_id IS NULL THEN 'not_settled'
        WHEN l.moved = 0 THEN 'not_paid'
        WHEN l.amount_fils <> s.amount_fils THEN 'amount'
        ELSE 'elsewhere'
    END AS reason,
    CASE WHEN l.moved = 1 THEN l.amount_fils END AS log_fils,
    s.amount_fils AS bank_fils,
    s.settled_on AS settled_on
FROM (
    SELECT
        event_id,
        business_date,
        department,
        amount_fils,
        CASE WHEN status = 'settled' OR status = 'refunded' THEN 1 ELSE 0 END AS moved
    FROM payments
) l
FULL OUTER JOIN settlements s ON l.event_id = s.event_id
WHERE l.event_id IS NULL
    OR (s.event_id IS NULL AND l.moved = 1)
    OR (
        s.event_id IS NOT NULL
        AND (l.moved = 0 OR l.amount_fils <> s.amount_fils OR l.business_date <> s.business_date OR l.department <> s.department)
    )
