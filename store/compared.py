"""What the marts `settlement` and `unmatched` are read by, in commands and on pages alike: reasons, and the days that count.

Rule: only days that both log and bank delivered whole are compared; whoever reads these marts reads them within INSIDE.
"""

from typing import Final

REASONS: Final = ("not_settled", "not_in_log", "not_paid", "amount", "elsewhere")
"""Why an item does not match; each is a column of the mart `settlement`, too."""
INSIDE: Final = "period_start BETWEEN ? AND ? AND period_start IN (SELECT day FROM compared_days)"
"""SQL: the compared days of a window; its two values are the first and the last day."""
