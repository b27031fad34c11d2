"""Records of CSV: what polars' reader takes quickly is what the careful way takes, or it is not taken quickly."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from store.lines import block
from store.parse import LINE
from store.text import _of_one_shape, csv_records

FIELD = st.sampled_from(["", "a", " ", "1", "x y", "\ufeff"])
ROWS = st.lists(st.lists(FIELD, min_size=0, max_size=4).map(",".join), min_size=1, max_size=6)


def careful(lines: list[str], header: list[str]) -> tuple[list[tuple[object, ...]], list[int]]:
    good = [(n, *line.split(",")) for n, line in enumerate(lines, 2) if line and line.count(",") == len(header) - 1]
    broken = [n for n, line in enumerate(lines, 2) if line and line.count(",") != len(header) - 1]
    return good, broken


@settings(max_examples=400, deadline=None)
@given(lines=ROWS, columns=st.integers(1, 3))
def test_lines_of_any_shape_are_records_or_problems_of_their_number(lines: list[str], columns: int) -> None:
    header = [f"c{n}" for n in range(columns)]
    found = [*csv_records(iter([block(1, [",".join(header), *lines])]), "f.csv")]
    rows = [row for records in found for row in records.rows.rows()]
    broken = [line for records in found for line in records.problems[LINE].to_list()]
    assert (rows, broken) == careful(lines, header)


def test_a_short_line_is_not_made_up_for_by_a_delimiter_at_the_very_end() -> None:
    assert _of_one_shape(block(2, ["1,2", "x", "3,4,"]), ["a", "b"], ",") is None
    quick = _of_one_shape(block(2, ["1,2", "3,"]), ["a", "b"], ",")
    assert isinstance(quick, pl.DataFrame)
    assert quick.rows() == [("1", "2"), ("3", "")]
