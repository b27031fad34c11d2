"""Settings of one store, kept in its `settings.toml`: currency, minor unit and time zone.

Rule: they are fixed by the first file that enters and never changed silently, for every stored number depends on them.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

DEFAULT_DATA = Path("data/store")
FILE = "settings.toml"


@dataclass(frozen=True)
class Settings:
    """Currency (ISO 4217), the name of its hundredth, and the IANA time zone of business dates."""

    currency: str = "AED"
    minor_unit: str = "fils"
    timezone: str = "Asia/Dubai"


def read(data: Path) -> Settings:
    """Settings of the store in `data`; the defaults where it has no settings file."""
    path = data / FILE
    if not path.exists():
        return Settings()
    return Settings(**tomllib.loads(path.read_text(encoding="utf-8")))
