-- What:   records of the payment log and settlements of the bank that do not agree, one by one, and why.
-- Grain:  event and side: the log's day and department, or the bank's; one row where both name the same.
-- Hazard: whether a day was delivered is not known here: every payment of a day without settlements is listed as not settled.
--         A record whose settlement names another day or department is listed on either side, with the amount of that side, so that
--         each side's items explain its difference; where that day is of another month, as not settled and as not in the log.
SELECT
    COALESCE(l.business_date, s.business_date) AS period_start,
    COALESCE(l.business_date, s.business_date) AS period_end,
    COALESCE(l.department, s.department) AS department,
    COALESCE(l.event_id, s.event_id) AS event_id,
    CASE
        WHEN l.event_id IS NULL THEN 'not_in_log'
        WHEN s.event_id IS NULL THEN 'not_settled'
        WHEN l.moved = 0 THEN 'not_paid'
        ELSE 'amount'
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
        l.business_date = s.business_date
        AND l.department = s.department
        AND (l.moved = 0 OR l.amount_fils <> s.amount_fils)
    )
UNION ALL
SELECT
    l.business_date AS period_start,
    l.business_date AS period_end,
    l.department,
    l.event_id,
    'elsewhere' AS reason,
    l.amount_fils AS log_fils,
    CAST(NULL AS BIGINT) AS bank_fils,
    s.settled_on
FROM payments l
JOIN settlements s ON l.event_id = s.event_id
WHERE (l.status = 'settled' OR l.status = 'refunded')
    AND (l.business_date <> s.business_date OR l.department <> s.department)
UNION ALL
SELECT
    s.business_date AS period_start,
    s.business_date AS period_end,
    s.department,
    s.event_id,
    CASE WHEN l.status = 'settled' OR l.status = 'refunded' THEN 'elsewhere' ELSE 'not_paid' END AS reason,
    CAST(NULL AS BIGINT) AS log_fils,
    s.amount_fils AS bank_fils,
    s.settled_on
FROM payments l
JOIN settlements s ON l.event_id = s.event_id
WHERE l.business_date <> s.business_date OR l.department <> s.department
