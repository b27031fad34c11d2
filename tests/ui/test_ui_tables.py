"""Tables on a page: exact cells under heads with units, escaped, cut at a length that says so."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from ui.format import Formatter
from ui.grid import Cell, Column, Grid, Kind, hidden_last
from ui.i18n import translator
from ui.spreadsheets import write_csv
from ui.tables import MOST_ROWS, cell_text, table_html
from ui.text import plain

EN, AR = Formatter(translator("en")), Formatter(translator("ar"))
GRID = Grid(
    (
        Column("Code", "text", file_only=True),
        Column("Name", "text"),
        Column("Amount", "money", "AED"),
        Column("Share", "share", "%"),
    ),
    (("a", "<script>", Decimal("1234.50"), 0.81372), ("b", "B", None, None)),
    ("", "Total", Decimal("1234.50"), 0.81372),
)


def test_a_table_shows_names_units_exact_cells_and_its_total() -> None:
    html = table_html(GRID, 'by "name"', EN)
    assert '<th scope="col" class="k-num">Amount <small>AED</small></th>' in html
    assert '<td class="k-num">1,234.50</td><td class="k-num">81.37%</td>' in html
    assert '<tfoot><tr><th scope="row">Total</th>' in html
    assert 'aria-label="by &quot;name&quot;"' in html


def test_codes_stay_in_the_file_and_markup_stays_text() -> None:
    html = table_html(GRID, "x", EN)
    assert "Code" not in html
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_what_is_missing_is_a_dash_and_not_a_zero() -> None:
    assert '<th scope="row">B</th><td class="k-num">–</td><td class="k-num">–</td>' in table_html(GRID, "x", EN)


def test_a_long_table_says_how_much_of_it_is_shown() -> None:
    grid = Grid((Column("n", "count"),), tuple((i,) for i in range(MOST_ROWS + 34)))
    html = table_html(grid, "x", EN)
    assert html.count("<tr>") == MOST_ROWS + 1
    assert "200 of 234 rows; the files have all of them." in html


@pytest.mark.parametrize(
    ("cell", "kind", "en", "ar"),
    [
        (2_448_147, "count", "2,448,147", "2,448,147"),
        (0.231, "change", "+23.10%", "+23.10%"),
        (-0.0011, "share_change", "−0.11", "−0.11"),
        (3.44, "points", "+3.44", "+3.44"),
        (100, "seconds", "1 min 40 s", "دقيقة واحدة و40 ثانية"),
        (1_500, "milliseconds", "1.5 s", "1.5 ثانية"),
        (date(2012, 9, 30), "date", "30 Sep 2012", "30 سبتمبر 2012"),
        (datetime(2012, 10, 1, 7, 0), "moment", "1 Oct 2012, 07:00", "1 أكتوبر 2012، 07:00"),
        ("", "text", "", ""),
    ],
)
def test_cells_are_written_by_their_kind(cell: Cell, kind: Kind, en: str, ar: str) -> None:
    assert cell_text(cell, Column("x", kind), EN) == en
    assert plain(cell_text(cell, Column("x", kind), AR)) == ar


def test_an_amount_is_headed_by_its_currency_in_the_pages_language() -> None:
    assert "Amount <small>AED</small>" in table_html(GRID, "x", EN)
    assert "Amount <small>درهم</small>" in table_html(GRID, "x", AR)


def test_a_checksum_shows_its_beginning_on_the_page_and_is_whole_in_its_file() -> None:
    checksum = "4aeeb339cff1dad141081c57f26b16d13a0ed81ce1f5af423f48053bc0000000"
    grid = Grid((Column("File", "text"), Column("SHA-256", "checksum")), (("a.csv", checksum),), ("Total", ""))
    assert "<td>4aeeb339cff1…</td>" in table_html(grid, "x", EN)
    table = ([("Title", "x")], grid)
    assert checksum in write_csv([table]).decode()


def test_hidden_rows_stand_last_by_code_so_that_their_place_tells_nothing() -> None:
    from metrics import Row

    def row(code: str, value: float | None) -> Row:
        return Row((("department", code),), value, None, None, 0, hidden=None if value else "why")

    rows = [row("a", 0.9), row("z", None), row("b", 0.8), row("c", None)]
    assert [r.key("department") for r in hidden_last(rows)] == ["a", "b", "c", "z"]
    by_month = [Row((("month", "2012-01"),), None, None, None, 0, hidden="why"), Row((("month", "2012-02"),), 0.5, 1, 2, 2)]
    assert hidden_last(by_month) == by_month
