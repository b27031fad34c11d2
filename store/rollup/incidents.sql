-- What:   unplanned downtime without a break, one row per incident, across midnights and ends of months.
-- Grain:  incident; its period is the local day it began. started_s and ended_s are seconds of UTC since 1970.
-- Hazard: overlapping reports of one service are one incident (the union), whoever reported them. A gap in probing ends an
--         incident, for nothing is known of it. ended_s is NULL where the service was down when last heard of.
WITH spans AS (
    SELECT 'probes' AS origin, service, department, business_date, state, planned, from_s, to_s FROM probe_spans
    UNION ALL
    SELECT 'status_events' AS origin, service, department, business_date, state, planned, from_s, to_s FROM status_spans
),
ordered AS (
    SELECT
        service,
        department,
        business_date,
        state,
        planned,
        from_s,
        LEAST(to_s, COALESCE(LEAD(from_s) OVER (PARTITION BY origin, service ORDER BY from_s, to_s, state, planned), to_s)) AS to_s
    FROM spans
),
heard AS (
    SELECT service, MAX(to_s) AS last_s FROM ordered GROUP BY service
),
down AS (
    SELECT
        service,
        department,
        business_date,
        from_s,
        to_s,
        CASE
            WHEN MAX(to_s) OVER (
                PARTITION BY service ORDER BY from_s, to_s, department ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) >= from_s
            THEN 0
            ELSE 1
        END AS begins
    FROM ordered
    WHERE state = 'down' AND NOT planned AND to_s > from_s
),
numbered AS (
    SELECT
        service,
        department,
        business_date,
        from_s,
        to_s,
        begins,
        SUM(begins) OVER (PARTITION BY service ORDER BY from_s, to_s, department) AS incident
    FROM down
)
SELECT
    MIN(numbered.business_date) AS period_start,
    MIN(numbered.business_date) AS period_end,
    MAX(CASE WHEN begins = 1 THEN numbered.department END) AS department,
    numbered.service,
    CAST(MIN(from_s) AS BIGINT) AS started_s,
    CAST(CASE WHEN MAX(to_s) < MAX(heard.last_s) THEN MAX(to_s) END AS BIGINT) AS ended_s,
    CAST(MAX(to_s) - MIN(from_s) AS BIGINT) AS down_seconds,
    CAST(1 AS BIGINT) AS incidents
FROM numbered
INNER JOIN heard ON heard.service = numbered.service
GROUP BY numbered.service, numbered.incident
