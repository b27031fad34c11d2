"""What is not a log: departments, services, targets, IT spending, campaigns and events.

Rule: columns are those of the contracts; reference tables show what was known by the end of the range. Hazard: targets are
made to be plausible beside what the scenario produces, they are no published figures.
"""

from datetime import date
from typing import Final

import numpy as np
import polars as pl

from generators.calendar import Month, day_date, day_number
from generators.calibration import scaled_plan
from generators.mix import department_shares
from generators.published import TERMS, YEARS
from generators.streams import stream
from generators.surveys import EVENT_POLL
from generators.tables import rows
from generators.world import TRANSACTIONAL, build_world

SHARE_TARGETS: Final[dict[str, tuple[int, int]]] = {
    "availability": (9966, 2),
    "satisfaction": (8100, 200),
    "awareness": (4600, 200),
    "mobile_take_up": (90, 20),
    "complaints_resolved_within_7_days": (8600, 150),
}
"""Target in 2010 and what is added each year, in ten-thousandths."""
SHARE_LIMIT: Final = {
    "availability": 9990,
    "satisfaction": 9200,
    "awareness": 7500,
    "mobile_take_up": 2000,
    "complaints_resolved_within_7_days": 9500,
}
GROWTH_TARGET: Final = 1.12
CITY_TARGETS_2012: Final = {"collected_amount": 4_200_000_000_00, "transactions": 3_200_000}
SPEND_FILS: Final = 150_000
"""Monthly budget for electronic services is this times size ** SPEND_POWER: AED 1,500 for a department of one."""
SPEND_POWER: Final = 0.75


def departments(seed: int) -> pl.DataFrame:
    """The contract `departments`."""
    found = build_world(seed).departments
    return pl.DataFrame(
        {
            "code": [d.code for d in found],
            "name_en": [d.name_en for d in found],
            "name_ar": [d.name_ar for d in found],
            "size": [d.size for d in found],
            "joined_on": [d.joined_on for d in found],
        }
    )


def services(seed: int, end: date) -> pl.DataFrame:
    """The contract `services`: those launched by `end`."""
    world = build_world(seed)
    found = [(i, s) for i, s in enumerate(world.services) if s.launched_on <= end]
    return pl.DataFrame(
        {
            "code": [s.code for _, s in found],
            "department": [world.departments[s.department].code for _, s in found],
            "name_en": [s.draft.name_en for _, s in found],
            "name_ar": [s.draft.name_ar for _, s in found],
            "transactional": [s.transactional for _, s in found],
            "monitored": [i < TRANSACTIONAL for i, _ in found],
            "on_mobile": [s.on_mobile for _, s in found],
            "automatic_payment": [s.draft.automatic for _, s in found],
            "fee_fils": pl.Series([s.draft.amount.fee_fils if s.draft.amount else None for _, s in found], dtype=pl.Int64),
            "channels": [s.channels for _, s in found],
            "contact": [s.contact for _, s in found],
            "launched_on": [s.launched_on for _, s in found],
        }
    )


def targets(seed: int, scale: float, start: date, end: date) -> pl.DataFrame:
    """The contract `targets`, for every year of the range, every department on the gateway and '*' for the whole city."""
    found: list[tuple[str, str, int, int, int]] = []
    for year in range(start.year, end.year + 1):
        found += _sum_targets(seed, scale, year)
        found += _share_targets(seed, year)
    return pl.DataFrame(found, schema=["kpi", "department", "year", "numerator", "denominator"], orient="row")


def _sum_targets(seed: int, scale: float, year: int) -> list[tuple[str, str, int, int, int]]:
    """Last year's plan with the city's growth target, split by the departments' shares."""
    world, out = build_world(seed), []
    before = max(year - 1, YEARS[0])
    terms = [t for t, (y, _) in enumerate(TERMS) if y == before]
    transactions, fils = scaled_plan(scale)
    for kpi, plan, measure, unit in (
        ("collected_amount", fils, "amount", 1_000_000),
        ("transactions", transactions, "count", 100),
    ):
        city = round(plan[terms].sum() * GROWTH_TARGET)
        if year == 2012:
            city = round(CITY_TARGETS_2012[kpi] * scale)
        out.append((kpi, "*", year, city, 1))
        shares = department_shares(seed, measure)[TERMS.index((year, 0))]
        joined = np.array([d.joined <= day_number(date(year, 12, 31)) for d in world.departments])
        part = np.where(joined, shares, 0) / (shares * joined).sum()
        out += [
            (kpi, d.code, year, round(city * p / unit) * unit, 1) for d, p in zip(world.departments, part, strict=True) if p > 0
        ]
    return out


def _share_targets(seed: int, year: int) -> list[tuple[str, str, int, int, int]]:
    """The city's share for the year, and a department's own a little above or below it."""
    world, out = build_world(seed), []
    for kpi, (first, step) in SHARE_TARGETS.items():
        city = min(first + step * (year - 2010), SHARE_LIMIT[kpi])
        rng = stream(seed, f"target-{kpi}", year)
        spread = (10_000 - city) / 8 if city > 5000 else city / 10
        out.append((kpi, "*", year, city, 10_000))
        for department in world.departments:
            own = int(np.clip(round(city + rng.standard_normal() * spread), 1, 9_999))
            if department.joined <= day_number(date(year, 12, 31)):
                out.append((kpi, department.code, year, own, 10_000))
    return out


def it_spend(seed: int, month: Month) -> pl.DataFrame:
    """The contract `it_spend` for one month: budget by size, spending around it with a rush at the year's end."""
    world = build_world(seed)
    rng = stream(seed, "it-spend", month.index)
    size = np.array([d.size for d in world.departments], float)
    budget = size**SPEND_POWER * SPEND_FILS * 1.04 ** (month.year - 2010)
    rush = {11: 1.12, 12: 1.3}.get(month.month, 0.94)
    spent = budget * rush * np.exp(rng.standard_normal(size.size) * 0.08)
    first = day_date(month.first)
    return pl.DataFrame(
        {
            "department": [d.code for d in world.departments],
            "month": [first] * size.size,
            "budget_fils": (np.rint(budget / 100_000) * 100_000).astype(np.int64),
            "spent_fils": np.rint(spent).astype(np.int64),
        }
    )


def campaigns(start: date, end: date) -> pl.DataFrame:
    """The contract `campaigns`: those that touch the range."""
    found = [r for r in rows("campaigns") if r["starts_on"] <= end.isoformat() and r["ends_on"] >= start.isoformat()]
    return _dated(found, ("code", "name_en", "name_ar"), ("departments",), ())


def events(start: date, end: date) -> pl.DataFrame:
    """The contract `events`: those that begin in the range."""
    found = [r for r in rows("events") if start.isoformat() <= r["starts_on"] <= end.isoformat()]
    return _dated(found, ("code", "name_en", "name_ar"), (), ("entities", "area_m2", "polls_answered", "complaints"))


def waves(start: date, end: date) -> pl.DataFrame:
    """The contract `waves`: the plans of the years of the range, and the polls at its events."""
    planned = [
        {
            "code": r["wave"],
            "survey": r["survey"],
            "name_en": r["name_en"],
            "name_ar": r["name_ar"],
            "starts_on": r["first"],
            "ends_on": r["last"],
            "departments": r["departments"].replace("*", ""),
        }
        for r in rows("waves")
        if start.year <= date.fromisoformat(r["first"]).year <= end.year
    ]
    shows = [
        {
            **r,
            "survey": EVENT_POLL[0],
            "name_en": f"Poll at {r['name_en']}",
            "name_ar": f"استطلاع {r['name_ar']}",
            "departments": "",
        }
        for r in rows("events")
        if start.isoformat() <= r["starts_on"] <= end.isoformat()
    ]
    return _dated([*planned, *shows], ("code", "survey", "name_en", "name_ar"), ("departments",), ())


def _dated(found: list[dict[str, str]], names: tuple[str, ...], texts: tuple[str, ...], numbers: tuple[str, ...]) -> pl.DataFrame:
    columns = {n: pl.Series([r[n] for r in found], dtype=pl.String) for n in names}
    columns |= {n: pl.Series([date.fromisoformat(r[n]) for r in found], dtype=pl.Date) for n in ("starts_on", "ends_on")}
    columns |= {n: pl.Series([r[n] for r in found], dtype=pl.String) for n in texts}
    columns |= {n: pl.Series([int(r[n]) for r in found], dtype=pl.Int64) for n in numbers}
    return pl.DataFrame(columns)
