"""Settings of one store, kept in its `settings.toml`: currency, minor unit and time zone.

Rule: they are fixed by the first file that enters and never changed silently, for every stored number depends on them.
"""

import json
import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from store import files
from store.errors import SettingsError

DEFAULT_DATA = Path("data/store")
FILE = "settings.toml"
CONTRACT: Final = "contract"
"""Table of the settings with the actions of contracts: they may change, for what came in before keeps its verdict."""


@dataclass(frozen=True)
class Settings:
    """Currency (ISO 4217), the name of its hundredth, and the IANA time zone of business dates."""

    currency: str = "AED"
    minor_unit: str = "fils"
    timezone: str = "Asia/Dubai"

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise SettingsError(f"time zone '{self.timezone}' is unknown; give an IANA name such as Asia/Dubai") from error


def read(data: Path) -> Settings:
    """Settings of the store in `data`; the defaults where it has no settings file. Raises SettingsError for another content."""
    path = data / FILE
    try:
        return Settings(**{name: value for name, value in _tables(path).items() if name != CONTRACT})
    except (ValueError, TypeError) as error:
        names = ", ".join(f.name for f in fields(Settings))
        raise SettingsError(f"{path}: no settings of a store ({error}); it names {names}, each as a text") from error


def contract(data: Path, source: str) -> dict[str, Any]:
    """What the operator wrote in `[contract.<source>]`, empty where there is nothing; store.actions understands it."""
    path = data / FILE
    try:
        tables = _tables(path).get(CONTRACT, {})
    except ValueError as error:
        raise SettingsError(f"{path}: no TOML ({error})") from error
    found = tables.get(source, {}) if isinstance(tables, dict) else None
    if not isinstance(found, dict):
        raise SettingsError(f"{path}: [{CONTRACT}.{source}] is to be a table")
    return found


def _tables(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def agree(data: Path, wanted: Settings | None) -> Settings:
    """Settings the store in `data` works with, without writing them yet.

    `wanted` is what a mapping declares, None for files that declare nothing. Raises SettingsError where they differ from
    the store's.
    """
    if not (data / FILE).exists():
        return wanted or Settings()
    found = read(data)
    differing = [f.name for f in fields(Settings) if wanted and getattr(found, f.name) != getattr(wanted, f.name)]
    if differing:
        says = "; ".join(
            f"{name} is '{getattr(found, name)}' there, '{getattr(wanted, name)}' in the mapping" for name in differing
        )
        raise SettingsError(f"{data / FILE}: {says}. One store has one currency and one time zone: give --data another folder")
    return found


def fix(data: Path, settings: Settings, aside: Path) -> None:
    """Write the settings of a store that has none yet, durably, by way of the folder `aside`; for the first file that enters."""
    path = data / FILE
    if path.exists():
        return
    text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in asdict(settings).items())
    written = aside / FILE
    written.write_text(text, encoding="utf-8")
    files.place(written, path, data)
