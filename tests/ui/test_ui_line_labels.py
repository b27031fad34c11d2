"""Labels of lines: the first place that is free on a phone and on a desk, and the least bad one where none is."""

from hypothesis import given
from hypothesis import strategies as st

from ui.line_labels import WIDTHS, Frame, Place, along, at_the_end, free_place

FRAME = Frame(slots=101, top=100.0, height=200.0)
RISING = [float(i) for i in range(101)]


def test_a_label_keeps_off_the_line_that_runs_through_its_best_place() -> None:
    first, *_ = places = along(RISING, "2011: 100")
    wall = [first.value - 5.0] * 101
    assert free_place(places, [], [], FRAME) == first
    assert free_place(places, [RISING, wall], [], FRAME) != first


def test_a_label_keeps_off_another_label() -> None:
    first, *_ = places = along(RISING, "2011: 100")
    moved = free_place(places, [RISING], [first], FRAME)
    assert moved
    for width in WIDTHS:
        one, other = first.box(FRAME, width), moved.box(FRAME, width)
        assert one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]


def test_a_line_that_ends_at_the_left_edge_has_its_label_to_the_right() -> None:
    place = free_place(at_the_end([50.0, *[None] * 100], "2012: 50"), [], [], FRAME)
    assert place
    assert place.right


def test_where_there_is_no_free_place_the_label_is_still_there() -> None:
    wide = Place(50, 50.0, "far wider than any plot of a telephone is, whatever it may show", right=True, above=True)
    assert free_place([wide], [RISING], [wide], FRAME) == wide
    assert free_place(at_the_end([None], "2012"), [], [], FRAME) is None


@given(st.floats(0.05, 0.95), st.integers(0, 80))
def test_a_rising_line_always_has_a_place_inside_the_plot(height: float, begins: int) -> None:
    line = [None if i < begins else 100 * height * (i - begins) / (100 - begins) for i in range(101)]
    place = free_place(along(line, "2011: AED 962k"), [line], [], FRAME)
    assert place
    for width in WIDTHS:
        left, right, bottom, top = place.box(FRAME, width)
        assert left >= 0
        assert right <= width
        assert bottom >= 0
        assert top <= FRAME.height
