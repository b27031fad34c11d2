"""What leaves the page: exact, with a head that says what it is, the total equal to its parts, and nothing that runs."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as some

from metrics import Filters, Result, Scope, month, query, same_period_last_year
from tests.support.marts import snapshot_in_memory
from ui.file_head import definition, file_name, head
from ui.format import Formatter
from ui.i18n import translator
from ui.names import Names
from ui.sheet import sheet_of
from ui.spreadsheets import harmless, to_csv, to_xlsx

SEPTEMBER = month(2012, 9)
PROPER = {"department": {"customs": ("Customs", "الجمارك"), "dewa": ('=HYPERLINK("http://x")', "الكهرباء")}}


def names(language: str = "en") -> Names:
    return Names(Formatter(translator(language)), PROPER)


def ask(kpi: str, rows: dict[str, list[dict[str, Any]]], *by: str, **filters: str) -> Result:
    return query(
        kpi,
        SEPTEMBER,
        snapshot=snapshot_in_memory(complete_through=SEPTEMBER.end, **rows),
        scope=Scope.everything(),
        by=by,
        filters=Filters.of(**filters),
        base=same_period_last_year(SEPTEMBER),
    )


PAYMENTS = {
    "payments": [
        {"day": date(2012, 9, 3), "department": "customs", "settled": 3, "gross_fils": 320_000_000_001},
        {"day": date(2012, 9, 4), "department": "dewa", "settled": 1, "gross_fils": 7},
        {"day": date(2011, 9, 4), "department": "dewa", "settled": 1, "gross_fils": 14},
    ]
}
SURVEYS = {
    "surveys": [
        {"day": date(2012, 9, 3), "department": "customs", "invited": 200, "completed": 100, "csat_valid": 100, "csat_top2": 80},
        {"day": date(2012, 9, 3), "department": "dewa", "invited": 9, "completed": 9, "csat_valid": 9, "csat_top2": 9},
        {"day": date(2012, 9, 3), "department": "rta", "invited": 50, "completed": 20, "csat_valid": 20, "csat_top2": 10},
        {"day": date(2012, 9, 3), "department": "police", "invited": 90, "completed": 40, "csat_valid": 40, "csat_top2": 10},
    ]
}


def parsed(data: bytes) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Head lines and rows of a CSV of one table."""
    assert data.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    start = next(i for i, line in enumerate(lines) if not line[0].startswith("# "))
    return {line[0][2:]: line[1] for line in lines[:start]}, [
        dict(zip(lines[start], line, strict=True)) for line in lines[start + 1 :]
    ]


def test_the_head_says_what_the_file_is() -> None:
    result = ask("collected_amount", PAYMENTS, "department", channel="web")
    lines, _ = parsed(to_csv([sheet_of("Collected by department", [result], names())], names()))
    assert lines == {
        "Title": "Collected by department",
        "KPI": "Collected amount (collected_amount)",
        "Unit": "AED, fils",
        "Period": "September 2012 (2012-09-01/2012-09-30)",
        "Compared with": "September 2011 (2011-09-01/2011-09-30)",
        "Filters": "Channel: Web portal (web)",
        "Scope": "all departments",
        "Data complete to": "30 September 2012 (2012-09-30)",
        "Snapshot": result.snapshot,
    }


def test_money_is_exact_in_both_units_and_codes_stand_beside_names() -> None:
    _, rows = parsed(to_csv([sheet_of("x", [ask("collected_amount", PAYMENTS, "department")], names())], names()))
    assert rows[0]["Department, code"] == "customs"
    assert rows[0]["Department"] == "Customs"
    assert rows[0]["Collected amount (AED)"] == "3200000000.01"
    assert rows[0]["Collected amount, fils"] == "320000000001"
    assert rows[1]["Collected amount, change (1 = 100%)"] == "-0.5"


def test_the_total_is_the_sum_of_the_parts() -> None:
    _, rows = parsed(to_csv([sheet_of("x", [ask("collected_amount", PAYMENTS, "department")], names())], names()))
    assert rows[-1]["Department"] == "Total"
    for column in ("Collected amount, fils", "Collected amount (AED)"):
        assert Decimal(rows[-1][column]) == sum(Decimal(row[column]) for row in rows[:-1])


def test_a_score_carries_its_parts_n_interval_and_response_rate() -> None:
    _, rows = parsed(to_csv([sheet_of("x", [ask("satisfaction", SURVEYS, "department")], names())], names()))
    customs = rows[0]
    assert customs["Satisfaction (0–1)"] == "0.8"
    assert (customs["Satisfaction, numerator"], customs["Satisfaction, denominator"], customs["Satisfaction, n"]) == (
        "80",
        "100",
        "100",
    )
    assert float(customs["Satisfaction, 95% from (0–1)"]) == pytest.approx(0.7112, abs=5e-5)
    assert customs["Response rate (0–1)"] == "0.5"


def test_what_is_hidden_on_the_page_is_hidden_in_the_file_and_stands_last() -> None:
    data = to_csv([sheet_of("x", [ask("satisfaction", SURVEYS, "department")], names())], names())
    _, rows = parsed(data)
    assert [row["Department, code"] for row in rows] == ["customs", "police", "dewa", "rta", ""]
    dewa = rows[2]
    assert dewa["Satisfaction (0–1)"] == dewa["Satisfaction, n"] == dewa["Satisfaction, numerator"] == ""
    assert dewa["Remark"] == "hidden: fewer than 10 answers"
    assert rows[3]["Remark"] == "hidden: the total would give away a hidden row"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])
def test_a_text_that_a_spreadsheet_would_run_is_disarmed(text: str) -> None:
    assert harmless(text) == "'" + text
    assert harmless(f"x{text}") == f"x{text}"


@given(some.text(max_size=8))
def test_no_text_leaves_as_a_formula(text: str) -> None:
    assert harmless(text)[:1] not in ("=", "+", "-", "@", "\t", "\r")


def test_a_name_that_is_a_formula_stays_text_in_both_files() -> None:
    result = ask("collected_amount", PAYMENTS, "department")
    _, rows = parsed(to_csv([sheet_of("=cmd", [result], names())], names()))
    assert rows[1]["Department"] == '\'=HYPERLINK("http://x")'
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx([sheet_of("=cmd", [result], names())], names())))
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert all(cell.data_type != "f" for cell in cells)
    assert all(cell.hyperlink is None for cell in cells)
    assert {cell.value for cell in cells} >= {"'=cmd", '\'=HYPERLINK("http://x")'}


def test_a_workbook_has_typed_cells_under_a_frozen_head_and_the_definition_beside_them() -> None:
    result = ask("collected_amount", PAYMENTS, "department")
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx([sheet_of("x", [result], names())], names())))
    assert book.sheetnames == ["Data", "Definition"]
    sheet = book["Data"]
    titles = next(row for row in sheet.iter_rows() if row[0].value == "Department, code")
    first = sheet[titles[0].row + 1]
    by_title = dict(zip((t.value for t in titles), first, strict=True))
    assert by_title["Collected amount, fils"].value == 320_000_000_001
    assert by_title["Collected amount (AED)"].value == pytest.approx(3_200_000_000.01, abs=1e-6)
    assert by_title["Collected amount (AED)"].number_format == "#,##0.00"
    assert sheet.freeze_panes == f"A{titles[0].row + 1}"
    said = {row[0].value: row[1].value for row in book["Definition"].iter_rows()}
    assert said["Numerator"].startswith("SUM(gross_fils)")
    assert said["SQL"] == result.sql.strip() or said["SQL"] == result.sql


def test_arabic_files_run_from_right_to_left_in_arabic_words_without_marks() -> None:
    result = ask("satisfaction", SURVEYS, "department")
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx([sheet_of("الرضا", [result], names("ar"))], names("ar"))))
    assert all(sheet.sheet_view.rightToLeft for sheet in book)
    lines, rows = parsed(to_csv([sheet_of("الرضا", [result], names("ar"))], names("ar")))
    assert lines["مؤشر الأداء"] == "رضا المتعاملين (satisfaction)"
    assert rows[0]["الجهة"] == "الجمارك"
    assert not any(
        mark in to_csv([sheet_of("x", [result], names("ar"))], names("ar")).decode() for mark in "\u2066\u2067\u2068\u2069"
    )


def test_answers_side_by_side_and_answers_to_different_questions() -> None:
    amount, count = ask("collected_amount", PAYMENTS, "department"), ask("transactions", PAYMENTS, "department")
    _, rows = parsed(to_csv([sheet_of("x", [amount, count], names())], names()))
    assert (rows[0]["Collected amount, fils"], rows[0]["Transactions"]) == ("320000000001", "3")
    other = ask("transactions", PAYMENTS, "channel")
    two = [sheet_of("x", [result], names()) for result in (amount, other)]
    text = to_csv(two, names()).decode("utf-8-sig")
    assert text.count("# Title") == 2
    assert openpyxl.load_workbook(io.BytesIO(to_xlsx(two, names()))).sheetnames == [
        "Data 1",
        "Data 2",
        "Definition",
    ]


def test_file_names_say_what_is_inside() -> None:
    assert (
        file_name([ask("collected_amount", PAYMENTS, "department")], "csv")
        == "collected_amount-by-department-2012-09-01-2012-09-30.csv"
    )


def test_file_names_carry_filters_and_every_dimension_and_name_a_kpi_once() -> None:
    both = [ask("transactions", PAYMENTS, dimension, department="dewa") for dimension in ("method", "channel")]
    assert file_name(both, "csv") == "transactions-by-method-and-channel-department-dewa-2012-09-01-2012-09-30.csv"


def test_a_relative_change_says_what_one_means() -> None:
    _, rows = parsed(to_csv([sheet_of("x", [ask("collected_amount", PAYMENTS, "department")], names())], names()))
    assert rows[1]["Collected amount, change (1 = 100%)"] == "-0.5"


def test_the_head_names_a_scope_and_the_definition_its_sources() -> None:
    result = query("transactions", SEPTEMBER, snapshot=snapshot_in_memory(**PAYMENTS), scope=Scope.of("customs"))
    assert ("Scope", "Customs (customs)") in head("x", [result], names())
    assert ("Source", "Payments, Payment totals") in definition([result], names())


def test_the_definition_of_a_score_says_how_its_interval_is_made() -> None:
    said = dict(definition([ask("satisfaction", SURVEYS)], names()))
    assert said["95% interval"].startswith("95% Wilson interval; changes: Newcombe interval")
    assert "95% interval" not in dict(definition([ask("transactions", PAYMENTS)], names()))


def test_a_change_of_a_share_is_in_percentage_points_with_its_interval_and_whether_it_is_significant() -> None:
    surveys = [
        {
            "day": date(year, 9, 3),
            "department": "customs",
            "invited": 4000,
            "completed": 2000,
            "csat_valid": 2000,
            "csat_top2": top,
        }
        for year, top in ((2011, 1000), (2012, 1600))
    ]
    lines, rows = parsed(to_csv([sheet_of("x", [ask("satisfaction", {"surveys": surveys}, "department")], names())], names()))
    assert lines["Unit"] == "0–1"
    assert float(rows[0]["Satisfaction, change (percentage points)"]) == pytest.approx(30)
    low, high = (float(rows[0][f"Satisfaction, change, 95% {end} (percentage points)"]) for end in ("from", "to"))
    assert 27 < low < 30 < high < 33
    assert rows[0]["Satisfaction, change is"] == "significant"


def test_what_unknown_time_allows_is_in_the_file_too() -> None:
    seconds = {"up_seconds": 1380 * 60, "down_seconds": 600, "unknown_seconds": 3000}
    rows_in = {"availability": [{"day": date(2012, 9, 3), "department": "dewa", **seconds}]}
    _, rows = parsed(to_csv([sheet_of("x", [ask("availability", rows_in, "department")], names())], names()))
    assert float(rows[0]["Availability, lowest (0–1)"]) == pytest.approx(0.95833, abs=5e-6)
    assert float(rows[0]["Availability, highest (0–1)"]) == pytest.approx(0.99306, abs=5e-6)


def test_filters_that_differ_between_answers_are_said_of_each() -> None:
    methods, channels = ask("transactions", PAYMENTS, "method"), ask("transactions", PAYMENTS, "channel", method="cash")
    said = dict(head("x", [methods, channels], names()))
    assert said["Filters"] == "Method: none | Channel: Method: Cash (cash)"
    assert [label for label, _ in head("x", [methods, channels], names())].count("KPI") == 1


def test_a_second_period_is_what_the_first_is_compared_with() -> None:
    snapshot = snapshot_in_memory(complete_through=SEPTEMBER.end, **PAYMENTS)
    now, then = (
        query("transactions", window, snapshot=snapshot, scope=Scope.everything()) for window in (SEPTEMBER, month(2011, 9))
    )
    assert dict(head("x", [now, then], names()))["Compared with"] == "September 2011 (2011-09-01/2011-09-30)"
