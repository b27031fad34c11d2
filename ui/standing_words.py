"""How the data stands, in words: the sentences and cards of the Data page.

Rule: what does not add up comes first and is counted; "all accounted for" is said only when it is.
Hazard: a reader whose scope names departments does not see counts of the whole store; the words say so instead of showing none.
"""

from __future__ import annotations

from collections.abc import Sequence

from ui.context import Context
from ui.fact_cards import Fact
from ui.standing import Delivery, Standing


def verdict(context: Context, found: Standing) -> str:
    """The answer to the page's question: is everything that was delivered accounted for?"""
    words, write = context._, context.format
    through = write.date(context.facts.complete_through)
    if found.rows_in is None:
        return words("Data complete to {date}", date=through)
    if found.unaccounted or found.months_apart:
        return words("The data does not add up: see the rows and months marked below")
    return words.ngettext(
        "{n} row delivered, and accounted for, to {date}",
        "All {n} rows delivered to {date} are accounted for",
        found.rows_in,
        n=write.count(found.rows_in),
        date=through,
    )


def when_and_how(context: Context, found: Standing) -> str:
    """When the last file came and how the marts compare with the ledger."""
    words, write = context._, context.format
    said = []
    if found.last_ingested:
        said.append(words("Last file on {moment}.", moment=write.moment(found.last_ingested)))
    if found.months and not found.months_apart:
        said.append(
            words.ngettext(
                "Ledger and marts agree exactly, in rows and money, in the {n} month compared.",
                "Ledger and marts agree exactly, in rows and money, in all {n} months compared, source by source.",
                found.months,
                n=write.count(found.months),
            )
        )
    if found.rows_in is None:
        said.append(words("Counts of the whole store are shown to readers who see all departments."))
    return " ".join(said)


def facts(context: Context, found: Standing, deliveries: Sequence[Delivery]) -> list[Fact]:
    """The cards: accepted, duplicates, quarantine, ledger against marts, missing days."""
    words, write = context._, context.format
    rows_in, missing = found.rows_in or 0, sum(len(d.missing) for d in deliveries)
    return [
        Fact(words("Rows accepted"), _count(context, found.accepted), _share(context, found.accepted, rows_in)),
        Fact(words("Duplicates"), _count(context, found.duplicates), words("counted once, kept in the ledger")),
        Fact(
            words("In quarantine"),
            _count(context, found.rejected),
            _share(context, found.rejected, rows_in) if found.rejected else words("no row was rejected"),
            "warn" if found.rejected else "good",
        ),
        Fact(
            words("Ledger against marts"),
            write.count(found.months_apart),
            words("months that differ: see the reconciliation") if found.months_apart else words("no month differs"),
            "bad" if found.months_apart else "good",
        ),
        Fact(
            words("Days and months missing"),
            write.count(missing),
            words("in the period shown: a gap is not a zero") if missing else words("nothing missing in the period shown"),
            "warn" if missing else "good",
        ),
    ]


def _count(context: Context, value: int | None) -> str:
    return "–" if value is None else context.format.count(value)


def _share(context: Context, part: int | None, whole: int) -> str:
    if not whole or part is None:
        return ""
    return context._("{share} of {n} rows in", share=context.format.share(part / whole), n=context.format.count(whole))
