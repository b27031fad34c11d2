-- What:   complaints and suggestions opened and resolved.
-- Grain:  day, department, service, channel, kind; a case counts as opened on the day of opening, as resolved on the day of resolution.
-- Hazard: opened less resolved is the backlog's change of a day; the backlog itself is the sum from the first day on.
SELECT
    business_date AS period_start,
    business_date AS period_end,
    department,
    service,
    channel,
    kind,
    CAST(SUM(CASE WHEN event = 'opened' THEN 1 ELSE 0 END) AS BIGINT) AS opened,
    CAST(SUM(CASE WHEN event = 'resolved' THEN 1 ELSE 0 END) AS BIGINT) AS resolved
FROM feedback
GROUP BY business_date, department, service, channel, kind
