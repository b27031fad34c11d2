"""Records as they came -> columns of a source, by a mapping.

Rule: a value the mapping cannot place is a problem of its line, with the column and a rule; it is never dropped or guessed,
and never keeps other lines out. That holds for the values references are derived from, too ('departments.name_ar').
What needs no word of the mapping (integers, ISO dates, allowed values) stays text and is judged by store.parse.
Hazard: two names that become the same code would be added up silently, so that refuses the file.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import dataframely as dy
import polars as pl

from store.errors import InputError
from store.mapping import MAPPED, Column, MappedFile
from store.money import minor_units
from store.parse import LINE, PROBLEMS, integer, latin_digits

UNKNOWN: Final = "unknown_value"
_ISO: Final = "%Y-%m-%dT%H:%M:%S%.f"


@dataclass(frozen=True)
class Shaped:
    """`rows`: LINE and the contract's columns. `problems`: values that could not be placed (LINE, column, rule).

    `skips`: (reason, lines) of lines that are no records; they are not in `rows`. `references`: per reference source, what each
    line without a problem says of it (LINE and the contract's columns).
    """

    rows: pl.DataFrame
    problems: pl.DataFrame
    skips: tuple[tuple[str, int], ...]
    references: Mapping[str, pl.DataFrame]


Codes = dict[str, dict[str, str]]
"""Which name each code was made of, by column: what has been read of a file so far."""


def shape(records: pl.DataFrame, mapping: MappedFile, schemas: Mapping[str, type[dy.Schema]], where: str, codes: Codes) -> Shaped:
    """Apply a mapping to a batch of records (LINE and the file's columns); `schemas` are the contracts of its references,
    `codes` is carried from batch to batch.

    Raises InputError for a column that is missing in the file, and for names that cannot become codes.
    """
    _present(records, mapping, where)
    rows, skips = _skipped(records, mapping)
    placed, problems = _placed(rows, mapping.columns, mapping.source.schema, where, codes)
    good = _with_mapped(rows, placed).join(problems.select(LINE), on=LINE, how="anti", maintain_order="left")
    references = {}
    for name, columns in mapping.references.items():
        derived, unplaced = _placed(good, columns, schemas[name], f"{where}, {name}", codes)
        references[name] = derived.join(unplaced.select(LINE), on=LINE, how="anti", maintain_order="left")
        problems = pl.concat([problems, unplaced.with_columns(pl.concat_str(pl.lit(f"{name}."), "column").alias("column"))])
    return Shaped(placed, problems, skips, references)


def slug(text: str) -> str:
    """A name as a code: ASCII letters and digits in lower case, '&' as 'and', everything else a hyphen, at most 64 signs.

    Empty where the name has no Latin letter or digit at all; such names need `values` in the mapping.
    """
    plain = unicodedata.normalize("NFKD", text.replace("&", " and ")).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64].strip("-")


def _present(records: pl.DataFrame, mapping: MappedFile, where: str) -> None:
    columns = [*mapping.columns.values(), *(c for columns in mapping.references.values() for c in columns.values())]
    wanted = [c.source for c in columns if c.source is not None and not _is_mapped(c)] + [
        name for skip in mapping.skips for name in skip.where
    ]
    if missing := [name for name in dict.fromkeys(wanted) if name not in records.columns]:
        found = ", ".join(name for name in records.columns if name != LINE)
        raise InputError(f"{where}: column {', '.join(missing)} of mapping '{mapping.name}' is missing; found {found}")


def _skipped(records: pl.DataFrame, mapping: MappedFile) -> tuple[pl.DataFrame, tuple[tuple[str, int], ...]]:
    skips = []
    for skip in mapping.skips:
        applies = pl.all_horizontal(pl.col(name).is_in(values) for name, values in skip.where.items())
        rest = records.filter(~applies.fill_null(False))
        skips.append((skip.reason, records.height - rest.height))
        records = rest
    return records, tuple((reason, lines) for reason, lines in skips if lines)


def _placed(
    rows: pl.DataFrame, columns: Mapping[str, Column], schema: type[dy.Schema], where: str, codes: Codes
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The contract's columns from the file's, and the values that were there but could not be placed."""
    placed: dict[str, pl.Series] = {}
    problems = [pl.DataFrame(schema=PROBLEMS)]
    for name in sorted(schema.column_names(), key=lambda name: _is_mapped(columns.get(name))):
        column = columns.get(name, Column())
        if _is_mapped(column):
            rows = _with_mapped(rows, rows.select(LINE, **placed))
        placed[name] = _values(rows, column, f"{where}, column {name}", codes)
        if column.source is not None:
            lost = placed[name].is_null() & (rows[column.source].cast(pl.String).fill_null("").str.strip_chars() != "")
            rule = UNKNOWN if column.values else column.parse
            problems.append(rows.filter(lost).select(LINE, column=pl.lit(name), rule=pl.lit(rule)))
    return rows.select(LINE, **{name: placed[name] for name in schema.column_names()}), pl.concat(problems)


def _is_mapped(column: Column | None) -> bool:
    return column is not None and (column.source or "").startswith(MAPPED)


def _with_mapped(rows: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    """Rows with the columns a mapping has made, under their names with MAPPED before them."""
    return rows.with_columns(placed.drop(LINE).rename(lambda name: MAPPED + name))


def _values(rows: pl.DataFrame, column: Column, where: str, codes: Codes) -> pl.Series:
    if column.source is None:
        return pl.select(pl.repeat(column.constant, rows.height, dtype=pl.String)).to_series()
    came = rows[column.source]
    if came.dtype != pl.String:
        if column.values is None and column.parse not in ("code", "money"):
            return came
        came = came.cast(pl.String)
    text = came.str.strip_chars()
    if column.values is not None:
        otherwise = text if column.keep else column.otherwise
        text = text.replace_strict(dict(column.values), default=otherwise, return_dtype=pl.String)
    return (
        _coded(text, where, codes.setdefault(where, {}))
        if column.parse == "code"
        else pl.select(_parsed(pl.lit(text), column)).to_series()
    )


def _parsed(text: pl.Expr, column: Column) -> pl.Expr:
    match column.parse:
        case "money":
            return minor_units(text, column.decimal, column.thousands)
        case "minutes":
            return integer(text) * 60
        case "month_start":
            return _month(text, column.format)
        case "month_end":
            return _month(text, column.format).dt.month_end()
        case "date" if column.format:
            return latin_digits(text).str.to_date(column.format, strict=False)
        case "timestamp" if column.format or column.timezone:
            return _local(latin_digits(text), column)
        case _:
            return text


def _month(text: pl.Expr, form: str | None) -> pl.Expr:
    """First day of a month, written as `form` ('%Y-%m' when not said)."""
    return (pl.lit("01 ") + latin_digits(text)).str.to_date(f"%d {form or '%Y-%m'}", strict=False)


def _local(text: pl.Expr, column: Column) -> pl.Expr:
    """A time written as `format`, or without an offset in `timezone`; null where the clock shows it never or twice.

    Second 60 is no time either: read as a time it would be another one, of the next minute and perhaps of the next day.
    """
    text = pl.when(~text.str.contains(":60([^0-9]|$)")).then(text)
    if column.timezone is None:
        return text.str.to_datetime(column.format, time_unit="us", time_zone="UTC", strict=False)
    plain = text if column.format else text.str.replace(" ", "T", literal=True)
    naive = plain.str.to_datetime(column.format or _ISO, time_unit="us", strict=False)
    return naive.dt.replace_time_zone(column.timezone, ambiguous="null", non_existent="null").dt.convert_time_zone("UTC")


def _coded(names: pl.Series, where: str, taken: dict[str, str]) -> pl.Series:
    codes: dict[str, str] = {}
    for name in names.drop_nulls().unique().sort():
        code = slug(name)
        if taken.setdefault(code, name) != name and code:
            raise InputError(
                f"{where}: '{taken[code]}' and '{name}' both become '{code}'; give them codes in the mapping's values"
            )
        if code:
            codes[name] = code
    return names.replace_strict(codes, default=None, return_dtype=pl.String)
