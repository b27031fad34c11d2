"""What the fault tests share: lanes to inject faults in, a crowd of processes, and the count of injected faults at the end."""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.faults_run import Zygote
from tests.support.faults_shim import compiler
from tests.support.faults_sweep import Sweep, table

_tally: Counter[tuple[str, str]] = Counter()


def _possible() -> None:
    if not sys.platform.startswith("linux") or compiler() is None:
        pytest.skip("file operations can be spoiled on Linux with a C compiler only (apt-get install gcc)")


@pytest.fixture(scope="session")
def sweep() -> Iterator[Sweep]:
    _possible()
    with Sweep() as sweep:
        yield sweep
        _tally.update(sweep.tally)


@pytest.fixture(scope="session")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    """Starts processes that have the store imported, at once."""
    _possible()
    zygote = Zygote(tmp_path_factory.mktemp("zygote"))
    yield zygote
    zygote.close()


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _tally:
        terminalreporter.section(f"{sum(_tally.values()):,} faults were injected")
        terminalreporter.write_line(table(_tally))
