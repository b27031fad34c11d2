"""Text files (CSV, JSON, lines of a log) -> records of text, with physical line numbers and raw text.

Rule: nothing is converted here, and no line is lost: each is a record, a blank line, or a problem with its number.
Hazard: a stray quote swallows what follows, so a CSV file that breaks the rules of quoting is refused as a whole.
"""

import codecs
import csv
import io
import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from store.errors import InputError
from store.parse import LINE, PROBLEMS
from store.read import Raw, Records

_MARKS: Final = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
FIELD_COUNT: Final = "field_count"
FORMAT: Final = "format"


def decode(path: Path, name: str, encoding: str | None = None) -> str:
    """The text of a file: by its byte order mark, else by `encoding`, else UTF-8. Raises InputError where it is none."""
    content = path.read_bytes()
    found = next((codec for mark, codec in _MARKS.items() if content.startswith(mark)), encoding or "utf-8")
    try:
        text = content.decode(found)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"{name}, line {line}: no {found} text; declare its encoding in a mapping") from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputError(f"{name}, line {line}: NUL character; the file is damaged, or UTF-16 that a mapping must declare")
    return text


def csv_records(text: str, name: str, delimiter: str = ",") -> Records:
    """Records of a CSV file whose first line names the columns; the line is the physical line a record begins on."""
    if '"' in text:
        return _quoted(text, name, delimiter)
    lines = _lines(text)
    header = _header(lines[0].split(delimiter) if lines else [], name)
    frame = pl.DataFrame({LINE: range(2, len(lines) + 1), "raw": lines[1:]}, schema={LINE: pl.Int64, "raw": pl.String})
    frame = frame.filter(pl.col("raw") != "").with_columns(fields=pl.col("raw").str.split(delimiter))
    whole = pl.col("fields").list.len() == len(header)
    columns = [pl.col("fields").list.get(i).alias(column) for i, column in enumerate(header)]
    return Records(frame.filter(whole).select(LINE, *columns), _broken(frame.filter(~whole)[LINE], FIELD_COUNT), _raw(lines))


def line_records(text: str, pattern: str) -> Records:
    """Records of a log, one a line: the named groups of `pattern` (Rust regex syntax, linear in the length of a line)."""
    lines = _lines(text)
    frame = pl.DataFrame({LINE: range(1, len(lines) + 1), "raw": lines}, schema={LINE: pl.Int64, "raw": pl.String})
    frame = frame.filter(pl.col("raw").str.strip_chars() != "")
    matches = pl.col("raw").str.contains(pattern)
    rows = frame.filter(matches).select(LINE, pl.col("raw").str.extract_groups(pattern).alias("groups")).unnest("groups")
    return Records(rows, _broken(frame.filter(~matches)[LINE], FORMAT), _raw(lines))


def json_records(text: str, name: str, explode: Mapping[str, str] | None = None) -> Records:
    """Records of a JSON array of objects; the line is the number of the record, from 1.

    `explode` (keys column, key, value) makes one record of each entry of the nested object in `column`: its key goes into
    the column named `key`, its value into the one named `value`. Numbers keep the text they were written with.
    """
    try:
        objects = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as error:
        raise InputError(f"{name}, line {error.lineno}: no JSON ({error.msg})") from error
    if not isinstance(objects, list) or not all(isinstance(item, dict) for item in objects):
        raise InputError(f"{name}: expected a JSON array of objects")
    items = [_scalars(record) for item in objects for record in (_entries(item, explode, name) if explode else [item])]
    columns = list(dict.fromkeys(column for item in items for column in item))
    rows = pl.DataFrame(
        [[item.get(c) for c in columns] for item in items], schema=dict.fromkeys(columns, pl.String), orient="row"
    )
    raw = [json.dumps(item, ensure_ascii=False) for item in items]
    return Records(rows.with_row_index(LINE, 1).cast({LINE: pl.Int64}), _broken(pl.Series([], dtype=pl.Int64), FORMAT), _raw(raw))


def _quoted(text: str, name: str, delimiter: str) -> Records:
    """CSV with quotes, where a record may go over several lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    numbers, records, broken = [], [], []
    starts = {}
    try:
        header = _header(next(reader, []), name)
        begins = reader.line_num + 1
        for fields in reader:
            starts[begins] = reader.line_num
            if len(fields) == len(header):
                numbers.append(begins)
                records.append(fields)
            elif fields:
                broken.append(begins)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"{name}, line {reader.line_num}: {error}; correct the quoting of this line") from error
    rows = pl.DataFrame(records, schema=dict.fromkeys(header, pl.String), orient="row")
    lines = io.StringIO(text, newline="").readlines()

    def raw(wanted: Collection[int]) -> dict[int, str]:
        return {line: "".join(lines[line - 1 : starts[line]]).rstrip("\r\n") for line in wanted}

    return Records(
        rows.insert_column(0, pl.Series(LINE, numbers, pl.Int64)), _broken(pl.Series(broken, dtype=pl.Int64), FIELD_COUNT), raw
    )


def _header(names: Sequence[str], name: str) -> list[str]:
    header = [column.strip() for column in names]
    if not any(header):
        raise InputError(f"{name}: the file is empty; its first line must name the columns")
    if len(set(header)) < len(header):
        raise InputError(f"{name}, line 1: a column name occurs twice in {', '.join(header)}")
    return header


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n") if text else []


def _broken(lines: pl.Series, rule: str) -> pl.DataFrame:
    return pl.DataFrame({LINE: lines, "column": [""] * len(lines), "rule": [rule] * len(lines)}, schema=PROBLEMS)


def _raw(lines: Sequence[str]) -> Raw:
    return lambda wanted: {line: lines[line - 1] for line in wanted}


def _entries(item: Mapping[str, object], explode: Mapping[str, str], name: str) -> list[dict[str, object]]:
    nested = item.get(explode["column"])
    if not isinstance(nested, dict):
        raise InputError(f"{name}: a record has no object '{explode['column']}' to take apart")
    return [{**item, explode["key"]: key, explode["value"]: value} for key, value in nested.items()]


def _scalars(item: Mapping[str, object]) -> dict[str, str | None]:
    texts = {True: "true", False: "false", None: None}
    plain = {column: value for column, value in item.items() if value is None or isinstance(value, str | bool)}
    return {column: value if isinstance(value, str) else texts[value] for column, value in plain.items()}
