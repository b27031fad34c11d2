"""What the fault tests share: lanes to inject faults in, a crowd of processes, and the count of injected faults at the end.

Rule: after every test the invariant of a store must hold in every store below its `tmp_path`, or the test fails. A test that
leaves one damaged says so: `@pytest.mark.damaged("why")`, and then one must be.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.fault_stores import unsound
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


@pytest.fixture(autouse=True)
def invariant(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    """Rows in = accepted + rejected + duplicates, and the same for fils, wherever the test left a store."""
    yield
    found = unsound(tmp_path)
    if request.node.get_closest_marker("damaged"):
        assert found, "every store is sound after this test: it is not one that leaves them damaged"
    else:
        assert found == []


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for what the tests of a module share; what is in it must be sound after the last of them."""
    folder = tmp_path_factory.mktemp("shared")
    yield folder
    assert unsound(folder) == []


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _tally:
        terminalreporter.section(f"{sum(_tally.values()):,} faults were injected")
        terminalreporter.write_line(table(_tally))
