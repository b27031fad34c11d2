"""Rolling up and publishing, beside the bare GROUP BY over the same files. Works on a copy of a store (hard links, own ledger).

python -m benchmarks.rollup [DATA]      default: $DATA, else data/store
"""

import os
import resource
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb

from store import ledger, publish, settings
from store.rollup import state
from store.rollup.duckdb_engine import DuckDBEngine
from store.rollup.plan import Unit, plan
from store.settings import DEFAULT_DATA

BARE = {
    "payments": (
        "SELECT business_date, department, service, channel, method, automatic, count(*), "
        "sum(CASE WHEN status = 'settled' THEN amount_fils ELSE 0 END) FROM {files} GROUP BY ALL"
    ),
    "completion": (
        "SELECT business_date, department, service, channel, method, automatic, duration_bucket, count(*) "
        "FROM {files} WHERE status = 'settled' GROUP BY ALL"
    ),
    "payers": (
        "SELECT business_date, department, service, channel, method, payer FROM {files} WHERE status = 'settled' GROUP BY ALL"
    ),
    "surveys": (
        "SELECT business_date, department, service, channel, language, survey, wave, wording, count(*), sum(satisfaction) "
        "FROM {files} GROUP BY ALL"
    ),
    "probe_spans": "SELECT business_date, service, state, planned, count(*) FROM {files} GROUP BY ALL",
}
"""The simplest query that groups the same files by the same columns; its result is counted, not written."""
SOURCE = {"payments": "payments", "completion": "payments", "payers": "payments", "surveys": "surveys", "probe_spans": "probes"}


def main() -> int:
    data = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("DATA") or DEFAULT_DATA)
    if not (data / ledger.FILE).exists():
        print(f"{data}: no store here; run `make data` first, or name one")
        return 0
    with tempfile.TemporaryDirectory(dir=data.parent) as folder:
        copy = Path(folder) / "store"
        clone(data, copy)
        print_rollups(copy)
        print_publications(copy)
    return 0


def clone(data: Path, copy: Path) -> None:
    """A store with the same files and an own ledger that has published nothing."""
    shutil.copytree(data / "files", copy / "files", copy_function=os.link)
    if (data / settings.FILE).exists():
        shutil.copy(data / settings.FILE, copy)
    with closing(sqlite3.connect(data / ledger.FILE)) as source, closing(sqlite3.connect(copy / ledger.FILE)) as target:
        source.backup(target)
    with ledger.opened(copy) as book:
        book.execute("DELETE FROM rollups")
        book.execute("DELETE FROM snapshots")


def print_rollups(data: Path) -> None:
    """Each rollup with a source of many rows, month by month into Parquet, against one bare GROUP BY over all its files."""
    with ledger.opened(data) as book:
        found = state.read(book)
    zone = settings.read(data).timezone
    print(f"{'rollup':14}{'rows in':>14}{'rows out':>12}{'rollup':>10}{'bare GROUP BY':>15}{'ratio':>8}")
    with closing(DuckDBEngine(zone, [], data / "spill")) as engine:
        for name, query in BARE.items():
            units = [unit for unit in plan(found.parts, zone) if unit.rollup.name == name]
            files = [data / part.path for part in found.parts if part.source == SOURCE[name]]
            if not files:
                continue
            rows, seconds = timed(lambda units=units: sum(roll(engine, data, unit) for unit in units))
            _, bare = timed(lambda query=query, files=files: group_by(query, files))
            rows_in = sum(part.rows for part in found.parts if part.source == SOURCE[name])
            print(f"{name:14}{rows_in:>14,}{rows:>12,}{seconds:>8.2f} s{bare:>13.2f} s{seconds / bare:>8.1f}")


def roll(engine: DuckDBEngine, data: Path, unit: Unit) -> int:
    sources = {name: [data / path for path in paths] for name, paths in unit.sources.items()}
    return engine.roll(unit.rollup, sources, {}, data / "benchmark.parquet")


def group_by(query: str, files: list[Path]) -> int:
    listed = ", ".join(f"'{file}'" for file in files)
    with closing(duckdb.connect()) as connection:
        sql = query.format(files=f"read_parquet([{listed}], hive_partitioning = false)")
        return int(connection.execute(f"SELECT count(*) FROM ({sql})").fetchall()[0][0])


def print_publications(data: Path) -> None:
    def show(what: str) -> None:
        _, seconds = timed(lambda: publish.publish(data))
        print(f"{what:42}{seconds:>8.2f} s")

    show("publish from nothing")
    show("publish again, nothing new")
    with ledger.opened(data) as book:
        book.execute(
            "UPDATE files SET state = 'superseded' WHERE sha256 IN "
            "(SELECT file_sha256 FROM parts WHERE source = 'payments' ORDER BY month DESC, rows LIMIT 1)"
        )
    show("publish with one file of payments changed")
    print(f"{'peak memory of this process':42}{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:>8,} MB")


def timed(work: Callable[[], int]) -> tuple[int, float]:
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


if __name__ == "__main__":
    raise SystemExit(main())
