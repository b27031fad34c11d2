-- What:   availability probes joined into spans of one state without a break; each probe stands for interval_s seconds.
-- Grain:  local day, service, span; [from_s, to_s) in seconds of UTC since 1970. `records` are the probes of a span.
-- Hazard: a probe that comes before the interval of the one before it is over takes over from there, so nothing counts twice.
--         The last interval of a day may reach past midnight; availability.sql cuts it where the next day's first span begins.
-- A span is found by its first and its last probe only, so that the many in between are ordered once and then dropped.
WITH marked AS (
    SELECT
        service,
        department,
        business_date,
        state,
        planned,
        probed_s,
        LEAST(probed_s + interval_s, COALESCE(LEAD(probed_s) OVER by_time, probed_s + interval_s)) AS until_s,
        ROW_NUMBER() OVER by_time AS position,
        CASE
            WHEN LAG(probed_s + interval_s) OVER by_time >= probed_s
                AND LAG(state) OVER by_time = state
                AND LAG(planned) OVER by_time = planned
                AND LAG(department) OVER by_time = department
            THEN 0
            ELSE 1
        END AS begins,
        CASE
            WHEN LEAD(probed_s) OVER by_time <= probed_s + interval_s
                AND LEAD(state) OVER by_time = state
                AND LEAD(planned) OVER by_time = planned
                AND LEAD(department) OVER by_time = department
            THEN 0
            ELSE 1
        END AS ends
    FROM probes
    WINDOW by_time AS (PARTITION BY service, business_date ORDER BY probed_s, state, planned)
),
edges AS (
    SELECT
        service,
        department,
        business_date,
        state,
        planned,
        begins,
        probed_s AS from_s,
        CASE WHEN ends = 1 THEN until_s ELSE LEAD(until_s) OVER by_position END AS to_s,
        CASE WHEN ends = 1 THEN 1 ELSE (LEAD(position) OVER by_position) - position + 1 END AS records
    FROM marked
    WHERE begins = 1 OR ends = 1
    WINDOW by_position AS (PARTITION BY service, business_date ORDER BY position)
)
SELECT
    service,
    department,
    business_date,
    state,
    planned,
    CAST(from_s AS BIGINT) AS from_s,
    CAST(to_s AS BIGINT) AS to_s,
    CAST(records AS BIGINT) AS records
FROM edges
WHERE begins = 1
