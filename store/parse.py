"""Values as they came -> values of the contract's types, exactly or not at all.

Rule: nothing is guessed or rounded. A value that is not exactly of its type becomes a problem of its row, with the column
and a rule; an empty text is null (but for text columns that may not be null, where it stays empty).
Hazard: a column whose type cannot be right for any row (a date for an amount, a time without zone) refuses the whole file.
"""

from dataclasses import dataclass
from typing import Final

import dataframely as dy
import polars as pl

from store.errors import InputError

LINE: Final = "_line"
"""Line or row number of a record, carried beside the contract's columns."""

PROBLEMS: Final = {LINE: pl.Int64, "column": pl.String, "rule": pl.String}

_OTHER_DIGITS: Final = "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹"
_DIGITS: Final = "0123456789" * 2


@dataclass(frozen=True)
class Parsed:
    """`frame`: LINE and the contract's columns in its types, null where unreadable. `problems`: one row per unreadable value."""

    frame: pl.DataFrame
    problems: pl.DataFrame


def typed(raw: pl.DataFrame, schema: type[dy.Schema], where: str) -> Parsed:
    """Bring the columns of `raw` (LINE and every column of the contract, as text or as stored) to the contract's types.

    Raises InputError, naming `where`, for a column of a type that cannot be converted.
    """
    wanted = {name: column.dtype for name, column in schema.columns().items()}
    nullable = {name: column.nullable for name, column in schema.columns().items()}
    found = raw.schema
    same = {name for name, dtype in wanted.items() if found[name] == dtype}
    rules = {name: _rule(dtype) for name, dtype in wanted.items() if name not in same}
    values = {name: _value(name, found[name], wanted[name], where, nullable[name]) for name in rules}
    frame = raw.with_columns(**values).select(LINE, *wanted)
    # A null that was not null before is a value that could not be read.
    lost = [name for name in rules if frame[name].null_count() > raw[name].null_count()]
    slow = {name: _read_again(raw[name], frame[name], wanted[name]) for name in lost if _is_quick(found[name], wanted[name])}
    frame = frame.with_columns(**slow)
    problems = [_problems(raw, frame, name, rules[name]) for name in lost]
    return Parsed(frame, pl.concat([pl.DataFrame(schema=PROBLEMS), *problems]))


def latin_digits(text: pl.Expr) -> pl.Expr:
    """Arabic-Indic and Persian digits as 0-9."""
    return text.str.replace_many([*_OTHER_DIGITS], [*_DIGITS])


def timestamp(text: pl.Expr) -> pl.Expr:
    """ISO 8601 with its offset ('2012-09-30T21:15:00+04:00'; 'Z' and '+04' too) -> Datetime in UTC; null where it is none."""
    plain = latin_digits(text.str.strip_chars())
    for written, meant in _SPELLINGS:
        plain = plain.str.replace(written, meant)
    whole = pl.when(plain.str.contains(_TIMESTAMP)).then(plain)
    return whole.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%z", time_unit="us", strict=False, time_zone="UTC")


_TIMESTAMP: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9](\.[0-9]{1,6})?[+-][0-9]{2}:?[0-9]{2}$"
_SPELLINGS: Final = (
    (r"^([0-9]{4}-[0-9]{2}-[0-9]{2}) ", "${1}T"),
    (r"[Zz]$", "+00:00"),
    (r"(:[0-9.]+[+-][0-9]{2})$", "${1}:00"),
)


def integer(text: pl.Expr) -> pl.Expr:
    """Digits with an optional sign -> Int64; null where it is anything else ('1e3', '1.0', '1,000')."""
    plain = latin_digits(text.str.strip_chars())
    return pl.when(plain.str.contains(r"^[+-]?[0-9]+$")).then(plain.str.strip_prefix("+")).cast(pl.Int64, strict=False)


def day(text: pl.Expr) -> pl.Expr:
    """'YYYY-MM-DD' -> Date; null where it is anything else."""
    plain = latin_digits(text.str.strip_chars())
    return pl.when(plain.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")).then(plain).str.to_date("%Y-%m-%d", strict=False)


def boolean(text: pl.Expr) -> pl.Expr:
    """'true', 'false', '1', '0' in any case -> Boolean; null where it is anything else."""
    return text.str.strip_chars().str.to_lowercase().replace_strict(_BOOLEANS, default=None, return_dtype=pl.Boolean)


_BOOLEANS: Final = {"true": True, "1": True, "false": False, "0": False}


def _rule(dtype: pl.DataType) -> str:
    match dtype:
        case pl.Datetime():
            return "timestamp_with_offset"
        case pl.Date():
            return "date"
        case pl.Boolean():
            return "boolean"
        case pl.Enum():
            return "allowed_values"
        case pl.String():
            return "text"
        case _:
            return "integer"


def _value(name: str, found: pl.DataType, wanted: pl.DataType, where: str, nullable: bool) -> pl.Expr:
    column = pl.col(name)
    if isinstance(found, pl.Categorical | pl.Enum):
        column, found = column.cast(pl.String), pl.String()
    if isinstance(found, pl.Null):
        return column.cast(wanted)
    if isinstance(found, pl.String):
        return _quick(column, wanted) if _is_quick(found, wanted) else _from_text(column, wanted, nullable)
    if wanted.is_integer() and (found.is_integer() or found.is_decimal()):
        return (
            pl.when(column == column.floor()).then(column).cast(wanted, strict=False)
            if found.is_decimal()
            else column.cast(wanted, strict=False)
        )
    if wanted.is_integer() and found.is_float():
        exact = column.is_finite() & (column == column.floor()) & (column.abs() < 2**53)
        return pl.when(exact).then(column).cast(wanted, strict=False)
    if isinstance(wanted, pl.Datetime) and isinstance(found, pl.Datetime):
        if found.time_zone is None:
            raise InputError(
                f"{where}: times in column '{name}' have no zone; write them in UTC, or declare their zone in a mapping"
            )
        exact = column if found.time_unit != "ns" else pl.when(column.dt.nanosecond() % 1000 == 0).then(column)
        return exact.dt.convert_time_zone("UTC").dt.cast_time_unit("us")
    raise InputError(f"{where}: column '{name}' holds {found}, the contract wants {wanted}; correct the file, or use a mapping")


def _from_text(text: pl.Expr, wanted: pl.DataType, nullable: bool) -> pl.Expr:
    match wanted:
        case pl.String():
            return pl.when(text != "").then(text) if nullable else text
        case pl.Datetime():
            return timestamp(text)
        case pl.Date():
            return day(text)
        case pl.Boolean():
            return boolean(text)
        case pl.Enum():
            return text.str.strip_chars().cast(wanted, strict=False)
        case _:
            return integer(text).cast(wanted, strict=False)


def _is_quick(found: pl.DataType, wanted: pl.DataType) -> bool:
    """Whether a text column is read in two steps: first what is written in the plain way, which is nearly all of it."""
    return isinstance(found, pl.String) and (wanted.is_integer() or isinstance(wanted, pl.Datetime))


def _quick(text: pl.Expr, wanted: pl.DataType) -> pl.Expr:
    """Values written as programs write them, null for all others; where it gives a value, `_from_text` gives the same one.

    polars takes for an integer an optional sign and digits, and nothing else. Its reader of times is three times as slow where
    it has to look for a fraction of a second.
    """
    if wanted.is_integer():
        return text.cast(wanted, strict=False)
    whole = _utc(pl.when(text.str.contains(_WHOLE_SECOND)).then(text.str.head(19)), "%Y-%m-%dT%H:%M:%S")
    local = text.str.strip_suffix("Z").str.strip_suffix("+00:00").str.strip_suffix("+00")
    return pl.coalesce(whole, _utc(pl.when(text.str.contains(_FRACTION)).then(local), "%Y-%m-%dT%H:%M:%S%.f"))


def _utc(text: pl.Expr, written: str) -> pl.Expr:
    return text.str.to_datetime(written, time_unit="us", strict=False).dt.replace_time_zone("UTC")


_SECOND: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9]"
_WHOLE_SECOND: Final = _SECOND + r"(Z|\+00|\+00:00)$"
_FRACTION: Final = _SECOND + r"\.[0-9]{1,6}(Z|\+00|\+00:00)$"


def _read_again(text: pl.Series, read: pl.Series, wanted: pl.DataType) -> pl.Series:
    """`read` with what `_quick` passed over read by all the rules."""
    rest = pl.DataFrame({"text": text, "at": pl.int_range(len(text), eager=True)}).filter(read.is_null() & text.is_not_null())
    found = rest.select(_from_text(pl.col("text"), wanted, True)).to_series()
    return read.scatter(rest["at"], found)


def _problems(raw: pl.DataFrame, frame: pl.DataFrame, name: str, rule: str) -> pl.DataFrame:
    came = raw[name].is_not_null()
    if raw.schema[name] == pl.String:
        came &= raw[name].str.strip_chars() != ""
    lines = frame.filter(came & frame[name].is_null())[LINE]
    return pl.DataFrame({LINE: lines, "column": [name] * len(lines), "rule": [rule] * len(lines)}, schema=PROBLEMS)
