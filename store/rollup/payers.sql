-- What:   who settled a payment: the pseudonymous payers of each cell, once each.
-- Grain:  day, department, service, channel, method, payer.
-- Hazard: distinct payers cannot be added: count them distinct over a window, never sum. Payments without a payer are left out.
SELECT
    business_date AS period_start,
    business_date AS period_end,
    department,
    service,
    channel,
    method,
    payer
FROM payments
WHERE status = 'settled' AND payer IS NOT NULL
GROUP BY business_date, department, service, channel, method, payer
