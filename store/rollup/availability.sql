-- What:   how long each service was up, down, in planned maintenance or unknown, second by second of its local days.
-- Grain:  day, service, origin ('probes' or 'status_events'); the five kinds of seconds add up to the length of the local day
--         (23 or 25 hours when clocks change). Degraded seconds are part of up_seconds. `records`: probes or events of the day.
-- Hazard: a day without a probe between a service's first day and the last day of its origin is all unknown: no gap is hidden.
--         A service belongs to the department its records last named; it moves on the day of the first record that says so.
WITH spans AS (
    SELECT 'probes' AS origin, service, department, business_date, state, planned, from_s, to_s, records FROM probe_spans
    UNION ALL
    SELECT 'status_events' AS origin, service, department, business_date, state, planned, from_s, to_s, records FROM status_spans
),
ordered AS (
    SELECT
        origin,
        service,
        department,
        business_date,
        state,
        planned,
        records,
        from_s,
        LEAST(to_s, COALESCE(LEAD(from_s) OVER by_time, to_s)) AS to_s,
        LAG(department) OVER by_time AS department_before
    FROM spans
    WINDOW by_time AS (PARTITION BY origin, service ORDER BY from_s, to_s, state, planned, department)
),
owners AS (
    SELECT
        origin,
        service,
        department,
        business_date AS from_day,
        LEAD(business_date) OVER (PARTITION BY origin, service ORDER BY from_s, to_s) AS until_day
    FROM ordered
    WHERE department_before IS NULL OR department_before <> department
),
reach AS (
    SELECT origin, MAX(business_date) AS last_day FROM spans GROUP BY origin
),
calendar AS (
    SELECT owners.origin, owners.service, owners.department, days.day, days.end_s - days.start_s AS length_s
    FROM owners
    INNER JOIN reach ON reach.origin = owners.origin
    INNER JOIN days
        ON days.day >= owners.from_day AND days.day <= reach.last_day
        AND (owners.until_day IS NULL OR days.day < owners.until_day)
),
pieces AS (
    SELECT ordered.origin, ordered.service, days.day, state, planned, records, LEAST(to_s, end_s) - from_s AS seconds
    FROM ordered
    INNER JOIN days ON days.day = ordered.business_date
    UNION ALL
    SELECT ordered.origin, ordered.service, later.day, state, planned, 0 AS records, LEAST(to_s, later.end_s) - later.start_s AS seconds
    FROM ordered
    INNER JOIN days AS own ON own.day = ordered.business_date AND own.end_s < ordered.to_s
    INNER JOIN days AS later ON later.day > ordered.business_date AND later.start_s < ordered.to_s
),
known AS (
    SELECT
        origin,
        service,
        day,
        SUM(CASE WHEN planned THEN seconds ELSE 0 END) AS maintenance_s,
        SUM(CASE WHEN NOT planned AND state = 'down' THEN seconds ELSE 0 END) AS down_s,
        SUM(CASE WHEN NOT planned AND state <> 'down' THEN seconds ELSE 0 END) AS up_s,
        SUM(CASE WHEN NOT planned AND state = 'degraded' THEN seconds ELSE 0 END) AS degraded_s,
        SUM(records) AS records
    FROM pieces
    GROUP BY origin, service, day
)
SELECT
    calendar.day AS period_start,
    calendar.day AS period_end,
    calendar.department,
    calendar.service,
    calendar.origin,
    CAST(COALESCE(known.records, 0) AS BIGINT) AS records,
    CAST(COALESCE(known.up_s, 0) AS BIGINT) AS up_seconds,
    CAST(COALESCE(known.down_s, 0) AS BIGINT) AS down_seconds,
    CAST(COALESCE(known.degraded_s, 0) AS BIGINT) AS degraded_seconds,
    CAST(COALESCE(known.maintenance_s, 0) AS BIGINT) AS maintenance_seconds,
    CAST(calendar.length_s - COALESCE(known.up_s + known.down_s + known.maintenance_s, 0) AS BIGINT) AS unknown_seconds
FROM calendar
LEFT JOIN known ON known.origin = calendar.origin AND known.service = calendar.service AND known.day = calendar.day
