"""The documentation tests itself: every KPI, setting, command and source is in the docs, and every link leads somewhere."""

import os
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


COMMAND_LINES = {"store": "store.md", "metrics": "definitions.md", "generators": "synthetic-data.md"}
"""The page that documents each command line."""


def help_of(*command: str) -> str:
    wide = {**os.environ, "COLUMNS": "200"}  # or a long option is broken over two lines
    run = subprocess.run(
        [sys.executable, "-m", *command, "--help"], cwd=ROOT, capture_output=True, text=True, check=True, env=wide
    )
    return run.stdout


def options(*command: str) -> set[str]:
    return set(re.findall(r"--[a-z][a-z-]+", help_of(*command))) - {"--help"}


def commands(module: str) -> list[str]:
    found = re.search(r"\{([a-z,-]+)\}", help_of(module))
    assert found, f"python -m {module} --help lists no commands"
    return sorted(found.group(1).split(","))


def says(option: str, text: str) -> bool:
    """Whether the text has this very option: `--dat` is not said by `--data`."""
    return re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", text) is not None


def synopsis(module: str, command: str) -> str:
    """What its page says of a command: its lines up to the next command's, and what the page says that each takes."""
    page = TEXT[COMMAND_LINES[module]]
    own = re.findall(rf"^ *python -m {module} {command}\b.*\n(?: +(?! |python).*\n)*", page, re.MULTILINE)
    return "\n".join([*own, *re.findall(r"^Each takes .*", page, re.MULTILINE)]) if own else ""


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
    [row] = re.findall(r"^\| `settings\.toml` \|.*$", TEXT["store.md"], re.MULTILINE)
    assert [f for f in Settings.__dataclass_fields__ if f"`{f}`" not in row] == []


def test_every_variable_of_make_is_documented() -> None:
    names = re.findall(r"^([A-Z]+) \?=", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert [name for name in names if not re.search(rf"\b{name}=", TEXT["README.md"])] == []


@pytest.mark.parametrize("module", ["store", "metrics"])
def test_every_command_and_option_is_documented_where_its_command_line_is(module: str) -> None:
    for command in commands(module):
        text = synopsis(module, command)
        assert text, f"{COMMAND_LINES[module]} does not say python -m {module} {command}"
        assert [o for o in sorted(options(module, command)) if not says(o, text)] == [], command


def test_every_option_of_the_generator_is_documented() -> None:
    assert [o for o in sorted(options("generators")) if not says(o, TEXT[COMMAND_LINES["generators"]])] == []


def test_an_option_is_documented_by_its_whole_name_only() -> None:
    assert says("--data", "`--data DIR`")
    assert not says("--dat", "`--data DIR`")
    assert not says("--old", "[--if-old]")
    assert "--if-old" in synopsis("store", "publish")
    assert "--if-old" not in synopsis("store", "ingest")


def test_every_make_target_is_in_its_help() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE).group(1).split()) - {"serve", "fill", "port", "browser"}  # type: ignore[union-attr]
    assert phony == set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_relative_link_leads_to_a_file(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))
    assert [t for t in targets if not (page.parent / t).exists()] == []


def test_every_mentioned_room_exists() -> None:
    rooms = re.findall(r"^\| `([a-z]+/|[a-z]+\.py)` \|", TEXT["architecture.md"], re.MULTILINE)
    assert rooms
    assert [r for r in rooms if not (ROOT / r).exists()] == []
