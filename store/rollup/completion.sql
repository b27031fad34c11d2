-- What:   settled payments by bucket of completion time, from which p50 and p90 are taken.
-- Grain:  day, department, service, channel, method, automatic, bucket.
-- Hazard: the edges of a bucket are fixed in store/buckets.py; rows without a duration are in no bucket.
SELECT
    business_date AS period_start,
    business_date AS period_end,
    department,
    service,
    channel,
    method,
    automatic,
    CAST(duration_bucket AS INTEGER) AS bucket,
    CAST(COUNT(*) AS BIGINT) AS settled
FROM payments
WHERE status = 'settled' AND duration_bucket IS NOT NULL
GROUP BY business_date, department, service, channel, method, automatic, duration_bucket
