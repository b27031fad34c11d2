"""What a table of the Data page is about: the days it is of, for whom, and how it comes about. Said on the page and in its files.

Rule: a table without a KPI has no `Result` to explain it, so it is given an `About`; there is none without days and explanation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from metrics import Window
from metrics.words import N_
from ui.file_head import scope_in_words
from ui.lookups import names_of

if TYPE_CHECKING:
    from ui.context import Context

HOW: Final = {
    "sources": N_(
        "Counted by the ledger for every file at its ingest: rows in = accepted + duplicates + rejected. “Not accounted"
        " for” is what that leaves, and has to be 0. “Not corrected” are rejected rows still open. “Complete to” is the"
        " last day that came whole."
    ),
    "days-delivered": N_(
        "A day is delivered where a file has records of it or its sender declared it delivered. Missing are days (or "
        "months) between the first delivery of a source and the day that was due."
    ),
    "settlement-items": N_(
        "Payments and refunds of log and bank, put beside each other by their number in the log: listed is what only "
        "one has, or what differs in amount, day or department. Difference = bank less log. Only days that both "
        "delivered whole are compared."
    ),
    "settlement-days": N_(
        "Sums of the log beside sums of the bank's settlements, by the day of the payment. Net difference = (paid less "
        "refunded, bank) less (paid less refunded, log); items that do not match are counted one by one, so that none "
        "cancels out another."
    ),
    "settlement-departments": N_(
        "Sums of the log beside sums of the bank's settlements, by department. Net difference = (paid less refunded, "
        "bank) less (paid less refunded, log); items that do not match are counted one by one, so that none cancels out"
        " another."
    ),
    "reconciliation": N_(
        "Rows and amounts that the ledger accepted, beside what the tables behind the pages (marts) add up to, by "
        "source and month. Difference = ledger less marts; the total adds differences without their sign. Each has to "
        "be 0."
    ),
    "money": N_(
        "Amounts of all rows, as the ledger counted them: in = accepted + duplicates + rejected, as far as the amount "
        "of a rejected row could be read. “Not accounted for” has to be 0.00."
    ),
    "revisions": N_(
        "Each publication is compared with the one before it: listed is every day (or reported month) whose records or "
        "net amount changed after it had been published as complete, with the files that came or went in between."
    ),
    "controls": N_(
        "What the sender declared (in a side file or the file's last line) beside what the ledger found in the file. "
        "Difference = found less declared. A file that differs is only taken in on purpose, and stays marked."
    ),
    "quarantine": N_(
        "Rows that broke a rule at their ingest, as they came, with the line in their file. At most 1,000 of a source "
        "are listed here, open ones and newest first; `python -m store quarantine` has all of them."
    ),
    "files": N_(
        "Files in the ledger, newest first, with what became of their rows and the SHA-256 of their bytes, which "
        "`python -m store verify` computes again."
    ),
    "campaigns": N_("Campaigns as their organisers recorded them, with the days they ran and the departments that took part."),
    "events": N_("Public events as their organisers recorded them. Polls and complaints are counts at the stand."),
}
"""How each table comes about, by the key of the table."""


@dataclass(frozen=True)
class About:
    """The table `key`, its title, and the days it is of."""

    key: str
    title: str
    days: Window


def head_lines(context: Context, about: About) -> list[tuple[str, str]]:
    """What a file of the table says before its first row."""
    _, write = context._, context.format
    through = context.facts.complete_through
    return [
        (_("Title"), about.title),
        (_("Period"), f"{write.window(about.days)} ({about.days.start}/{about.days.end})"),
        (_("Filters"), _("none")),
        (_("Scope"), scope_in_words(context.scope, names_of(context))),
        (_("Data complete to"), f"{write.date(through)} ({through})"),
        (_("Snapshot"), context.snapshot.version),
        (_("Definition"), _(HOW[about.key])),
    ]


def how(context: Context, about: About) -> str:
    """HTML of the disclosure element under the table: how it comes about, its days, and the snapshot."""
    _ = context._
    terms = ((_("Period"), context.format.window(about.days)), (_("Snapshot"), context.snapshot.version))
    listed = "".join(f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>" for term, text in terms)
    return (
        f'<details class="k-how"><summary>{escape(_("How was this computed"))}</summary>'
        f'<div class="k-how-body"><p>{escape(_(HOW[about.key]))}</p><dl>{listed}</dl></div></details>'
    )


def around(windows: Sequence[Window], otherwise: Window) -> Window:
    """From the first of these days to the last."""
    if not windows:
        return otherwise
    return Window(min(window.start for window in windows), max(window.end for window in windows))
