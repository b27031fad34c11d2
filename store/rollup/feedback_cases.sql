-- What:   the cases behind complaints and suggestions, with the days each took.
-- Grain:  case, on the local day of its opening; `days` are calendar days from opening to resolution, NULL while open.
-- Hazard: medians cannot be added, so the cases are listed. The facts of a case are those of its 'opened' row; where that one
--         never came, those of its resolution, which names the time of opening too.
SELECT
    MIN(opened_on) AS period_start,
    MIN(opened_on) AS period_end,
    COALESCE(MAX(CASE WHEN event = 'opened' THEN department END), MAX(department)) AS department,
    COALESCE(MAX(CASE WHEN event = 'opened' THEN service END), MAX(service)) AS service,
    COALESCE(MAX(CASE WHEN event = 'opened' THEN channel END), MAX(channel)) AS channel,
    COALESCE(MAX(CASE WHEN event = 'opened' THEN kind END), MAX(kind)) AS kind,
    MIN(CASE WHEN event = 'resolved' THEN occurred_on END) AS resolved_on,
    CAST(MIN(CASE WHEN event = 'resolved' THEN occurred_n END) - MIN(opened_n) AS INTEGER) AS days
FROM feedback
GROUP BY case_id
