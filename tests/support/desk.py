"""An operator at work on quarantine: exports, corrects cells of the file as a spreadsheet would, ingests it again."""

import csv
from collections.abc import Callable, Mapping
from pathlib import Path

from store import handout, ledger, quarantine
from store.__main__ import main
from store.contract import SOURCES
from store.correction import IDENTITY, contents
from store.verify import verify
from tests.support.records import parquet, payment, stored

Line = dict[str, str]
Correct = Callable[[Line], Line | None]


class Desk:
    """A store in `folder`/store, and the files an operator has beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "store"

    def run(self, *arguments: object) -> int:
        """One command."""
        return main([*map(str, arguments), "--data", str(self.data)])

    def export(self, source: str, name: str) -> Path:
        """The open rows of a source in a file."""
        handout.write(self.data, SOURCES[source], self.folder / name)
        return self.folder / name

    def states(self, source: str = "payments") -> list[tuple[str, int, str, str | None]]:
        """File, line, state and correcting file of what is in quarantine."""
        return sorted((row.file, row.line, row.state, row.corrected_by) for row in quarantine.rejected(self.data, source))

    def corrections(self) -> list[tuple[str, int, str, int]]:
        """By name of the file: which line of which correction file corrects which line, of those that count."""
        query = """
            SELECT by_file.name, by_line, files.name, line FROM corrections JOIN files ON files.sha256 = file_sha256
            JOIN files by_file ON by_file.sha256 = by_sha256 WHERE by_file.state = 'live' ORDER BY by_file.seq, by_line"""
        with ledger.opened(self.data) as book:
            return [tuple(row) for row in book.execute(query)]

    def settled_for_nothing(self, source: str = "payments") -> list[tuple[str, int]]:
        """File and line of rejected rows said to be corrected of which no corrected row is stored; there must be none."""
        rows, columns = stored(self.data, source), SOURCES[source].schema.column_names()
        query = """
            SELECT file, quarantine.line, content FROM quarantine
            JOIN corrections ON file_sha256 = quarantine.sha256 AND corrections.line = quarantine.line
            JOIN files ON files.sha256 = by_sha256 AND files.name = corrected_by AND files.state = 'live'
            WHERE quarantine.source = ? AND quarantine.state = 'corrected'"""
        there = {*contents(rows, columns)} if rows.height else set()
        with ledger.opened(self.data) as book:
            return sorted((file, line) for file, line, content in book.execute(query, (source,)) if content not in there)

    def amounts(self) -> dict[int, int]:
        """Amount of each payment that counts, by its key."""
        rows = stored(self.data, "payments")
        assert rows["event_id"].is_unique().all()
        return dict(rows.select("event_id", "amount_fils").iter_rows())


def lines(path: Path, delimiter: str = ",") -> list[Line]:
    """The lines of a correction file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [*csv.DictReader(file, delimiter=delimiter)]


def correct(path: Path, to: Path, how: Correct | Mapping[str, str], *, delimiter: str = ",", encoding: str = "utf-8-sig") -> Path:
    """Write the lines of `path` to `to` as they were corrected; None leaves a line out."""
    change = how if callable(how) else lambda line: {**line, **how}
    corrected = [new for line in lines(path) if (new := change(line)) is not None]
    with to.open("w", encoding=encoding, newline="") as file:
        out = csv.DictWriter(file, [*corrected[0]] if corrected else [IDENTITY], delimiter=delimiter, lineterminator="\n")
        out.writeheader()
        out.writerows(corrected)
    return to


def desk_of_four_payments(folder: Path) -> Desk:
    """Four payments came in, two of them with a sign that does not fit."""
    desk = Desk(folder)
    rows = [payment(1), payment(2, amount_fils=-5), payment(3, status="refunded"), payment(4)]
    desk.run("ingest", "payments", parquet(folder / "p.parquet", "payments", rows))
    return desk


def signs(line: Line) -> Line:
    """Both rows put right."""
    return {**line, "amount_fils": {"2": "5", "3": "-10000"}[line["event_id"]]}


def only(key: str, /, **values: str) -> Correct:
    """One row put right, the other left out."""
    return lambda line: {**line, **values} if line["event_id"] == key else None


def sound(desk: Desk) -> bool:
    """The store adds up, and its ledger made again from receipts and Parquet is the same."""
    assert verify(desk.data).problems == ()
    return desk.run("rebuild") == 0 and verify(desk.data).problems == ()


def rejected_rules(desk: Desk, name: str) -> list[str]:
    with ledger.opened(desk.data) as book:
        query = "SELECT rule FROM rejects JOIN files ON sha256 = file_sha256 WHERE name = ? ORDER BY line"
        return [rule for (rule,) in book.execute(query, (name,))]
