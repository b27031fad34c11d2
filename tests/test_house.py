"""The house rules that a tool can check: format, lint, types, import rules, and what may lie in the repository."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
MEASURES = {"tests", "benchmarks"}
"""Folders that may look into every room, and that no room looks into."""
NEEDED_UNSEEN = {
    "plotly": "st.plotly_chart imports it",
    "tzdata": "the time zones of zoneinfo, where the system has none",
}


def tracked() -> list[Path]:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [ROOT / name for name in names.split("\0") if name]


def allowed_by_architecture() -> dict[str, set[str]]:
    """What each room may import beside itself: the last two columns of the table in docs/architecture.md."""
    table = re.findall(r"^\| `([\w.]+)/?` \|[^|]*\|(.*)\|$", (ROOT / "docs/architecture.md").read_text("utf-8"), re.MULTILINE)
    assert table
    return {room: set(re.findall(r"`([\w.]+)`", cells)) for room, cells in table}


def guarded_imports(path: Path, rows: dict[str, set[str]]) -> list[str]:
    """What a module imports of ours and of engines, wherever in it and however written: `store.snapshot.Snapshot`."""
    guarded = {*(room.removesuffix(".py") for room in rows), *MEASURES, "streamlit", "duckdb", "plotly", "importlib", "."}
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += ["."] if node.level else [f"{node.module}.{name.name}" for name in node.names]
    return [name for name in found if name == "." or name.partition(".")[0] in guarded]


def within(imported: str, doors: set[str]) -> bool:
    """Whether it is one of the doors, or lies behind one."""
    return any(imported == door or imported.startswith(f"{door}.") for door in doors)


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["ruff", "format", "--check", "."], id="format"),
        pytest.param(["ruff", "check", "."], id="lint"),
        pytest.param(["mypy"], id="types"),
        pytest.param(["lint-imports"], id="import-rules"),
    ],
)
def test_tool_passes(command: list[str]) -> None:
    run = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_room_imports_only_what_its_row_in_the_architecture_allows() -> None:
    rows = allowed_by_architecture()
    strange = []
    for path in tracked():
        room, *_ = path.relative_to(ROOT).parts
        if path.suffix != ".py" or room in MEASURES or not path.exists():
            continue
        assert room in rows, f"{path}: docs/architecture.md has no row for {room}"
        own = room.removesuffix(".py")
        strange += [f"{path.relative_to(ROOT)}: {i}" for i in guarded_imports(path, rows) if not within(i, {own, *rows[room]})]
    assert strange == []


def test_the_rooms_of_the_architecture_are_the_rooms_there_are() -> None:
    folders = {path.relative_to(ROOT).parts[0] for path in tracked() if path.suffix == ".py" and path.exists()}
    assert folders - MEASURES == set(allowed_by_architecture())


@pytest.mark.parametrize(
    ("statement", "imported"),
    [
        ("import store.publish", "store.publish"),
        ("import store.publish as out", "store.publish"),
        ("from store import publish", "store.publish"),
        ("from store.snapshot import Snapshot", "store.snapshot.Snapshot"),
        ("def late():\n    from store.rollup.plan import plan", "store.rollup.plan.plan"),
        ("from . import ledger", "."),
        ("from importlib import import_module", "importlib.import_module"),
        ("import duckdb.typing", "duckdb.typing"),
        ("import json, dashboard", "dashboard"),
    ],
)
def test_no_way_to_write_an_import_passes_by_the_table(statement: str, imported: str, tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(statement, "utf-8")
    assert guarded_imports(tmp_path / "module.py", allowed_by_architecture()) == [imported]


@pytest.mark.parametrize(
    ("imported", "fits"),
    [("store.snapshot.Snapshot", True), ("store.snapshot", True), ("store", False), ("store.snapshots", False)],
)
def test_a_door_opens_what_lies_behind_it_and_nothing_beside(imported: str, fits: bool) -> None:
    assert within(imported, {"store.snapshot"}) is fits


def test_every_requirement_is_pinned() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text("utf-8").splitlines():
            assert re.match(r"^[a-z0-9._-]+(\[[a-z,]+\])?==[\w.]+( ;.*)?$", line), f"{name}: {line}"


def test_what_the_dashboard_installs_it_imports_and_what_only_tests_import_it_does_not_install() -> None:
    wanted = re.findall(r"^[a-z0-9-]+", (ROOT / "requirements.in").read_text("utf-8"), re.MULTILINE)
    code = "\n".join(
        p.read_text("utf-8")
        for p in tracked()
        if p.suffix == ".py" and p.exists() and p.relative_to(ROOT).parts[0] not in MEASURES
    )
    imported = set(re.findall(r"^\s*(?:from|import) (\w+)", code, re.MULTILINE))
    assert sorted(set(wanted) - imported) == sorted(NEEDED_UNSEEN)


def test_no_data_secrets_or_machine_paths_in_the_repository() -> None:
    forbidden = re.compile(rb"/(work|root|home/\w+)/|pypi\.org|registry\.npmjs|deb\.debian\.org|BEGIN [A-Z ]*PRIVATE KEY")
    for path in tracked():
        if not path.exists() or path == Path(__file__):
            continue
        assert path.suffix not in {".parquet", ".duckdb", ".sqlite"}, f"{path}: generated data"
        assert path.stat().st_size < 1_000_000, f"{path}: too large for a repository"
        found = forbidden.search(path.read_bytes()) if path.suffix not in {".woff2", ".ttf", ".png"} else None
        assert found is None, f"{path}: {found.group()!r}"
