"""From sums to answers: divides, sets current beside base, and says how sure that is.

Rule: a value is the numerator divided by the denominator of its own cell, total included; nothing here averages values.
Hazard: "no data" (None) and 0 are different answers. A missing cell becomes 0 only where the catalogue names a log that
holds every such event (`zero`) and that log did deliver in the period.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import accumulate

from metrics.dimensions import time_of
from metrics.model import Interval, Kpi, Number, Row, Window
from metrics.periods import GRAINS, paired, within
from metrics.periods import keys as months_of
from metrics.uncertainty import (
    benjamini_hochberg,
    mean_interval,
    newcombe,
    nps_interval,
    two_means,
    two_nps,
    two_shares,
    wilson,
)
from store.buckets import representative_ms

Keys = tuple[tuple[str, str], ...]
DIFFERENCE_UNITS = frozenset({"share", "score", "points"})
"""Units whose change is a difference; the change of any other is relative to the base value."""


@dataclass(frozen=True)
class Cell:
    """The sums of one cell of an answer, before anything is divided."""

    numerator: Number | None
    denominator: int | None
    n: int
    further: Mapping[str, object] = field(default_factory=dict)
    whole: bool = True
    """False for the cell of a base whose department began to report inside the period: it counts in sums, not in a change."""

    def count(self, name: str) -> int:
        """A further sum of the KPI, 0 when there were no rows."""
        value = self.further.get(name)
        return value if isinstance(value, int) else 0


EMPTY = Cell(None, None, 0)


@dataclass(frozen=True)
class Cells:
    """All cells of one window: by their keys, and the total."""

    rows: Mapping[Keys, Cell]
    total: Cell


def change_unit(kpi: Kpi) -> str:
    """'difference' (in the unit of the value) for shares and scores, 'ratio' (value / base value - 1) for the rest."""
    return "difference" if kpi.unit in DIFFERENCE_UNITS else "ratio"


def value_of(kpi: Kpi, cell: Cell) -> Number | None:
    """The value of a cell; None for no data and for division by nothing."""
    if kpi.denominator is None:
        return cell.numerator
    if cell.numerator is None or not cell.denominator:
        return None
    return cell.numerator / cell.denominator


def quantile(kpi: Kpi, weights: Mapping[int, int]) -> float:
    """The quantile `q` of a histogram; between two buckets, where exactly `q` lies below, the middle of both."""
    target = float(kpi.parameters["q"]) * sum(weights.values())
    read = representative_ms if kpi.parameters["reads"] == "duration_buckets" else float
    buckets = sorted(weights)
    reached = list(accumulate(weights[b] for b in buckets))
    first = next(i for i, total in enumerate(reached) if total >= target - 1e-9)
    if abs(reached[first] - target) < 1e-9 and first + 1 < len(buckets):
        return (read(buckets[first]) + read(buckets[first + 1])) / 2
    return read(buckets[first])


def cumulate(by: tuple[str, ...], cells: Cells, time_keys: tuple[str, ...]) -> Cells:
    """Balances at the end of each period from the net flow of every period up to it."""
    grain = time_of(by)
    if grain is None:
        return cells
    place = by.index(grain)
    flows: dict[Keys, dict[str, Cell]] = {}
    for keys, cell in cells.rows.items():
        flows.setdefault(keys[:place] + keys[place + 1 :], {})[keys[place][1]] = cell
    rows: dict[Keys, Cell] = {}
    for others, by_time in flows.items():
        balance = EMPTY
        for key in sorted({*by_time, *time_keys}):
            balance = _added(balance, by_time.get(key, EMPTY))
            if key in time_keys and balance.numerator is not None:
                rows[(*others[:place], (grain, key), *others[place:])] = balance
    return Cells(rows, cells.total)


def _added(balance: Cell, flow: Cell) -> Cell:
    if flow.numerator is None:
        return balance
    return Cell((balance.numerator or 0) + flow.numerator, None, balance.n + flow.n)


def zero_where_covered(cells: Cells, window: Window, covered: Sequence[date], since: Callable[[Keys], date | None]) -> Cells:
    """Cells without records become 0 where the sources delivered on a day of their period; `covered` is in order.

    `since` is the first day on which the departments of a cell reported anything: silence before it is no data.
    """

    def filled(keys: Keys, cell: Cell) -> Cell:
        period, first = period_of(keys, window), since(keys)
        if cell.numerator is not None or bisect_left(covered, period.start) == bisect_right(covered, period.end):
            return cell
        if first is None or period.end < first:
            return cell
        return replace(cell, numerator=0)

    return Cells({k: filled(k, c) for k, c in cells.rows.items()}, filled((), cells.total))


def period_of(keys: Keys, window: Window) -> Window:
    """The days that a cell is about: its time key within the window, or the window."""
    for name, code in keys:
        if name in GRAINS:
            return within(code, window)
    return window


def without_incomplete(cells: Cells, window: Window, first: date) -> Cells:
    """The cells of a base whose period does not begin before the first day with data; what is incomplete is no base."""
    rows = {k: c for k, c in cells.rows.items() if period_of(k, window).start >= first}
    return Cells(rows, cells.total if window.start >= first else EMPTY)


def marked_incomplete(cells: Cells, window: Window, since: Callable[[Keys], date | None]) -> Cells:
    """The same cells of a base; those whose department has data from a day inside of their period only are not whole."""

    def is_whole(keys: Keys) -> bool:
        first = since(keys)
        return first is None or period_of(keys, window).start >= first

    return Cells({k: replace(c, whole=is_whole(k)) for k, c in cells.rows.items()}, cells.total)


def without_uneven(base: Cells, window: Window, months: Collection[str]) -> Cells:
    """Base cells, under the keys of `window`, of periods that hold none of these months, or are one of them."""

    def even(keys: Keys) -> bool:
        held = months_of(period_of(keys, window), "month")
        return len(held) == 1 or not set(held) & set(months)

    return Cells({k: c for k, c in base.rows.items() if even(k)}, base.total if even(()) else EMPTY)


def with_keys(cells: Cells, wanted: Iterable[Keys]) -> Cells:
    """The cells and an empty one for each wanted key that has none."""
    return Cells({**{k: EMPTY for k in wanted if k not in cells.rows}, **cells.rows}, cells.total)


def aligned(by: tuple[str, ...], base_cells: Cells, window: Window, base: Window) -> Cells:
    """Base cells under the keys of the current window that they are compared with; base periods without a partner drop out."""
    grain = time_of(by)
    if grain is None:
        return base_cells
    place = by.index(grain)
    partners: dict[str, list[str]] = {}
    for current, earlier in paired(window, base, grain).items():
        partners.setdefault(earlier, []).append(current)
    rows = {
        (*keys[:place], (grain, current), *keys[place + 1 :]): cell
        for keys, cell in base_cells.rows.items()
        for current in partners.get(keys[place][1], ())
    }
    return Cells(rows, base_cells.total)


def rows_of(kpi: Kpi, by: tuple[str, ...], current: Cells, base: Cells | None) -> tuple[tuple[Row, ...], Row]:
    """The rows in order, and the total. With a base, a row exists where either window has it."""
    keys = {*current.rows, *(base.rows if base else ())}
    rows = [_row(kpi, k, current.rows.get(k, EMPTY), base.rows.get(k, EMPTY) if base else None) for k in keys]
    total = _row(kpi, (), current.total, base.total if base else None)
    if base and kpi.interval:
        pairs = {k: (current.rows.get(k, EMPTY), base.rows.get(k, EMPTY)) for k in keys}
        rows = _judged(kpi, rows, pairs)
        (total,) = _judged(kpi, [total], {(): (current.total, base.total)})
    return tuple(sorted(rows, key=lambda row: _order(row, by))), total


def _row(kpi: Kpi, keys: Keys, cell: Cell, base: Cell | None) -> Row:
    value = value_of(kpi, cell)
    row = Row(
        keys,
        value,
        cell.numerator,
        cell.denominator,
        cell.n,
        interval=_interval(kpi, cell),
        bounds=_bounds(cell),
        response_rate=_response_rate(cell),
    )
    if base is None:
        return row
    base_value = value_of(kpi, base)
    return replace(
        row,
        base_value=base_value,
        base_numerator=base.numerator,
        base_denominator=base.denominator,
        base_n=base.n,
        base_interval=_interval(kpi, base),
        change=_change(kpi, value, base_value) if base.whole else None,
    )


def _change(kpi: Kpi, value: Number | None, base: Number | None) -> float | None:
    if value is None or base is None:
        return None
    if change_unit(kpi) == "difference":
        return value - base
    return value / base - 1 if base else None


def _bounds(cell: Cell) -> tuple[float, float] | None:
    """Availability with unknown seconds all down, and all up."""
    unknown = cell.count("unknown")
    if "unknown" not in cell.further or cell.numerator is None or not (cell.denominator or unknown):
        return None
    whole = (cell.denominator or 0) + unknown
    return cell.numerator / whole, (cell.numerator + unknown) / whole


def _interval(kpi: Kpi, cell: Cell) -> Interval | None:
    if kpi.interval is None or cell.numerator is None or not cell.denominator:
        return None
    if kpi.interval == "nps":
        low, high = nps_interval(cell.count("promoters"), cell.count("detractors"), cell.denominator)
    elif kpi.interval == "mean":
        low, high = mean_interval(_mean_counts(cell))
    else:
        low, high = wilson(int(cell.numerator), cell.denominator)
    return Interval(low, high, _response_rate(cell))


def _response_rate(cell: Cell) -> float | None:
    invited = cell.count("invited")
    return cell.count("completed") / invited if invited else None


def _judged(kpi: Kpi, rows: list[Row], pairs: Mapping[Keys, tuple[Cell, Cell]]) -> list[Row]:
    """Rows with the interval of their change and whether it stands among all these comparisons."""
    compared = [row for row in rows if row.change is not None]
    tests = [_compared(kpi, *pairs[row.keys]) for row in compared]
    found = benjamini_hochberg([p for _, p in tests]) if tests else ()
    judged = {
        row.keys: replace(row, change_interval=span, significant=stands)
        for row, (span, _), stands in zip(compared, tests, found, strict=True)
    }
    return [judged.get(row.keys, row) for row in rows]


def _compared(kpi: Kpi, cell: Cell, base: Cell) -> tuple[tuple[float, float], float]:
    """95% interval of the difference, and the p-value of no difference."""
    if kpi.interval == "nps":
        return two_nps(_nps_counts(cell), _nps_counts(base))
    if kpi.interval == "mean":
        return two_means(_mean_counts(cell), _mean_counts(base))
    counts = (int(cell.numerator or 0), cell.denominator or 0, int(base.numerator or 0), base.denominator or 0)
    return newcombe(*counts), two_shares(*counts)[1]


def _nps_counts(cell: Cell) -> tuple[int, int, int]:
    return cell.count("promoters"), cell.count("detractors"), cell.denominator or 0


def _mean_counts(cell: Cell) -> tuple[int, int, int]:
    return int(cell.numerator or 0), cell.count("squares"), cell.denominator or 0


def _order(row: Row, by: tuple[str, ...]) -> tuple[str, bool, float, Keys]:
    """Time ascending, then value descending, no data last."""
    grain = time_of(by)
    time = row.key(grain) if grain else ""
    return time, row.value is None, -(row.value or 0), row.keys
