"""What is taken away is what is shown: every table of every page has a file with its columns, rows, order and total."""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

import ui.figure
import ui.incidents
import ui.tables
from tests.support.marts import build_snapshot
from tests.support.scenes import government
from tests.support.visits import markup, visit
from ui.grid import Grid
from ui.spreadsheets import _points, _text, _title
from ui.text import plain

FIGURES = {
    "": ("running-total", "where-from"),
    "collections": ("course", "methods", "department", "service"),
    "availability": ("availability-course", "availability-department", "availability-service"),
    "satisfaction": ("satisfaction-trend", "funnel", "satisfaction-wave", "satisfaction-department"),
    "data": (),
}


@dataclass
class Seen:
    """What a page drew and offered: tables by title, files by the key of their button."""

    tables: dict[str, Grid] = field(default_factory=dict)
    files: dict[str, Callable[[], bytes]] = field(default_factory=dict)
    page: str = ""


@dataclass(frozen=True)
class File:
    """The first table of a CSV: head, notes of the head, titles, rows."""

    head: dict[str, str]
    notes: list[str]
    titles: list[str]
    rows: list[list[str]]


def read(data: bytes) -> File:
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    lines = lines[: lines.index([])] if [] in lines else lines
    start = next(i for i, line in enumerate(lines) if not line[0].startswith("# "))
    said = [(line[0][2:], line[1]) for line in lines[:start]]
    return File(dict(said), [text for label, text in said if label == "Note"], lines[start], lines[start + 1 :])


def see(monkeypatch: pytest.MonkeyPatch, folder: Path, path: str, **params: str) -> Seen:
    """A page with all its tables open."""
    seen, draw, offer = Seen(), ui.tables.table_html, st.download_button

    def drawn(grid: Grid, title: str, *rest: Any) -> str:
        seen.tables[plain(title)] = grid
        return draw(grid, title, *rest)

    def offered(label: str, data: Any, *rest: Any, key: str, **more: Any) -> Any:
        if label == "CSV":
            seen.files[key.removeprefix("csv-")] = data
        return offer(label, data, *rest, key=key, **more)

    for module in (ui.tables, ui.incidents):
        monkeypatch.setattr(module, "table_html", drawn)
    monkeypatch.setattr(st, "download_button", offered)
    app = visit(monkeypatch, folder, path, **params)
    for key in FIGURES[path]:
        app.session_state[f"table-{key}"] = True
    seen.page = markup(app.run())
    return seen


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("government")
    government(folder).close()
    return folder


@pytest.mark.parametrize("params", [{}, {"measure": "transactions", "score": "nps", "department": "dewa"}, {"lang": "ar"}])
@pytest.mark.parametrize("path", FIGURES)
def test_every_table_has_a_file_with_its_columns_rows_and_order(
    monkeypatch: pytest.MonkeyPatch, data: Path, path: str, params: dict[str, str]
) -> None:
    if path == "satisfaction":
        params = {name: value for name, value in params.items() if name != "department"}
    seen = see(monkeypatch, data, path, **params)
    assert set(FIGURES[path]) <= set(seen.files)
    files = {
        file.head.get("Title", file.head.get("العنوان", "")): file for file in (read(build()) for build in seen.files.values())
    }
    for title, table in seen.tables.items():
        if "longest of" in title or "أطول" in title:
            continue  # the file holds all incidents, under a title that says so: below
        file = files[title]
        kept = [i for i, column in enumerate(table.columns) if not column.file_only]
        assert file.titles == [_title(column) for column in table.columns], title
        whole = [*table.rows, *([table.total] if table.total else [])]
        assert len(file.rows) == len(whole), title
        assert [[row[i] for i in kept] for row in file.rows] == [
            [_text(_written(row[i], table, i)) for i in kept] for row in whole
        ]
    assert len(seen.tables) >= len(FIGURES[path])


def _written(cell: Any, table: Grid, column: int) -> Any:
    return _points(cell) if table.columns[column].kind == "share_change" else cell


def test_the_chosen_measure_leads_table_and_file(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    file = read(see(monkeypatch, data, "collections", measure="transactions").files["department"]())
    titles = [title for title in file.titles if "code" not in title]
    assert titles[:2] == ["Department", "Transactions"]
    assert "Collected amount (AED)" in titles


def test_where_a_change_came_from_says_how_much_each_added_in_the_order_of_the_chart(
    monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    file = read(see(monkeypatch, data, "").files["where-from"]())
    place = file.titles.index("Collected amount, difference (AED)")
    assert [(row[1], row[place]) for row in file.rows] == [
        ("Customs", "400.00"),
        ("Electricity & Water <b>", "200.00"),
        ("Total", "600.00"),
    ]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty services of which each is less available than the one before, and twenty incidents."""
    folder, day = tmp_path_factory.mktemp("many"), date(2012, 9, 12)
    build_snapshot(
        folder,
        payments=[{"day": day, "service": f"s{n:02}", "settled": 1, "gross_fils": 1_000 + n} for n in range(20)],
        availability=[{"day": day, "service": f"s{n:02}", "up_seconds": 86_400 - n, "down_seconds": n} for n in range(20)],
        incidents=[
            {
                "day": day,
                "service": f"s{n:02}",
                "started_at": datetime(2012, 9, 12, 6),
                "ended_at": datetime(2012, 9, 12, 6) + timedelta(seconds=n),
                "down_seconds": n,
            }
            for n in range(20)
        ],
    ).close()
    return folder


def test_a_file_of_more_rows_than_the_chart_names_says_so_and_keeps_its_order(
    monkeypatch: pytest.MonkeyPatch, many: Path
) -> None:
    file = read(see(monkeypatch, many, "availability").files["availability-service"]())
    assert file.head["Title"] == "Services, worst first"
    assert "All 20 rows; the chart names 14 of them." in file.notes
    assert [row[0] for row in file.rows[:-1]] == [f"s{n:02}" for n in reversed(range(20))]
    parts = read(see(monkeypatch, many, "collections").files["service"]())
    assert "All 20 rows; the chart names 9 of them." in parts.notes


def test_the_file_of_incidents_holds_all_under_a_title_and_units_that_say_so(monkeypatch: pytest.MonkeyPatch, many: Path) -> None:
    seen = see(monkeypatch, many, "availability")
    file = read(seen.files["incidents"]())
    assert "The longest of 20 incidents" in seen.tables
    assert file.head["Title"] == "20 incidents, longest first"
    assert "Unit" not in file.head
    assert file.titles[:2] == ["Service", "Down (seconds)"], "what matters most is seen first, on a phone too"
    assert [int(row[1]) for row in file.rows] == [*reversed(range(20)), sum(range(20))]


def test_files_of_the_data_page_say_their_days_scope_and_how_they_come_about(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    seen = see(monkeypatch, data, "data", period="custom", **{"from": "2012-09-10", "to": "2012-09-20"})
    sources, days = (read(seen.files[key]()).head for key in ("sources", "days-delivered"))
    assert sources["Period"].endswith("2012-09-30)"), "of the whole store, whatever the period"
    assert days["Period"] == "10 September to 20 September 2012 (2012-09-10/2012-09-20)"
    assert (sources["Scope"], days["Scope"]) == ("all departments", "all departments")
    assert sources["Definition"].startswith("Counted by the ledger for every file at its ingest")
    footers = re.findall(r'data-footer="([^"]*)"', seen.page)
    assert any("Period: 10 September to 20 September 2012" in footer for footer in footers), footers


def test_a_picture_says_nothing_of_clicks_nor_codes(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    page = see(monkeypatch, data, "collections", channel="web").page
    footers = re.findall(r'data-footer="([^"]*)"', page)
    assert footers
    assert all("Channel: Web portal. " in footer and "(web)" not in footer for footer in footers)
    assert '<span class="k-hint"> · click a bar to filter</span>' in page
    notes = re.sub(r'<span class="k-hint">.*?</span>', "", " ".join(re.findall(r'<p class="k-figure-note">.*?</p>', page)))
    assert "click" not in notes
