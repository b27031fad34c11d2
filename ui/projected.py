"""How the projection to the year's end was made, and how it did where the end is known: its backtest, in words and a table.

Rule: a projection is never shown without the errors it would have made, beside those of the same days of the year before.
"""

from __future__ import annotations

from html import escape

from metrics import Projection
from ui.context import Context
from ui.grid import Column, Grid
from ui.tables import table_html


def projection_html(context: Context, projected: Projection) -> str:
    """The projection's part of an explanation: method, interval, errors of the backtest."""
    _, write = context._, context.format
    title = _("Projection to the year's end")
    said = [
        _(
            "What was collected so far, and 1,000 simulated courses of the days to come, with weekends, Ramadan, the Eids and "
            "paydays as in the years before. The band holds 80% of the courses, widened as the backtest demands."
        )
    ]
    if projected.error is not None and projected.naive_error is not None:
        said.append(
            _(
                "Backtest: had it been made in {n} earlier months, it would have missed the year's total by {error} on average; "
                "the same days of the year before by {naive}.",
                n=write.count(len(projected.trials)),
                error=write.share(projected.error),
                naive=write.share(projected.naive_error),
            )
        )
    if projected.reason:
        said.append(_(projected.reason))
    paragraphs = "".join(f"<p>{escape(sentence)}</p>" for sentence in said)
    table = table_html(trials_grid(context, projected), title, write) if projected.trials else ""
    return f"<h3>{escape(title)}</h3>{paragraphs}{table}"


def trials_grid(context: Context, projected: Projection) -> Grid:
    """Every origin of the backtest: the day, the relative error of the projection and of seasonal naive."""
    _ = context._
    columns = (
        Column(_("Made on"), "date"),
        Column(_("Error of the projection"), "change"),
        Column(_("Error of the same days of the year before"), "change"),
    )
    return Grid(columns, tuple((trial.origin, trial.error, trial.naive_error) for trial in projected.trials))
