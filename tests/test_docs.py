"""The documentation tests itself: every KPI, setting, command and source is in the docs, and every link leads somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from metrics.catalogue import KPIS
from store.contract import SOURCES
from store.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXT = {page.name: page.read_text("utf-8") for page in PAGES}
ALL = "\n".join(TEXT.values())


def options(module: str, *command: str) -> set[str]:
    run = subprocess.run([sys.executable, "-m", module, *command, "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(re.findall(r"(--[a-z][a-z-]+)", run.stdout)) - {"--help"}


def commands(module: str) -> set[str]:
    run = subprocess.run([sys.executable, "-m", module, "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    found = re.search(r"\{([a-z,-]+)\}", run.stdout)
    assert found, f"python -m {module} --help lists no commands"
    return set(found.group(1).split(","))


def test_every_kpi_is_defined() -> None:
    missing = [kpi for kpi in KPIS if f"`{kpi}`" not in TEXT["definitions.md"]]
    assert missing == []


def test_definitions_are_what_the_catalogue_says() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "metrics", "docs", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr


def test_every_source_and_column_is_documented() -> None:
    missing = [name for name in SOURCES if f"`{name}`" not in TEXT["store.md"]]
    columns = [f"{s.name}.{c}" for s in SOURCES.values() for c in s.schema.column_names() if f"`{c}`" not in TEXT["store.md"]]
    assert (missing, columns) == ([], [])


def test_every_store_setting_is_documented() -> None:
    assert [f for f in Settings.__dataclass_fields__ if f"`{f}`" not in TEXT["store.md"]] == []


@pytest.mark.parametrize("module", ["store", "metrics"])
def test_every_command_and_option_is_documented(module: str) -> None:
    for command in sorted(commands(module)):
        assert f"python -m {module} {command}" in ALL, command
        for option in sorted(options(module, command)):
            assert option in ALL, f"{command} {option}"


def test_every_option_of_the_generator_is_documented() -> None:
    assert [o for o in sorted(options("generators")) if o not in TEXT["synthetic-data.md"]] == []


def test_every_make_target_is_in_its_help() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE).group(1).split()) - {"serve", "fill", "browser"}  # type: ignore[union-attr]
    assert phony == set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_relative_link_leads_to_a_file(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))
    assert [t for t in targets if not (page.parent / t).exists()] == []


def test_every_mentioned_room_exists() -> None:
    rooms = re.findall(r"^\| `([a-z]+/|[a-z]+\.py)` \|", TEXT["architecture.md"], re.MULTILINE)
    assert rooms
    assert [r for r in rooms if not (ROOT / r).exists()] == []
