"""What stands in a chart stays in it, on a phone and with the longest names: measured in Chromium, in both languages."""

import itertools
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Server
from tests.support.marts import build_snapshot
from ui.text_width import text_width

pytestmark = pytest.mark.browser
Open = Callable[..., Page]

NAMES = {
    "residency": ("General Directorate of Residency and Foreigners Affairs", "الإدارة العامة للإقامة وشؤون الأجانب"),
    "tecom": ("Dubai Technology and Media Free Zone Authority", "سلطة منطقة دبي الحرة للتكنولوجيا والإعلام"),
    "iacad": ("Islamic Affairs and Charitable Activities Department", "دائرة الشؤون الإسلامية والعمل الخيري"),
    "dewa": ("DEWA", "كهرباء ومياه دبي"),
}
THROUGH = date(2012, 9, 30)
OUTSIDE = """figure => [...figure.querySelectorAll(".main-svg text")].filter(text => {
    const frame = text.closest("svg").getBoundingClientRect(), box = text.getBoundingClientRect();
    return box.width && (box.left < frame.left - 0.5 || box.right > frame.right + 0.5
        || box.top < frame.top - 0.5 || box.bottom > frame.bottom + 0.5);
}).map(text => text.textContent)"""


@pytest.fixture(scope="module")
def long_named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose departments and waves have the longest names there are, with few and too few answers among them."""
    folder = tmp_path_factory.mktemp("long")
    build_snapshot(
        folder,
        departments=[{"code": code, "name_en": en, "name_ar": ar} for code, (en, ar) in NAMES.items()],
        services=[
            {"code": f"{code}-1", "department": code, "name_en": f"Renew the licence of the {en}", "name_ar": f"تجديد رخصة {ar}"}
            for code, (en, ar) in NAMES.items()
        ],
        availability=list(_availability()),
        surveys=list(_surveys()),
        waves=[
            {
                "code": f"poll-{code}",
                "survey": "customer-poll",
                "name_en": f"Poll 2012, {en}",
                "name_ar": f"استطلاع 2012، {ar}",
                "starts_on": date(2012, 9, 20),
                "ends_on": date(2012, 10, 26),
                "departments": code,
            }
            for code, (en, ar) in NAMES.items()
        ],
        targets=[
            {"kpi": kpi, "department": code, "year": 2012, "numerator": number, "denominator": 10_000}
            for kpi, numbers in (("availability", (9_970, 9_975)), ("satisfaction", (8_500, 9_900)))
            for code, number in zip(("*", "residency"), numbers, strict=True)
        ],
        complete_through=THROUGH,
    ).close()
    server = Server(folder, tmp_path_factory.mktemp("log") / "server.log")
    yield server
    server.stop()


def _availability() -> Iterator[dict[str, Any]]:
    for number, code in enumerate(NAMES):
        for days in range(60):
            down = 400 * (number + 1) * (days % 3)
            yield {
                "day": THROUGH - timedelta(days=days),
                "department": code,
                "service": f"{code}-1",
                "up_seconds": 85_500 - down,
                "down_seconds": down,
                "unknown_seconds": 900,
            }


def _surveys() -> Iterator[dict[str, Any]]:
    for code, n in zip(NAMES, (1_200, 20, 8, 9), strict=True):
        scores = {"csat_valid": n, "csat_top2": n * 8 // 10, "nps_valid": n, "promoters": n * 6 // 10, "detractors": n // 10}
        asked = {"department": code, "service": f"{code}-1", "invited": 2 * n, "completed": n, "aware": n, **scores}
        for month in range(1, 10):
            yield {"day": date(2012, month, 3), **asked}
        yield {"day": date(2011, 9, 3), **asked}
        yield {"day": date(2012, 9, 25), "wave": f"poll-{code}", **asked}


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("path", ["availability", "satisfaction", "satisfaction?score=nps"])
def test_no_text_of_a_chart_leaves_it_on_a_phone(visit: Open, long_named: Server, path: str, language: str) -> None:
    page = visit(f"{path}{'&' if '?' in path else '?'}lang={language}", phone=True, url=long_named.url)
    page.wait_for_function("document.querySelectorAll('.js-plotly-plot .main-svg').length >= 6")
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(500)  # the charts draw themselves once more when the fonts are there
    charts = page.locator(".js-plotly-plot")
    assert charts.count() >= 3
    for number in range(charts.count()):
        assert charts.nth(number).evaluate(OUTSIDE) == []


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("key", ["satisfaction-wave", "satisfaction-department"])
def test_the_scale_of_a_chart_of_rows_shows_both_its_ends_on_a_phone(
    visit: Open, long_named: Server, key: str, language: str
) -> None:
    page = visit(f"satisfaction?lang={language}", phone=True, url=long_named.url)
    figure = page.locator(f".st-key-figure-{key} .js-plotly-plot")
    figure.locator(".xtick text").first.wait_for()
    shown = figure.evaluate("f => [...f.querySelectorAll('.xtick text')].map(t => t.getBoundingClientRect().width > 0)")
    assert len(shown) >= 2
    assert all(shown)


@pytest.mark.parametrize("language", [0, 1], ids=["en", "ar"])
def test_the_width_of_a_text_is_that_of_the_fonts_or_a_little_more(visit: Open, long_named: Server, language: int) -> None:
    page = visit(f"satisfaction?lang={('en', 'ar')[language]}", url=long_named.url)
    measure = """([text, font]) => { const pen = document.createElement("canvas").getContext("2d");
        pen.font = font; return pen.measureText(text).width }"""
    for text in (*(names[language] for names in NAMES.values()), "89.1% 84.9–92.3%", "n 1,743 · 30.0% answered"):
        wide = page.evaluate(measure, [text, '12px "IBM Plex Sans", "IBM Plex Sans Arabic"'])
        assert wide <= text_width(text, 12) <= wide * 1.45, text


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(
    ("path", "key", "period"),
    [
        ("availability", "availability-course", ""),
        ("availability", "availability-course", "&period=custom&from=2011-10-01&to=2012-09-30"),
        ("satisfaction", "satisfaction-trend", ""),
    ],
)
def test_the_names_of_a_time_axis_begin_with_the_first_and_do_not_touch_on_a_phone(
    visit: Open, long_named: Server, path: str, key: str, period: str, language: str
) -> None:
    page = visit(f"{path}?lang={language}{period}", phone=True, url=long_named.url)
    figure = page.locator(f".st-key-figure-{key} .js-plotly-plot")
    figure.locator(".xtick text").first.wait_for(state="attached")
    page.evaluate("document.fonts.ready")
    boxes = figure.evaluate(
        "f => [...f.querySelectorAll('.xtick text')].map(t => [t.textContent, t.getBoundingClientRect()])"
        ".map(([name, box]) => [name, box.left, box.right])"
    )
    shown = [(name, left, right) for name, left, right in boxes if right > left]
    assert len(shown) >= 3
    assert shown[0][0] == boxes[0][0], "the first one is there"
    assert all(one[2] + 2 < other[1] for one, other in itertools.pairwise(shown)), shown


BOXES = """figure => [...figure.querySelectorAll(".annotation-text, .xtick text, .ytick text")]
    .map(text => [text.textContent, text.getBoundingClientRect()]).filter(([, box]) => box.width)
    .map(([said, box]) => [said, box.left, box.right, box.top, box.bottom])"""


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("view", ["", "&department=customs", "&period=custom&from=2012-01-01&to=2012-01-05"])
def test_labels_of_the_running_total_meet_neither_each_other_nor_the_axes(
    visit: Open, view: str, language: str, phone: bool
) -> None:
    page = visit(f"?lang={language}{view}", phone=phone)
    figure = page.locator(".st-key-figure-running-total .js-plotly-plot")
    figure.locator(".annotation-text").first.wait_for()
    page.evaluate("document.fonts.ready")
    boxes = figure.evaluate(BOXES)
    assert len(boxes) >= 4
    meeting = [
        (one[0], other[0])
        for one, other in itertools.combinations(boxes, 2)
        if min(one[2], other[2]) - max(one[1], other[1]) > 1 and min(one[4], other[4]) - max(one[3], other[3]) > 3
    ]
    assert meeting == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_desk_names_every_month_of_the_running_total_and_a_phone_every_other_one(visit: Open, language: str) -> None:
    for phone, named in ((False, 12), (True, 6)):
        figure = visit(f"?lang={language}", phone=phone).locator(".st-key-figure-running-total .js-plotly-plot")
        figure.locator(".xtick text").first.wait_for()
        shown = figure.evaluate("f => [...f.querySelectorAll('.xtick text')].filter(t => t.getBoundingClientRect().width).length")
        assert shown == named
