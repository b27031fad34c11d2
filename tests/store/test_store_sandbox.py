"""Work on bytes nobody vouches for: whatever happens to the child, the caller gets its answer or one clear error."""

import os
import signal
import time
from pathlib import Path

import pytest

from store.errors import ConflictError, InputError
from store.sandbox import LIMITS, Limits, run

LITTLE_MEMORY = Limits(memory=400 << 20)
LITTLE_TIME = Limits(cpu_seconds=1)
LITTLE_ROOM = Limits(file_bytes=1 << 20)


def half(number: int) -> float:
    return number / 2


def refuse() -> None:
    raise ConflictError("bytes: came in before")


def fail() -> None:
    raise ZeroDivisionError("a fault of the program")


def die(number: int) -> None:
    os.kill(os.getpid(), number)
    time.sleep(60)


def swell() -> int:
    held = []
    while True:
        held.append(os.urandom(1 << 20))


def spin() -> None:
    while True:
        pass


def spill(path: Path) -> None:
    path.write_bytes(b"0" * (2 << 20))


def test_an_answer_comes_back() -> None:
    assert run("f.csv", LIMITS, half, 3) == 1.5


def test_a_refusal_comes_back_as_it_was_raised() -> None:
    with pytest.raises(ConflictError, match="came in before"):
        run("f.csv", LIMITS, refuse)


def test_a_fault_of_the_parser_is_an_error_of_the_file() -> None:
    with pytest.raises(InputError, match=r"^f\.csv: it cannot be read \(ZeroDivisionError: a fault of the program\)"):
        run("f.csv", LIMITS, fail)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_a_child_that_dies_is_an_error_of_the_file(number: int) -> None:
    with pytest.raises(InputError, match=r"^f\.csv: its bytes are damaged, or reading it needs more than 2,048 MB"):
        run("f.csv", LIMITS, die, number)


def test_memory_is_limited() -> None:
    with pytest.raises(InputError, match="needs more than 400 MB of memory"):
        run("f.csv", LITTLE_MEMORY, swell)


def test_processor_time_is_limited() -> None:
    with pytest.raises(InputError, match="more than 1 s of processor time"):
        run("f.csv", LITTLE_TIME, spin)


def test_what_a_file_may_fill_is_limited(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="fill more than 1 MB"):
        run("f.csv", LITTLE_ROOM, spill, tmp_path / "out")
