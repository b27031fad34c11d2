"""Rules that rows break are said in words, with the code by which the documentation knows them."""

import re
from pathlib import Path

from store import check, corrected, shape, text
from store.contract import SOURCES
from store.mapping import PARSERS
from store.rules import RULES, in_words
from ui.format import Formatter
from ui.i18n import translator
from ui.names import Names

STORE = Path(check.__file__).parent


def rules() -> set[str]:
    """Every rule a row can break: those of the contracts, of types, of readers, of mappings and of correction files."""
    schemas = (source.schema for source in SOURCES.values())
    of_contracts = {name.rpartition("|")[2] for schema in schemas for name in schema._validation_rules(with_cast=False)}
    of_types = set(re.findall(r'return "(\w+)"', (STORE / "parse.py").read_text(encoding="utf-8")))
    of_readers = {text.FIELD_COUNT, text.FORMAT, check.CONFLICT, check.FUTURE, check.PAST, shape.UNKNOWN}
    of_corrections = {corrected.UNKNOWN_ROW, corrected.NOT_COUNTING, corrected.ALREADY, corrected.TWICE, corrected.UNTOUCHED}
    return of_contracts | of_types | of_readers | of_corrections | {*PARSERS}


def test_every_rule_has_words() -> None:
    never_broken = {"primary_key", "text"}
    """A key that occurs again is a duplicate or a contradiction, and every text is a text."""
    assert rules() - never_broken == {*RULES}


def test_rules_of_a_row_are_said_in_words_with_their_codes() -> None:
    names = Names(Formatter(translator("en")))
    said = "below the smallest value allowed (min) · a_rule_of_tomorrow"
    assert names.rules("min, a_rule_of_tomorrow") == said
    assert in_words("min, a_rule_of_tomorrow") == said
