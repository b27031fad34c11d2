"""The departments and services of the city: who exists, what they offer, what it costs, since when.

Rule: the world depends on the seed alone, never on range or scale, and is built once per process from curated words.
Hazard: services are numbered by their place in the tuple; adding one to the vocabulary shifts later numbers and with them
what the streams draw.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generators.calendar import FIRST, Bools, Floats, Ints, day_number
from generators.streams import stream
from generators.tables import rows
from generators.vocabulary import Amount, Draft, service_drafts

TRANSACTIONAL: Final = 246
"""Services that can be paid for, and are monitored too; about 200 of them are on the gateway by 2012."""
MENU_SLOTS: Final = 256
PAID_FROM: Final = date(2009, 6, 30)
INFORMING_FROM: Final = date(2014, 6, 30)
"""By when the services of a department that was on the gateway early are all launched, paid ones and others."""
INFORMING_ON_MOBILE: Final = 0.03


@dataclass(frozen=True)
class Department:
    """A department, numbered by its place in World.departments; `site` is the name in its addresses."""

    code: str
    name_en: str
    name_ar: str
    size: int
    joined_on: date
    site: str

    @property
    def joined(self) -> int:
        """Number of the day it joined the gateway; negative before 2009."""
        return day_number(self.joined_on)


@dataclass(frozen=True)
class Service:
    """A service of the catalogue; `department` is a number, `draft` what the vocabulary says of it."""

    code: str
    department: int
    draft: Draft
    on_mobile: bool
    launched_on: date
    contact: str

    @property
    def transactional(self) -> bool:
        return self.draft.amount is not None

    @property
    def channels(self) -> str:
        """Codes of the channels it can be paid through, separated by a space."""
        if not self.transactional:
            return ""
        return "web mpay kiosk ivr counter" if self.draft.phone_weight > 0 else "web kiosk ivr counter"


@dataclass(frozen=True)
class World:
    """All departments and services; the transactional services come first."""

    departments: tuple[Department, ...]
    services: tuple[Service, ...]

    @property
    def paid(self) -> tuple[Service, ...]:
        return self.services[:TRANSACTIONAL]

    def department_number(self, code: str) -> int:
        return next(i for i, d in enumerate(self.departments) if d.code == code)


@dataclass(frozen=True)
class PaidArrays:
    """The transactional services as arrays; index is the number of the service."""

    department: Ints
    available_from: Ints
    """First day number on which it can be paid for."""
    weight: Floats
    phone_weight: Floats
    accounts: Floats
    automatic: Bools
    is_open: Bools
    median: Floats
    sigma: Floats
    menu_fils: NDArray[np.int64]
    """Prices in fils, shape (services, MENU_SLOTS), each repeated by its weight; 0 for open amounts."""


@cache
def build_world(seed: int) -> World:
    """The world of a seed. Raises ValueError when the vocabulary gives two services the same code."""
    departments = tuple(
        Department(r["code"], r["name_en"], r["name_ar"], int(r["size"]), date.fromisoformat(r["joined_on"]), r["site"])
        for r in rows("departments")
    )
    numbers = {d.code: i for i, d in enumerate(departments)}
    paid, informing = service_drafts(TRANSACTIONAL)
    rng = stream(seed, "world")
    services = tuple(_service(rng, numbers[d.department], departments[numbers[d.department]], d) for d in (*paid, *informing))
    if len({s.code for s in services}) < len(services):
        raise ValueError("the vocabulary gives two services the same code; rename one in generators/data")
    return World(departments, services)


@cache
def paid_arrays(seed: int) -> PaidArrays:
    """Arrays over the transactional services of the world of `seed`."""
    world = build_world(seed)
    drafts = [s.draft for s in world.paid]
    amounts = [d.amount or Amount() for d in drafts]
    joined = np.array([world.departments[s.department].joined for s in world.paid])
    return PaidArrays(
        department=np.array([s.department for s in world.paid]),
        available_from=np.maximum(joined, [day_number(s.launched_on) for s in world.paid]),
        weight=np.array([d.weight for d in drafts]),
        phone_weight=np.array([d.phone_weight for d in drafts]),
        accounts=np.array([d.accounts for d in drafts]),
        automatic=np.array([d.automatic for d in drafts]),
        is_open=np.array([a.open for a in amounts]),
        median=np.array([a.median for a in amounts]),
        sigma=np.array([a.sigma for a in amounts]),
        menu_fils=np.stack([_menu_slots(a) for a in amounts]),
    )


def _menu_slots(amount: Amount) -> NDArray[np.int64]:
    if amount.open:
        return np.zeros(MENU_SLOTS, np.int64)
    prices = np.array([round(price * 100) for price, _ in amount.menu])
    edges = np.cumsum([weight for _, weight in amount.menu])
    return np.asarray(prices[np.searchsorted(edges / edges[-1], (np.arange(MENU_SLOTS) + 0.5) / MENU_SLOTS)])


def _service(rng: np.random.Generator, number: int, department: Department, draft: Draft) -> Service:
    slug = re.sub(r"[^a-z0-9]+", "-", draft.name_en.lower().replace("'", "")).strip("-")
    mobile, age, line = rng.random(), rng.random(), int(rng.integers(2_000_000, 9_000_000))
    return Service(
        code=f"{department.code}-{slug}"[:64].rstrip("-"),
        department=number,
        draft=draft,
        on_mobile=draft.phone_weight > 0 or (draft.amount is None and mobile < INFORMING_ON_MOBILE),
        launched_on=_launch(department, draft, age),
        contact=f"+971 4 {line // 10_000} {line % 10_000:04d}, eservices@{department.site}.example",
    )


def _launch(department: Department, draft: Draft, age: float) -> date:
    """Core services are there when their department joins; the others follow, most of them soon."""
    joined = department.joined_on
    last = PAID_FROM if draft.amount and joined < FIRST else INFORMING_FROM
    span = 0 if draft.core else max((last - joined).days, 0)
    return joined + timedelta(days=int(span * age**1.4))
