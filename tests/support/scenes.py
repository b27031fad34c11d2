"""Small governments for tests of pages: few enough rows to add up by hand, enough sources to fill every page.

Rule: amounts are chosen so that totals are round: 1 January to 30 September 2012 AED 3,000.00 against AED 2,400.00, +25%.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from store.settings import Settings
from store.snapshot import Snapshot
from tests.support.marts import build_snapshot

Row = dict[str, Any]

DEPARTMENTS = (
    {"code": "customs", "name_en": "Customs", "name_ar": "الجمارك"},
    {"code": "dewa", "name_en": "Electricity & Water <b>", "name_ar": "الكهرباء والمياه"},
)
SERVICES = (
    {
        "code": "customs-duty",
        "department": "customs",
        "name_en": "Customs duty",
        "name_ar": "الرسوم الجمركية",
        "transactional": True,
    },
    {"code": "dewa-bills", "department": "dewa", "name_en": "Bills", "name_ar": "الفواتير", "transactional": True},
)


def government(folder: Path) -> Snapshot:
    """A daily government with every source, complete to 30 September 2012."""
    return build_snapshot(
        folder,
        departments=DEPARTMENTS,
        services=SERVICES,
        payments=list(_payments()),
        availability=list(_availability()),
        incidents=[
            {
                "day": date(2012, 9, 12),
                "service": "dewa-bills",
                "started_at": datetime(2012, 9, 12, 6),
                "ended_at": datetime(2012, 9, 12, 9),
                "down_seconds": 10_800,
            }
        ],
        surveys=list(_surveys()),
        feedback=[{"day": date(2012, 9, 3), "department": "dewa", "opened": 3}],
        feedback_cases=[{"day": date(2012, 9, 3), "department": "dewa", "resolved_on": date(2012, 9, 5), "days": 2}],
        targets=[{"kpi": "availability", "department": "*", "year": 2012, "numerator": 997, "denominator": 1000}],
    )


def libraries(folder: Path) -> Snapshot:
    """Two bodies that report totals by month in pounds, and nothing else: no probes, no surveys, no attempts."""
    unknown = dict.fromkeys(
        ("attempts", "failed", "abandoned", "automatic_settled", "baskets", "multi_baskets", "basket_accounts")
    )
    missing = {**unknown, "timed": None, "under_60s": None, "surcharge_fils": None, "automatic": None, "mobile_settled": None}
    rows = [
        {
            **missing,
            "period_start": date(year, month, 1),
            "period_end": _month_end(year, month),
            "department": department,
            "service": "overdue",
            "channel": "unspecified",
            "method": "cash",
            "settled": 10,
            "gross_fils": 12_500 if year == 2021 else 10_000,
        }
        for year in (2020, 2021)
        for month in range(1, 7)
        for department in ("bath", "bristol")
    ]
    return build_snapshot(folder, settings=Settings("GBP", "pence", "Europe/London"), payments=rows)


def nothing(folder: Path) -> Snapshot:
    """A store that was published without a single record."""
    return build_snapshot(folder)


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _payments() -> Iterator[Row]:
    """Two days of payments a month and department; two thirds of the money is the customs'."""
    for year, whole, settled in ((2011, 240_000, 4), (2012, 300_000, 5)):
        for department, service, amount in (("customs", "customs-duty", whole * 2 // 3), ("dewa", "dewa-bills", whole // 3)):
            for number in range(18):
                month, last = number // 2 + 1, number % 2
                yield {
                    "day": _month_end(year, month) if last else date(year, month, 3),
                    "department": department,
                    "service": service,
                    "channel": "web" if last else "mpay",
                    "settled": settled,
                    "failed": 1,
                    "gross_fils": amount // 18 + (amount % 18 if number == 17 else 0),
                }


def _availability() -> Iterator[Row]:
    for year in (2011, 2012):
        day = date(year, 1, 1)
        while day <= date(year, 9, 30):
            for department, service in (("customs", "customs-duty"), ("dewa", "dewa-bills")):
                down = 10_800 if (day, service) == (date(2012, 9, 12), "dewa-bills") else 0
                yield {
                    "day": day,
                    "department": department,
                    "service": service,
                    "up_seconds": 86_400 - down - 900,
                    "down_seconds": down,
                    "unknown_seconds": 900,
                }
            day += timedelta(days=1)


def _surveys() -> Iterator[Row]:
    for year in (2011, 2012):
        for month in range(1, 10):
            yield {
                "day": date(year, month, 5),
                "invited": 100,
                "opened": 60,
                "started": 45,
                "completed": 40,
                "csat_valid": 40,
                "csat_top2": 32,
                "csat_sum": 160,
                "csat_squares": 736,
                "nps_valid": 40,
                "promoters": 20,
                "detractors": 8,
                "effort_valid": 40,
                "effort_easy": 30,
                "effort_sum": 150,
                "aware": 20,
                "not_aware": 15,
                "dont_know": 5,
            }
