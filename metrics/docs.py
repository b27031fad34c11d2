"""Writes docs/definitions.md from the catalogue, so that the page cannot say anything else than the code.

Rule: whatever is true of one KPI comes from its declaration; only the conventions common to all are prose here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from metrics.answer import change_unit
from metrics.catalogue import GROUPS
from metrics.counted import counted
from metrics.dimensions import coded_dimensions, marts
from metrics.model import Kpi

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "definitions.md"

UNITS: Final = {
    "fils": "minor unit of the currency (fils), exact integers",
    "count": "count",
    "share": "share, 0 to 1",
    "seconds": "seconds",
    "milliseconds": "milliseconds",
    "score": "score, 1 to 5",
    "points": "points, -100 to 100",
    "ratio": "number",
    "days": "days",
}
DIRECTIONS: Final = {"up": "more is better", "down": "less is better", "neutral": "neither"}

HEAD: Final = """\
# Definitions

<!-- Generated from metrics/catalogue by `python -m metrics docs`; do not edit. -->

How each number is defined. Counts add, ratios do not: every ratio keeps its numerator and its denominator to the end, and
a total is the same formula at a coarser grain, never an average of ratios.

## Conventions

- **Window**: calendar days, both ends inclusive, in the time zone of the store. A comparison is two windows, current and base.
  `previous-year` is the same calendar days a year earlier (29 February compares with 28 February); `previous-period` is the
  whole month, quarter or year before where the window is whole months, else as many days just before.
- **Complete-through**: the last business day for which every daily source is complete. Year to date ends there. A window that
  ends later is answered with a note, and its unfinished periods are named; with a base, both are cut to the days that are
  complete. What was open or overdue at the end of such a window is asked as of complete-through.
- **Keys of time** are ISO text: `2012-09-30`, `2012-W39`, `2012-09`, `2012-Q3`, `2012`. Weeks are ISO weeks, Monday to Sunday,
  whatever the weekend: Friday and Saturday as well as Saturday and Sunday lie inside one such week.
- **Rows beside a base**: a row exists where the current window or the base has it. Along time, a base that begins on the same
  day of an earlier year is aligned by the calendar (28 and 29 February both with 28 February; a week with that of the same
  number), any other by position. Two periods that do not hold the same days, a part and a whole for example, are not compared.
  A base period without a partner appears in the base total only.
- **A window that begins before the first data** has data from a later day on, which the answer names; its days before are no
  data. A base that does is incomplete: it gives no base value and no change, and a note says from which day there are data.
  Data of a KPI begin with the last of its sources, those of single departments with their first record, if that is in a later
  month; surveys and feedback count as begun with the month of their first record. The row of a department (or of a service of
  one) whose data begin so inside the base keeps its base value, for rows add up to the total, but has no change, and a note names
  the department.
- **Uneven periods**: where a whole month without any delivery of payments lies in one of the two windows and its counterpart was
  delivered, the period as a whole is not compared, and a note names the month.
- **Change** is relative (value / base value - 1) for amounts, counts, durations and averages, and a difference for shares,
  scores and points.
- **No data is not 0.** A ratio of nothing is "no data", never 0% and never 100%. A count is 0 where the log delivered records for
  the period but none of that kind; where the log delivered nothing, a body that reports whole periods may still owe one, or the
  department had not reported anything yet, it is "no data".
- **Reported periods**: some bodies report a month as one number. A window or a grain of time that cuts such a period is refused
  with the nearest whole windows; nothing is interpolated.
- **Survey results** always carry n, response rate and a 95% interval. Below 10 answers they are hidden (and a second row with
  them where the total would give the first away), below 30 they are marked as weak. A change is called one only where it stands
  after Benjamini-Hochberg among all changes that the rows and the filters by one value pick from: a department looked at alone is
  judged as one of all departments. Where a side has fewer than 30 answers, or than 10 a month, the comparison says that they are
  few; against a hidden base there is none.
- **Availability** carries bounds: unknown time counted all down, and all up. A service's day that was both probed and reported by
  status events counts once, as probed, unless the question names the origin.
- **Year-end projection**: actual to date plus simulated days of a model with weekends, Ramadan, the Eids and paydays; the
  interval holds 80% of the paths' totals, stretched until it would have held in 80% of the trials, and is closed on the last
  day of the year. It is shown only where, month by month through the last complete years, it came closer to the annual total
  than the same days of the year before (seasonal naive); the trials are shown with it, or the reason why there is none.

## Command line

```
python -m metrics list
python -m metrics show KPI
python -m metrics query KPI --from D --to D [--by DIM...] [--where DIM=VALUE...] [--compare previous-year|previous-period]
                            [--scope all|department=CODE] [--format table|json|csv] [--data DIR]
python -m metrics docs [--check]
```

`--data` names the store (default: the environment variable `DATA`, else `data/store`). JSON and CSV hold exact values: amounts
are integers of the minor unit, shares are 0 to 1. What is asked wrongly is one line on stderr with the allowed values, and exit
code 2.
"""


def definitions() -> str:
    """The whole page as Markdown."""
    parts = [HEAD]
    for heading, kpis in GROUPS.items():
        parts.append(f"## {heading}\n")
        parts.extend(f"### {kpi.title}\n\n{_body(kpi)}" for kpi in kpis)
    return "\n".join(parts)


def definition(kpi: Kpi) -> str:
    """One KPI as text, for `show`."""
    return f"{kpi.title}\n\n{_body(kpi)}"


def _body(kpi: Kpi) -> str:
    lines = [
        f"`{kpi.id}`: {kpi.definition}\n",
        f"- Unit: {UNITS[kpi.unit]}. Good: {DIRECTIONS[kpi.direction]}. Change: {change_unit(kpi)}.",
        f"- {_formula(kpi)}",
        f"- n: {counted(kpi)}, `{kpi.n}`. Sources: {', '.join(f'`{s}`' for s in kpi.source.split())}.",
        f"- By: time, {', '.join(f'`{d}`' for d in coded_dimensions(kpi))}.",
        *(f"- {caveat}" for caveat in kpi.caveats),
    ]
    return "\n".join(lines) + "\n"


def _formula(kpi: Kpi) -> str:
    where = " and ".join(f"`{m}`" for m in marts(kpi))
    if kpi.kind == "quantile":
        return f"Quantile {kpi.parameters['q']} of `{kpi.parameters['histogram']}`, weight `{kpi.numerator}`, over {where}."
    if kpi.denominator is None:
        return f"`{kpi.numerator}` over {where}."
    return f"Numerator `{kpi.numerator}`, denominator `{kpi.denominator}`, over {where}."
