"""How the cards of the Data page were counted, as disclosure elements like the one of a KPI's card.

Rule: it says of what a number was counted and where the rows behind it can be seen on the same page.
"""

from __future__ import annotations

from html import escape

from ui.context import Context


def store_explained(context: Context) -> str:
    """HTML of the element for the cards of the whole store: one term for each card."""
    _ = context._
    return _element(
        context,
        (_("Rows accepted"), _("Rows of all files ever ingested that passed every check, as the ledger counted them.")),
        (_("Duplicates"), _("Rows that had been delivered before, in the same or in another file; each is counted once.")),
        (
            _("In quarantine"),
            _("Rows that broke a rule and that nobody has corrected yet: see Quarantine, with line, rule and text."),
        ),
        (
            _("Ledger against marts"),
            _("Months of the calendar in which rows or amounts of a source differ between ledger and marts: see Reconciliation."),
        ),
    )


def period_explained(context: Context) -> str:
    """HTML of the element for the cards of the period: one term for each card."""
    _ = context._
    return _element(
        context,
        (
            _("Log against settlement"),
            _(
                "Payments and refunds of the period that log and bank do not both have, on the same day, for the same department "
                "and amount. Only days that both delivered whole are compared; see the section of that name."
            ),
        ),
        (
            _("Revised since published"),
            _(
                "Days (or reported months) of the period whose records or amount changed after they had been published as "
                "complete: see Reconciliation, with what they were and are."
            ),
        ),
        (
            _("Days and months missing"),
            _(
                "Days (or months) from the first delivery of a source on that nothing came for: in the period shown, and "
                "after it where other sources or bodies have come further. A month that a single body left out is one of them."
            ),
        ),
    )


def _element(context: Context, *terms: tuple[str, str]) -> str:
    _ = context._
    listed = (*terms, (_("Snapshot"), context.snapshot.version))
    body = "".join(f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>" for term, text in listed)
    return (
        f'<div class="k-take"><details class="k-how"><summary>{escape(_("How was this computed"))}</summary>'
        f'<div class="k-how-body"><dl>{body}</dl></div></details></div>'
    )
