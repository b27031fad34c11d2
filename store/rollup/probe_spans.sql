-- What:   availability probes joined into spans of one state without a break; each probe stands for interval_s seconds.
-- Grain:  local day, service, span; [from_s, to_s) in seconds of UTC since 1970. `records` are the probes of a span.
-- Hazard: a probe that comes before the interval of the one before it is over takes over from there, so nothing counts twice.
--         The last interval of a day may reach past midnight; availability.sql cuts it where the next day's first span begins.
WITH marked AS (
    SELECT
        service,
        department,
        business_date,
        state,
        planned,
        probed_s,
        LEAST(probed_s + interval_s, COALESCE(LEAD(probed_s) OVER by_time, probed_s + interval_s)) AS until_s,
        CASE
            WHEN LAG(probed_s + interval_s) OVER by_time >= probed_s
                AND LAG(state) OVER by_time = state
                AND LAG(planned) OVER by_time = planned
                AND LAG(department) OVER by_time = department
            THEN 0
            ELSE 1
        END AS begins
    FROM probes
    WINDOW by_time AS (PARTITION BY service, business_date ORDER BY probed_s, state, planned)
),
numbered AS (
    SELECT
        service,
        department,
        business_date,
        state,
        planned,
        probed_s,
        until_s,
        SUM(begins) OVER (PARTITION BY service, business_date ORDER BY probed_s, state, planned) AS span
    FROM marked
)
SELECT
    service,
    department,
    business_date,
    state,
    planned,
    CAST(MIN(probed_s) AS BIGINT) AS from_s,
    CAST(MAX(until_s) AS BIGINT) AS to_s,
    CAST(COUNT(*) AS BIGINT) AS records
FROM numbered
GROUP BY service, department, business_date, state, planned, span
