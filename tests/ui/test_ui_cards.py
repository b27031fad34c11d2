"""Cards: what they say, how a change is judged, and the states that are not a number."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

from metrics import BASE_HIDDEN, BASE_INCOMPLETE, Interval, Note, Result
from tests.support.contexts import context_over
from tests.support.marts import build_snapshot
from tests.support.scenes import government
from ui.answers import ask
from ui.attention import items
from ui.bars import change_bars
from ui.cards import Card, card_html
from ui.change import change_of
from ui.change_parts import bars_of_change, parts_of_change
from ui.context import Context
from ui.explain import explanation
from ui.i18n import translator
from ui.series import over_time
from ui.sparkline import sparkline
from ui.targets import progress, view_target
from ui.text import plain
from ui.theme import LIGHT


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    snapshot = government(tmp_path_factory.mktemp("government"))
    yield context_over(snapshot)
    snapshot.close()


def with_total(result: Result, **values: object) -> Result:
    return replace(result, total=replace(result.total, **values))  # type: ignore[arg-type]


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def test_a_change_has_an_arrow_a_figure_and_its_base_in_words(context: Context) -> None:
    change = change_of(context, ask(context, "collected_amount"))
    assert change
    assert (change.mark, change.tone, change.figure) == ("up", "good", "25.0%")
    assert change.words == "AED 600 more than Jan–Sep 2011"


@pytest.mark.parametrize(
    ("kpi", "value", "base", "tone", "said"),
    [
        ("incidents", 12, 10, "bad", "2 more than Jan–Sep 2011"),
        ("incidents", 8, 10, "good", "2 fewer than Jan–Sep 2011"),
        ("collected_amount", 90_00, 100_00, "bad", "AED 10.00 less than Jan–Sep 2011"),
        ("average_transaction_value", 110_00, 100_00, "same", "AED 10.00 more than Jan–Sep 2011"),
    ],
)
def test_colour_follows_the_direction_of_the_kpi(context: Context, kpi: str, value: int, base: int, tone: str, said: str) -> None:
    result = with_total(ask(context, kpi), value=value, base_value=base, change=value / base - 1)
    change = change_of(context, result)
    assert change
    assert (change.tone, change.words) == (tone, said)


def test_a_change_inside_its_uncertainty_is_none(context: Context) -> None:
    change = change_of(context, ask(context, "satisfaction"))
    assert change
    assert (change.mark, change.tone, change.words) == ("same", "same", "no significant change")


def test_a_change_that_would_be_written_as_zero_has_no_colour(context: Context) -> None:
    change = change_of(context, with_total(ask(context, "availability"), change=0.00001))
    assert change
    assert (change.mark, change.tone, change.words) == ("same", "same", "no change on Jan–Sep 2011")


def test_no_base_says_so_instead_of_a_change(context: Context) -> None:
    result = with_total(ask(context, "transactions"), base_value=None, change=None)
    assert "No data for Jan–Sep 2011 to compare with" in words(card_html(context, Card(result)))


def test_no_data_is_neither_zero_nor_blank(context: Context) -> None:
    said = words(card_html(context, Card(with_total(ask(context, "transactions"), value=None))))
    assert "no data" in said
    assert "Nothing was delivered for 1 January to 30 September 2012." in said


def test_a_hidden_value_says_why(context: Context) -> None:
    result = with_total(ask(context, "satisfaction"), value=None, hidden="hidden: fewer than 10 answers")
    assert '<p class="k-delta">Hidden: fewer than 10 answers</p>' in card_html(context, Card(result))


def test_a_weak_score_is_marked_and_carries_n_interval_and_response_rate(context: Context) -> None:
    said = words(card_html(context, Card(with_total(ask(context, "satisfaction"), weak=True))))
    assert re.search(r"Few answers · \d\d\.\d–\d\d\.\d% · n 360 · 40% answered", said), said


def test_the_way_to_a_target_of_a_level(context: Context) -> None:
    found = progress(context, ask(context, "availability"))
    assert found
    assert found.words == "Target 99.70% · reached"  # 10,800 s down of 547 x 85,500 known
    assert found.filled == 1
    missed = progress(context, with_total(ask(context, "availability"), value=0.991))
    assert missed
    assert missed.words == "Below target: 99.10% against 99.70%"
    assert missed.filled == pytest.approx(1 / 3), "a bar from zero would look full whatever the availability"
    assert "k-target-bar" in card_html(context, Card(ask(context, "availability"), progress=missed))


def test_a_target_missed_by_less_than_is_written_is_said_with_all_digits(context: Context) -> None:
    missed = progress(context, with_total(ask(context, "availability"), value=0.996_99))
    assert missed
    assert missed.words == "Below target: 99.6990% against 99.7000%"


def test_the_explanation_of_availability_states_its_error_budget(context: Context) -> None:
    """Of 274 days 0.3% are 19 h 43 min; in the words of the reference: a rate of 3 lasts a third of the period."""
    result = with_total(ask(context, "availability"), value=0.991, numerator=991, denominator=1000)
    html = plain(card_html(context, Card(result, progress=progress(context, result))))
    said = "The target allows each service 19 h 43 min of downtime in this period (its error budget); 300% of that was used."
    assert f"<p>{said} At this rate it lasts 91 days.</p>" in html
    kept = with_total(ask(context, "availability"), numerator=999, denominator=1000, value=0.999)
    assert "33% of that was used.</p>" in plain(card_html(context, Card(kept, progress=progress(context, kept))))
    assert "error budget" not in card_html(context, Card(ask(context, "satisfaction")))


def test_the_target_of_an_amount_has_its_currency(tmp_path: Path) -> None:
    snapshot = build_snapshot(
        tmp_path,
        payments=[{"day": date(2012, 9, 30), "settled": 30, "gross_fils": 100_000_000_00}],
        targets=[
            {"kpi": "collected_amount", "department": "*", "year": 2012, "numerator": 4_200_000_000_00, "denominator": 1},
        ],
    )
    english, arabic = context_over(snapshot), context_over(snapshot, "ar")
    for context, said in ((english, "Target AED 4.20bn for 2012"), (arabic, "4.20 مليار درهم")):
        found = progress(context, ask(context, "collected_amount"))
        assert found
        assert said in plain(found.words)
    snapshot.close()


def test_a_sum_is_measured_against_the_year_and_the_days_gone(tmp_path: Path) -> None:
    snapshot = build_snapshot(
        tmp_path,
        payments=[{"day": date(2012, 9, 30), "settled": 30, "gross_fils": 100}],
        targets=[{"kpi": "transactions", "department": "*", "year": 2012, "numerator": 40, "denominator": 1}],
    )
    context = context_over(snapshot)
    found = progress(context, ask(context, "transactions"))
    assert found
    assert (found.filled, found.words) == (0.75, "Target 40 for 2012 · 75%, ahead (tick: 75% of the year)")
    assert found.gone == pytest.approx(274 / 366)
    assert progress(context_over(snapshot, channel="web"), ask(context_over(snapshot, channel="web"), "transactions")) is None
    snapshot.close()


def test_text_of_the_data_cannot_become_markup(context: Context) -> None:
    result = replace(ask(context, "transactions"), snapshot="<img src=x onerror=alert(1)>", sql="SELECT '<script>'")
    html = explanation(context, [result])
    assert "<img" not in html
    assert "<script" not in html
    assert "&lt;img" in html


def test_the_explanation_repeats_the_result(context: Context) -> None:
    said = words(explanation(context, [ask(context, "success_rate")]))
    for part in ("180", "216", "1 January to 30 September 2012", "1 January to 30 September 2011", "SELECT"):
        assert part in said


def test_parts_of_a_change_add_up_to_it_however_few_are_named(context: Context) -> None:
    result = ask(context, "collected_amount", "service")
    for most in (1, 2, 5):
        parts = parts_of_change(context, result, most)
        assert len(parts) == min(most, 2)
        assert sum(part.change for part in parts) == 60_000


def test_of_a_fall_the_largest_comes_first_and_the_rest_is_last(tmp_path: Path) -> None:
    fall = {"a": (100, 90), "b": (100, 10), "c": (100, 40), "d": (100, 99), "e": (100, 98)}
    rows = [
        {"day": date(year, 1, 1), "department": code, "settled": 1, "gross_fils": amount}
        for code, amounts in fall.items()
        for year, amount in zip((2011, 2012), amounts, strict=True)
    ]
    snapshot = build_snapshot(tmp_path, payments=rows)
    context = context_over(snapshot)
    parts = parts_of_change(context, ask(context, "collected_amount", "department"), 4)
    assert [(part.code, part.change) for part in parts] == [("b", -90), ("c", -60), ("a", -10), (None, -3)]
    bars = bars_of_change(context, ask(context, "collected_amount", "department"), 4)
    shades = change_bars(context, bars)["data"][0]["marker"]["color"]
    assert shades == [LIGHT.bad, LIGHT.bad, LIGHT.bad, LIGHT.context], "what is taken together is grey"
    snapshot.close()


def test_a_trend_leaves_out_weeks_that_the_window_cuts(context: Context) -> None:
    found = over_time(context, "transactions")
    assert found
    assert len(found.current) == 39  # weeks 1 to 39 of 2012; 1 January 2012 is a Sunday, the end of a week that 2011 began
    assert sum(value or 0 for value in found.current) == 180


def test_a_sparkline_has_one_scale_and_gaps_where_there_is_no_data() -> None:
    html = unquote(unescape(sparkline([0, None, 2, 4], [8, 8, 8, 8], "Amount <b>")))
    current, base = html.split("--k-base")
    assert re.findall(r'd="([^"]*)"', current) == ["M132.0 29.5L196.0 21.0", "M196.0 21.0h0"]
    assert re.findall(r'd="([^"]*)"', base) == ["M4.0 4.0L68.0 4.0L132.0 4.0L196.0 4.0"]
    assert sparkline([1, None], [1, 2], "too short") == ""
    assert 'aria-label="Amount &lt;b&gt;"' in sparkline([1, 2], [], "Amount <b>")


def test_complaints_say_how_many_were_open_a_year_before(tmp_path: Path) -> None:
    snapshot = build_snapshot(
        tmp_path,
        payments=[{"day": day, "settled": 30, "gross_fils": 100} for day in (date(2011, 1, 1), date(2012, 9, 30))],
        feedback=[{"day": date(2011, 9, 1), "opened": 2}, {"day": date(2012, 9, 1), "opened": 3}],
        feedback_cases=[{"day": date(2012, 9, 3), "resolved_on": date(2012, 9, 5), "days": 2}],
    )
    found = [item for item in items(context_over(snapshot)) if "complaints" in item.title]
    assert [item.title for item in found] == ["5 complaints are open"]
    assert found[0].details.startswith("2 were open on 30 September 2011; ")
    snapshot.close()


def test_a_long_value_is_set_smaller(context: Context) -> None:
    result = ask(context, "collected_amount")
    assert 'class="k-value"' in card_html(context, Card(result))
    pounds = replace(context, format=replace(context.format, words=translator("ar"), currency="GBP"))
    assert 'class="k-value k-long"' in card_html(pounds, Card(with_total(result, value=513_000_00)))


def test_a_change_from_few_answers_says_how_few(context: Context) -> None:
    result = with_total(ask(context, "satisfaction"), change=-0.167, significant=False, few=True, n=102, base_n=41)
    change = change_of(context, result)
    assert change
    assert change.words == "points below Jan–Sep 2011, no significant change; few answers: 102 now, 41 then"
    assert change.tone == "same"
    stands = change_of(context, with_total(result, significant=True))
    assert stands
    assert (stands.tone, stands.words) == ("bad", "points below Jan–Sep 2011; few answers: 102 now, 41 then")


def test_a_hidden_base_is_said_to_be_hidden_and_not_to_be_no_data(context: Context) -> None:
    hidden = with_total(ask(context, "satisfaction"), base_value=None, change=None, significant=None)
    said = words(card_html(context, Card(replace(hidden, notes=(Note(BASE_HIDDEN),)))).split('<details class="k-how"')[0])
    assert "No comparison: fewer than 10 answers in the base." in said
    assert "No data" not in said


def test_a_score_whose_interval_holds_the_target_has_neither_reached_nor_missed_it(context: Context) -> None:
    result = ask(context, "availability")
    goal = view_target(context, result)
    assert goal
    around = Interval(float(goal) - 0.05, float(goal) + 0.05, None)
    for value in (float(goal) - 0.001, float(goal) + 0.001):
        way = progress(context, with_total(result, value=value, interval=around))
        assert way
        assert way.words.endswith("within the uncertainty")
        assert way.filled == pytest.approx(min(1.0, value / float(goal)))
    missed = progress(context, with_total(result, value=float(goal) - 0.06, interval=Interval(0.1, float(goal) - 0.01, None)))
    assert missed
    assert missed.words.startswith("Below target")


def test_an_incomplete_base_is_said_to_be_incomplete_and_is_no_reason_for_a_missing_value(context: Context) -> None:
    incomplete, left_out = Note(BASE_INCOMPLETE, day="1 July 2016"), "Left out, for they do not report what this needs: Bath."
    result = replace(with_total(ask(context, "transactions"), base_value=None, change=None), notes=(incomplete,))
    assert "No comparison for the whole period: data begin on 1 July 2016." in words(card_html(context, Card(result)))
    missing = replace(with_total(ask(context, "success_rate"), value=None), notes=(incomplete, left_out))
    said = words(card_html(context, Card(missing)).split('<details class="k-how"')[0])
    assert "Left out" in said
    assert "No comparison" not in said


def test_a_change_inside_its_uncertainty_is_said_with_its_size_and_its_base(context: Context) -> None:
    result = ask(context, "satisfaction")
    wide = replace(result, total=replace(result.total, change=0.129, significant=False))
    change = change_of(context, wide)
    assert change
    assert (change.mark, change.tone, change.figure) == ("same", "same", "12.9")
    assert change.words == "points above Jan–Sep 2011, no significant change"
