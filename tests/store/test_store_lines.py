"""Bytes of a text file -> numbered lines, whatever writes them, in blocks of any size."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import lines
from store.errors import InputError
from store.lines import Text


def read(path: Path, **how: str) -> list[tuple[int, str]]:
    text = Text(path, "f.csv", **how)
    return [(block.first + i, line) for block in text.blocks() for i, line in enumerate(block.lines)]


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "f.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a\nb\n", ["a", "b"]),
        (b"a\nb", ["a", "b"]),
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"a\rb\r", ["a", "b"]),
        (b"a\r\n\nb\r", ["a", "", "b"]),
        (b"\xef\xbb\xbfa\nb", ["a", "b"]),
        ("a\nب".encode("utf-16"), ["a", "ب"]),
        (b"\xfe\xff" + "a\nb".encode("utf-16-be"), ["a", "b"]),
        (b"", []),
    ],
)
@pytest.mark.parametrize("block", [1, 3, 1 << 20])
def test_lines_of_any_system_in_blocks_of_any_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, expected: list[str], block: int
) -> None:
    monkeypatch.setattr(lines, "BLOCK_BYTES", block)
    assert read(written(tmp_path, content)) == [*enumerate(expected, 1)]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=5)), st.integers(1, 9))
def test_a_block_may_end_anywhere(tmp_path_factory: pytest.TempPathFactory, texts: list[str], block: int) -> None:
    path = tmp_path_factory.mktemp("lines") / "f.csv"
    path.write_bytes("".join(f"{text}\n" for text in texts).encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "BLOCK_BYTES", block)
        assert [line for _, line in read(path, encoding="utf-8")] == (
            texts if not texts or not texts[0].startswith("\ufeff") else [texts[0][1:], *texts[1:]]
        )


@pytest.mark.parametrize(
    ("content", "how", "message"),
    [
        (b"a\nb\n\xff\n", {}, "line 3: no utf-8 text"),
        (b"a\n\0b", {}, "line 2: NUL character"),
        (b"a\rb\r\xff\r", {}, "line 3: no utf-8 text"),
        (b"a\r\nb\r\n\xff", {}, "line 3: no utf-8 text"),
        (b"\xff\xfe" + "a\nب\n".encode("utf-16-le") + b"\x00\xdc\x00\xdc", {}, "line 3: no utf-16 text"),
        (b"a" * (lines.LONGEST_LINE + 1), {}, "line 1: a line of more than"),
        (b"a\n" + b"b" * (lines.LONGEST_LINE + 1) + b"\nc\n", {}, "line 2: a line of more than"),
        (b"a\nb\n", {"trailer": r"END;(?P<rows>\d+)"}, "line 2: the trailer is missing, so the file was cut short"),
        (b"", {"trailer": r"END;(?P<rows>\d+)"}, "the trailer is missing"),
        (b"a\nEND;1;\n", {"trailer": r"END;(?P<rows>\d+)"}, "line 2: the trailer is missing"),
    ],
)
def test_what_is_no_text_is_refused_with_its_line(tmp_path: Path, content: bytes, how: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(written(tmp_path, content), **how)


@pytest.mark.parametrize("block", [1, 2, 3, 5])
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_the_line_of_a_bad_sign_does_not_depend_on_where_a_block_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, end: str
) -> None:
    monkeypatch.setattr(lines, "BLOCK_BYTES", block)
    with pytest.raises(InputError, match="line 4: no utf-8 text"):
        read(written(tmp_path, f"a{end}ب{end}{end}".encode() + b"\xff"))


def test_a_line_as_long_as_a_record_may_be_is_one_wherever_it_lies(tmp_path: Path) -> None:
    longest = "b" * lines.LONGEST_LINE
    assert read(written(tmp_path, f"a\n{longest}\nc\n{longest}".encode())) == [*enumerate(["a", longest, "c", longest], 1)]


@pytest.mark.parametrize("block", [1, 4, 1 << 20])
@pytest.mark.parametrize("end", ["", "\n", "\n\n \n"])
def test_a_trailer_is_apart_from_the_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, end: str) -> None:
    monkeypatch.setattr(lines, "BLOCK_BYTES", block)
    text = Text(written(tmp_path, f"a\n\nb\nEND;2;-7{end}".encode()), "f.csv", trailer=r"END;(?P<rows>\d+);(?P<fils>-?\d+)")
    found = [(each.first + i, line) for each in text.blocks() for i, line in enumerate(each.lines)]
    assert found == [(1, "a"), (2, ""), (3, "b")]
    assert text.trailer == {"rows": "2", "fils": "-7"}
