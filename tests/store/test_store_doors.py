"""Metrics reach the store by its snapshot and its vocabulary; the import rule and the document say the same."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RULE = "metrics open the store by its snapshot only"


def test_every_module_of_the_store_is_vocabulary_of_metrics_or_forbidden_to_them() -> None:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    [forbidden] = [rule["forbidden_modules"] for rule in rules if rule["name"] == RULE]
    [row] = re.findall(r"^\| `metrics/` \|.*$", (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"), re.MULTILINE)
    allowed = re.findall(r"store\.\w+", row)
    modules = {path.stem for path in (ROOT / "store").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert sorted([*forbidden, *allowed]) == sorted(f"store.{name}" for name in modules - {"__init__"})
