"""The view in the URL: it comes back as it went out, and what cannot be used is dropped with a notice."""

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from metrics.model import Filters, Window
from ui.format import Formatter
from ui.i18n import translator
from ui.state import (
    DIMENSIONS,
    PAGE_PARAMETERS,
    PARAMETERS,
    Facts,
    Notice,
    State,
    base,
    notice_text,
    parse,
    period_keys,
    to_params,
    window,
)

WRITE, ARABIC = (Formatter(translator(language)) for language in ("en", "ar"))
FACTS = Facts(
    first_day=date(2010, 1, 1),
    complete_through=date(2012, 9, 15),
    codes={
        "department": frozenset({"customs", "dewa", "rta"}),
        "service": frozenset({"customs-clearance", "dewa-bill"}),
        "channel": frozenset({"web", "mpay"}),
        "method": frozenset({"credit_card", "e_dirham"}),
    },
    owners={"customs-clearance": "customs", "dewa-bill": "dewa"},
)


def read(**params: str) -> tuple[State, tuple[Notice, ...]]:
    return parse({name.rstrip("_"): [value] for name, value in params.items()}, FACTS)


def test_an_empty_address_is_the_year_to_date_against_the_year_before() -> None:
    state, notices = parse({}, FACTS)
    assert (state, notices) == (State(), ())
    assert window(state, FACTS) == Window(date(2012, 1, 1), date(2012, 9, 15))
    assert base(state, FACTS) == Window(date(2011, 1, 1), date(2011, 9, 15))
    assert to_params(state) == {}


def test_a_full_address_is_read() -> None:
    state, notices = read(
        lang="ar",
        period="month",
        month="2012-08",
        compare="previous-period",
        department="dewa,customs",
        channel="mpay",
        method="e_dirham",
    )
    assert notices == ()
    assert state == State(
        "ar",
        "month",
        "2012-08",
        None,
        "previous-period",
        Filters.of(department=("customs", "dewa"), channel="mpay", method="e_dirham"),
    )
    assert window(state, FACTS) == Window(date(2012, 8, 1), date(2012, 8, 31))
    assert base(state, FACTS) == Window(date(2012, 7, 1), date(2012, 7, 31))


def test_a_running_period_ends_at_complete_through_and_so_does_its_base() -> None:
    state, _ = read(period="quarter", quarter="2012-Q3")
    assert window(state, FACTS) == Window(date(2012, 7, 1), date(2012, 9, 15))
    assert base(state, FACTS) == Window(date(2011, 7, 1), date(2011, 9, 15))


def test_a_quarter_without_a_key_is_the_latest_one() -> None:
    assert read(period="quarter")[0].period_key == "2012-Q3"


def test_custom_days_are_read_and_shortened_to_what_there_is() -> None:
    state, notices = read(period="custom", from_="2012-02-01", to="2013-01-01")
    assert state.span == Window(date(2012, 2, 1), date(2012, 9, 15))
    assert [n.reason for n in notices] == ["clipped"]


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"lang": "tlh"}, "unknown"),
        ({"period": "decade"}, "unknown"),
        ({"compare": "yesterday"}, "unknown"),
        ({"period": "month", "month": "2012-13"}, "unknown"),
        ({"period": "month", "month": "0000-01"}, "unknown"),
        ({"period": "month", "month": "2030-01"}, "unknown"),
        ({"period": "quarter", "quarter": "2012-Q5"}, "unknown"),
        ({"period": "custom", "from_": "2012-09-01", "to": "2012-08-01"}, "range"),
        ({"period": "custom", "from_": "2012-02-30", "to": "2012-08-01"}, "range"),
        ({"period": "custom", "from_": "٢٠١٢-٠١-٠١", "to": "2012-08-01"}, "range"),
        ({"period": "custom", "from_": "2012-01-01"}, "range"),
        ({"period": "custom", "from_": "1990-01-01", "to": "1990-02-01"}, "outside"),
        ({"department": "police"}, "unknown"),
        ({"department": "Customs"}, "unknown"),
        ({"department": " customs"}, "unknown"),
        ({"department": "B' OR 1=1--"}, "unknown"),
        ({"department": "сustoms"}, "unknown"),
        ({"channel": "<script>alert(1)</script>"}, "unknown"),
    ],
)
def test_what_cannot_be_used_is_dropped_with_a_notice(params: dict[str, str], reason: str) -> None:
    state, notices = read(**params)
    assert state == State()
    assert [n.reason for n in notices] == [reason]


def test_of_several_codes_the_known_ones_are_kept() -> None:
    state, notices = read(department="customs,nowhere")
    assert state.filters.get("department") == ("customs",)
    assert notices == (Notice("department", "nowhere", "unknown"),)


def test_a_repeated_dimension_is_a_list_and_anything_else_repeated_is_not_guessed_at() -> None:
    state, notices = parse({"department": ["customs", "dewa"]}, FACTS)
    assert (state, notices) == (State().with_filter("department", "customs", "dewa"), ())
    assert to_params(state) == {"department": "customs,dewa"}
    state, notices = parse({"compare": ["previous-year", "previous-period"]}, FACTS)
    assert (state, [notice.reason for notice in notices]) == (State(), ["unknown"])


def test_what_means_nothing_is_said_and_the_choices_of_pages_are_not() -> None:
    state, notices = parse({"departement": ["customs"], **{name: ["x"] for name in PAGE_PARAMETERS}}, FACTS)
    assert (state, notices) == (State(), (Notice("departement", "departement", "meaningless"),))
    assert "“departement”, which means nothing here" in notice_text(notices[0], WRITE)


def test_every_choice_of_a_page_is_known_to_the_address() -> None:
    pages = [path.read_text("utf-8") for path in (Path(__file__).parents[2] / "pages").glob("*.py")]
    assert set(re.findall(r'toggle\(\s*"(\w+)"', "".join(pages))) == set(PAGE_PARAMETERS)


def test_days_in_a_notice_are_written_as_on_the_page() -> None:
    for params, said in (
        ({"from_": "2012-02-01", "to": "2013-01-01"}, "shortened to 1 February to 15 September 2012"),
        ({"from_": "1990-01-01", "to": "1990-02-01"}, "the days 1 January to 1 February 1990"),
        ({"month": "2030-01"}, "“January 2030” as Month"),
    ):
        _, (notice,) = read(**params)
        assert said in notice_text(notice, WRITE)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_notice_reads_the_same_for_hidden_and_for_invented_codes(language: str) -> None:
    words = Formatter(translator(language))
    texts = {notice_text(Notice("department", code, "unknown"), words).replace(code, "") for code in ("police", "nowhere")}
    assert len(texts) == 1


def test_a_long_value_is_cut_in_its_notice() -> None:
    assert "…" in notice_text(Notice("department", "x" * 500, "unknown"), WRITE)
    assert len(notice_text(Notice("department", "x" * 500, "unknown"), WRITE)) < 160


def test_a_click_filters_and_a_second_click_removes_the_filter() -> None:
    month = State().toggled("month", "2012-08")
    assert (month.period, month.period_key) == ("month", "2012-08")
    assert month.toggled("month", "2012-08") == month.toggled("month", "2012-08", FACTS) == State()
    earlier = State().toggled("month", "2011-08").toggled("month", "2011-08", FACTS)
    assert (earlier.period, earlier.span) == ("custom", Window(date(2011, 1, 1), date(2011, 12, 31)))
    once = State().toggled("department", "customs")
    assert once.filters == Filters.of(department="customs")
    assert once.toggled("department", "customs") == State()
    assert once.toggled("department", "dewa").filters == Filters.of(department="dewa")


def test_a_chip_removes_one_code_and_reset_keeps_the_language() -> None:
    state = State(language="ar").with_filter("department", "customs", "dewa").with_filter("channel", "mpay")
    assert state.without("department", "customs").filters == Filters.of(department="dewa", channel="mpay")
    assert state.without("channel", "mpay").filters == Filters.of(department=("customs", "dewa"))
    assert state.reset() == State(language="ar")


def test_periods_are_offered_newest_first() -> None:
    assert period_keys("quarter", FACTS)[:2] == ["2012-Q3", "2012-Q2"]
    assert period_keys("month", FACTS)[-1] == "2010-01"
    assert len(period_keys("month", FACTS)) == 33


_DAYS = some.dates(FACTS.first_day, FACTS.complete_through)
_FILTERS = some.fixed_dictionaries({d: some.frozensets(some.sampled_from(sorted(FACTS.codes[d]))) for d in DIMENSIONS})


@some.composite
def _states(draw: some.DrawFn) -> State:
    period = draw(some.sampled_from(["ytd", "quarter", "month", "custom"]))
    key = draw(some.sampled_from(period_keys(period, FACTS))) if period in ("quarter", "month") else None
    days = sorted((draw(_DAYS), draw(_DAYS)))
    return State(
        language=draw(some.sampled_from(["en", "ar"])),
        period=period,
        period_key=key,
        span=Window(*days) if period == "custom" else None,
        compare=draw(some.sampled_from(["previous-year", "previous-period"])),
        filters=Filters.of(**{d: tuple(codes) for d, codes in draw(_FILTERS).items()}),
    )


@given(_states())
def test_a_view_survives_the_address(state: State) -> None:
    params = {name: [value] for name, value in to_params(state).items()}
    assert parse(params, FACTS) == (state, ())


@given(
    some.dictionaries(
        some.sampled_from(["lang", "period", "quarter", "month", "from", "to", "compare", *DIMENSIONS]), some.lists(some.text())
    )
)
def test_nothing_written_into_the_address_raises(params: dict[str, list[str]]) -> None:
    state, notices = parse(params, FACTS)
    assert window(state, FACTS).end <= FACTS.complete_through
    assert parse({k: [v] for k, v in to_params(state).items()}, FACTS) == (state, ())
    assert all(notice_text(n, WRITE) for n in notices)


def test_days_month_or_quarter_in_a_link_mean_their_period_without_saying_it() -> None:
    assert read(from_="2012-02-01", to="2012-03-31")[0].span == Window(date(2012, 2, 1), date(2012, 3, 31))
    assert read(month="2012-02")[0].period_key == "2012-02"
    assert read(quarter="2012-Q1")[0].period == "quarter"


def test_half_a_range_is_said_and_not_passed_over_in_silence() -> None:
    state, notices = read(from_="2012-02-01")
    assert state == State()
    assert notices[0].reason == "range"


def test_a_notice_names_what_it_is_about_in_words() -> None:
    assert "as Method" in notice_text(Notice("method", "x", "unknown"), WRITE)
    assert "of which there are no data" in notice_text(Notice("from", "1990-01-01 – 1990-02-01", "outside"), WRITE)


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_no_name_of_a_parameter_stands_in_an_arabic_notice(parameter: str) -> None:
    assert not re.search("[a-z]", notice_text(Notice(parameter, "2012", "unknown"), ARABIC))


def test_days_written_twice_are_said_once() -> None:
    _, notices = parse({"from": ["2012-01-01", "2012-02-01"], "to": ["2012-03-01"]}, FACTS)
    assert [notice.parameter for notice in notices] == ["from"]
