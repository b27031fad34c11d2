"""Takes files in without a child process, for laws over many small files: what a child adds is tested on its own."""

from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

import pytest

from store.sandbox import Limits

P = ParamSpec("P")
T = TypeVar("T")


def _run(name: str, limits: Limits, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    return work(*args, **kwargs)


@pytest.fixture
def inline() -> Iterator[None]:
    """Reads files in this process for the time of a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("store.sandbox.run", _run)
        yield
