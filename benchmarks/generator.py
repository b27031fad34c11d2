"""The generator's speed and memory: payment rows per second into compressed Parquet, beside Faker asked for every row.

python -m benchmarks.generator [--processes N] [--tiny]      default: 2 processes

Rows per second of the clock need idle cores, so each figure says the load beside it; rows per second of processor time are
comparable on a busy machine too. `--tiny` takes a few days and rows, to see that it runs: its figures say nothing.
"""

import argparse
import os
import resource
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from faker import Faker

from benchmarks._machine import load
from generators import generate
from store.contract import CHANNELS, METHODS


@dataclass(frozen=True)
class Size:
    """How much is generated: days and scales of the payments, days and scale of the whole scenario, rows made by Faker."""

    payments: tuple[date, date] = (date(2012, 1, 1), date(2012, 9, 30))
    scales: tuple[float, ...] = (1.0, 4.0)
    everything: tuple[date, date] = (date(2010, 1, 1), date(2012, 9, 30))
    scale: float = 1.0
    faker_rows: int = 20_000


FULL = Size()
_DAYS = (date(2012, 9, 29), date(2012, 9, 30))
TINY = Size(payments=_DAYS, scales=(0.02,), everything=_DAYS, scale=0.02, faker_rows=10)


def processor_seconds() -> float:
    """Processor time of this process and its finished children."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def payments_per_second(processes: int, days: tuple[date, date], scale: float, out: Path) -> tuple[float, float]:
    """Rows of the payment files per second of the clock and of processor time, with planning, process start and writing."""
    started, used = time.perf_counter(), processor_seconds()
    written = generate("dubai", *days, seed=7, scale=scale, only=("payments",), processes=processes, out=out)
    rows = sum(w.rows for w in written or [])
    return rows / (time.perf_counter() - started), rows / (processor_seconds() - used)


def faker_per_second(size: Size, out: Path) -> float:
    """Rows per second when Faker makes the values of each row of the same kind."""
    fake = Faker()
    fake.seed_instance(7)
    started = time.perf_counter()
    rows = [
        {
            "event_id": number,
            "occurred_at": fake.date_time_between(*size.payments),
            "service": fake.bs(),
            "channel": fake.random_element(CHANNELS),
            "method": fake.random_element(METHODS),
            "amount_fils": fake.random_int(1_000, 10_000_000),
            "payer": fake.name(),
        }
        for number in range(size.faker_rows)
    ]
    pl.DataFrame(rows).write_parquet(out / "faker.parquet", compression="zstd")
    return size.faker_rows / (time.perf_counter() - started)


def whole_scenario(processes: int, size: Size, out: Path) -> str:
    """One line: rows and seconds of every source of the scenario."""
    started = time.perf_counter()
    written = generate("dubai", *size.everything, seed=7, scale=size.scale, processes=processes, out=out) or []
    megabytes = sum((out / w.path).stat().st_size for w in written) / 1e6
    rows = sum(w.rows for w in written)
    first, last = size.everything
    return f"all of {first} to {last}: {rows:,} rows in {time.perf_counter() - started:.1f} s, {megabytes:,.0f} MB ({load()})"


def peak_memory() -> str:
    """One line: the most memory this process and its largest finished child ever held at once."""
    own, child = (resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return f"peak memory: {own:,} MB in this process, {child:,} MB in its largest worker"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generator", description=__doc__)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--tiny", action="store_true")
    options = parser.parse_args()
    processes, size = options.processes, TINY if options.tiny else FULL
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        faker = faker_per_second(size, scratch)
        print(f"Faker per row:              {faker:12,.0f} rows/s ({load()})")
        for scale in size.scales:
            clock, processor = payments_per_second(processes, size.payments, scale, scratch / f"{scale:g}")
            print(
                f"payments, scale {scale:g}, {processes} processes: {clock:10,.0f} rows/s, {clock / faker:,.0f} x Faker per row"
                f" ({load()})"
            )
            print(f"                  per processor second: {processor:10,.0f} rows/s")
        print(whole_scenario(processes, size, scratch / "all"))
    print(peak_memory())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
