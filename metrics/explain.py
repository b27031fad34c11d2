"""Exact change decomposition: which parts moved a number, and whether by how much there was or by what each was worth.

Rule: effects are fractions of the integers of a Result, so they add up to the whole change to the last digit; nothing is
rounded before it is shown. Formulas: definitions.md, "Exact change".
Hazard: a part that exists in one window only has no rate (or value) in the other. New parts count at the base's overall rate
(and wholly as volume), so that they move the rate by being different and not by being new.
`rate_and_mix` is a worked answer of the definitions, held by tests: pages explain amounts only.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from metrics.errors import QuestionError
from metrics.model import Result, Row
from metrics.words import N_

Keys = tuple[tuple[str, str], ...]
ZERO = Fraction(0)


@dataclass(frozen=True)
class Part:
    """The two effects of one part, in the unit of the KPI."""

    keys: Keys
    first: Fraction
    """Rate effect of a ratio; volume effect of an amount."""
    second: Fraction
    """Mix effect of a ratio; value effect of an amount."""

    @property
    def total(self) -> Fraction:
        """What this part adds to the whole change."""
        return self.first + self.second


@dataclass(frozen=True)
class Decomposition:
    """A change and its parts, largest effect first. `sum(part.total) == change` exactly."""

    change: Fraction
    parts: tuple[Part, ...]

    @property
    def first(self) -> Fraction:
        """Rate (or volume) effects of all parts together."""
        return sum((part.first for part in self.parts), ZERO)

    @property
    def second(self) -> Fraction:
        """Mix (or value) effects of all parts together."""
        return sum((part.second for part in self.parts), ZERO)


def contributions(result: Result) -> Decomposition:
    """The change of a sum, part by part: `first` is the part's own change, `second` is 0."""
    _comparable(result)
    if result.kpi.kind not in ("sum", "balance"):
        raise QuestionError(N_("{kpi} does not add up over its parts, so its parts explain no change"), kpi=result.kpi.id)
    parts = [Part(r.keys, _whole(r.numerator) - _whole(r.base_numerator), ZERO) for r in _parts(result)]
    return _decomposition(_whole(result.total.numerator) - _whole(result.total.base_numerator), parts)


def rate_and_mix(result: Result) -> Decomposition:
    """The change of a ratio: R1 - R0 = sum w1 (r1 - r0) + sum (w1 - w0)(r0 - R0), w the share of the denominator."""
    _comparable(result)
    total = result.total
    if result.kpi.denominator is None or not total.denominator or not total.base_denominator:
        raise QuestionError(N_("{kpi} has no numerator and denominator in both windows"), kpi=result.kpi.id)
    base_rate = _ratio(total.base_numerator, total.base_denominator)
    parts = []
    for row in _parts(result):
        weight, base_weight = _ratio(row.denominator, total.denominator), _ratio(row.base_denominator, total.base_denominator)
        before = _ratio(row.base_numerator, row.base_denominator) if row.base_denominator else base_rate
        now = _ratio(row.numerator, row.denominator) if row.denominator else before
        parts.append(Part(row.keys, weight * (now - before), (weight - base_weight) * (before - base_rate)))
    return _decomposition(_ratio(total.numerator, total.denominator) - base_rate, parts)


def volume_and_value(amount: Result, volume: Result) -> Decomposition:
    """The change of an amount: volume effect (V1 - V0) a0, value effect the rest, V1 (a1 - a0), with a = amount / volume.

    `amount` and `volume` answer the same question (window, base, by, filters, scope), for example collected_amount and
    transactions. Asked by a dimension, the volume effect of each part is at that part's own value.
    """
    _comparable(amount)
    if _question(amount) != _question(volume):
        raise QuestionError(N_("{kpi} and {other} do not answer the same question"), kpi=amount.kpi.id, other=volume.kpi.id)
    volumes = {row.keys: row for row in _parts(volume)}
    parts = [_volume_part(row, volumes.get(row.keys)) for row in _parts(amount)]
    return _decomposition(_whole(amount.total.numerator) - _whole(amount.total.base_numerator), parts)


def _volume_part(amount: Row, volume: Row | None) -> Part:
    change = _whole(amount.numerator) - _whole(amount.base_numerator)
    before = _whole(volume.base_numerator) if volume else ZERO
    if not before:
        return Part(amount.keys, change, ZERO)
    more = _whole(volume.numerator if volume else None) - before
    effect = more * _whole(amount.base_numerator) / before
    return Part(amount.keys, effect, change - effect)


def _comparable(result: Result) -> None:
    if result.base is None:
        raise QuestionError(N_("{kpi} was asked without a base, so there is no change to explain"), kpi=result.kpi.id)
    if any(row.hidden for row in (*result.rows, result.total)):
        raise QuestionError(N_("{kpi} has hidden rows, so its change cannot be explained by parts"), kpi=result.kpi.id)


def _parts(result: Result) -> tuple[Row, ...]:
    return result.rows if result.by else (result.total,)


def _question(result: Result) -> tuple[object, ...]:
    return result.window, result.base, result.by, result.filters, result.scope, result.snapshot


def _decomposition(change: Fraction, parts: list[Part]) -> Decomposition:
    if sum((part.total for part in parts), ZERO) != change:
        raise QuestionError(N_("these rows are not all the parts of the change: a period of the base has no partner among them"))
    return Decomposition(change, tuple(sorted(parts, key=lambda part: (-abs(part.total), part.keys))))


def _whole(number: int | float | None) -> Fraction:
    return Fraction(number or 0)


def _ratio(numerator: int | float | None, denominator: int | float | None) -> Fraction:
    return _whole(numerator) / _whole(denominator)
