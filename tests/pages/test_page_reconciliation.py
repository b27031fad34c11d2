"""Reconciliation on pages: files that differ from their control totals are named, by a fils, with their sign and since when."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from metrics import Scope
from store.snapshot import open_current
from tests.support.contexts import context_over
from tests.support.marts import build_snapshot
from tests.support.visits import markup, text, visit
from ui.control_totals import controls, controls_grid
from ui.data_tables import reconciliation_grid
from ui.lookups import names_of
from ui.revisions import revisions_grid
from ui.settlement_grids import unmatched_grid
from ui.standing import standing
from ui.text import plain

SEPTEMBER_30 = date(2012, 9, 30)


def declared(name: str, **said: Any) -> dict[str, Any]:
    plain_file = {
        "source": "payments",
        "name": name,
        "ingested_at": datetime(2012, 9, 30, 20, 30),
        "rows_declared": 10,
        "rows_found": 10,
        "fils_declared": 5_000,
        "fils_found": 5_000,
        "bytes_confirmed": True,
    }
    return {**plain_file, **said}


def store(folder: Path, *controls: dict[str, Any]) -> Path:
    build_snapshot(folder, payments=[{"day": SEPTEMBER_30, "settled": 1, "gross_fils": 100}], controls=list(controls)).close()
    return folder


def open_tab(monkeypatch: pytest.MonkeyPatch, folder: Path, tab: str, **params: str) -> str:
    app = visit(monkeypatch, folder, "data", **params)
    app.session_state["data-more"] = tab
    return markup(app.run())


def table(page: str, title: str) -> str:
    return page.split(f'aria-label="{title}"')[1].split("</table>")[0]


def test_a_file_that_differs_from_its_control_totals_by_one_fils_is_shown_with_both_numbers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = store(tmp_path, declared("good.csv"), declared("bad.csv", fils_found=5_001, bytes_confirmed=False))
    said = text(visit(monkeypatch, folder, "data"))
    assert "1 file differs from the control totals of its sender: see Reconciliation." in said
    first, second = table(open_tab(monkeypatch, folder, "Reconciliation"), "Control totals of files").split("<tr>")[2:4]
    assert ">bad.csv<" in first
    assert '<td class="k-num">50.00</td><td class="k-num">50.01</td><td class="k-num">0.01</td><td>differs</td>' in first
    assert "1 Oct 2012, 00:30" in first
    assert "<td>as declared, checksum too</td>" in second


def test_the_overview_says_which_file_differs_by_how_much_and_since_when(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = text(visit(monkeypatch, store(tmp_path, declared("bad.csv", rows_found=8, fils_found=4_999))))
    assert "1 file differs from the control totals of its sender" in said
    assert "bad.csv (Payments): −2 rows, AED −0.01 against what was declared, since 1 October 2012" in said


def test_it_is_said_in_arabic(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = store(tmp_path, declared("bad.csv", rows_found=8))
    assert "ملف واحد يخالف مجاميع الضبط التي أعلنها مرسله" in plain(text(visit(monkeypatch, folder, lang="ar")))
    assert "مجاميع الضبط للملفات" in plain(open_tab(monkeypatch, folder, "المطابقة", lang="ar"))


def test_without_differences_nothing_needs_attention(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = store(tmp_path, declared("good.csv"), declared("rows-only.csv", fils_declared=None))
    assert "control totals" not in text(visit(monkeypatch, folder, "data"))
    assert "control totals" not in text(visit(monkeypatch, folder))


def test_a_file_of_a_source_without_money_that_declares_some_differs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = store(tmp_path, declared("probes.csv", source="probes", fils_declared=7, fils_found=None))
    assert "probes.csv (Availability probes): no money against what was declared" in text(visit(monkeypatch, folder))


def compared(day: date, *, department: str = "dewa", **said: int) -> dict[str, Any]:
    """A day of ten payments and one refund, which the bank has just as the log has them."""
    plain_day = {
        "day": day,
        "department": department,
        **{f"{side}_payments": 10 for side in ("log", "bank")},
        **{f"{side}_refunds": 1 for side in ("log", "bank")},
        **{f"{side}_gross_fils": 5_000 for side in ("log", "bank")},
        **{f"{side}_refund_fils": 500 for side in ("log", "bank")},
    }
    return {**plain_day, **said}


def settled(folder: Path, *days: dict[str, Any], unmatched: tuple[dict[str, Any], ...] = (), delivers: bool = True) -> Path:
    """A store whose bank has delivered September but for its last day."""
    sources = ("payments", "settlements") if delivers else ("payments",)
    whole = {"first_day": date(2012, 9, 1), "last_day": SEPTEMBER_30, "complete_through": SEPTEMBER_30}
    build_snapshot(
        folder,
        payments=[{"day": SEPTEMBER_30, "settled": 1, "gross_fils": 100}],
        coverage=[{"source": source, **whole} for source in sources],
        settlement=list(days),
        unmatched=list(unmatched),
        compared_days=[{"day": date(2012, 9, n)} for n in range(1, 30)] if delivers else [],
    ).close()
    return folder


def open_fold(monkeypatch: pytest.MonkeyPatch, folder: Path, key: str, **params: str) -> str:
    app = visit(monkeypatch, folder, "data", **params)
    app.session_state[f"folded-{key}"] = True
    return markup(app.run())


DAY_28, DAY_29 = date(2012, 9, 28), date(2012, 9, 29)
SHORT = compared(DAY_29, bank_gross_fils=4_999, amount=1)
ITEM = {
    "day": DAY_29,
    "department": "dewa",
    "event_id": 12_345,
    "reason": "amount",
    "log_fils": 400,
    "bank_fils": 399,
    "settled_on": SEPTEMBER_30,
}


def test_log_and_bank_that_agree_are_said_to_the_last_fils(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    app = visit(monkeypatch, settled(tmp_path, compared(DAY_28), compared(DAY_29)), "data")
    assert (
        "Log and bank agree exactly, to the last fils: 22 payments and refunds, AED 90.00 net, on 29 days to 29 September 2012."
        in text(app)
    )
    card = markup(app).split("Log against settlement</h2>")[1].split("</article>")[0]
    assert '<span class="k-good">No item unmatched to 29 September 2012</span>' in card


def test_a_difference_of_one_fils_is_in_the_sentence_the_card_the_tables_and_on_the_overview(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = settled(tmp_path, compared(DAY_28), SHORT, unmatched=(ITEM,))
    app = visit(monkeypatch, folder, "data")
    said = "1 payment or refund does not match on 29 days to 29 September 2012; the log holds 22. Bank less log: AED −0.01."
    assert said in text(app)
    assert 'k-warn">Items unmatched to 29 September 2012<' in markup(app)
    days = table(open_fold(monkeypatch, folder, "settlement-days"), "Log against settlement, by day")
    first, second, total = days.split("<tr>")[2:5]
    assert '<td class="k-num">50.00</td><td class="k-num">49.99</td>' in first
    assert '<td class="k-num">−0.01</td><td class="k-num">1</td>' in first
    assert '<td class="k-num">0.00</td><td class="k-num">0</td>' in second
    assert '<td class="k-num">100.00</td><td class="k-num">99.99</td>' in total
    items = table(open_fold(monkeypatch, folder, "settlement-items"), "Unmatched items")
    assert '>12345</th><td class="k-day">29 Sep 2012</td>' in items
    assert '<td>amounts differ</td><td class="k-num">4.00</td><td class="k-num">3.99</td><td class="k-num">−0.01</td>' in items
    departments = table(open_fold(monkeypatch, folder, "settlement-departments"), "Log against settlement, by department")
    assert '>dewa</th><td class="k-num">20</td><td class="k-num">20</td>' in departments
    overview = one_line(visit(monkeypatch, folder))
    assert "1 payment or refund does not match the bank's settlement" in overview
    assert "Bank less log: AED −0.01 · Data page" in overview


def test_differences_that_cancel_out_are_not_called_a_total(tmp_path: Path) -> None:
    """AED +1.00 and AED -1.00 are two things that are wrong; their sum is a net difference, and files have none."""
    over, short = {**ITEM, "bank_fils": 500}, {**ITEM, "event_id": 2, "bank_fils": 300}
    settled(tmp_path, compared(DAY_29, amount=2), unmatched=(over, short))
    with closing(open_current(tmp_path)) as snapshot:
        context = context_over(snapshot)
        grid = unmatched_grid(context, names_of(context))
    assert grid.total is not None
    assert (grid.total[0], grid.total[6]) == ("Net difference", Decimal("0.00"))
    store(tmp_path / "files", declared("a.csv", fils_found=5_100), declared("b.csv", fils_found=4_900))
    with closing(open_current(tmp_path / "files")) as snapshot:
        context = context_over(snapshot)
        assert controls_grid(controls(snapshot, context.scope), names_of(context), context.local).total is None


def test_a_day_the_bank_has_not_delivered_is_no_difference(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    open_day = compared(SEPTEMBER_30, bank_payments=0, bank_gross_fils=0, bank_refunds=0, bank_refund_fils=0, not_settled=11)
    folder = settled(tmp_path, compared(DAY_29), open_day)
    assert "Log and bank agree exactly, to the last fils: 11 payments and refunds" in text(visit(monkeypatch, folder, "data"))
    said = text(visit(monkeypatch, folder, "data", **{"from": "2012-09-30", "to": "2012-09-30"}))
    assert "The bank has not delivered any day of this period whole, so there is nothing to compare yet." in said


def test_a_store_without_settlements_says_what_is_missing_and_shows_no_zeros(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app = visit(monkeypatch, settled(tmp_path, delivers=False), "data")
    assert "The bank's settlement file was not delivered to this store." in text(app)
    assert "unmatched" not in text(app)


def test_items_beyond_those_listed_are_counted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = settled(tmp_path, compared(DAY_29, bank_payments=7, not_settled=3), unmatched=(ITEM,))
    assert "The largest 1 of 3 items are listed." in open_fold(monkeypatch, folder, "settlement-items")


def test_settlement_speaks_arabic(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = settled(tmp_path, compared(DAY_28), SHORT, unmatched=(ITEM,))
    page = plain(text(visit(monkeypatch, folder, "data", lang="ar")))
    assert "السجل مقابل التسوية" in page
    assert "بند واحد لا يتطابق في 29 يومًا حتى 29 سبتمبر 2012؛ وفي السجل 22." in page
    assert "المبلغان مختلفان" in open_fold(monkeypatch, folder, "settlement-items", lang="ar")


def one_line(app: AppTest) -> str:
    return " ".join(text(app).split())


def revised(folder: Path, *, fils: int = 150) -> Path:
    """A late file changed 28 September, published before."""
    line = {
        "source": "payments",
        "day": DAY_28,
        "department": "dewa",
        "was_rows": 1,
        "rows": 2,
        "was_fils": 100,
        "fils": fils,
        "files": "late <b>.parquet",
        "version": "v2",
        "was_version": "v1",
        "revised_at": datetime(2012, 9, 30, 20, 30),
    }
    build_snapshot(
        folder,
        payments=[{"day": day, "settled": 1, "gross_fils": 150} for day in (DAY_28, DAY_29, SEPTEMBER_30)],
        revisions=[line],
    ).close()
    return folder


def revisions_of(*spans: tuple[date, date]) -> list[dict[str, Any]]:
    at = datetime(2012, 9, 30, 20, 30)
    return [
        {"source": "payments", "period_start": start, "period_end": end, "department": "dewa", "revised_at": at}
        for start, end in spans
    ]


@pytest.mark.parametrize(
    ("spans", "said"),
    [
        pytest.param([(DAY_28, DAY_28), (DAY_29, DAY_29)], "2 Days of this period, last on 1 October 2012", id="days"),
        pytest.param([(date(2012, 8, 1), date(2012, 8, 31))], "1 Month of this period, last on 1 October 2012", id="month"),
        pytest.param(
            [(DAY_28, DAY_28), (date(2012, 8, 1), date(2012, 8, 31))],
            "2 Days and months of this period, last on 1 October 2012",
            id="both",
        ),
        pytest.param([], "0 No published number changed", id="none"),
    ],
)
def test_what_was_revised_is_counted_in_the_periods_it_was_reported_in(
    spans: list[tuple[date, date]], said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    paid = [{"day": SEPTEMBER_30, "settled": 1, "gross_fils": 150}]
    build_snapshot(tmp_path, payments=paid, revisions=revisions_of(*spans)).close()
    assert f"Revised since published {said}" in one_line(visit(monkeypatch, tmp_path, "data"))


def test_one_more_and_one_less_are_two_in_the_total_of_the_reconciliation(tmp_path: Path) -> None:
    lines = [
        {
            "source": "payments",
            "month": date(2012, month, 1),
            "rows_ledger": 10,
            "rows_mart": 10,
            "fils_ledger": 500,
            "fils_mart": mart,
        }
        for month, mart in ((8, 501), (9, 499))
    ]
    with closing(build_snapshot(tmp_path, payments=[], reconciliation=lines)) as snapshot:
        context = context_over(snapshot)
        grid = reconciliation_grid(standing(context), names_of(context))
    assert [row[-1] for row in grid.rows] == [Decimal("0.01"), Decimal("-0.01")]
    assert grid.total is not None
    assert (grid.total[0], grid.total[-1]) == ("Total (differences without their sign)", Decimal("0.02"))


def test_a_revised_day_is_told_with_what_it_was_and_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = revised(tmp_path)
    assert "Revised since published 1 Day of this period, last on 1 October 2012" in one_line(visit(monkeypatch, folder, "data"))
    lines = table(open_tab(monkeypatch, folder, "Reconciliation"), "Revised since published")
    assert '<td class="k-num">1</td><td class="k-num">2</td><td class="k-num">1.00</td><td class="k-num">1.50</td>' in lines
    assert "1 Oct 2012, 00:30" in lines
    assert "<td>late &lt;b&gt;.parquet</td><td>v2</td>" in lines


def test_a_department_is_not_shown_which_files_revised_its_days(tmp_path: Path) -> None:
    revised(tmp_path)
    with closing(open_current(tmp_path)) as snapshot:
        context = context_over(snapshot)
        for scope, titles in ((Scope.everything(), ["Files", "Snapshot"]), (Scope.of("dewa"), ["Since", "Snapshot"])):
            mine = replace(context, scope=scope)
            grid = revisions_grid(mine, names_of(mine), mine.local)
            assert [column.title for column in grid.columns][-2:] == titles
            assert ("late <b>.parquet" in grid.rows[0]) == (scope.departments is None)


def test_a_card_over_revised_days_explains_was_is_and_since(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = revised(tmp_path)
    said = text(visit(monkeypatch, folder))
    assert (
        "Payments: revised since it was published, 28 September 2012. Over all services and channels the amount"
        " of these days was AED 1.00, is AED 1.50, since 1 October 2012 (late <b>.parquet)." in said
    )
    arabic = plain(text(visit(monkeypatch, folder, lang="ar")))
    assert "المدفوعات: عُدّلت بعد نشرها، 28 سبتمبر 2012. كان مبلغ هذه الأيام في كل الخدمات والقنوات" in arabic


def test_charts_mark_revised_days_and_say_so_on_hover(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    app = visit(monkeypatch, revised(tmp_path), "collections", **{"from": "2012-09-01", "to": "2012-09-30"})
    charts = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    marks = [trace for chart in charts for trace in chart["data"] if trace.get("marker", {}).get("symbol") == "diamond"]
    assert [(trace["x"], trace["y"]) for trace in marks] == [([27], [150])]
    assert (
        sum("revised since it was published" in said for chart in charts for said in chart["data"][0].get("hovertext", [])) >= 1
    )


def test_without_revisions_nothing_is_said_of_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = settled(tmp_path, compared(DAY_29))
    assert "revised" not in text(visit(monkeypatch, folder))
    assert "No published number of this period was revised." in open_tab(monkeypatch, folder, "Reconciliation")


def test_items_that_the_bank_alone_has_are_no_part_of_the_logs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The log may hold fewer payments than there are unmatched items, or none at all: "1 of 0" would be no share."""
    of_the_log = ("log_payments", "log_refunds", "log_gross_fils", "log_refund_fils")
    nothing = dict.fromkeys((*of_the_log, "bank_refunds", "bank_refund_fils"), 0)
    alone = compared(DAY_28, **nothing, bank_payments=1, not_in_log=1)
    said = text(visit(monkeypatch, settled(tmp_path, alone), "data"))
    assert "1 payment or refund does not match on" in said
    assert "; the log holds 0. Bank less log: AED 50.00." in said.replace("+", "")
    assert "of 0" not in said
