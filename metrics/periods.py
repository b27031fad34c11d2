"""Calendar windows: to date, quarter, month, and their bases a year or a period earlier."""
