"""The generator's speed and memory: payment rows per second into compressed Parquet, beside Faker asked for every row.

python -m benchmarks.generator [PROCESSES]      default: 2

Rows per second of the clock need idle cores; rows per second of processor time are comparable on a busy machine too.
"""

import os
import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import polars as pl
from faker import Faker

from generators import generate
from store.contract import CHANNELS, METHODS

FAKER_ROWS = 20_000
NINE_MONTHS = (date(2012, 1, 1), date(2012, 9, 30))


def processor_seconds() -> float:
    """Processor time of this process and its finished children."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def payments_per_second(processes: int, scale: float, out: Path) -> tuple[float, float]:
    """Rows of the payment files per second of the clock and of processor time, with planning, process start and writing."""
    started, used = time.perf_counter(), processor_seconds()
    written = generate("dubai", *NINE_MONTHS, seed=7, scale=scale, only=("payments",), processes=processes, out=out)
    rows = sum(w.rows for w in written or [])
    return rows / (time.perf_counter() - started), rows / (processor_seconds() - used)


def faker_per_second(out: Path) -> float:
    """Rows per second when Faker makes the values of each row of the same kind."""
    fake = Faker()
    fake.seed_instance(7)
    started = time.perf_counter()
    rows = [
        {
            "event_id": number,
            "occurred_at": fake.date_time_between(*NINE_MONTHS),
            "service": fake.bs(),
            "channel": fake.random_element(CHANNELS),
            "method": fake.random_element(METHODS),
            "amount_fils": fake.random_int(1_000, 10_000_000),
            "payer": fake.name(),
        }
        for number in range(FAKER_ROWS)
    ]
    pl.DataFrame(rows).write_parquet(out / "faker.parquet", compression="zstd")
    return FAKER_ROWS / (time.perf_counter() - started)


def whole_scenario(processes: int, out: Path) -> str:
    """One line: rows and seconds of the default scenario."""
    started = time.perf_counter()
    written = generate("dubai", date(2010, 1, 1), date(2012, 9, 30), seed=7, processes=processes, out=out) or []
    megabytes = sum((out / w.path).stat().st_size for w in written) / 1e6
    return (
        f"default scenario: {sum(w.rows for w in written):,} rows in {time.perf_counter() - started:.1f} s, {megabytes:,.0f} MB"
    )


def peak_memory() -> str:
    """One line: the most memory this process and its largest finished child ever held at once."""
    own, child = (resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return f"peak memory: {own:,} MB in this process, {child:,} MB in its largest worker"


def main() -> int:
    processes = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        faker = faker_per_second(scratch)
        print(f"Faker per row:              {faker:12,.0f} rows/s")
        for scale in (1.0, 4.0):
            clock, processor = payments_per_second(processes, scale, scratch / f"{scale:g}")
            print(
                f"payments, scale {scale:g}, {processes} processes: {clock:10,.0f} rows/s, {clock / faker:,.0f} x Faker per row"
            )
            print(f"                  per processor second: {processor:10,.0f} rows/s")
        print(whole_scenario(processes, scratch / "all"))
    print(peak_memory())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
