"""The departments and services of the city: who exists, what they offer, what it costs, since when.

Rule: the world depends on the seed alone, never on range or scale, and is built once per process from curated words.
Hazard: services are numbered by their place in the tuple; adding one to the vocabulary shifts later numbers and with them
what the streams draw.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

import numpy as np
from faker import Faker
from numpy.typing import NDArray

from generators.calendar import FIRST, LAST, day_number
from generators.streams import stream
from generators.tables import rows

TRANSACTIONAL: Final = 200
"""Services that can be paid for and are monitored."""
EXTRA_SHARE: Final = 0.10
"""Share of a department's payments that goes to services from the vocabulary rather than to its core services."""
MENU_SLOTS: Final = 256


@dataclass(frozen=True)
class Department:
    """A department, numbered by its place in World.departments."""

    code: str
    name_en: str
    name_ar: str
    size: int
    joined: int
    """Day number on which it joined the gateway; may be negative."""
    joined_on: date
    site: str


@dataclass(frozen=True)
class Amount:
    """How a service's price is found: from a menu of (AED, weight), or open: log-normal with median AED and sigma."""

    menu: tuple[tuple[float, float], ...] = ()
    median: float = 0.0
    sigma: float = 0.0

    @property
    def open(self) -> bool:
        return not self.menu

    @property
    def fee_fils(self) -> int | None:
        return round(self.menu[0][0] * 100) if len(self.menu) == 1 else None


@dataclass(frozen=True)
class Service:
    """A service of the catalogue. `weight` orders services within their department; `accounts` is the mean per basket."""

    code: str
    department: int
    name_en: str
    name_ar: str
    transactional: bool
    amount: Amount | None
    weight: float
    accounts: float
    phone_weight: float
    on_mobile: bool
    automatic: bool
    season: str
    launched_on: date
    contact: str

    @property
    def channels(self) -> str:
        if not self.transactional:
            return ""
        return " ".join(("web", *(("mpay",) if self.phone_weight > 0 else ()), "kiosk", "ivr", "counter"))


@dataclass(frozen=True)
class World:
    """All departments and services. `paid` are the transactional services, and come first in `services`."""

    departments: tuple[Department, ...]
    services: tuple[Service, ...]

    @property
    def paid(self) -> tuple[Service, ...]:
        return self.services[:TRANSACTIONAL]

    def department_number(self, code: str) -> int:
        return next(i for i, d in enumerate(self.departments) if d.code == code)


@dataclass(frozen=True)
class PaidArrays:
    """The transactional services as arrays, index = number of the service."""

    department: NDArray[np.int64]
    available_from: NDArray[np.int64]
    weight: NDArray[np.float64]
    phone_weight: NDArray[np.float64]
    accounts: NDArray[np.float64]
    automatic: NDArray[np.bool_]
    is_open: NDArray[np.bool_]
    median: NDArray[np.float64]
    sigma: NDArray[np.float64]
    menu_fils: NDArray[np.int64]
    """Shape (services, MENU_SLOTS): prices in fils, repeated by weight; 0 for open amounts."""


@cache
def build_world(seed: int) -> World:
    """The world of a seed: 32 departments and more than a thousand services, of which TRANSACTIONAL are paid for."""
    departments = tuple(
        Department(
            r["code"],
            r["name_en"],
            r["name_ar"],
            int(r["size"]),
            _day(r["joined_on"]),
            date.fromisoformat(r["joined_on"]),
            r["site"],
        )
        for r in rows("departments")
    )
    drafts = _core_services() + _vocabulary_services()
    paid = [d for d in drafts if d["transactional"]]
    chosen = _spread(paid, TRANSACTIONAL)
    rest = [d for d in drafts if d["name_en"] not in {c["name_en"] for c in chosen} or d not in chosen]
    for draft in rest:
        draft["transactional"] = False
    finish = _Finisher(seed, departments)
    return World(departments, tuple(finish(d) for d in (*chosen, *rest)))


@cache
def paid_arrays(seed: int) -> PaidArrays:
    """Arrays over the transactional services of the world of `seed`."""
    world = build_world(seed)
    paid = world.paid
    amounts = [s.amount or Amount() for s in paid]
    joined = np.array([world.departments[s.department].joined for s in paid])
    launched = np.array([day_number(s.launched_on) for s in paid])
    return PaidArrays(
        department=np.array([s.department for s in paid]),
        available_from=np.maximum(joined, launched),
        weight=np.array([s.weight for s in paid]),
        phone_weight=np.array([s.phone_weight for s in paid]),
        accounts=np.array([s.accounts for s in paid]),
        automatic=np.array([s.automatic for s in paid]),
        is_open=np.array([a.open for a in amounts]),
        median=np.array([a.median for a in amounts]),
        sigma=np.array([a.sigma for a in amounts]),
        menu_fils=np.stack([_menu_slots(a) for a in amounts]),
    )


def _day(text: str) -> int:
    return day_number(date.fromisoformat(text))


def _core_services() -> list[dict[str, object]]:
    return [
        {
            "department": r["department"],
            "name_en": r["name_en"],
            "name_ar": r["name_ar"],
            "transactional": True,
            "amount": parse_amount(r["amount"]),
            "weight": float(r["weight"]),
            "accounts": float(r["accounts"]),
            "phone_weight": float(r["mpay"]),
            "automatic": r["automatic"] == "yes",
            "season": r["season"],
            "core": True,
        }
        for r in rows("core_services")
    ]


def _vocabulary_services() -> list[dict[str, object]]:
    """Every action on every object of its class, e.g. Renew + driving licence."""
    out: list[dict[str, object]] = []
    taken = {(str(d["department"]), str(d["name_en"])) for d in _core_services()}
    for thing in rows("objects"):
        for action in rows("actions"):
            name_en = f"{action['name_en']} {thing['name_en']}"
            if action["class"] != thing["class"] or (thing["department"], name_en) in taken:
                continue
            fee = action["fee_aed"]
            out.append(
                {
                    "department": thing["department"],
                    "name_en": name_en,
                    "name_ar": f"{action['name_ar']} {thing['name_ar']}",
                    "transactional": action["transactional"] == "yes",
                    "amount": Amount(((float(fee), 1.0),)) if fee else None,
                    "weight": 0.0,
                    "accounts": 1.0,
                    "phone_weight": 0.0,
                    "automatic": False,
                    "season": "",
                    "core": False,
                }
            )
    return out


def parse_amount(text: str) -> Amount:
    """`fixed 105`, `menu 50:6 100:9` (AED:weight) or `open 610 1.15` (median AED, sigma). Raises ValueError otherwise."""
    kind, *words = text.split()
    if kind == "fixed":
        return Amount(((float(words[0]), 1.0),))
    if kind == "menu":
        pairs = (word.split(":") for word in words)
        return Amount(tuple((float(price), float(weight)) for price, weight in pairs))
    if kind == "open":
        return Amount(median=float(words[0]), sigma=float(words[1]))
    raise ValueError(f"amount {text!r}: expected fixed, menu or open")


def _menu_slots(amount: Amount) -> NDArray[np.int64]:
    if amount.open:
        return np.zeros(MENU_SLOTS, np.int64)
    prices = np.array([round(price * 100) for price, _ in amount.menu])
    weights = np.array([weight for _, weight in amount.menu])
    edges = np.cumsum(weights) / weights.sum()
    return np.asarray(prices[np.searchsorted(edges, (np.arange(MENU_SLOTS) + 0.5) / MENU_SLOTS)])


def _spread(paid: list[dict[str, object]], count: int) -> list[dict[str, object]]:
    """The core services and then, round after round, one more of each department, until there are `count`."""
    chosen = [d for d in paid if d["core"]]
    queues: dict[object, list[dict[str, object]]] = {}
    for draft in paid:
        if not draft["core"]:
            queues.setdefault(draft["department"], []).append(draft)
    while len(chosen) < count:
        for queue in queues.values():
            if queue and len(chosen) < count:
                chosen.append(queue.pop(0))
    by_department: dict[object, list[dict[str, object]]] = {}
    for draft in chosen:
        by_department.setdefault(draft["department"], []).append(draft)
    for drafts in by_department.values():
        core = sum(float(str(d["weight"])) for d in drafts)
        extras = [d for d in drafts if not d["core"]]
        harmonic = sum(1 / (k + 1) for k in range(len(extras)))
        for k, draft in enumerate(extras):
            draft["weight"] = core * EXTRA_SHARE / (1 - EXTRA_SHARE) / (k + 1) / harmonic
    return chosen


class _Finisher:
    """Gives a draft its code, launch day and contact; keeps codes unique."""

    def __init__(self, seed: int, departments: tuple[Department, ...]) -> None:
        self.departments = departments
        self.numbers = {d.code: i for i, d in enumerate(departments)}
        self.rng = stream(seed, "world")
        self.codes: set[str] = set()
        faker = Faker("en")
        faker.seed_instance(seed)
        self.officers = [faker.name() for _ in range(400)]

    def __call__(self, draft: dict[str, object]) -> Service:
        number = self.numbers[str(draft["department"])]
        department = self.departments[number]
        transactional, core = bool(draft["transactional"]), bool(draft["core"])
        phone = float(str(draft["phone_weight"]))
        amount = draft["amount"]
        return Service(
            code=self._code(department.code, str(draft["name_en"])),
            department=number,
            name_en=str(draft["name_en"]),
            name_ar=str(draft["name_ar"]),
            transactional=transactional,
            amount=amount if transactional and isinstance(amount, Amount) else None,
            weight=float(str(draft["weight"])),
            accounts=float(str(draft["accounts"])),
            phone_weight=phone,
            on_mobile=phone > 0 or bool(self.rng.random() < 0.03),
            automatic=bool(draft["automatic"]),
            season=str(draft["season"]),
            launched_on=self._launch(department, core, transactional),
            contact=self._contact(department),
        )

    def _code(self, department: str, name: str) -> str:
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower().replace("'", "")).strip("-")
        code = f"{department}-{slug}"[:64].rstrip("-")
        if code in self.codes:
            raise ValueError(f"service code {code} appears twice in the vocabulary")
        self.codes.add(code)
        return code

    def _launch(self, department: Department, core: bool, transactional: bool) -> date:
        """Core services are there from the start; the others were launched one after the other until 2014."""
        joined = department.joined_on
        if core:
            return joined
        last = date(2009, 6, 30) if transactional and joined < FIRST else date(2014, 6, 30)
        span = max(1, (min(last, LAST) - joined).days)
        return date.fromordinal(joined.toordinal() + int(span * self.rng.random() ** 1.4)) if span > 1 else joined

    def _contact(self, department: Department) -> str:
        officer = self.officers[int(self.rng.integers(len(self.officers)))]
        return f"{officer}, +971 4 {self.rng.integers(200, 900)} {self.rng.integers(0, 10_000):04d}, eservices@{department.site}.example"
