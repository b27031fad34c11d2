"""Words in the reader's language, by gettext: English in the source, `locales/<language>/LC_MESSAGES/dashboard.po` beside it.

Rule: every visible string is an English literal inside a call of a translator (named `_` or `words`; also
`.ngettext`, `.pgettext`, `.npgettext`) or of `N_`, with named
placeholders (`_("Data complete to {date}", date=...)`), so that the extractor finds it and a translator can reorder it.
Hazard: an f-string inside `_()` is never found in a catalogue; `python -m ui.i18n check` refuses what is not translated.

    python -m ui.i18n extract    rewrite the template and merge it into every language
    python -m ui.i18n check      exit 1 when a language misses a string, has a fuzzy one, or differs in a placeholder
"""

from __future__ import annotations

import ast
import gettext
import io
import string
import sys
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from metrics.words import Note

ROOT: Final = Path(__file__).resolve().parents[1]
LOCALES: Final = ROOT / "locales"
DOMAIN: Final = "dashboard"
PROJECT: Final = "e-government KPI dashboard"
ROOMS: Final = ("metrics", "pages", "ui")
FILES: Final = ("dashboard.py", "store/rules.py")
"""Single files that show words, beside the rooms that do."""
KEYWORDS: Final = {
    "_": None,
    "words": None,
    "N_": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}

SOURCE_LANGUAGE: Final = "en"
LANGUAGES: Final = {"en": "English", "ar": "العربية"}
"""Languages offered, each by its own name."""
RIGHT_TO_LEFT: Final = frozenset({"ar"})


@dataclass(frozen=True)
class Translator:
    """The words of one language: call it with an English source, and with a value for each `{placeholder}` of it."""

    language: str
    catalogue: gettext.NullTranslations

    def __call__(self, message: str, /, **values: object) -> str:
        """Translation of `message`; the source itself where there is none."""
        return _fill(self.catalogue.gettext(message), values)

    def ngettext(self, singular: str, plural: str, n: int, /, **values: object) -> str:
        """The plural form for `n` things. The placeholder that shows the number is given like any other."""
        return _fill(self.catalogue.ngettext(singular, plural, n), values)

    def npgettext(self, context: str, singular: str, plural: str, n: int, /, **values: object) -> str:
        """The plural form, for `n` things, of a short word that means different things in different places."""
        return _fill(self.catalogue.npgettext(context, singular, plural, n), values)

    def pgettext(self, context: str, message: str, /, **values: object) -> str:
        """Translation of a short word that means different things in different places."""
        return _fill(self.catalogue.pgettext(context, message), values)

    def note(self, text: str) -> str:
        """A sentence of metrics: with its values filled in after translation where it is a Note, else translated as it is."""
        if isinstance(text, Note):
            return self(text.source, **text.values)
        return self(text) if text else ""

    def pick(self, english: str, arabic: str) -> str:
        """The name, of the two that the data carries, for this language; the other one where it is empty."""
        first, second = (arabic, english) if self.language == "ar" else (english, arabic)
        return first or second

    @property
    def rtl(self) -> bool:
        """Whether the language is written from right to left."""
        return self.language in RIGHT_TO_LEFT


def _fill(text: str, values: dict[str, object]) -> str:
    return text.format_map(values) if values else text


@lru_cache(maxsize=len(LANGUAGES))
def translator(language: str) -> Translator:
    """The translator of a language of LANGUAGES, its catalogue read once per process. Raises KeyError for any other."""
    if language not in LANGUAGES:
        raise KeyError(f"language {language!r} is not offered; choose one of {', '.join(LANGUAGES)}")
    if language == SOURCE_LANGUAGE:
        return Translator(language, gettext.NullTranslations())
    compiled = io.BytesIO()
    write_mo(compiled, read_catalogue(language))
    compiled.seek(0)
    return Translator(language, gettext.GNUTranslations(compiled))


def catalogue_path(language: str) -> Path:
    """Where the words of a language are kept."""
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def translated_languages() -> list[str]:
    """Languages that need a catalogue: all offered but the source."""
    return [language for language in LANGUAGES if language != SOURCE_LANGUAGE]


def read_catalogue(language: str) -> Catalog:
    """The catalogue of a language as it stands in its file."""
    with catalogue_path(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def extract(root: Path = ROOT) -> Catalog:
    """Every marked string of what shows words, with the files it occurs in (no line numbers: they only make noise)."""
    template = _blank(None)
    of_rooms = sorted(path for room in ROOMS for path in (root / room).rglob("*.py"))
    for path in (*(root / name for name in FILES), *of_rooms):
        for _line, message, _comments, context in extract_from_file("ui.i18n:calls", path, keywords=KEYWORDS):
            template.add(message, None, [(path.relative_to(root).as_posix(), 0)], context=context)
    return template


def calls(file: IO[bytes], keywords: Container[str], *_: object, **__: object) -> Iterator[tuple[int, str, object, list[str]]]:
    """An extraction method of Babel that reads the syntax tree: its own, by tokens, misses calls inside f-strings."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            texts = [a.value if isinstance(a, ast.Constant) and isinstance(a.value, str) else None for a in node.args]
            if name in keywords and texts and texts[0] is not None:
                yield node.lineno, name, texts if len(texts) > 1 else texts[0], []


def _blank(language: str | None) -> Catalog:
    return Catalog(locale=language, domain=DOMAIN, project=PROJECT, version="1", fuzzy=False, header_comment=_HEADER)


_HEADER = "# Words of the e-government KPI dashboard.\n# Sources are English; see docs/translating.md."


def write_all(template: Catalog) -> None:
    """Write the template, and merge it into every language: what is new is empty, what is gone is dropped."""
    LOCALES.mkdir(exist_ok=True)
    _write(LOCALES / f"{DOMAIN}.pot", template)
    for language in translated_languages():
        catalogue = read_catalogue(language) if catalogue_path(language).exists() else _blank(language)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.header_comment = _HEADER
        catalogue_path(language).parent.mkdir(parents=True, exist_ok=True)
        _write(catalogue_path(language), catalogue)


def _write(path: Path, catalogue: Catalog) -> None:
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=110, sort_output=True, omit_header=False)
    lines = buffer.getvalue().decode("utf-8").splitlines()
    dated = (
        '"POT-Creation-Date',
        '"PO-Revision-Date',
        '"Generated-By',
        '"Last-Translator',
        '"Language-Team',
        '"Report-Msgid-Bugs',
    )
    path.write_text("\n".join(line for line in lines if not line.startswith(dated)).rstrip() + "\n", encoding="utf-8")


def problems(template: Catalog, catalogue: Catalog) -> list[str]:
    """What keeps a catalogue from being complete against the template, one sentence each; empty when it is."""
    found = []
    for message in _messages(template):
        translated = catalogue.get(message.id, message.context)
        if translated is None or not all(_forms(translated)):
            found.append(f"missing: {_name(message)}")
        elif translated.fuzzy:
            found.append(f"fuzzy: {_name(message)}")
        else:
            found += _placeholder_problems(message, translated)
    known = {(m.id, m.context) for m in _messages(template)}
    found += [f"no longer used: {_name(m)}" for m in _messages(catalogue) if (m.id, m.context) not in known]
    return found


def _placeholder_problems(message: Message, translated: Message) -> Iterator[str]:
    sources = (message.id,) if isinstance(message.id, str) else message.id
    wanted = [placeholders(text) for text in sources]
    every = wanted[0].union(*wanted[1:])
    optional = every - wanted[0].intersection(*wanted[1:])
    # Arabic says "one" and "two" by the form of the noun, so a plural form may leave the number out.
    if isinstance(message.id, tuple):
        optional |= {"n"}
    for form in _forms(translated):
        present = placeholders(form)
        if not (every - optional <= present <= every):
            yield f"placeholders differ: {_name(message)} -> {form!r}"


def placeholders(text: str) -> set[str]:
    """Names of the `{placeholders}` of a message."""
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


def _messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def _name(message: Message) -> str:
    text = message.id if isinstance(message.id, str) else message.id[0]
    return f"{text!r} ({message.context})" if message.context else repr(text)


def main(arguments: list[str]) -> int:
    """The command line: `extract` or `check`."""
    if arguments == ["extract"]:
        write_all(extract())
        return 0
    if arguments == ["check"]:
        template = extract()
        found = [f"{language}: {p}" for language in translated_languages() for p in problems(template, read_catalogue(language))]
        print("\n".join(found) or "every string is translated")
        return 1 if found else 0
    print("usage: python -m ui.i18n extract|check", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
