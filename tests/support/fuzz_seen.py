"""What a store and what its model say of the same things, in the same shape, to be compared."""

from collections import Counter
from pathlib import Path
from typing import Any

from metrics import Window, coverage, query
from store import ledger
from store.snapshot import open_current
from tests.support.fuzz_file import File, Target
from tests.support.fuzz_invariant import EVERYTHING, entries
from tests.support.fuzz_model import Model

Held = dict[str, tuple[Any, ...]]


def held(data: Path) -> Held:
    """Of every file its name, state, verdicts and days, as the ledger has them."""
    with ledger.opened(data) as book:
        days: dict[str, dict[str, tuple[int, ...]]] = {}
        for sha, _, day, *sums in book.execute("SELECT * FROM days"):
            days.setdefault(sha, {})[day] = tuple(sums)
    verdicts = ("accepted", "duplicates", "rejected", "fils_accepted", "fils_duplicates", "fils_rejected")
    return {
        entry["sha256"]: (
            entry["name"],
            entry["state"],
            (entry["rows_in"], entry["fils_in"]),
            tuple(entry[name] for name in verdicts),
            days.get(entry["sha256"], {}),
        )
        for entry in entries(data)
    }


def said(model: Model) -> Held:
    """The same of the model."""
    return {sha: _of(file) for sha, file in model.files.items()}


def _of(file: File) -> tuple[Any, ...]:
    rows = (file.accepted, file.duplicates, file.rejected)
    fils = tuple(sum(row.fils for row in each) for each in rows)
    return (file.name, file.state, (len(file.rows), sum(fils)), (*map(len, rows), *fils), file.days())


def quarantine(data: Path) -> dict[Target, tuple[str, str | None]]:
    """Of every rejected row its state, and the name of the file that corrects it."""
    with ledger.opened(data) as book:
        rows = book.execute("SELECT sha256, line, state, corrected_by FROM quarantine").fetchall()
    return {(row["sha256"], row["line"]): (row["state"], row["corrected_by"]) for row in rows}


def shown(data: Path) -> tuple[Any, ...]:
    """What a reader sees: rows and fils in, accepted, duplicate, rejected; and the collected amount by day."""
    snapshot = open_current(data)
    try:
        [row] = coverage(snapshot, EVERYTHING).iter_rows(named=True)
        counts = ("files", "rows_in", "accepted", "duplicates", "rejected", "fils_in", "fils_accepted")
        window = Window(row["first_day"], row["last_day"])
        found = query("collected_amount", window, snapshot=snapshot, scope=EVERYTHING, by=("day",)).rows
        return tuple(row[name] for name in counts), {day.key("day"): day.value for day in found if day.value is not None}
    finally:
        snapshot.close()


def published(files: dict[str, File]) -> tuple[Any, ...]:
    """The same of the files that the model had when it published."""
    counted = [file for file in files.values() if file.state != "superseded"]
    rows = [row for file in counted for row in file.rows]
    accepted = [row for file in counted if file.state == "live" for row in file.accepted]
    daily: Counter[str] = Counter()
    for row in accepted:
        daily[row.day] += row.fils
    return (
        (
            len(counted),
            len(rows),
            len(accepted),
            sum(len(file.duplicates) for file in counted),
            sum(len(file.rejected) for file in counted),
            sum(row.fils for row in rows),
            sum(row.fils for row in accepted),
        ),
        dict(daily),
    )
