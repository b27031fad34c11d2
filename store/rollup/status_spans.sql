-- What:   changes of state as spans: a state lasts until the service's next event.
-- Grain:  service, event; [from_s, to_s) in seconds of UTC since 1970. `business_date` is the day of the event.
-- Hazard: the last state of a service is taken to last through the day of the last event of any service of the feed, for a
--         monitor that still speaks would have spoken. Before a service's first event nothing is known of it.
SELECT
    service,
    department,
    business_date,
    state,
    planned,
    CAST(occurred_s AS BIGINT) AS from_s,
    CAST(COALESCE(LEAD(occurred_s) OVER (PARTITION BY service ORDER BY occurred_s, state, planned), reach.end_s) AS BIGINT) AS to_s,
    CAST(1 AS BIGINT) AS records
FROM status_events
CROSS JOIN (
    SELECT MAX(days.end_s) AS end_s
    FROM days
    INNER JOIN status_events AS heard ON heard.business_date = days.day
) AS reach
