"""What the sender of a file says it holds, in a side file beside it, and whether that is what came in.

`payments-2012-09-30.csv` has its control totals in `payments-2012-09-30.csv.control.json`, an object of any of
    rows    records of the file                     fils    sum of its control total (minor units), where its source has money
    sha256  of the file's bytes                     from, to    days it delivers whole, inclusive, YYYY-MM-DD
Rule: a difference of one row or one fils refuses the file, unless the operator takes it in as unreconciled; then the ledger
keeps both numbers. Other bytes than promised are never taken in: they say that the file was damaged on its way.
A file may carry its totals in its last line, too (`trailer` of a mapping).
Hazard: rows that came twice or broke a rule are records of the file too, so totals are compared with all that came in.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

from store.errors import ControlError, InputError

SUFFIX: Final = ".control.json"
What = Literal["rows", "fils", "sha256"]
_NUMBER: Final = re.compile("-?[0-9]+")
_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LARGEST: Final = 2**63 - 1
TRAILER: Final = ("rows", "fils", "from", "to")
_NAMES: Final = ("rows", "fils", "sha256", "from", "to")


@dataclass(frozen=True)
class Control:
    """What a sender declares of one file; None where it does not say. `first` to `last` are days delivered whole."""

    rows: int | None = None
    fils: int | None = None
    sha256: str | None = None
    first: date | None = None
    last: date | None = None


NOTHING: Final = Control()
"""A sender that declares nothing."""


@dataclass(frozen=True)
class Compared:
    """One control total: what was promised and what came in."""

    what: What
    expected: str
    found: str

    @property
    def differs(self) -> bool:
        return self.expected != self.found

    def __str__(self) -> str:
        if self.what == "sha256":
            return f"sha256 {self.expected[:12]}... promised, {self.found[:12]}... came"
        difference = f", a difference of {int(self.found) - int(self.expected):+,}" if self.found.lstrip("-").isdigit() else ""
        return f"{self.what} {self.expected} promised, {self.found} came{difference}"


def beside(path: Path) -> Control:
    """The control totals of the side file of `path`; empty without one.

    Raises InputError where it cannot be understood.
    """
    side = path.with_name(path.name + SUFFIX)
    try:
        text = side.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return NOTHING
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{side.name}: cannot be read ({error}); correct or remove it") from error
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{side.name}: no JSON ({error}); correct or remove it") from error
    return _control(said, side.name)


def trailer(said: Mapping[str, str], name: str) -> Control:
    """The control totals of a trailer from its named groups, TRAILER. Raises InputError where one is no number or day."""
    where = f"{name}, its trailer"
    wrong = [
        f"'{key}' is no whole number: {said[key]!r}" for key in ("rows", "fils") if not _NUMBER.fullmatch(said.get(key, "0"))
    ]
    if wrong:
        raise InputError(f"{where}: {'; '.join(wrong)}; correct the mapping's input.trailer")
    return _control({key: int(value) if key in ("rows", "fils") else value for key, value in said.items()}, where)


def agreed(side: Control, inside: Control, name: str) -> Control:
    """What a side file and a trailer say together. Raises ControlError where they say different things."""
    for what in ("rows", "fils", "first", "last"):
        one, other = getattr(side, what), getattr(inside, what)
        if None not in (one, other) and one != other:
            raise ControlError(f"{name}: its side file says {what} {one}, its trailer {other}; ask the sender")
    both = {what: _either(getattr(side, what), getattr(inside, what)) for what in ("rows", "fils", "sha256", "first", "last")}
    return Control(**both)


def _either(one: Any, other: Any) -> Any:
    return other if one is None else one


def compare(control: Control, rows: int, fils: int | None, sha256: str) -> tuple[Compared, ...]:
    """Each declared total beside what came in; `fils` is None where the source has no money, which is then never equal."""
    found = {"rows": (control.rows, rows), "fils": (control.fils, fils), "sha256": (control.sha256, sha256)}
    whats: tuple[What, ...] = ("rows", "fils", "sha256")
    return tuple(
        Compared(what, str(expected), "no money" if came is None else str(came))
        for what in whats
        for expected, came in [found[what]]
        if expected is not None
    )


def insist(name: str, compared: tuple[Compared, ...], *, unreconciled: bool) -> None:
    """Raise ControlError unless every total is as promised; with `unreconciled` only the bytes have to be."""
    differing = [each for each in compared if each.differs and not (unreconciled and each.what != "sha256")]
    if not differing:
        return
    says = "; ".join(map(str, differing))
    if any(each.what == "sha256" for each in differing):
        raise ControlError(f"{name}: {says}. The file was damaged or changed on its way: deliver it again")
    raise ControlError(f"{name}: {says}. Nothing of it was taken in: ask the sender, or take it in as it is with --unreconciled")


def _control(said: object, where: str) -> Control:
    if not isinstance(said, dict) or (unknown := [name for name in said if name not in _NAMES]):
        names = f", not {', '.join(map(str, unknown))}" if isinstance(said, dict) else ""
        raise InputError(f"{where}: an object of {', '.join(_NAMES)} is wanted{names}")
    problems = list(_problems(said))
    if problems:
        raise InputError(f"{where}: {'; '.join(problems)}")
    first, last = (_day(said.get(name)) for name in ("from", "to"))
    if (first is None) != (last is None) or (first and last and first > last):
        raise InputError(f"{where}: 'from' and 'to' are the first and the last day delivered whole, both or none")
    digest = said.get("sha256")
    return Control(said.get("rows"), said.get("fils"), digest.lower() if digest else None, first, last)


def _problems(said: dict[str, object]) -> Iterator[str]:
    for name, value in said.items():
        if name in ("rows", "fils"):
            if not isinstance(value, int) or isinstance(value, bool) or (name == "rows" and value < 0):
                yield f"'{name}' is no whole number: {value!r}"
            elif abs(value) > _LARGEST:
                yield f"'{name}' is larger than the sum of any file: {value}"
        elif not isinstance(value, str):
            yield f"'{name}' is no text: {value!r}"
        elif name == "sha256" and (len(value) != 64 or set(value.lower()) - set("0123456789abcdef")):
            yield f"'sha256' is no SHA-256 in hex: {value!r}"
        elif name in ("from", "to") and _day(value) is None:
            yield f"'{name}' is no day (YYYY-MM-DD): {value!r}"


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) and _DAY.fullmatch(text) else None
    except ValueError:
        return None
