"""Fault 27: byte order marks, UTF-16, line ends of every system, NUL bytes, no final newline, quoted fields over lines.

What is text by its marks is read, to the same rows; what is not is refused with the line and the reason.
"""

import codecs
from pathlib import Path

import polars as pl
import pytest

from store.errors import InputError
from tests.support.fuzz_invariant import broken, entries
from tests.support.fuzz_rows import counts, fils, mapping, rejects, text
from tests.support.records import csv, department, parquet, stored, take

ENDS = {"LF": "\n", "CRLF": "\r\n", "CR": "\r"}
ENCODINGS = {
    "UTF-8": ("utf-8", b""),
    "UTF-8 with BOM": ("utf-8", codecs.BOM_UTF8),
    "UTF-16 LE": ("utf-16-le", codecs.BOM_UTF16_LE),
    "UTF-16 BE": ("utf-16-be", codecs.BOM_UTF16_BE),
}


def lines(folder: Path) -> list[str]:
    """A header, two good payments, a bad one and a copy."""
    rows = [text(1), text(2, amount_fils=5), text(3, amount_fils=-1), text(1)]
    return csv(folder / "plain.csv", rows).read_text(encoding="utf-8").splitlines()


def take_text(folder: Path, content: bytes) -> Path:
    """The store that took in these bytes as a CSV of payments."""
    path, data = folder / "p.csv", folder / "store"
    path.write_bytes(content)
    take(data, "payments", path)
    return data


def as_expected(data: Path) -> None:
    assert stored(data, "payments").select("event_id", "amount_fils").rows() == [(1, 100_00), (2, 5)]
    assert fils(data) == (200_04, 100_05, 100_00, -1)
    assert [line for line, *_ in rejects(data)] == [4]
    assert broken(data) == []


@pytest.mark.parametrize("final", [True, False], ids=["final newline", "no final newline"])
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_fault_27_marks_and_line_ends_of_any_system_give_the_same_rows(
    tmp_path: Path, encoding: str, end: str, final: bool
) -> None:
    codec, mark = ENCODINGS[encoding]
    content = ENDS[end].join(lines(tmp_path)) + (ENDS[end] if final else "")
    as_expected(take_text(tmp_path, mark + content.encode(codec)))


def test_fault_27_mixed_line_ends_are_ends_each(tmp_path: Path) -> None:
    header, *rows = lines(tmp_path)
    content = header + "\r\n" + "".join(row + end for row, end in zip(rows, ("\n", "\r", "\r\n", ""), strict=True))
    as_expected(take_text(tmp_path, content.encode()))


def test_fault_27_blank_lines_are_no_rows(tmp_path: Path) -> None:
    header, *rows = lines(tmp_path)
    data = take_text(tmp_path, "\n".join([header, "", *rows, "", ""]).encode())
    assert stored(data, "payments").height == 2
    assert [line for line, *_ in rejects(data)] == [5]
    assert broken(data) == []


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda content: content.replace(b"dewa-bills", b"dewa\0bills", 1), "p.csv, line 2: NUL character"),
        (lambda content: content + b"\0" * 512, "p.csv, line 6: NUL character"),
        (lambda content: content.decode().encode("utf-16-le"), "p.csv, line 1: NUL character; .* UTF-16 that a mapping must"),
        (lambda content: content.decode().encode("utf-32"), "p.csv, line 1: NUL character"),
        (lambda content: content.replace(b"dewa-bills", b"dewa-\xff\xfe", 1), "p.csv, line 2: no utf-8 text"),
        (lambda content: content.replace(b"dewa-bills", b'"dewa-bills', 1), "p.csv, line .*correct the quoting"),
        (lambda content: content.replace(b"dewa-bills", b'"dewa"-bills', 1), "p.csv, line 2: .*correct the quoting"),
        (lambda content: b"", "p.csv: the file is empty"),
        (lambda content: codecs.BOM_UTF8, "p.csv: the file is empty"),
        (lambda content: codecs.BOM_UTF16_LE + content.decode().encode("utf-16-le")[:-1], "p.csv, line .*: no utf-16 text"),
    ],
)
def test_fault_27_what_is_no_text_is_refused_with_line_and_reason(tmp_path: Path, spoil: object, reason: str) -> None:
    content = ("\n".join(lines(tmp_path)) + "\n").encode()
    with pytest.raises(InputError, match=reason):
        take_text(tmp_path, spoil(content))  # type: ignore[operator]  # a function of bytes
    assert entries(tmp_path / "store") == []


@pytest.mark.parametrize("end", ENDS)
def test_fault_27_quoted_fields_go_over_lines(tmp_path: Path, end: str) -> None:
    """A quoted line end is a line end of the field, whatever system it is of; lines are counted as an editor counts them."""
    data, path = tmp_path / "store", tmp_path / "d.csv"
    header = ",".join(department("dewa"))
    content = [header, 'dewa,"Water, ""and""', "", 'Power",دائرة,10,2010-01-01', '"NO",x,y,1,2010-01-01', "rta,Roads,دائرة,1,"]
    path.write_bytes(ENDS[end].join(content).encode())
    assert counts(take(data, "departments", path)) == (3, 2, 0, 1)
    assert stored(data, "departments")["name_en"].to_list() == ['Water, "and"\n\nPower', "Roads"]
    assert rejects(data) == [(5, "code", "regex")]
    assert broken(data) == []


def test_fault_27_a_declared_encoding_is_read_and_a_mark_wins_over_it(tmp_path: Path) -> None:
    data = tmp_path / "store"
    declared = mapping(tmp_path, settings='encoding = "utf-16-le"')
    content = "\n".join(lines(tmp_path))
    for name, written in {"a.csv": content.encode("utf-16-le"), "b.csv": codecs.BOM_UTF8 + content.encode()}.items():
        (tmp_path / name).write_bytes(written)
        take(data, "payments", tmp_path / name, mapping=declared)
    assert stored(data, "payments").height == 2
    assert fils(data) == (2 * 200_04, 100_05, 300_05, -2)
    assert broken(data) == []


def test_fault_27_a_nul_in_parquet_is_no_part_of_a_code(tmp_path: Path) -> None:
    data = tmp_path / "store"
    path = parquet(tmp_path / "d.parquet", "departments", [department("dewa"), department("rta\0")])
    take(data, "departments", path)
    assert rejects(data) == [(2, "code", "regex")]
    assert stored(data, "departments")["code"].to_list() == ["dewa"]
    assert pl.read_parquet(path)["code"].to_list() == ["dewa", "rta\0"]
    assert broken(data) == []
