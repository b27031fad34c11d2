"""Figures and dates in words: values from small tables, laws for money, and no bidirectional marks where nothing needs them."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from metrics.model import Interval, Window
from ui.format import Formatter
from ui.i18n import translator
from ui.money import minor_to_major
from ui.text import LRI, PDI, RLI, markdown_safe, plain

EN, AR = Formatter(translator("en")), Formatter(translator("ar"))
ARAB = Formatter(translator("ar"), digits="arab")
GBP = Formatter(translator("en"), "GBP", "pence")


def window(start: str, end: str) -> Window:
    return Window(dt.date.fromisoformat(start), dt.date.fromisoformat(end))


@pytest.mark.parametrize(
    ("fils", "en", "ar"),
    [
        (320_000_000_000, "AED 3.20bn", "3.20 مليار درهم"),
        (60_000_000_000, "AED 600M", "600 مليون درهم"),
        (99_999_999_999, "AED 1.00bn", "1.00 مليار درهم"),
        (1_234_567_890, "AED 12.3M", "12.3 مليون درهم"),
        (41_235_000, "AED 412k", "412 ألف درهم"),
        (130_708, "AED 1,307", "1,307 درهم"),
        (1_250, "AED 12.50", "12.50 درهم"),
        (0, "AED 0.00", "0.00 درهم"),
        (-2_400_000_000, "AED −24.0M", "−24.0 مليون درهم"),
    ],
)
def test_money_is_short_for_reading(fils: int, en: str, ar: str) -> None:
    assert EN.money(fils) == en
    assert plain(AR.money(fils)) == ar


def test_the_headline_takes_two_figures() -> None:
    assert EN.money(320_000_000_000, figures=2) == "AED 3.2bn"


def test_a_rise_of_money_carries_its_sign() -> None:
    assert EN.money(26_800_000_000, sign=True) == "AED +268M"
    assert GBP.money(-26_800_000, sign=True) == "−£268k"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (320_000_000_000, "AED 3,200,000,000.00"),
        (1, "AED 0.01"),
        (-5, "AED −0.05"),
        (900_719_925_474_099_301, "AED 9,007,199,254,740,993.01"),
    ],
)
def test_exact_money_has_every_fils(amount: int, text: str) -> None:
    assert EN.money_exact(amount) == text


def test_another_currency_has_its_sign_and_name() -> None:
    assert GBP.money_exact(123_456) == "£1,234.56"
    assert plain(Formatter(translator("ar"), "GBP", "pence").money_exact(123_456)) == "1,234.56 جنيه إسترليني"


@given(some.integers(-(10**16), 10**16))
def test_exact_money_reads_back_to_the_same_integer(amount: int) -> None:
    text = EN.money_exact(amount).removeprefix("AED ").replace(",", "").replace("−", "-")
    assert int(Decimal(text) * 100) == amount
    assert minor_to_major(amount) * 100 == amount


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.8137, "81.4%"),
        (0.9962, "99.62%"),
        (0.0053, "0.53%"),
        (0.999999, ">99.99%"),
        (0.00001, "<0.01%"),
        (1.0, "100%"),
        (0.0, "0%"),
        (0.5, "50.0%"),
    ],
)
def test_a_share_is_never_rounded_to_all_or_nothing(share: float, text: str) -> None:
    assert EN.share(share) == text


def test_arabic_indic_digits_are_an_option() -> None:
    assert plain(AR.share(0.814)) == "81.4%"
    assert plain(ARAB.share(0.814)) == "٨١٫٤٪"
    assert plain(ARAB.money(320_000_000_000)) == "٣٫٢٠ مليار درهم"
    assert ARAB.date(dt.date(2012, 9, 30)) == "٣٠ سبتمبر ٢٠١٢"


def test_figures_are_isolated_in_arabic_only() -> None:
    assert EN.share(0.231) == "23.1%"
    assert AR.share(0.231) == f"{LRI}23.1%{PDI}"
    assert AR.money(60_000_000_000) == f"{RLI}{LRI}600{PDI} مليون درهم{PDI}"


@pytest.mark.parametrize(
    ("difference", "text"), [(0.051, "5.1"), (-0.0011, "−0.11"), (0.006, "0.6"), (0.0, "0.0"), (-0.00001, "0.00")]
)
def test_points_keep_two_decimals_where_they_are_small(difference: float, text: str) -> None:
    assert EN.points(difference) == text


@pytest.mark.parametrize(
    ("seconds", "en", "ar"),
    [
        (100, "1 min 40 s", "دقيقة واحدة و40 ثانية"),
        (22_320, "6 h 12 min", "6 ساعات و12 دقيقة"),
        (59.6, "1 min", "دقيقة واحدة"),
        (41.9, "42 s", "42 ثانية"),
        (1.5, "1.5 s", "1.5 ثانية"),
        (87_300, "24 h 15 min", "24 ساعة و15 دقيقة"),
        (174_720, "48 h 32 min", "48 ساعة و32 دقيقة"),
        (277_261, "3 d 5 h", "3 أيام و5 ساعات"),
        (0, "0 s", "0 ثانية"),
    ],
)
def test_a_duration_has_its_two_largest_units(seconds: float, en: str, ar: str) -> None:
    assert EN.duration(seconds=seconds) == en
    assert EN.duration(ms=seconds * 1000) == en
    assert plain(AR.duration(seconds=seconds)) == ar


def test_dates_are_written_out() -> None:
    assert EN.date(dt.date(2012, 9, 30)) == "30 September 2012"
    assert AR.date(dt.date(2012, 9, 30)) == "30 سبتمبر 2012"
    assert plain(EN.moment(dt.datetime(2012, 10, 1, 7, 5))) == "1 October 2012, 07:05"


@pytest.mark.parametrize(
    ("days", "en", "ar", "short"),
    [
        (("2012-01-01", "2012-09-30"), "1 January to 30 September 2012", "من 1 يناير إلى 30 سبتمبر 2012", "Jan–Sep 2012"),
        (
            ("2011-10-01", "2012-03-31"),
            "1 October 2011 to 31 March 2012",
            "من 1 أكتوبر 2011 إلى 31 مارس 2012",
            "Oct 2011–Mar 2012",
        ),
        (("2012-02-01", "2012-02-29"), "February 2012", "فبراير 2012", "Feb 2012"),
        (("2011-01-01", "2011-12-31"), "2011", "2011", "2011"),
        (("2012-09-04", "2012-09-04"), "4 September 2012", "4 سبتمبر 2012", "4 Sep 2012"),
        (("2012-09-04", "2012-10-02"), "4 September to 2 October 2012", "من 4 سبتمبر إلى 2 أكتوبر 2012", "4 Sep–2 Oct 2012"),
    ],
)
def test_a_window_in_words(days: tuple[str, str], en: str, ar: str, short: str) -> None:
    assert EN.window(window(*days)) == en
    assert AR.window(window(*days)) == ar
    assert EN.window_short(window(*days)) == short


def test_the_base_is_named_by_its_year_only_when_it_is_the_same_days() -> None:
    year_to_date = window("2012-01-01", "2012-09-30")
    assert EN.base(year_to_date, window("2011-01-01", "2011-09-30")) == "the same period of 2011"
    assert EN.base(year_to_date, window("2011-04-01", "2011-12-31")) == "the period from 1 April to 31 December 2011"
    assert EN.base(window("2012-02-01", "2012-02-29"), window("2011-02-01", "2011-02-28")) == "the same period of 2011"


@pytest.mark.parametrize(
    ("key", "long", "short"),
    [
        ("2012-09-30", "30 September 2012", "30 Sep"),
        ("2012-09", "September 2012", "Sep"),
        ("2012-Q3", "Q3 2012", "Q3 2012"),
        ("2012-W05", "week 5, 2012", "week 5, 2012"),
        ("2012", "2012", "2012"),
    ],
)
def test_time_keys_in_words(key: str, long: str, short: str) -> None:
    assert (EN.period(key), EN.period(key, short=True)) == (long, short)


@pytest.mark.parametrize(
    ("value", "unit", "short", "exact"),
    [
        (None, "fils", "no data", "no data"),
        (320_000_000_001, "fils", "AED 3.20bn", "AED 3,200,000,000.01"),
        (2_448_147, "count", "2,448,147", "2,448,147"),
        (0.81372, "share", "81.4%", "81.3720%"),
        (17.5, "points", "17.5", "17.5000"),
        (4.25, "days", "4.3 days", "4.3 days"),
        (1.3, "ratio", "1.30", "1.3000"),
    ],
)
def test_a_value_is_formatted_by_its_unit(value: float | None, unit: str, short: str, exact: str) -> None:
    assert EN.value(value, unit) == short  # type: ignore[arg-type]  # the table holds units as text
    assert EN.exact(value, unit) == exact  # type: ignore[arg-type]


def test_an_interval_is_written_by_its_ends_and_as_a_margin_only_where_it_is_symmetric() -> None:
    assert EN.interval(Interval(0.2553, 0.3662, 0.1), "share") == "25.5% to 36.6%"
    assert EN.uncertainty(0.762, Interval(0.6441, 0.8499, 0.1), "share") == "64.4–85.0%"
    assert AR.uncertainty(0.762, Interval(0.6441, 0.8499, 0.1), "share") == f"{LRI}64.4–85.0%{PDI}"
    assert EN.uncertainty(0.5, Interval(0.494, 0.506, 0.1), "share") == "49.4–50.6%"
    assert EN.uncertainty(17.5, Interval(14.14, 20.86, None), "points") == "±3.4"
    assert EN.uncertainty(17.5, Interval(12.1, 20.86, None), "points") == "12.1 to 20.9"


@pytest.mark.parametrize(
    ("fils", "said"),
    [
        (320_000_000_000, "AED 3.2bn"),
        (321_000_000_000, "AED 3.2bn"),
        (324_000_000_000, "AED 3.24bn"),
        (104_600_000_000, "AED 1.05bn"),
        (90_000_000_000, "AED 900M"),
        (0, "AED 0.00"),
    ],
)
def test_an_amount_in_a_sentence_has_the_digits_it_needs(fils: int, said: str) -> None:
    assert EN.money_said(fils) == said


def test_a_length_of_time_in_a_table_is_exact() -> None:
    assert EN.exact(13 * 86_400 + 11 * 3_600 + 59 * 60 + 3, "seconds") == "13 d 11 h 59 min 3 s"


@given(some.text(alphabet="ab*_[]()$:`\\<>#~|!", max_size=12))
def test_a_name_in_a_label_never_becomes_markdown(text: str) -> None:
    import markdown_it

    rendered = markdown_it.MarkdownIt().renderInline("x" + markdown_safe(text) + "x")
    assert not any(mark in rendered for mark in ("<em", "<strong", "<a ", "<code", "<img"))


def test_a_base_just_before_or_over_a_leap_day_is_said_as_people_say_it() -> None:
    leap = window("2012-02-29", "2012-02-29")
    assert EN.base(leap, window("2011-02-28", "2011-02-28")) == "the same period of 2011"
    assert EN.base(leap, window("2012-02-28", "2012-02-28")) == "the day before"
    assert EN.base(window("2012-02-10", "2012-02-19"), window("2012-01-31", "2012-02-09")) == "the 10 days before"
    assert EN.base(window("2012-04-01", "2012-06-30"), window("2012-01-01", "2012-03-31")) == "Q1 2012"
    assert plain(AR.base(leap, window("2012-02-28", "2012-02-28"))) == "اليوم السابق"


def test_quarters_are_named_in_arabic_as_ordinals() -> None:
    assert plain(AR.period("2012-Q2")) == "الربع الثاني من عام 2012"
