"""The shared real data beside the project. Absent, tests that need it are skipped with the reason; in CI they fail."""

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def shared(name: str) -> Path:
    """Path of a file below ../shared/data."""
    path = SHARED / name
    if not path.exists():
        reason = f"../shared/data/{name} is absent"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason}; in CI it must be there")
        pytest.skip(reason)
    return path
