"""How the data stands, in words: the sentences and cards of the Data page.

Rule: what does not add up comes first and is counted; "all accounted for" is said only when it is.
Hazard: a reader whose scope names departments does not see counts of the whole store; the words say so instead of showing none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from ui.context import Context
from ui.control_totals import differing_files
from ui.fact_cards import Fact
from ui.lateness import HOLDING, Late, late
from ui.lookups import names_of
from ui.revisions import revised
from ui.settlement import settlement_cards
from ui.standing import Delivery, Standing

MANY_REJECTED: Final = 0.01
"""Share of rejected and uncorrected rows from which on they are more than stray ones."""


def verdict(context: Context, found: Standing) -> str:
    """The answer to the page's question: is everything that was delivered accounted for?"""
    words, write = context._, context.format
    through = write.date(context.facts.complete_through)
    if found.rows_in is None:
        return words("Data complete to {date}", date=through)
    holding = [one for one in late(context) if one.source in HOLDING]
    said = _rows(context, found, "" if holding else through)
    if not holding:
        return said
    names = words(", ").join(dict.fromkeys(name for one in holding for name in behind(context, one)))
    return words("{sentence}. Data complete only to {date}: {names} behind", sentence=said, date=through, names=names)


def _rows(context: Context, found: Standing, through: str) -> str:
    """What became of the rows; `through` is the day they reach, empty where they do not reach one day together."""
    words, count = context._, context.format.count
    rows_in, waiting = found.rows_in or 0, found.open or 0
    if found.unaccounted or found.months_apart:
        return words("The data does not add up: see the rows and months marked below")
    if waiting and waiting == rows_in:
        return words.ngettext(
            "The {n} row delivered was rejected", "All {n} rows delivered were rejected", rows_in, n=count(rows_in)
        )
    if waiting:
        return words.ngettext(
            "{n} of {all} rows delivered is in quarantine, the others are accounted for",
            "{n} of {all} rows delivered are in quarantine, the others are accounted for",
            waiting,
            n=count(waiting),
            all=count(rows_in),
        )
    if not through:
        return words.ngettext(
            "{n} row delivered, and accounted for", "All {n} rows delivered are accounted for", rows_in, n=count(rows_in)
        )
    return words.ngettext(
        "{n} row delivered, and accounted for, to {date}",
        "All {n} rows delivered to {date} are accounted for",
        rows_in,
        n=count(rows_in),
        date=through,
    )


def behind(context: Context, one: Late) -> list[str]:
    """Who is behind, by name: the bodies, or the source as a whole."""
    names = names_of(context)
    found = [names.of("department", code) for code in one.bodies] or [names.of("source", one.source)]
    return [context.format.name(name) for name in found]


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
    if differing := differing_files(context):
        said.append(words("{sentence}: see Reconciliation.", sentence=differing))
    said += [_lag(context, one) for one in late(context)]
    if found.rows_in is None:
        said.append(words("Counts of the whole store are shown to readers who see all departments."))
    return " ".join(said)


def _lag(context: Context, one: Late) -> str:
    """How far a source or its bodies have come, and what was due."""
    return context._(
        "{names}: delivered to {date}, due to {due}.",
        names=context._(", ").join(behind(context, one)),
        date=context.format.date(one.reached),
        due=context.format.date(one.due),
    )


def facts_of_store(context: Context, found: Standing) -> list[Fact]:
    """The cards of everything ever delivered: accepted, duplicates, quarantine, ledger against marts."""
    words, write = context._, context.format
    rows_in = found.rows_in or 0
    return [
        Fact(words("Rows accepted"), _count(context, found.accepted), _share(context, found.accepted, rows_in)),
        Fact(words("Duplicates"), _count(context, found.duplicates), words("Counted once, kept in the ledger")),
        Fact(
            words("In quarantine"),
            _count(context, found.open),
            _waiting(context, found),
            _tone(found.open or 0, rows_in),
        ),
        Fact(
            words("Ledger against marts"),
            write.count(found.months_apart),
            _apart(context, found) if found.months_apart else words("No month differs"),
            "bad" if found.months_apart else "good",
        ),
    ]


def facts_of_period(context: Context, deliveries: Sequence[Delivery]) -> list[Fact]:
    """The cards of the period shown: log against settlement, numbers revised, days missing."""
    words, write = context._, context.format
    missing = sum(len(d.missing) for d in deliveries)
    return [
        *settlement_cards(context),
        revised(context),
        Fact(
            words("Days and months missing"),
            write.count(missing),
            _gaps(context, deliveries) if missing else _no_gaps(context, deliveries),
            "warn" if missing or _all_begin_later(deliveries) else "good",
        ),
    ]


def _waiting(context: Context, found: Standing) -> str:
    """What share of the rows wait to be corrected, or that none does."""
    if found.open:
        return _share(context, found.open, found.rows_in or 0)
    return context._("No rejected row is open") if found.rejected else context._("No row was rejected")


def _tone(waiting: int, rows_in: int) -> Literal["good", "warn", "bad"]:
    if not waiting:
        return "good"
    return "bad" if waiting >= MANY_REJECTED * rows_in else "warn"


def _apart(context: Context, found: Standing) -> str:
    """Months that differ, and in which sources."""
    names = names_of(context)
    listed = context._(", ").join(context.format.name(names.of("source", source)) for source in found.sources_apart)
    return context._("Months that differ, in {sources}: see the reconciliation", sources=listed)


def _gaps(context: Context, deliveries: Sequence[Delivery]) -> str:
    """Where the missing days are: in the period shown, or also after it."""
    last = context.window.end
    if any(day > last for one in deliveries for day in one.missing):
        return context._("In the period shown and after it: a gap is not a zero")
    return context._("In the period shown: a gap is not a zero")


def _no_gaps(context: Context, deliveries: Sequence[Delivery]) -> str:
    """That nothing is missing, and from when on there are data where the period shown begins before them."""
    words, write = context._, context.format
    later = [one for one in deliveries if one.begins]
    if not later:
        return words("Nothing missing in the period shown")
    if _all_begin_later(deliveries):
        first = min(one.begins for one in later if one.begins)
        return words("None since {date}, the first day delivered; before it there is no data", date=write.date(first))
    sources = words(", ").join(write.name(names_of(context).of("source", one.source)) for one in later)
    return words("None since each source began; no data before that of: {sources}", sources=sources)


def _all_begin_later(deliveries: Sequence[Delivery]) -> bool:
    """Whether the period shown begins before anything was delivered."""
    return bool(deliveries) and all(one.begins for one in deliveries)


def _count(context: Context, value: int | None) -> str:
    return "–" if value is None else context.format.count(value)


def _share(context: Context, part: int | None, whole: int) -> str:
    if not whole or part is None:
        return ""
    return context._("{share} of {n} rows in", share=context.format.share(part / whole), n=context.format.count(whole))
