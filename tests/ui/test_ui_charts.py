"""Charts: axes, labels, colours, right to left, and names that cannot become markup."""

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import Window
from tests.support.contexts import context_over
from tests.support.marts import build_snapshot
from tests.support.scenes import government
from ui import theme
from ui.answers import ask
from ui.bars import Bar, bars, change_bars
from ui.charts import as_high_as, nice_ticks, plot_text, tick_text, wrapped
from ui.context import Context
from ui.dots import Dot, dots
from ui.figure import CONFIG
from ui.lines import Series, columns, running_total, timeline
from ui.measures import part_bars
from ui.outages import beyond, course
from ui.progression import progression, time_ticks
from ui.text import plain

CSS = Path(__file__).resolve().parents[2] / "static" / "dashboard.css"


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    snapshot = government(tmp_path_factory.mktemp("government"))
    yield context_over(snapshot)
    snapshot.close()


@given(st.floats(0, 1e12), st.floats(0.001, 1e12))
def test_ticks_are_few_evenly_spaced_and_cover_the_range(low: float, span: float) -> None:
    ticks = nice_ticks(low, low + span)
    assert 1 <= len(ticks) <= 8
    assert ticks[0] <= low * (1 + 1e-12) + span * 1e-6
    assert ticks[-1] >= (low + span) * (1 - 1e-6)


@pytest.mark.parametrize(
    ("low", "high", "unit", "said"),
    [
        (0, 510_000_000_00, "fils", ["0", "200M", "400M", "600M"]),
        (0, 4_700_000_000_00, "fils", ["0", "1bn", "2bn", "3bn", "4bn", "5bn"]),
        (0, 3.4, "count", ["0", "1", "2", "3", "4"]),
        (0.985, 1.0, "share", ["98.5%", "99.0%", "99.5%", "100.0%"]),
        (0.88, 1.0, "share", ["87.5%", "90.0%", "92.5%", "95.0%", "97.5%", "100.0%"]),
        (0, 1, "share", ["0%", "20%", "40%", "60%", "80%", "100%"]),
    ],
)
def test_ticks_are_written_with_as_many_digits_as_they_need(
    context: Context, low: float, high: float, unit: str, said: list[str]
) -> None:
    ticks = nice_ticks(low, high)
    texts = [tick_text(context.format, tick, unit, ticks) for tick in ticks]  # type: ignore[arg-type]
    assert texts == said


def test_names_are_wrapped_and_harmless() -> None:
    assert plot_text('<a href="javascript:alert(1)">x</a>') == '&lt;a href="javascript:alert(1)"&gt;x&lt;/a&gt;'
    assert wrapped("Department of Economic Development", 22) == "Department of Economic<br>Development"
    assert wrapped("<b>", 20) == "&lt;b&gt;"
    assert wrapped("one two three four five six", 9).endswith("…")


def test_bars_begin_at_zero_and_carry_what_a_click_filters_by(context: Context) -> None:
    rows = part_bars(context, ask(context, "collected_amount", "department"), 10)
    figure = bars(context, rows)
    assert figure["layout"]["xaxis"]["range"][0] == 0
    assert figure["data"][0]["x"] == [2000.0, 1000.0]
    assert figure["data"][0]["customdata"] == [["department", "customs"], ["department", "dewa"]]
    assert [text.strip() for text in figure["data"][-1]["text"]] == ["2.00k · 67%", "1.00k · 33%"]
    assert "&lt;b&gt;" in figure["layout"]["yaxis"]["ticktext"][1]


def test_the_label_stands_beyond_the_mark_of_a_larger_base(context: Context) -> None:
    labels = bars(context, [Bar("a", 1.0, "1", base=4.0), Bar("b", 3.0, "3", base=2.0)])["data"][-1]
    assert labels["x"] == [4.0, 3.0]
    assert labels["textposition"] == "middle right"


def test_right_to_left_mirrors_bars_but_not_time(context: Context) -> None:
    arabic = context_over(context.snapshot, "ar")
    figure = bars(arabic, [Bar("a", 1.0, "1")])
    low, high = figure["layout"]["xaxis"]["range"]
    assert (low > high, high) == (True, 0.0)
    assert figure["layout"]["yaxis"]["side"] == "right"
    assert figure["data"][-1]["textposition"] == "middle left"
    line = timeline(arabic, Series([1, 2], ["", ""]), None, {0: "a"}, "count")
    assert line["layout"]["xaxis"]["range"][0] < line["layout"]["xaxis"]["range"][1]


def test_what_is_taken_together_stands_back_and_so_does_what_is_filtered_away(context: Context) -> None:
    filtered = context_over(context.snapshot, department="customs")
    rows = [
        Bar("customs", 2, "2", filter=("department", "customs")),
        Bar("dewa", 1, "1", filter=("department", "dewa")),
        Bar("9 others", 1, "1", rest=True),
    ]
    light = theme.LIGHT
    assert bars(context, rows)["data"][0]["marker"]["color"] == [light.accent, light.accent, light.context]
    assert bars(filtered, rows)["data"][0]["marker"]["color"] == [light.accent, light.context, light.context]


def test_a_fall_is_red_and_its_value_stands_on_the_free_side_of_zero_away_from_the_names(context: Context) -> None:
    figure = change_bars(context, [Bar("a", 5, "+5"), Bar("b", -2, "−2")])
    assert figure["data"][0]["marker"]["color"] == [theme.LIGHT.accent, theme.LIGHT.bad]
    assert (figure["data"][1]["textposition"], figure["data"][1]["x"]) == ("middle right", [5.0, 0.0])
    low, high = figure["layout"]["xaxis"]["range"]
    assert low < -2
    assert high > 5


def test_an_unfinished_month_is_hatched(context: Context) -> None:
    figure = columns(context, Series([1, 2], ["", ""]), None, {0: "Aug", 1: "Sep"}, "count", unfinished=[1])
    assert figure["data"][0]["marker"]["pattern"]["shape"] == ["", "/"]


def test_a_gap_is_a_gap(context: Context) -> None:
    figure = timeline(context, Series([1, None, 3], ["", "", ""]), None, {}, "count")
    assert figure["data"][0]["y"] == [1, None, 3]
    assert figure["data"][0]["connectgaps"] is False


def test_the_running_total_lies_over_the_whole_year_before(context: Context) -> None:
    found = progression(context, "collected_amount")
    assert found.base
    assert len(found.current.values) == 366
    known = [value for value in found.current.values if value is not None]
    assert (known[-1], len(known)) == (300_000, 272)  # the first payment is of 3 January
    assert [v for v in found.base.values if v is not None][-1] == 240_000
    assert found.current.label == "2012: AED 3,000"
    assert found.current.values[2] == 200_000 // 18 + 100_000 // 18  # both departments were paid on 3 January
    assert list(found.ticks.values())[:3] == ["Jan", "Feb", "Mar"]


def test_labels_stand_away_from_both_lines_whichever_of_them_is_higher(context: Context) -> None:
    def sides(*base: float) -> list[str]:
        figure = running_total(context, Series([1, 2, 3, None], [""] * 4, "now"), Series(base, [""] * 4, "then"), {}, "count")
        return [mark["yanchor"] for mark in reversed(figure["layout"]["annotations"])]  # that of the base, then the current one

    assert sides(1, 2, 2.5, 3) == ["top", "bottom"]
    assert sides(2, 3, 4, 5) == ["bottom", "top"]


def test_the_label_of_a_base_that_begins_late_stands_above_the_axis_and_not_on_it(context: Context) -> None:
    """A department that began to report in May of the year before: the middle of its line is low."""
    current = Series([i * 6.0 if i < 274 else None for i in range(366)], [""] * 366, "2012: AED 1.58M")
    base = Series([(i - 121) * 4.0 if i >= 121 else None for i in range(366)], [""] * 366, "May–Dec 2011: AED 962k")
    layout = running_total(context, current, base, {}, "count")["layout"]
    mark = layout["annotations"][-1]
    height = mark["y"] / layout["yaxis"]["range"][1] * (layout["height"] - layout["margin"]["t"] - layout["margin"]["b"])
    assert mark["yanchor"] == "top"
    assert height + mark["yshift"] - mark["font"]["size"] * 1.3 > 0


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_month_of_a_year_has_its_name(context: Context, language: str) -> None:
    reader = context_over(context.snapshot, language)
    assert len(progression(reader, "collected_amount").ticks) == 12
    year = Window(date(2011, 1, 1), date(2011, 12, 31))
    assert list(time_ticks(reader, year, "month")) == list(range(12))
    assert len(time_ticks(reader, year, "day")) == 12


@pytest.mark.parametrize(("days", "named"), [(5, 5), (7, 7), (12, 6), (30, 5)])
def test_days_are_named_as_many_as_do_not_touch_and_the_first_is_among_them(context: Context, days: int, named: int) -> None:
    ticks = time_ticks(context, Window(date(2012, 9, 1), date(2012, 9, days)), "day")
    assert (min(ticks), len(ticks)) == (0, named)


def test_a_running_total_of_a_few_days_fills_its_chart_and_names_its_first_day(context: Context) -> None:
    layout = running_total(context, Series([1, 2, 3, 4, 5], [""] * 5), None, {0: "10 Sep", 4: "14 Sep"}, "count")["layout"]
    assert layout["xaxis"]["range"] == pytest.approx([-0.06, 4.06])
    assert layout["margin"]["l"] > 15


def test_29_february_stands_still_in_the_other_year(context: Context) -> None:
    values = progression(context, "collected_amount").base.values  # type: ignore[union-attr]
    assert values[59] == values[58]


def test_dots_end_at_100_per_cent_and_leave_out_what_is_not_known(context: Context) -> None:
    figure = dots(context, [Dot("a", 0.98, "98%", bounds=(0.97, 1.0)), Dot("b", None, "no data")])
    assert figure["data"][2]["x"] == [0.98]
    assert figure["data"][0]["x"] == [0.97, 1.0, None]
    assert figure["layout"]["xaxis"]["range"][1] == 1.0
    assert [note["text"] for note in figure["layout"]["annotations"]] == ["a", "b", "98%", "no data"]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_scale_of_dots_has_a_number_at_each_of_its_ends(context: Context, language: str) -> None:
    figure = dots(context_over(context.snapshot, language), [Dot("a", 0.983, "98.3%"), Dot("b", 0.997, "99.7%")])
    axis = figure["layout"]["xaxis"]
    assert [plain(axis["ticktext"][i]) for i in (0, -1)] == ["98.0%", "100.0%"]
    assert sorted(axis["range"]) == [axis["tickvals"][0], axis["tickvals"][-1]] == [0.98, 1.0]


def test_dark_charts_take_the_dark_palette(context: Context) -> None:
    dark = replace(context, dark=True)
    assert bars(dark, [Bar("a", 1, "1", filter=("department", "a"))])["data"][0]["marker"]["color"] == [theme.DARK.accent]


def test_no_tool_bar_adds_stops_for_the_tab_key() -> None:
    assert CONFIG["displayModeBar"] is False


def test_charts_and_style_sheet_have_the_same_colours() -> None:
    css = CSS.read_text("utf-8")
    roles = dict(re.findall(r"--k-([a-z-]+): light-dark\((#[0-9a-f]{6}, #[0-9a-f]{6})\)", css))
    assert roles
    for role in fields(theme.Palette):
        name = role.name.replace("_", "-")
        if name in roles:
            assert roles[name] == f"{getattr(theme.LIGHT, role.name)}, {getattr(theme.DARK, role.name)}", name
    assert {"ink", "accent", "good", "bad", "warning", "line"} <= roles.keys()


@pytest.mark.parametrize("palette", [theme.LIGHT, theme.DARK])
@pytest.mark.parametrize("role", ["ink", "muted", "accent", "good", "bad", "warning"])
def test_text_in_every_colour_can_be_read_on_its_surface(palette: theme.Palette, role: str) -> None:
    light, dark = sorted((luminance(getattr(palette, role)), luminance(palette.surface)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5, "WCAG 2.2, contrast of text"


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_labels_in_arabic_keep_their_direction(context: Context) -> None:
    arabic = context_over(context.snapshot, "ar")
    found = progression(arabic, "collected_amount")
    assert plain(found.current.label) != found.current.label
    assert running_total(arabic, found.current, found.base, found.ticks, "fils")["layout"]["yaxis"]["side"] == "right"


def test_the_band_of_a_line_has_its_gaps_and_a_value_between_gaps_is_a_dot(context: Context) -> None:
    bounds = [(0.0, 2.0), (1.0, 3.0), None, (2.0, 4.0), None]
    figure = timeline(context, Series([1, 2, None, 3, None], [""] * 5), None, {}, "count", bounds)
    low, high, bar, line, alone, _end = figure["data"]
    assert (low["x"], high["x"], high["fill"]) == ([0, 1], [0, 1], "tonexty")
    assert (bar["x"], bar["y"]) == ([3, 3], [2.0, 4.0])
    assert (line["y"], alone["x"], alone["y"]) == ([1, 2, None, 3, None], [3], [3])


def test_the_line_of_a_base_is_as_wide_as_its_column_and_no_base_has_none(context: Context) -> None:
    figure = columns(context, Series([1, 2], ["", ""]), Series([None, 3], ["", ""]), {}, "count")
    halo, line = figure["data"][1:]
    assert halo["x"] == line["x"] == [0.74, 1.26, None]
    assert line["y"] == [3, 3, None]


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ((2012, 1, 1), (2012, 3, 31), ["Jan", "Feb", "Mar"]),
        ((2011, 7, 1), (2012, 6, 30), ["Jul 2011", "Oct 2011", "Jan 2012", "Apr 2012"]),
        ((2016, 7, 1), (2021, 6, 30), ["2017", "2018", "2019", "2020", "2021"]),
    ],
)
def test_months_of_several_years_are_named_with_their_year(
    context: Context, start: tuple[int, int, int], end: tuple[int, int, int], said: list[str]
) -> None:
    window = Window(date(*start), date(*end))
    assert list(time_ticks(context, window, "month").values()) == said
    if start[0] != end[0]:
        assert list(time_ticks(context, window, "day").values()) == said


def test_the_label_of_a_single_point_stands_to_its_right(context: Context) -> None:
    def label(*values: float) -> str:
        series = Series(values, [""] * len(values), "2012: AED 3,000")
        (mark,) = running_total(context, series, None, {}, "fils")["layout"]["annotations"]
        return str(mark["xanchor"])

    assert (label(3.0), label(1.0, 2.0, 3.0)) == ("left", "right")


def test_unknown_time_does_not_flatten_the_line(tmp_path: Path) -> None:
    rows = [
        {"day": date(2012, 9, day), "up_seconds": 9_960 + day, "down_seconds": 40 - day, "unknown_seconds": 5_000 * (day == 2)}
        for day in (1, 2, 3)
    ]
    snapshot = build_snapshot(tmp_path, availability=rows)
    context = context_over(snapshot)
    result = ask(context, "availability", "day")
    chart = course(context, result)
    assert chart["layout"]["yaxis"]["range"][0] > 0.99
    assert beyond(context, result, chart) == "the band reaches down to 66.4%, below the axis"
    snapshot.close()


def test_rows_of_bars_with_names_of_two_lines_are_higher(context: Context) -> None:
    short, long = ([Bar("a", 1.0, "1")] * 9, [Bar("Department of Economic Development", 1.0, "1")] * 9)
    assert bars(context, long)["layout"]["height"] - bars(context, short)["layout"]["height"] >= 9 * 6


def test_a_name_has_the_width_of_the_chart_and_what_is_longer_is_whole_when_pointed_at(context: Context) -> None:
    name = "General Directorate of Residency and Foreigners Affairs"
    short, long = dots(context, [Dot(name, 0.9, ""), Dot(f"{name} of the Emirate", 0.9, "")])["layout"]["annotations"][:2]
    assert (short["text"], short["xref"], short["x"]) == (name, "paper", 0)
    assert "hovertext" not in short
    assert long["text"].endswith("…")
    assert long["hovertext"] == f"{name} of the Emirate"


def test_beside_the_dots_there_is_room_for_the_widest_label(context: Context) -> None:
    def room(context: Context, label: str) -> int:
        margin = dots(context, [Dot("a", 0.9, label)])["layout"]["margin"]
        return int(margin["l" if context.rtl else "r"])

    for language in ("en", "ar"):
        reader = context_over(context.snapshot, language)
        assert room(reader, "99.48% · missed") > room(reader, "99.48%") > 40
        assert room(reader, "99.48% · missed") < 125, "on a phone the plot keeps two thirds"


def test_a_chart_ends_where_its_neighbour_ends_and_bars_only_move_apart(context: Context) -> None:
    line = columns(context, Series([1, 2], ["", ""]), None, {}, "count")
    rows = bars(context, [Bar("a", 1.0, "1"), Bar("b", 2.0, "2"), Bar("c", 3.0, "3")])
    own, gap = rows["layout"]["height"], rows["layout"]["bargap"]
    higher, far = as_high_as(rows, own + 20)["layout"], as_high_as(rows, own * 3)["layout"]
    assert as_high_as(line, 384)["layout"]["height"] == 384
    assert as_high_as(line, 100) == line
    assert (higher["height"], far["height"]) == (own + 20, round(own * 1.4))
    for layout in (higher, far):
        assert layout["height"] * (1 - layout["bargap"]) == pytest.approx(own * (1 - gap))
