"""Words: every visible string is there in every language, with the same placeholders, and plurals follow their language."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from metrics.words import Note
from ui import i18n


@pytest.mark.parametrize("language", i18n.translated_languages())
def test_every_visible_string_is_translated(language: str) -> None:
    assert i18n.problems(i18n.extract(), i18n.read_catalogue(language)) == []


def test_the_catalogue_in_git_is_what_extraction_gives() -> None:
    with (i18n.LOCALES / "dashboard.pot").open("rb") as file:
        kept = i18n.read_po(file)
    assert {(m.id, m.context) for m in kept if m.id} == {(m.id, m.context) for m in i18n.extract() if m.id}


@pytest.mark.parametrize("language", i18n.translated_languages())
def test_no_translation_is_left_in_english(language: str) -> None:
    """A translation equal to its source is allowed for what is no word: a sign, a code, a pattern of placeholders."""
    same = {m.id for m in i18n.read_catalogue(language) if isinstance(m.id, str) and m.id and m.string == m.id}
    assert {text for text in same if re.search("[A-Za-z]", re.sub(r"{\w+}", "", text))} <= {"SQL"}


def _catalogue(**messages: str) -> Catalog:
    catalogue = Catalog(locale="ar", fuzzy=False)
    for source, text in messages.items():
        catalogue.add(source.replace("_", " "), text)
    return catalogue


def test_a_missing_a_fuzzy_and_a_left_over_string_are_reported() -> None:
    template = _catalogue(first="", second="")
    catalogue = _catalogue(second="ثانٍ", third="ثالث")
    catalogue.get("second").flags.add("fuzzy")
    assert i18n.problems(template, catalogue) == ["missing: 'first'", "fuzzy: 'second'", "no longer used: 'third'"]


def test_a_translation_with_another_placeholder_is_reported() -> None:
    template, catalogue = Catalog(locale="ar"), Catalog(locale="ar", fuzzy=False)
    template.add("{n} of {total}")
    catalogue.add("{n} of {total}", "{n} من {whole}")
    assert i18n.problems(template, catalogue) == ["placeholders differ: '{n} of {total}' -> '{n} من {whole}'"]


def test_a_plural_form_may_say_one_and_two_by_the_noun_alone() -> None:
    template, catalogue = Catalog(locale="ar"), Catalog(locale="ar", fuzzy=False)
    template.add(("{n} day", "{n} days"))
    catalogue.add(("{n} day", "{n} days"), ("{n} يوم", "يوم واحد", "يومان", "{n} أيام", "{n} يوم", "{n} يومًا"))
    assert i18n.problems(template, catalogue) == []


def test_extraction_finds_calls_of_a_translator_and_marked_texts(tmp_path: Path) -> None:
    for room in (*i18n.ROOMS, "store"):
        (tmp_path / room).mkdir()
    (tmp_path / "dashboard.py").write_text('_("front")', "utf-8")
    (tmp_path / "store" / "rules.py").write_text('N_("a rule")', "utf-8")
    (tmp_path / "store" / "ledger.py").write_text('N_("for the operator")', "utf-8")
    calls = (
        '_("one")',
        'words.ngettext("{n} two", "{n} twos", n, n=n)',
        '_.pgettext("where", "three")',
        'T = N_("four")',
        "f'{_(\"five\")} {x}'",
        'other("not this")',
        "_(name)",
    )
    (tmp_path / "pages" / "a.py").write_text("\n".join(calls), "utf-8")
    found = {(m.context, m.id) for m in i18n.extract(tmp_path) if m.id}
    assert found == {
        (None, "front"),
        (None, "a rule"),
        (None, "one"),
        (None, ("{n} two", "{n} twos")),
        ("where", "three"),
        (None, "four"),
        (None, "five"),
    }


@pytest.mark.parametrize(
    ("n", "text"),
    [(1, "يوم واحد"), (2, "يومان"), (3, "3 أيام"), (10, "10 أيام"), (11, "11 يومًا"), (100, "100 يوم"), (103, "103 أيام")],
)
def test_arabic_has_six_plural_forms(n: int, text: str) -> None:
    assert i18n.translator("ar").ngettext("{n} day", "{n} days", n, n=n) == text


def test_english_is_its_own_source() -> None:
    _ = i18n.translator("en")
    assert _("Data complete to {date}", date="x") == "Data complete to x"
    assert [_.ngettext("{n} day", "{n} days", n, n=n) for n in (1, 2)] == ["1 day", "2 days"]


def test_a_value_with_braces_is_shown_as_it_is() -> None:
    assert i18n.translator("en")("{name} joined", name="{0.__class__}") == "{0.__class__} joined"


def test_a_note_of_metrics_is_translated_with_its_values() -> None:
    note = Note("{start} to {end}", start="1", end="2")
    assert i18n.translator("ar").note(note) == "من 1 إلى 2"
    assert i18n.translator("en").note(note) == "1 to 2"


def test_a_name_is_picked_by_language_and_falls_back_to_the_other() -> None:
    assert i18n.translator("ar").pick("Customs", "الجمارك") == "الجمارك"
    assert i18n.translator("ar").pick("Customs", "") == "Customs"
    assert i18n.translator("en").pick("", "الجمارك") == "الجمارك"


def test_an_unknown_language_is_refused_with_the_offered_ones() -> None:
    with pytest.raises(KeyError, match="en, ar"):
        i18n.translator("tlh")


def test_the_command_says_what_is_missing(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "extract", lambda: _catalogue(first=""))
    monkeypatch.setattr(i18n, "read_catalogue", lambda language: Catalog(locale=language))
    assert i18n.main(["check"]) == 1
    assert capsys.readouterr().out == "ar: missing: 'first'\n"
    assert i18n.main(["nonsense"]) == 2


def test_arabic_counts_11_with_the_accusative_and_100_without_it() -> None:
    """Of the six forms the fifth is for 100 to 102 ("100 شهر") and the sixth for 11 to 99 ("11 شهرًا")."""
    counted = [message for message in i18n.read_catalogue("ar") if isinstance(message.id, tuple)]
    assert len(counted) > 15
    for message in counted:
        hundred, eleven = (form.split() for form in message.string[4:6])
        changed = [(old, new) for old, new in zip(hundred, eleven, strict=True) if old != new]
        assert all("ًا" in new and "ًا" not in old for old, new in changed), message.id
    words = i18n.translator("ar")
    said = [words.ngettext("{n} month", "{n} months", n, n=n) for n in (3, 11, 99, 100, 102, 103, 111)]
    assert said == ["3 أشهر", "11 شهرًا", "99 شهرًا", "100 شهر", "102 شهر", "103 أشهر", "111 شهرًا"]


RETIRED = (
    *("الحجر", "السجلات المعزولة", "الجداول المجمّعة", "سطور", "الموجة", "غير المعروف", "فترة الأساس", "في الفترة {"),
    *("سنة", "سنوات", "جدول المطابقة", "أُغلق", "يُفتح"),
)


@pytest.mark.parametrize("word", RETIRED)
def test_one_thing_has_one_word_in_arabic(word: str) -> None:
    forms = [form for m in i18n.read_catalogue("ar") if m.id for form in ((m.string,) if isinstance(m.string, str) else m.string)]
    assert not [form for form in forms if word in form]
