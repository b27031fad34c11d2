"""Drafts of services from curated words: the core services, and every action on every object of its class.

Rule: a draft is what the vocabulary says, without anything drawn by chance. Hazard: names are built from two parts in two
languages; a new action must read well before every object of its class, in Arabic as a construct (تجديد + رخصة قيادة).
"""

from dataclasses import dataclass, replace
from typing import Final

from generators.tables import rows

EXTRA_SHARE: Final = 0.10
"""Share of a department's payments that goes to services from the vocabulary rather than to its core services."""


@dataclass(frozen=True)
class Amount:
    """How a price is found: from a menu of (AED, weight), or open, log-normal with this median in AED and sigma."""

    menu: tuple[tuple[float, float], ...] = ()
    median: float = 0.0
    sigma: float = 0.0

    @property
    def open(self) -> bool:
        return not self.menu

    @property
    def fee_fils(self) -> int | None:
        """The fixed fee, None where there is a choice of prices or the amount is open."""
        return round(self.menu[0][0] * 100) if len(self.menu) == 1 else None


@dataclass(frozen=True)
class Draft:
    """A service before it has a code; `amount` is None for information services.

    `weight` orders services within their department, `accounts` is the mean number of accounts per basket, `phone_weight`
    is the weight among phone payments (0: not payable by phone), `season` names its year in mix.SEASONS.
    """

    department: str
    name_en: str
    name_ar: str
    amount: Amount | None
    core: bool = False
    weight: float = 0.0
    accounts: float = 1.0
    phone_weight: float = 0.0
    automatic: bool = False
    season: str = ""


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


def service_drafts(payable: int) -> tuple[list[Draft], list[Draft]]:
    """All drafts: first `payable` ones that can be paid for, then those that only inform."""
    core, built = _core(), _built()
    paid = _weighted(core + _one_each_in_turn([d for d in built if d.amount], payable - len(core)))
    chosen = {(d.department, d.name_en) for d in paid}
    return paid, [replace(d, amount=None) for d in built if (d.department, d.name_en) not in chosen]


def _core() -> list[Draft]:
    return [
        Draft(
            department=r["department"],
            name_en=r["name_en"],
            name_ar=r["name_ar"],
            amount=parse_amount(r["amount"]),
            core=True,
            weight=float(r["weight"]),
            accounts=float(r["accounts"]),
            phone_weight=float(r["mpay"]),
            automatic=r["automatic"] == "yes",
            season=r["season"],
        )
        for r in rows("core_services")
    ]


def _built() -> list[Draft]:
    """Action + object, e.g. Renew + driving licence, leaving out what is a core service already."""
    taken = {(r["department"], r["name_en"]) for r in rows("core_services")}
    drafts = (
        Draft(
            department=thing["department"],
            name_en=f"{action['name_en']} {thing['name_en']}",
            name_ar=f"{action['name_ar']} {thing['name_ar']}",
            amount=parse_amount(f"fixed {action['fee_aed']}") if action["fee_aed"] else None,
        )
        for thing in rows("objects")
        for action in rows("actions")
        if action["class"] == thing["class"]
    )
    return [d for d in drafts if (d.department, d.name_en) not in taken]


def _one_each_in_turn(drafts: list[Draft], count: int) -> list[Draft]:
    """`count` drafts, taken one per department, round after round."""
    queues: dict[str, list[Draft]] = {}
    for draft in drafts:
        queues.setdefault(draft.department, []).append(draft)
    longest = max(len(q) for q in queues.values())
    rounds = [q[turn] for turn in range(longest) for q in queues.values() if turn < len(q)]
    return rounds[:count]


def _weighted(paid: list[Draft]) -> list[Draft]:
    """Give the built services of each department EXTRA_SHARE of its payments, the first of them most."""
    out: list[Draft] = []
    rank: dict[str, int] = {}
    for draft in paid:
        if draft.core:
            out.append(draft)
            continue
        mine = [d for d in paid if d.department == draft.department]
        core = sum(d.weight for d in mine)
        extras = sum(not d.core for d in mine)
        rank[draft.department] = rank.get(draft.department, 0) + 1
        harmonic = sum(1 / k for k in range(1, extras + 1))
        out.append(replace(draft, weight=core * EXTRA_SHARE / (1 - EXTRA_SHARE) / harmonic / rank[draft.department]))
    return out
