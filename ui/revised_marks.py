"""Marks of revised values on charts over time: a small open diamond, which hover says in words.

Rule: in a long line a stretch of revised values has one mark, where it ends. Hazard: a value that is not known has no mark.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ui.charts import colours
from ui.context import Context

_EACH_MARKED: Final = 40
"""Positions up to which each revised value has a mark of its own."""


def revised_marks(context: Context, values: Sequence[float | None], revised: Sequence[int]) -> list[dict[str, Any]]:
    """The trace of marks at the positions `revised` of a series; none where nothing was revised."""
    colour = colours(context)
    known = [i for i in revised if values[i] is not None]
    if len(values) > _EACH_MARKED:
        known = [stretch[-1] for stretch in stretches(known)]
    if not known:
        return []
    look = {"symbol": "diamond", "size": 6, "color": colour.surface, "line": {"color": colour.muted, "width": 1.2}}
    marks = {"x": known, "y": [values[i] for i in known], "marker": look, "cliponaxis": False}
    return [{"type": "scatter", "mode": "markers", "hoverinfo": "skip", **marks}]


def stretches(positions: Sequence[int]) -> list[list[int]]:
    """Positions in order, as stretches without a gap."""
    runs: list[list[int]] = []
    for position in positions:
        if runs and position == runs[-1][-1] + 1:
            runs[-1].append(position)
        else:
            runs.append([position])
    return runs
