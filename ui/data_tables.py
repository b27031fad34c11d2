"""Grids of the Data page: sources, reconciliation, files, quarantine, campaigns, events. Cells are exact, like everywhere.

Rule: a grid is the one source of a table on the page and of its file.
Hazard: file names and raw text of rejected rows come from outside; whoever writes a grid escapes or disarms them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import polars as pl

from metrics import Campaign, Event
from ui.columns import amounts, counts, days, texts
from ui.grid import Cell, Column, Grid
from ui.i18n import Translator
from ui.known import known_sum, major
from ui.money import minor_to_major
from ui.names import Names
from ui.standing import Delivery, Standing

_COUNTS = ("files", "rows_in", "accepted", "duplicates", "rejected", "open")
_FILS = ("fils_in", "fils_accepted", "fils_duplicates", "fils_rejected")


def sources_grid(standing: Standing, names: Names) -> Grid:
    """Per source: counts, whether they add up, the days it spans and when it last came; the counts add up to the total.

    What is not accounted for is added without its sign, as in the headline: a row too many hides no missing one.
    """
    words = names.format.words
    columns = (
        *texts(words("Source")),
        *counts(words("Files"), words("Rows in"), words("Accepted"), words("Duplicates"), words("Rejected")),
        *counts(words("Not corrected"), words("Not accounted for")),
        *days(words("First day"), words("Last day"), words("Complete to")),
        Column(words("Last file"), "moment"),
    )
    keep = (*_COUNTS, "unaccounted", "first_day", "last_day", "complete_through", "last_ingested_at")
    rows = tuple(
        (names.of("source", r["source"]), *(r[k] for k in keep)) for r in _largest_first(standing.sources).iter_rows(named=True)
    )
    whole = standing.sources.with_columns(pl.col("unaccounted").abs())
    sums = [known_sum(whole, name) for name in (*_COUNTS, "unaccounted")]
    return Grid(columns, rows, (words("Total"), *sums, None, None, None, standing.last_ingested))


def days_grid(deliveries: Sequence[Delivery], names: Names) -> Grid:
    """Every day (or month) of the calendar, delivered or missing; in the total how many of each."""
    words = names.format.words
    columns = (*texts(words("Source")), *days(words("Day")), *texts(words("State")))
    rows: list[tuple[Cell, ...]] = []
    for delivery in deliveries:
        name, delivered, missing = names.of("source", delivery.source), words("delivered"), words("missing")
        states = {**dict.fromkeys(delivery.delivered, delivered), **dict.fromkeys(delivery.missing, missing)}
        rows += [(name, day, state) for day, state in sorted(states.items())]
    there, gone = sum(len(d.delivered) for d in deliveries), sum(len(d.missing) for d in deliveries)
    said = words(
        "{delivered} delivered, {missing} missing", delivered=names.format.count(there), missing=names.format.count(gone)
    )
    return Grid(columns, tuple(rows), (words("Total"), "", said))


def money_grid(standing: Standing, names: Names) -> Grid:
    """The same proof in money, for the sources that carry any; not added up, for a payment and its settlement are one amount."""
    words = names.format.words
    titles = (words("Amount in"), words("Accepted"), words("Duplicates"), words("Rejected"), words("Not accounted for"))
    columns = (*texts(words("Source")), *amounts(names, *titles))
    carrying = standing.sources.drop_nulls("fils_in")
    rows = tuple((names.of("source", r["source"]), *_money_proof(r)) for r in carrying.iter_rows(named=True))
    return Grid(columns, rows, None)


def money_note(standing: Standing, words: Translator) -> str:
    """What to know of rejected amounts: those corrected since are in the table a second time; nothing where none may be."""
    carrying = standing.sources.drop_nulls("fils_in")
    if carrying.filter(pl.col("rejected") > pl.col("open")).is_empty():
        return ""
    return words(
        "A rejected amount stays under “Rejected” when its row is corrected: it came in once more with its correction, "
        "and counts there."
    )


def _money_proof(r: Mapping[str, int | None]) -> list[Cell]:
    """Amounts in, accepted, duplicate and rejected, and what they leave unaccounted for, in the main unit."""
    came, *parts = (r[name] or 0 for name in _FILS)
    return [minor_to_major(amount) for amount in (came, *parts, came - sum(parts))]


def reconciliation_grid(standing: Standing, names: Names) -> Grid:
    """Ledger beside marts per source and month, and what lies between them.

    The total adds up differences without their sign, so that one more and one less are two, and never none; and it says so.
    """
    words, fmt = names.format.words, names.format
    columns = (
        *texts(words("Source"), words("Month")),
        *counts(words("Rows, ledger"), words("Rows, marts"), words("Difference")),
        *amounts(names, words("Amount, ledger"), words("Amount, marts"), words("Difference")),
    )
    frame = standing.reconciliation
    rows = tuple(
        (
            names.of("source", r["source"]),
            fmt.month(r["month"]),
            *(r[k] for k in ("rows_ledger", "rows_mart", "rows_apart")),
            *(major(r[k]) for k in ("fils_ledger", "fils_mart", "fils_apart")),
        )
        for r in frame.sort("month", "source", descending=[True, False]).iter_rows(named=True)
    )
    frame = frame.with_columns(pl.col("rows_apart", "fils_apart").abs())
    numbers = [known_sum(frame, k) for k in ("rows_ledger", "rows_mart", "rows_apart")]
    money = [major(known_sum(frame, k)) for k in ("fils_ledger", "fils_mart", "fils_apart")]
    return Grid(columns, rows, (words("Total (differences without their sign)"), "", *numbers, *money))


def quarantine_grid(rejected: pl.DataFrame, names: Names) -> Grid:
    """Rejected rows: where they stood, whether and where they were corrected, which rule they broke, and their text as it came.

    The total says how many of these are open, and how many corrected.
    """
    words, count = names.format.words, names.format.count
    columns = (
        *texts(words("Source"), words("File")),
        *counts(words("Line")),
        *texts(words("State"), words("Corrected in"), words("Column"), words("Rule"), words("Raw text")),
    )
    rows = tuple(
        (
            names.of("source", r["source"]),
            *(r["file"], r["line"], names.of("rejected_row", r["state"]), r["corrected_by"] or ""),
            *(r["column"], names.rules(r["rule"]), r["raw"]),
        )
        for r in rejected.iter_rows(named=True)
    )
    waiting, done = (count(rejected.filter(state=state).height) for state in ("open", "corrected"))
    said = words("{open} open, {corrected} corrected", open=waiting, corrected=done)
    return Grid(columns, rows, (words("Total"), "", None, said, "", "", "", ""))


def files_grid(files: pl.DataFrame, names: Names, local: Callable[[datetime], datetime]) -> Grid:
    """Ingested files, newest first, with their checksum, and what they add up to: amounts only where all are of one source.

    `local` gives a time (UTC) on the clock of the configured zone.
    """
    words = names.format.words
    columns = (
        *texts(words("Source"), words("File")),
        *counts(words("Rows in"), words("Accepted"), words("Duplicates"), words("Rejected")),
        *amounts(names, words("Amount accepted")),
        Column(words("Ingested"), "moment"),
        Column("SHA-256", "checksum"),
    )
    keys = ("rows_in", "accepted", "duplicates", "rejected")
    rows = tuple(
        (
            names.of("source", r["source"]),
            r["name"],
            *(r[k] for k in keys),
            major(r["fils_accepted"]),
            local(r["ingested_at"]),
            r["sha256"],
        )
        for r in files.iter_rows(named=True)
    )
    sums = [known_sum(files, key) for key in keys]
    amount = major(known_sum(files, "fils_accepted")) if files["source"].n_unique() == 1 else None
    return Grid(columns, rows, (words("Total"), "", *sums, amount, "", ""))


def campaigns_grid(campaigns: Sequence[Campaign], names: Names) -> Grid:
    """Campaigns with the days they ran and the departments that took part."""
    words = names.format.words
    columns = (*texts(words("Campaign")), *days(words("From"), words("To")), *texts(words("Departments")))
    listed = words(", ")
    return Grid(
        columns,
        tuple(
            (
                words.pick(c.name_en, c.name_ar),
                c.window.start,
                c.window.end,
                listed.join(names.of("department", d) for d in c.departments),
            )
            for c in campaigns
        ),
    )


def events_grid(events: Sequence[Event], names: Names) -> Grid:
    """Public events with their stand and what happened there; entities and areas recur from event to event and have no total."""
    words = names.format.words
    columns = (
        *texts(words("Event")),
        *days(words("From"), words("To")),
        *counts(words("Entities")),
        Column(words("Area"), "count", words("m²")),
        *counts(words("Polls answered"), words("Complaints")),
    )
    rows = [
        (words.pick(e.name_en, e.name_ar), e.window.start, e.window.end, e.entities, e.area_m2, e.polls_answered, e.complaints)
        for e in events
    ]
    sums = (sum(e.polls_answered for e in events), sum(e.complaints for e in events))
    return Grid(columns, tuple(rows), (words("Total"), "", "", "", "", *sums))


def _largest_first(sources: pl.DataFrame) -> pl.DataFrame:
    return sources.sort("rows_in", "source", descending=[True, False], nulls_last=True)
