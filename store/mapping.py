"""A mapping: a TOML file in mappings/ that says how files of another shape become rows of a source.

Rule: it names every column of the contract and where its values come from; whatever it does not understand is an error
when it is loaded, never a guess when a file is read. docs/store.md describes the format.
"""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

import dataframely as dy
import polars as pl

from store.contract import SOURCES, Source
from store.control import TRAILER
from store.errors import MappingError, SettingsError
from store.settings import Settings

PARSERS: Final = ("text", "code", "integer", "minutes", "money", "boolean", "date", "month_start", "month_end", "timestamp")
MAPPED: Final = "mapped:"
FORMATS: Final = ("csv", "json", "lines", "parquet")


_ORIGINS: Final = ("from", "mapped", "value")
_OPTIONS: Final = ("parse", "otherwise", "keep", "decimal", "thousands", "format", "timezone")


@dataclass(frozen=True)
class Column:
    """Where the values of one column come from: a column of the file (`source`), or a constant (`constant`).

    A `source` that begins with MAPPED is a column this mapping has made from the file already.
    values     what each raw value becomes; `otherwise` is for raw values not listed, `keep` leaves those as they are; with
               neither they are problems of their row.
    parse      one of PARSERS; 'money' is text in major units, 'minutes' become seconds.
    """

    source: str | None = None
    constant: str | None = None
    values: Mapping[str, str] | None = None
    otherwise: str | None = None
    keep: bool = False
    parse: str = "text"
    decimal: str = "."
    thousands: str | None = None
    format: str | None = None
    timezone: str | None = None


@dataclass(frozen=True)
class Skip:
    """Lines passed over because they are no records: those where each of these columns has one of these values."""

    reason: str
    where: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Input:
    """How the file itself is to be read. `trailer` is what its last line must look like, with control totals as named groups."""

    format: str = "csv"
    delimiter: str = ","
    encoding: str | None = None
    pattern: str | None = None
    trailer: str | None = None
    explode: Mapping[str, str] | None = None


@dataclass(frozen=True)
class MappedFile:
    """A loaded mapping. `references` are the rows of reference sources that come from the distinct values of the file."""

    name: str
    source: Source
    settings: Settings | None
    input: Input
    columns: Mapping[str, Column]
    skips: tuple[Skip, ...] = ()
    references: Mapping[str, Mapping[str, Column]] = field(default_factory=dict)


def load(path: Path) -> MappedFile:
    """Read a mapping. Raises MappingError, naming the file and the key, for anything it does not understand."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MappingError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MappingError(f"{path}: no TOML ({error})") from error
    try:
        return _mapping(path.stem, given)
    except (MappingError, SettingsError) as error:
        raise MappingError(f"{path}: {error}") from error


def _mapping(name: str, given: Mapping[str, Any]) -> MappedFile:
    _known(given, ("source", "store", "input", "columns", "skip", "reference"), "")
    source = _source(given.get("source", ""))
    store = given.get("store")
    if store is not None:
        _known(store, [f.name for f in fields(Settings)], "store")
    return MappedFile(
        name=name,
        source=source,
        settings=None if store is None else Settings(**store),
        input=_input(given.get("input", {})),
        columns=_columns(given.get("columns", {}), source.schema, "columns"),
        skips=tuple(_skip(entry, f"skip {number}") for number, entry in enumerate(given.get("skip", []), 1)),
        references={
            _reference(key).name: _columns(columns, SOURCES[key].schema, f"reference.{key}")
            for key, columns in given.get("reference", {}).items()
        },
    )


def _source(name: str) -> Source:
    if name not in SOURCES:
        raise MappingError(f"source = '{name}' is unknown; the sources are {', '.join(SOURCES)}")
    return SOURCES[name]


def _reference(name: str) -> Source:
    source = _source(name)
    if source.kind != "reference":
        raise MappingError(f"reference.{name}: only references can be derived, '{name}' is a log")
    return source


def _input(given: Mapping[str, Any]) -> Input:
    _known(given, [f.name for f in fields(Input)], "input")
    found = Input(**given)
    if found.format not in FORMATS:
        raise MappingError(f"input.format = '{found.format}' is unknown; the formats are {', '.join(FORMATS)}")
    if (found.format == "lines") != (found.pattern is not None):
        raise MappingError("input.pattern goes with format = 'lines': a regular expression with named groups")
    if found.pattern is not None:
        _compiles(found.pattern)
    if found.trailer is not None:
        _trailer(found)
    if found.explode is not None and (found.format != "json" or set(found.explode) != {"column", "key", "value"}):
        raise MappingError("input.explode goes with format = 'json' and needs column, key and value")
    return found


def _trailer(found: Input) -> None:
    if found.format not in ("csv", "lines"):
        raise MappingError(f"input.trailer goes with files of lines, not with format = '{found.format}'")
    try:
        groups = re.compile(found.trailer or "").groupindex
    except re.error as error:
        raise MappingError(f"input.trailer: {error}") from error
    if not groups or (unknown := set(groups) - set(TRAILER)):
        named = f", not {', '.join(sorted(unknown))}" if groups else ""
        raise MappingError(f"input.trailer: named groups (?P<name>...) of {', '.join(TRAILER)} are wanted{named}")


def _compiles(pattern: str) -> None:
    try:
        pl.select(pl.lit("").str.extract_groups(pattern))
    except pl.exceptions.PolarsError as error:
        raise MappingError(f"input.pattern: {error}") from error
    if "(?P<" not in pattern and "(?<" not in pattern:
        raise MappingError("input.pattern has no named group; write (?P<name>...) around what is to be read")


def _skip(given: Mapping[str, Any], where: str) -> Skip:
    _known(given, ("reason", "where"), where)
    if not given.get("reason") or not given.get("where"):
        raise MappingError(f"{where}: needs a reason, and where = {{ column = value }}")
    conditions = {name: (value,) if isinstance(value, str) else tuple(value) for name, value in given["where"].items()}
    return Skip(given["reason"], conditions)


def _columns(given: Mapping[str, Any], schema: type[dy.Schema], where: str) -> dict[str, Column]:
    contract = schema.columns()
    _known(given, contract, where)
    needed = [name for name, column in contract.items() if name not in given and not column.nullable]
    if needed:
        raise MappingError(f"{where}: nothing says what goes into {', '.join(needed)}")
    return {name: _column(entry, contract[name].dtype, f"{where}.{name}") for name, entry in given.items()}


def _column(given: Mapping[str, Any], dtype: pl.DataType, where: str) -> Column:
    _known(given, (*_ORIGINS, "values", *_OPTIONS), where)
    if sum(key in given for key in _ORIGINS) != 1:
        raise MappingError(
            f'{where}: needs one of from = "column of the file", mapped = "column of the mapping", value = constant'
        )
    if "value" in given:
        return Column(constant=_text(given["value"]), parse=_usual(dtype))
    parse = given.get("parse", _usual(dtype))
    if parse not in PARSERS:
        raise MappingError(f"{where}: parse = '{parse}' is unknown; there are {', '.join(PARSERS)}")
    options = {key: given[key] for key in _OPTIONS if key in given and key != "parse"}
    values = {raw: _text(value) for raw, value in given["values"].items()} if "values" in given else None
    source = given["from"] if "from" in given else MAPPED + given["mapped"]
    return Column(source=source, values=values, parse=parse, **options)


def _usual(dtype: pl.DataType) -> str:
    """What text becomes when nothing else is said: what the contract's type asks for."""
    kinds = {pl.Date: "date", pl.Datetime: "timestamp", pl.Boolean: "boolean"}
    return "integer" if dtype.is_integer() else kinds.get(dtype.base_type(), "text")


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _known(given: Mapping[str, Any], allowed: Iterable[str], where: str) -> None:
    for key in given:
        if key not in (names := list(allowed)):
            close = difflib.get_close_matches(key, names, n=1)
            hint = f"did you mean '{close[0]}'?" if close else f"there are {', '.join(names)}"
            raise MappingError(f"'{key}' is unknown{' in ' + where if where else ''}; {hint}")
