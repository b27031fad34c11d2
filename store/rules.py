"""The rules that a row can break, in words: what the Data page and `python -m store quarantine` say beside their codes.

Rule: each rule is said once, here; a test compares the list with the contracts, readers and parsers that can break a row.
"""

import re
from collections.abc import Mapping
from typing import Final

from store.contract import SOURCES
from store.words import N_

RULES: Final[Mapping[str, str]] = {
    "already_corrected": N_("corrects a row that was corrected otherwise before"),
    "allowed_values": N_("not one of the values allowed"),
    "answers_only_when_completed": N_("answers without a completed survey"),
    "boolean": N_("neither true nor false"),
    "code": N_("no code can be made of it"),
    "conflicting_duplicate": N_("contradicts another row of the same key"),
    "corrected_twice": N_("corrects a row that another line corrects otherwise"),
    "date": N_("no date"),
    "days_in_order": N_("ends before it begins"),
    "field_count": N_("more or fewer fields than the header"),
    "file_counts_no_longer": N_("corrects a row of a file that counts no longer"),
    "format": N_("not of the form expected of a line"),
    "funnel_in_order": N_("steps of the survey out of order"),
    "integer": N_("no whole number"),
    "line_within_basket": N_("position beyond the size of the basket"),
    "max": N_("above the largest value allowed"),
    "min": N_("below the smallest value allowed"),
    "min_length": N_("empty"),
    "minutes": N_("no number of minutes"),
    "money": N_("no exact amount"),
    "month_end": N_("no month"),
    "month_is_first_day": N_("not the first day of a month"),
    "month_start": N_("no month"),
    "names_no_rejected_row": N_("names no row that was rejected"),
    "not_before_1990": N_("before 1990"),
    "not_in_the_future": N_("in the future"),
    "nothing_filled_in": N_("a row to correct that was left empty"),
    "nullability": N_("missing"),
    "period_in_order": N_("ends before it begins"),
    "received_after_occurred": N_("received before it occurred"),
    "regex": N_("not in the form of a code"),
    "resolved_after_opened": N_("resolved before it was opened"),
    "settled_after_paid": N_("settled before it was paid"),
    "sign_follows_status": N_("sign of the amount does not fit the status"),
    "timestamp": N_("no time"),
    "timestamp_with_offset": N_("no time with its offset from UTC"),
    "unknown_value": N_("a value the mapping does not know"),
}

_GROUPED: Final = re.compile(r'(?<=")[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?(?=")|\b[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]{1,2}\b')
"""An amount with commas between its thousands: in quotes, or with decimals, for else it may be two fields of a CSV line."""


def in_words(codes: str) -> str:
    """Broken rules (codes separated by ', ') in English, each with its code, by which the documentation knows it."""
    return " · ".join(f"{RULES[code]} ({code})" if code in RULES else code for code in codes.split(", "))


def thousands_hint(source: str, columns: str, raw: str) -> str:
    """How to have an amount with commas read, where that is why a row was rejected; else nothing.

    `columns` are those that broke a rule, separated by ', '.
    """
    money, found = SOURCES[source].money, _GROUPED.search(raw)
    if money not in columns.split(", ") or not found:
        return ""
    how = f'{money} = {{ from = "...", parse = "money", thousands = "," }}'
    return f'an amount such as "{found[0]}" is read where a mapping says that commas separate thousands: {how}'
