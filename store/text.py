"""Text files (CSV, JSON, lines of a log) -> batches of records of text, with physical line numbers and raw text.

Rule: nothing is converted here, and no line is lost: each is a record, a blank line, a trailer, or a problem with its number.
Hazard: a stray quote swallows what follows, so a CSV file that breaks the rules of quoting is refused as a whole.
"""

import csv
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

import polars as pl

from store.errors import InputError
from store.lines import LONGEST_LINE, Block
from store.lines import block as lines_block
from store.parse import LINE, PROBLEMS
from store.read import Raw, Records

FIELD_COUNT: Final = "field_count"
FORMAT: Final = "format"
_MARK: Final = "\ufeff"
"""A byte order mark, which polars' reader passes over at the start of what it is given, and which is a sign like others here."""
QUOTED_ROWS: Final = 100_000
"""Records of a batch where quotes force reading record by record."""


def csv_records(blocks: Iterator[Block], name: str, delimiter: str = ",") -> Iterator[Records]:
    """Records of a CSV file whose first line names the columns; the line is the physical line a record begins on."""
    first = next(blocks, Block(1))
    head, _, text = first.text.partition("\n")
    header = _header(next(csv.reader([head], delimiter=delimiter), []) if '"' in head else head.split(delimiter), name)
    rest = chain([Block(2, text, max(first.count - 1, 0))], blocks)
    for block in rest:
        if '"' in block.text:
            yield from _quoted(chain([block], rest), header, name, delimiter)
            return
        yield _unquoted(block, header, delimiter)


def line_records(blocks: Iterator[Block], pattern: str) -> Iterator[Records]:
    """Records of a log, one a line: the named groups of `pattern` (Rust regex syntax, linear in the length of a line)."""
    for block in chain([Block(1)], blocks):
        frame = _numbered(block).filter(pl.col("raw").str.strip_chars() != "")
        matches = pl.col("raw").str.contains(pattern)
        rows = frame.filter(matches).select(LINE, pl.col("raw").str.extract_groups(pattern).alias("groups")).unnest("groups")
        yield Records(rows, _broken(frame.filter(~matches)[LINE], FORMAT), _raw(block))


def json_records(blocks: Iterator[Block], name: str, explode: Mapping[str, str] | None = None) -> Iterator[Records]:
    """Records of a JSON array of objects; the line is the number of the record, from 1.

    `explode` (keys column, key, value) makes one record of each entry of the nested object in `column`: its key goes into
    the column named `key`, its value into the one named `value`. Numbers keep the text they were written with.
    """
    text = "\n".join(line for block in blocks for line in block.lines)
    try:
        objects = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as error:
        raise InputError(f"{name}, line {error.lineno}: no JSON ({error.msg})") from error
    except RecursionError as error:
        raise InputError(f"{name}: no JSON of records (nested too deep)") from error
    if not isinstance(objects, list) or not all(isinstance(item, dict) for item in objects):
        raise InputError(f"{name}: expected a JSON array of objects")
    items = [_scalars(record) for item in objects for record in (_entries(item, explode, name) if explode else [item])]
    columns = list(dict.fromkeys(column for item in items for column in item))
    rows = pl.DataFrame(
        [[item.get(c) for c in columns] for item in items], schema=dict.fromkeys(columns, pl.String), orient="row"
    )
    raw = lines_block(1, [json.dumps(item, ensure_ascii=False) for item in items])
    yield Records(rows.with_row_index(LINE, 1).cast({LINE: pl.Int64}), _broken(pl.Series([], dtype=pl.Int64), FORMAT), _raw(raw))


def _unquoted(block: Block, header: Sequence[str], delimiter: str) -> Records:
    """A block without any quote, where every line is a record. Lines of one shape take polars' own reader, which is faster."""
    rows = _of_one_shape(block, header, delimiter)
    if rows is not None:
        numbers = pl.int_range(block.first, block.first + block.count, eager=True)
        return Records(rows.insert_column(0, numbers.alias(LINE)), _broken(numbers.clear(), FIELD_COUNT), _raw(block))
    frame = _numbered(block).filter(pl.col("raw") != "").with_columns(fields=pl.col("raw").str.split(delimiter))
    whole = pl.col("fields").list.len() == len(header)
    columns = [pl.col("fields").list.get(i).alias(column) for i, column in enumerate(header)]
    good = frame.filter(whole).select(LINE, *columns)
    return Records(good, _broken(frame.filter(~whole)[LINE], FIELD_COUNT), _raw(block))


def _of_one_shape(block: Block, header: Sequence[str], delimiter: str) -> pl.DataFrame | None:
    """The fields of a block where each line has one for each column; None where one has not, or is blank.

    polars refuses a line with too many fields and fills up one with too few, which the count of delimiters finds.
    It passes over an empty field too many at the very end, so the last line is counted for itself.
    """
    between = len(header) - 1
    last = block.text[block.text.rfind("\n") + 1 :]
    if not between or block.text.startswith(_MARK):
        return None
    if block.text.count(delimiter) != block.count * between or last.count(delimiter) != between:
        return None
    try:
        rows = pl.read_csv(
            block.text.encode(),
            has_header=False,
            separator=delimiter,
            quote_char=None,
            schema=dict.fromkeys(header, pl.String),
            empty_string_is_null=False,
        )
    except pl.exceptions.PolarsError:
        return None
    return rows if rows.height == block.count else None


def _quoted(blocks: Iterable[Block], header: Sequence[str], name: str, delimiter: str) -> Iterator[Records]:
    """CSV with quotes, where a record may go over several lines."""
    csv.field_size_limit(LONGEST_LINE)  # else a long field would be refused with quotes and taken without
    taken = _Taken(blocks)
    reader = csv.reader(taken, delimiter=delimiter, strict=True)
    numbers: list[int] = []
    records: list[list[str]] = []
    broken: list[int] = []
    texts: dict[int, str] = {}

    def batch() -> Records:
        rows = pl.DataFrame(records, schema=dict.fromkeys(header, pl.String), orient="row")
        found = dict(texts)
        return Records(
            rows.insert_column(0, pl.Series(LINE, numbers, pl.Int64)),
            _broken(pl.Series(broken, dtype=pl.Int64), FIELD_COUNT),
            lambda wanted: {line: found[line] for line in wanted},
        )

    try:
        for fields in reader:
            line, text = taken.record()
            if len(fields) == len(header):
                numbers.append(line)
                records.append(fields)
            elif fields:
                broken.append(line)
            texts[line] = text
            if len(texts) >= QUOTED_ROWS:
                yield batch()
                for gathered in (numbers, records, broken, texts):
                    gathered.clear()
    except csv.Error as error:
        raise InputError(f"{name}, line {taken.last}: {error}; correct the quoting of this line") from error
    yield batch()


class _Taken:
    """Hands lines to the CSV reader and remembers those of the record it is reading."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self._lines = ((block.first + i, line) for block in blocks for i, line in enumerate(block.lines))
        self._held: list[tuple[int, str]] = []
        self.last = 0

    def __iter__(self) -> "_Taken":
        return self

    def __next__(self) -> str:
        self.last, line = next(self._lines)
        self._held.append((self.last, line))
        return line + "\n"

    def record(self) -> tuple[int, str]:
        """First line and raw text of the record that was read just now."""
        held, self._held = self._held, []
        return held[0][0], "\n".join(line for _, line in held)


def _header(names: Sequence[str], name: str) -> list[str]:
    header = [column.strip() for column in names]
    if not any(header):
        raise InputError(f"{name}: the file is empty; its first line must name the columns")
    if len(set(header)) < len(header):
        raise InputError(f"{name}, line 1: a column name occurs twice in {', '.join(header)}")
    return header


def _numbered(block: Block) -> pl.DataFrame:
    lines = pl.Series("raw", block.lines, dtype=pl.String)
    return pl.DataFrame({LINE: pl.int_range(block.first, block.first + len(block.lines), eager=True), "raw": lines})


def _broken(lines: pl.Series, rule: str) -> pl.DataFrame:
    return pl.DataFrame({LINE: lines, "column": [""] * len(lines), "rule": [rule] * len(lines)}, schema=PROBLEMS)


def _raw(block: Block) -> Raw:
    def raw(wanted: Collection[int]) -> dict[int, str]:
        return {line: block.lines[line - block.first] for line in wanted}

    return raw


def _entries(item: Mapping[str, object], explode: Mapping[str, str], name: str) -> list[dict[str, object]]:
    nested = item.get(explode["column"])
    if not isinstance(nested, dict):
        raise InputError(f"{name}: a record has no object '{explode['column']}' to take apart")
    return [{**item, explode["key"]: key, explode["value"]: value} for key, value in nested.items()]


def _scalars(item: Mapping[str, object]) -> dict[str, str | None]:
    texts = {True: "true", False: "false", None: None}
    plain = {column: value for column, value in item.items() if value is None or isinstance(value, str | bool)}
    return {column: value if isinstance(value, str) else texts[value] for column, value in plain.items()}
