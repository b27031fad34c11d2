-- What:   IT budget and spending of the departments.
-- Grain:  calendar month, department.
-- Hazard: a month cannot be cut: cost per transaction is for whole months only.
SELECT
    month AS period_start,
    LAST_DAY(month) AS period_end,
    department,
    CAST(SUM(budget_fils) AS BIGINT) AS budget_fils,
    CAST(SUM(spent_fils) AS BIGINT) AS spent_fils
FROM it_spend
GROUP BY month, department
