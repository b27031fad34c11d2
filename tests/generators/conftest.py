"""Scenarios for the tests of the generators: a small one in a second, and the whole default one once per session."""

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from generators import generate


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven weeks of 2012 across a month's end, with Eid and a campaign, at a tenth of the volume."""
    out = tmp_path_factory.mktemp("small")
    generate("dubai", date(2012, 7, 29), date(2012, 9, 15), seed=7, scale=0.1, processes=1, out=out)
    return out


@pytest.fixture(scope="session")
def default_scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default scenario as `make run` generates it."""
    out = tmp_path_factory.mktemp("default")
    generate("dubai", date(2010, 1, 1), date(2012, 9, 30), seed=7, out=out)
    return out


@pytest.fixture(scope="session")
def default_payments(default_scenario: Path) -> pl.DataFrame:
    """Distinct payment records of the default scenario with their local `day`."""
    rows = pl.scan_parquet(default_scenario / "payments" / "*.parquet").unique("event_id")
    columns = ("transaction_id", "occurred_at", "department", "service", "channel", "method", "status", "amount_fils")
    return rows.select(*columns, day=pl.col("occurred_at").dt.convert_time_zone("Asia/Dubai").dt.date()).collect()


@pytest.fixture(scope="session")
def content_hash() -> Callable[[Path, str], str]:
    """SHA-256 over the sorted content of a source: values only, not file bytes, row order or any engine's hash."""

    def digest(out: Path, source: str) -> str:
        frame = pl.read_parquet(out / source / "*.parquet")
        frame = frame.with_columns(pl.col(pl.Enum, pl.Categorical).cast(pl.String))
        found = hashlib.sha256()
        for column in frame.sort(frame.columns).iter_columns():
            found.update(f"{column.name}:{column.dtype}".encode())
            if column.dtype == pl.String:
                found.update("\x1e".join("\x00" if v is None else v for v in column.to_list()).encode())
            else:
                found.update(column.is_null().to_numpy().tobytes())
                found.update(column.to_physical().fill_null(0).cast(pl.Int64).to_numpy().astype("<i8").tobytes())
        return found.hexdigest()

    return digest
