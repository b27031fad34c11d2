-- What:   downtime as a monitor reported it itself, to be shown beside what is computed; never part of a KPI.
-- Grain:  day, department, service.
-- Hazard: the days are the monitor's own (often UTC), and days it left out are absent, not 0.
SELECT
    day AS period_start,
    day AS period_end,
    department,
    service,
    CAST(SUM(down_seconds) AS BIGINT) AS reported_down_seconds
FROM monitor_summaries
GROUP BY day, department, service
