"""Values of text: what is read quickly is what all the rules make of it, or it is not read quickly."""

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from store.parse import _from_text, _quick

UTC = pl.Datetime("us", "UTC")
CLOSE_TO_NUMBERS = st.text("0179+-. _eExX,\t\u00a0\u0663\u2212L", max_size=6)
CLOSE_TO_TIMES = st.builds(
    "{}-{}-{}{}{}:{}:{}{}{}".format,
    st.sampled_from(["2012", "0000", "12", "+2012"]),
    st.sampled_from(["09", "9", "13", "02"]),
    st.sampled_from(["30", "31", "00", "1"]),
    st.sampled_from("T t"),
    st.sampled_from(["00", "23", "24", "7"]),
    st.sampled_from(["00", "59", "60"]),
    st.sampled_from(["00", "59", "60"]),
    st.sampled_from(["", ".", ".5", ".123456", ".1234567", ",5"]),
    st.sampled_from(["Z", "z", "+00", "+00:00", "+0000", "+04:00", "-00:00", "", "ZZ", "+00+00"]),
)


def readings(texts: list[str], wanted: pl.DataType) -> list[tuple[object, object]]:
    column = pl.col("text")
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    read = frame.select(quick=_quick(column, wanted), careful=_from_text(column, wanted, nullable=True))
    return read.select(pl.all().to_physical()).rows()  # of times the number, for Python knows no year 0


@settings(max_examples=60, deadline=None)
@given(st.lists(CLOSE_TO_NUMBERS, max_size=60))
@example(["+5", "05", "-0", "5 ", "1_0", "1e3", "0x1", "1.0", "+-5", "40000", "-32768", "9223372036854775808"])
def test_an_integer_read_quickly_is_what_all_the_rules_make_of_it(texts: list[str]) -> None:
    for wanted in (pl.Int16(), pl.Int64()):
        for quick, careful in readings(texts, wanted):
            assert quick is None or quick == careful


@settings(max_examples=60, deadline=None)
@given(st.lists(CLOSE_TO_TIMES, max_size=60))
def test_a_time_read_quickly_is_what_all_the_rules_make_of_it(texts: list[str]) -> None:
    for quick, careful in readings(texts, UTC):
        assert quick is None or quick == careful


@pytest.mark.parametrize("text", ["2012-09-30T21:15:00Z", "2012-09-30T21:15:00+00", "2012-09-30T21:15:00.000001+00:00"])
def test_times_as_programs_write_them_are_read_quickly(text: str) -> None:
    [(quick, careful)] = readings([text], UTC)
    assert quick == careful
    assert quick is not None
