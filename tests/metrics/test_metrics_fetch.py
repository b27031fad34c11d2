"""SQL is executed in one place of metrics, so that scope, binding of values and cursors are looked after once."""

from pathlib import Path

import metrics


def test_only_fetch_executes_sql() -> None:
    (room,) = metrics.__path__
    users = [path.name for path in sorted(Path(room).glob("*.py")) if ".execute(" in path.read_text("utf-8")]
    assert users == ["fetch.py"]
