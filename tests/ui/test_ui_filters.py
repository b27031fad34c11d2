"""The filter bar: offers what exists in the scope, most used first, by name; writes codes into the URL; chips and reset undo."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from metrics import Filters, Scope, Window, month
from tests.support.marts import build_snapshot, snapshot_in_memory
from tests.support.scenes import government
from tests.support.visits import visit
from ui.filters import choose, with_day, with_period
from ui.lookups import known
from ui.state import Facts, State

FACTS = Facts(
    first_day=date(2010, 1, 1),
    complete_through=date(2012, 9, 15),
    codes={"department": frozenset({"customs", "dewa"}), "service": frozenset({"duty", "bills"})},
    owners={"duty": "customs", "bills": "dewa"},
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("government")
    government(folder).close()
    return folder


@pytest.fixture(scope="module")
def monthly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that was only told totals of months."""
    folder = tmp_path_factory.mktemp("libraries")
    rows = [
        {"period_start": days.start, "period_end": days.end, "settled": 1, "gross_fils": 100}
        for days in (month(2021, number) for number in range(1, 7))
    ]
    coverage = [{"source": "payment_totals", "first_day": date(2021, 1, 1), "last_day": date(2021, 6, 30)}]
    build_snapshot(folder, payments=rows, coverage=coverage).close()
    return folder


def params(app: AppTest) -> dict[str, str]:
    return dict(app.query_params)


def labels(app: AppTest) -> list[str]:
    return [popover.proto.popover.label for popover in app.get("popover")]


def test_departments_are_offered_by_amount_and_those_without_payments_after_them() -> None:
    snapshot = snapshot_in_memory(
        payments=[{"day": date(2012, 9, 1), "department": d, "settled": 1, "gross_fils": n} for d, n in (("a", 5), ("b", 9))],
        departments=[{"code": c, "name_en": c, "name_ar": c} for c in ("a", "b", "c")],
    )
    assert known(snapshot, Scope.everything()).order["department"] == ("b", "a", "c")


def test_a_scope_sees_only_its_own_codes() -> None:
    snapshot = snapshot_in_memory(
        payments=[
            {"day": date(2012, 9, 1), "department": d, "service": f"{d}-1", "settled": 1, "gross_fils": 1} for d in ("a", "b")
        ]
    )
    found = known(snapshot, Scope.of("a"))
    assert found.order["department"] == ("a",)
    assert found.facts.codes["service"] == {"a-1"}
    assert "b" not in found.proper["department"]


def test_another_kind_of_period_starts_from_the_latest_or_from_what_is_shown() -> None:
    assert with_period(State(), "month", FACTS).period_key == "2012-09"
    assert with_period(State(), "quarter", FACTS).period_key == "2012-Q3"
    assert with_period(State(), "custom", FACTS).span == Window(date(2012, 1, 1), date(2012, 9, 15))
    assert with_period(State(period="month", period_key="2012-08"), "ytd", FACTS) == State()


def test_the_other_end_of_a_custom_period_moves_along() -> None:
    view = State(period="custom", span=Window(date(2012, 3, 1), date(2012, 4, 30)))
    assert with_day(view, "start", date(2012, 6, 1), FACTS).span == Window(date(2012, 6, 1), date(2012, 6, 1))
    assert with_day(view, "end", date(2012, 1, 31), FACTS).span == Window(date(2012, 1, 31), date(2012, 1, 31))
    assert with_day(view, "end", date(2030, 1, 1), FACTS).span == Window(date(2012, 3, 1), date(2012, 9, 15))


def test_choosing_a_department_lets_go_of_the_services_of_others() -> None:
    view = State(filters=Filters.of(service=("bills", "duty")))
    assert choose(view, "department", ["dewa"], FACTS).filters == Filters.of(department="dewa", service="bills")
    assert choose(view, "department", [], FACTS).filters == Filters.of(service=("bills", "duty"))


def test_the_buttons_say_what_is_chosen(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    app = visit(monkeypatch, data, department="customs")
    assert labels(app) == [
        "Period **Year to date**",
        "Compare with **Jan–Sep 2011**",
        "Department **Customs**",
        "Channel **All**",
    ]


def test_the_buttons_speak_arabic(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    app = visit(monkeypatch, data, department="customs", lang="ar")
    assert labels(app)[0] == "الفترة **من بداية العام**"
    assert labels(app)[2] == "الجهة **الجمارك**"


def test_a_name_with_markup_is_shown_as_it_is(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    app = visit(monkeypatch, data, department="dewa")
    assert labels(app)[2] == r"Department **Electricity & Water \<b\>**"


def test_choosing_writes_codes_into_the_address(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    app = visit(monkeypatch, data, lang="ar")
    app.multiselect(key="pick-department").select("customs").run()
    assert params(app) == {"lang": "ar", "department": "customs"}
    app.radio(key="pick-period").set_value("month").run()
    assert params(app) == {"lang": "ar", "department": "customs", "period": "month", "month": "2012-09"}
    app.selectbox(key="pick-month").select("2012-08").run()
    assert params(app)["month"] == "2012-08"
    app.radio(key="pick-compare").set_value("previous-period").run()
    assert params(app)["compare"] == "previous-period"


def test_a_chip_removes_its_filter_and_reset_all_of_them(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    app = visit(monkeypatch, data, department="customs,dewa", channel="mpay", period="month", month="2012-08")
    app.button(key="chip-department-customs").click().run()
    assert params(app)["department"] == "dewa"
    app.button(key="chips-reset").click().run()
    assert params(app) == {}
    assert not [button.key for button in app.button if str(button.key).startswith("chip")]


def test_custom_days_are_chosen_from_lists(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    app = visit(monkeypatch, data, period="custom", **{"from": "2012-02-10", "to": "2012-03-31"})
    assert app.selectbox(key="pick-start-day").value == 10
    app.selectbox(key="pick-end-month").select("2012-02").run()
    assert params(app) == {"period": "custom", "from": "2012-02-10", "to": "2012-02-29"}


def test_where_only_months_are_reported_no_day_is_offered(monkeypatch: pytest.MonkeyPatch, monthly: Path) -> None:
    app = visit(monkeypatch, monthly, period="custom", **{"from": "2021-02-01", "to": "2021-03-31"})
    assert [box.key for box in app.selectbox] == ["pick-start-month", "pick-end-month"]
    app.selectbox(key="pick-end-month").select("2021-04").run()
    assert params(app)["to"] == "2021-04-30"


def test_what_was_dropped_from_a_link_is_said_in_the_page_s_language(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    app = visit(monkeypatch, data, department="**nowhere**")
    assert [w.value for w in app.warning] == [
        r"The link asks for “\*\*nowhere\*\*” as Department, which is not available here; it was left out\."
    ]
    arabic = visit(monkeypatch, data, department="nowhere", lang="ar")
    assert "غير متاحة هنا" in arabic.warning[0].value


def test_a_service_without_an_owner_is_offered_under_every_department(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    paid = {"day": date(2012, 9, 1), "service": "fines", "settled": 1, "gross_fils": 100}
    services = [{"code": "fines", "department": None, "name_en": "Fines", "name_ar": "الغرامات", "transactional": True}]
    build_snapshot(tmp_path, payments=[{**paid, "department": d} for d in ("bath", "bristol")], services=services).close()
    app = visit(monkeypatch, tmp_path, "collections", department="bath", service="fines")
    assert app.multiselect(key="pick-service").options == ["Fines"]
    app.multiselect(key="pick-department").set_value(["bristol"]).run()
    assert params(app)["service"] == "fines"


@pytest.mark.parametrize(("path", "unused"), [("", False), ("satisfaction", False), ("availability", False), ("data", True)])
def test_a_chip_says_that_it_is_not_used_only_where_no_number_of_the_page_follows_it(
    monkeypatch: pytest.MonkeyPatch, data: Path, path: str, unused: bool
) -> None:
    app = visit(monkeypatch, data, path, service="dewa-bills")
    assert ("not used on this page" in app.button(key="chip-service-dewa-bills").label) is unused


def test_what_a_link_asks_for_in_vain_leaves_the_address(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    app = visit(monkeypatch, data, department="nowhere", period="month", month="2012-08")
    assert "nowhere" in app.warning[0].value
    assert params(app) == {"period": "month", "month": "2012-08"}
