-- What:   survey invitations, how far they got, and the answers as counts and sums.
-- Grain:  day of the invitation, department, service, channel, language, survey, wave, wording.
-- Hazard: answers count on the day of the invitation, so a response rate compares answers with their own invitations; recent
--         days still gain answers. Scores of different wordings lie in different rows and are not to be pooled silently.
SELECT
    business_date AS period_start,
    business_date AS period_end,
    department,
    service,
    channel,
    language,
    survey,
    wave,
    wording,
    CAST(COUNT(*) AS BIGINT) AS invited,
    CAST(SUM(CASE WHEN opened_s IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT) AS opened,
    CAST(SUM(CASE WHEN started_s IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT) AS started,
    CAST(SUM(CASE WHEN completed_s IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT) AS completed,
    CAST(SUM(CASE WHEN satisfaction IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT) AS csat_valid,
    CAST(SUM(CASE WHEN satisfaction >= 4 THEN 1 ELSE 0 END) AS BIGINT) AS csat_top2,
    CAST(SUM(COALESCE(satisfaction, 0)) AS BIGINT) AS csat_sum,
    CAST(SUM(COALESCE(satisfaction * satisfaction, 0)) AS BIGINT) AS csat_squares,
    CAST(SUM(CASE WHEN recommend IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT) AS nps_valid,
    CAST(SUM(CASE WHEN recommend >= 9 THEN 1 ELSE 0 END) AS BIGINT) AS promoters,
    CAST(SUM(CASE WHEN recommend <= 6 THEN 1 ELSE 0 END) AS BIGINT) AS detractors,
    CAST(SUM(CASE WHEN effort IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT) AS effort_valid,
    CAST(SUM(CASE WHEN effort >= 4 THEN 1 ELSE 0 END) AS BIGINT) AS effort_easy,
    CAST(SUM(COALESCE(effort, 0)) AS BIGINT) AS effort_sum,
    CAST(SUM(CASE WHEN aware = 'yes' THEN 1 ELSE 0 END) AS BIGINT) AS aware,
    CAST(SUM(CASE WHEN aware = 'no' THEN 1 ELSE 0 END) AS BIGINT) AS not_aware,
    CAST(SUM(CASE WHEN aware = 'dont_know' THEN 1 ELSE 0 END) AS BIGINT) AS dont_know
FROM surveys
GROUP BY business_date, department, service, channel, language, survey, wave, wording
