"""Reconciliation on pages: files that differ from their control totals are named, by a fils, with their sign and since when."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.marts import build_snapshot
from tests.support.visits import markup, text, visit
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
