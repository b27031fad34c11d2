"""Ingest of clean files, beside a bare DuckDB copy of the same file to Parquet with the same compression.

python -m benchmarks.ingest [FOLDER]      default: data/synthetic, as the generators write it

Then the most memory that a quarter of all payments and all of them take as one file, which should be the same.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from benchmarks._peak import Peak, peak
from store.contract import SOURCES
from store.ingest import Order, ingest

REPEATS = 3
AS_CSV = "(HEADER, TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%S%z')"


def fastest(work: Callable[[int], object]) -> float:
    """Seconds of the fastest of a few runs; `work` receives the number of its run."""
    seconds = []
    for number in range(REPEATS):
        started = time.perf_counter()
        work(number)
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def counted(path: Path) -> int:
    """Rows of a file."""
    return int(duckdb.execute(f"SELECT count(*) FROM '{path}'").fetchall()[0][0])


def compare(path: Path, source: str, scratch: Path) -> str:
    """One line: seconds of both, and their ratio."""
    bare = f"COPY (FROM '{path}') TO '{scratch / 'bare.parquet'}' (FORMAT parquet, COMPRESSION zstd)"
    copied = fastest(lambda _: duckdb.sql(bare))
    stored = fastest(lambda number: ingest(path, Order(scratch / f"{path.name}-{number}", SOURCES[source])))
    rows = counted(path)
    return (
        f"{path.name:28} {rows:9,} rows   ingest {stored:5.2f} s   DuckDB copy {copied:5.2f} s"
        f"   ratio {stored / copied:4.1f}   {rows / stored:10,.0f} rows/s"
    )


def together(folder: Path, target: Path) -> Path:
    """All files of a source as one, for what a file costs whatever its size weighs on small ones."""
    duckdb.sql(f"COPY (FROM '{folder}/*.parquet') TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
    return target


def memory(path: Path, scratch: Path) -> list[str]:
    """A line for a quarter of a file of payments, for all of it, and for their ratio; as Parquet and as CSV."""
    rows = counted(path)
    lines = []
    for name, form in (("parquet", "(FORMAT parquet, COMPRESSION zstd)"), ("csv", AS_CSV)):
        peaks: list[Peak] = []
        for count in (rows // 4, rows):
            part = scratch / f"payments-{count}.{name}"
            duckdb.sql(f"COPY (FROM '{path}' LIMIT {count}) TO '{part}' {form}")
            command = [
                sys.executable,
                "-m",
                "store",
                "ingest",
                "payments",
                str(part),
                "--data",
                str(scratch / f"{part.name}-store"),
            ]
            peaks.append(peak(command))
            part.unlink()
            lines.append(
                f"{part.name:28} {count:9,} rows   most memory of one process {peaks[-1].largest >> 20:5,} MB"
                f"   of all together {peaks[-1].together >> 20:5,} MB"
            )
        lines.append(f"{name:28} ratio of the largest process, four times the rows: {peaks[1].largest / peaks[0].largest:.2f}")
    return lines


def whole(folder: Path, scratch: Path) -> str:
    """One line: a whole delivery into an empty store."""
    started, rows = time.perf_counter(), 0
    for name, source in SOURCES.items():
        for path in sorted((folder / name).glob("*.parquet")):
            rows += ingest(path, Order(scratch / "whole", source)).rows_in
    seconds = time.perf_counter() - started
    return f"{'everything':28} {rows:9,} rows   ingest {seconds:5.2f} s   {rows / seconds:10,.0f} rows/s"


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("data/synthetic")
    if not (folder / "payments").is_dir():
        print(f"{folder}: no delivery here; `make data` writes one", file=sys.stderr)
        return 2
    scratch = Path(tempfile.mkdtemp(prefix="ingest-"))
    try:
        for source in ("payments", "probes"):
            largest = max((folder / source).glob("*.parquet"), key=lambda path: path.stat().st_size)
            print(compare(largest, source, scratch), flush=True)
            text = scratch / f"{largest.stem}.csv"
            duckdb.sql(f"COPY (SELECT * FROM '{largest}') TO '{text}' {AS_CSV}")
            print(compare(text, source, scratch), flush=True)
            text.unlink()
            print(compare(together(folder / source, scratch / f"{source}-together.parquet"), source, scratch), flush=True)
        print(whole(folder, scratch), flush=True)
        print(*memory(together(folder / "payments", scratch / "payments-all.parquet"), scratch), sep="\n")
    finally:
        shutil.rmtree(scratch)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
