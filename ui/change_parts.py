"""Where a change came from: what each part added to it, in order, as values and as bars.

Rule: the parts add up to the whole change; the smallest are taken together, so that nothing is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape

from metrics import Result, contributions
from ui.bars import Bar
from ui.charts import hover
from ui.context import Context
from ui.lookups import names_of
from ui.money import minor_to_major


def growth(context: Context, result: Result) -> tuple[bool, str]:
    """Whether an amount grew (or stayed), and by how much in words, without a sign."""
    change = int(contributions(result).change)
    return change >= 0, context.format.money(abs(change))


def change_explained(context: Context, result: Result) -> str:
    """HTML: the exact change of an additive answer over its parts, the two windows it lies between, and that the parts make it.

    Raises QuestionError where they do not add up to it.
    """
    _, write, change = context._, context.format, contributions(result).change
    title = _("What changed")
    said = _(
        "{amount} ({period}) less {before} ({base}) is {change}.",
        change=write.money_exact(int(change), sign=True),
        amount=write.money_exact(int(result.total.value or 0)),
        period=write.window(result.window),
        before=write.money_exact(int(result.total.base_value or 0)),
        base=write.window(result.base or context.base),
    )
    parts = _("The changes of all parts, those taken together in the chart included, add up to it exactly.")
    return f"<h3>{escape(title)}</h3><p>{escape(said)} {escape(parts)}</p>"


@dataclass(frozen=True)
class Part:
    """What one part added to a change, in the unit of its KPI; `code` is None for the rest taken together."""

    code: str | None
    name: str
    value: int
    base: int

    @property
    def change(self) -> int:
        return self.value - self.base


def parts_of_change(context: Context, result: Result, most: int) -> list[Part]:
    """The parts of an additive answer by what they added to its change: of a growth the largest growth first, of a fall the
    largest fall; last the smallest, taken together.
    """
    names, (dimension,) = names_of(context), result.by
    parts = [
        Part(row.key(dimension), names.of(dimension, row.key(dimension)), int(row.value or 0), int(row.base_value or 0))
        for row in result.rows
        if row.value is not None or row.base_value is not None
    ]
    rest: list[Part] = []
    sign = -1 if sum(part.change for part in parts) >= 0 else 1
    if len(parts) > most:
        parts.sort(key=lambda part: -abs(part.change))
        parts, rest = parts[: most - 1], parts[most - 1 :]
    parts.sort(key=lambda part: sign * part.change)
    if not rest:
        return parts
    name = context._.ngettext("{n} other", "{n} others", len(rest), n=context.format.count(len(rest)))
    return [*parts, Part(None, name, sum(p.value for p in rest), sum(p.base for p in rest))]


def by_change(result: Result) -> Result:
    """An additive answer with its rows in the same order: what changed most the way of the whole first; no data last."""
    known = [row for row in result.rows if row.value is not None or row.base_value is not None]
    rest = [row for row in result.rows if row not in known]
    changes = {row.keys: (row.value or 0) - (row.base_value or 0) for row in known}
    sign = -1 if sum(changes.values()) >= 0 else 1
    return replace(result, rows=(*sorted(known, key=lambda row: sign * changes[row.keys]), *rest))


def bars_of_change(context: Context, result: Result, most: int) -> list[Bar]:
    """The parts of a changed amount as bars in the main unit of money, labelled with their signed size."""
    write, (dimension,) = context.format, result.by
    now, then = (write.window_short(window) for window in (context.window, context.base))
    return [
        Bar(
            part.name,
            float(minor_to_major(part.change)),
            write.short(minor_to_major(part.change), sign=True),
            filter=(dimension, part.code) if part.code else None,
            rest=part.code is None,
            details=(hover(f"{now}: {write.money_exact(part.value)}", f"{then}: {write.money_exact(part.base)}"),),
        )
        for part in parts_of_change(context, result, most)
    ]
