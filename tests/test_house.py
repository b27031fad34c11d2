"""The house rules that a tool can check: format, lint, types, import rules, and what may lie in the repository."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
ROOMS = ("dashboard.py", "pages", "ui", "metrics", "store", "generators")
NEEDED_UNSEEN = {
    "plotly": "st.plotly_chart imports it",
    "pyarrow": "DuckDB hands frames to polars through it",
    "tzdata": "the time zones of zoneinfo, where the system has none",
}


def tracked() -> list[Path]:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [ROOT / name for name in names.split("\0") if name]


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


@pytest.mark.parametrize(
    ("module", "rooms"),
    [
        ("streamlit", ("dashboard.py", "pages/", "ui/", "tests/", "benchmarks/")),
        ("duckdb", ("store/", "tests/", "benchmarks/")),
        ("plotly", ("ui/", "reports/", "tests/", "benchmarks/")),
        ("dashboard", ("tests/",)),
    ],
)
def test_engine_is_imported_only_in_its_rooms(module: str, rooms: tuple[str, ...]) -> None:
    pattern = re.compile(rf"^\s*(import {module}\b|from {module}\b)", re.MULTILINE)
    users = [
        p.relative_to(ROOT).as_posix()
        for p in tracked()
        if p.suffix == ".py" and p.exists() and pattern.search(p.read_text("utf-8"))
    ]
    assert [u for u in users if not u.startswith(rooms)] == []


def test_every_requirement_is_pinned() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text("utf-8").splitlines():
            assert re.match(r"^[a-z0-9._-]+(\[[a-z,]+\])?==[\w.]+( ;.*)?$", line), f"{name}: {line}"


def test_what_the_dashboard_installs_it_imports_and_what_only_tests_import_it_does_not_install() -> None:
    wanted = re.findall(r"^[a-z0-9-]+", (ROOT / "requirements.in").read_text("utf-8"), re.MULTILINE)
    code = "\n".join(p.read_text("utf-8") for p in tracked() if p.suffix == ".py" and p.relative_to(ROOT).parts[0] in ROOMS)
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
