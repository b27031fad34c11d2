"""Parts by two dimensions leave the page as one long table under one head, which a spreadsheet can filter."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from tests.support.contexts import context_over
from tests.support.marts import snapshot_in_memory
from tests.support.scenes import government
from tests.support.visits import visit
from ui.answers import ask
from ui.file_head import head
from ui.lookups import names_of
from ui.parts_grid import parts_grid
from ui.spreadsheets import write_csv
from ui.text import plain

PAYMENTS = [
    {"day": date(2012, 1, 2), "method": "cash", "channel": "counter", "settled": 3, "gross_fils": 30_000},
    {"day": date(2012, 1, 2), "method": "credit_card", "channel": "web", "settled": 1, "gross_fils": 10_000},
    {"day": date(2012, 1, 2), "method": "credit_card", "channel": "mpay", "settled": 1, "gross_fils": 2_000},
]
SNAPSHOT = snapshot_in_memory(payments=PAYMENTS, complete_through=date(2012, 1, 4))


def table(language: str = "en", **filters: str) -> list[list[str]]:
    """The lines of the file below its head."""
    context = context_over(SNAPSHOT, language, **filters)
    results = [ask(context, "transactions", d, base=None, without=d) for d in ("method", "channel")]
    file = write_csv([(head("x", results[:1], names_of(context)), parts_grid(results, names_of(context)))])
    lines = list(csv.reader(io.StringIO(file.decode("utf-8-sig"))))
    assert [] not in lines, "one table, without a gap"
    heads = [line[0].startswith("# ") for line in lines]
    assert heads == sorted(heads, reverse=True), "one head, in front"
    return lines[sum(heads) :]


def test_the_first_column_says_the_dimension_and_each_closes_with_its_total() -> None:
    assert table() == [
        ["Dimension", "Code", "Name", "Transactions"],
        ["Method", "cash", "Cash", "3"],
        ["Method", "credit_card", "Credit card", "2"],
        ["Method", "", "Total", "5"],
        ["Channel", "counter", "Service counter", "3"],
        ["Channel", "mpay", "mPay (phone)", "1"],
        ["Channel", "web", "Web portal", "1"],
        ["Channel", "", "Total", "5"],
    ]


def test_filters_that_differ_between_the_dimensions_stand_in_a_column() -> None:
    """A click on cash filters the channels by it, and leaves the other methods to be seen."""
    heads, *rows = table(method="cash")
    assert heads == ["Dimension", "Code", "Name", "Filters", "Transactions"]
    assert {(row[0], row[3]) for row in rows} == {("Method", "none"), ("Channel", "Method: Cash")}
    assert rows[-1] == ["Channel", "", "Total", "Method: Cash", "3"]


def test_it_is_written_in_the_language_of_the_page() -> None:
    assert [plain(cell) for cell in table("ar")[0]] == ["التصنيف", "الرمز", "الاسم", "المعاملات"]


def test_other_periods_or_kpis_do_not_mix() -> None:
    context = context_over(SNAPSHOT)
    with pytest.raises(ValueError, match="one KPI over one period"):
        parts_grid([ask(context, "transactions", "method"), ask(context, "collected_amount", "channel")], names_of(context))


def test_the_page_offers_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    government(tmp_path).close()
    app = visit(monkeypatch, tmp_path, "collections", method="credit_card")
    assert any("csv-methods" in button.proto.id for button in app.get("download_button"))
