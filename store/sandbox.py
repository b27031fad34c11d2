"""Runs work on bytes that nobody vouches for in a child process with limits of memory, CPU time and file size.

Rule: whatever the bytes do to a parser (a crash, a bomb, an endless loop) ends the child, never the caller, which gets an
InputError that says what happened. The child opens no ledger and writes only into the folder it was given.
Hazard: allocators reserve far more address space than they use, so memory is judged by what the child holds; a limit of
address space stands behind it for what grows too fast to be seen. The child is forked from a server that has the modules
imported already, for a fresh interpreter takes a second; nothing may start threads there, so the server does no work of its own.
"""

import multiprocessing
import os
import resource
import signal
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

from store.errors import InputError, StoreError

P = ParamSpec("P")
T = TypeVar("T")

_PRELOADED: Final = ("store.intake",)
_MOMENT_SECONDS: Final = 0.05
_RESERVED: Final = 4
"""Address space a child may reserve, in its limits of memory."""
_GRACE_SECONDS: Final = 5
"""How long a child that has answered, or used up its time, may take to end."""


@dataclass(frozen=True)
class Limits:
    """What one file may cost.

    memory        bytes the child may hold; it is looked at every moment, so a short excess may pass
    cpu_seconds   CPU time, over all threads
    file_bytes    size of any one file it writes
    """

    memory: int = 2 << 30
    cpu_seconds: int = 1800
    file_bytes: int = 32 << 30


LIMITS: Final = Limits()


class _FaultError(Exception):
    """What went wrong in the child without being a refusal."""


def run(name: str, limits: Limits, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` returns or raises in a child; arguments and result are pickled. `name` is the file that messages speak of.

    Raises InputError when the child came to a limit or died, and whatever StoreError `work` raises.
    """
    context = _context()
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(sender, limits, work, args, kwargs), daemon=True)
    child.start()
    sender.close()
    answer: tuple[bool, Any] | str = "interrupted"
    try:
        answer = _answer(receiver, child, limits)
    finally:
        _end(child, at_once=isinstance(answer, str))
        receiver.close()
    if isinstance(answer, str):
        raise InputError(f"{name}: {answer}. Nothing of it was taken in")
    succeeded, value = answer
    if isinstance(value, _FaultError):
        raise InputError(f"{name}: {value}; check the file. Nothing of it was taken in")
    if not succeeded:
        raise value
    return value  # type: ignore[no-any-return]  # what came over the pipe is what `work` returned


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*_PRELOADED])
    return context


def _answer(receiver: Connection, child: BaseProcess, limits: Limits) -> tuple[bool, Any] | str:
    """What the child sends; what is wrong where it takes too much or ends without a word."""
    while not receiver.poll(_MOMENT_SECONDS):
        if _held(child.pid) > limits.memory:
            return _too_large(limits)
    try:
        found: tuple[bool, Any] = receiver.recv()
    except (EOFError, OSError):
        child.join(_GRACE_SECONDS)
        return _cause(child.exitcode, limits)
    return found


def _end(child: BaseProcess, *, at_once: bool) -> None:
    if not at_once:
        child.join(_GRACE_SECONDS)
    if child.is_alive():
        child.kill()
        child.join()


def _cause(code: int | None, limits: Limits) -> str:
    if code == -signal.SIGXCPU:
        return f"reading it took more than {limits.cpu_seconds:,} s of processor time; deliver it in smaller files"
    if code == -signal.SIGXFSZ:
        return f"its rows fill more than {limits.file_bytes >> 20:,} MB; deliver it in smaller files"
    if code in (-signal.SIGABRT, -signal.SIGKILL, -signal.SIGSEGV, -signal.SIGBUS):
        return f"its bytes are damaged, or {_too_large(limits)}"
    return f"reading it ended with code {code}; check the file"


def _too_large(limits: Limits) -> str:
    return f"reading it needs more than {limits.memory >> 20:,} MB of memory; check it, and deliver it in smaller files"


def _child(sender: Connection, limits: Limits, work: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """The life of the child: limits, work, answer. What a dying parser prints is of no use to the operator."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_AS, _RESERVED * limits.memory)
    _limit(resource.RLIMIT_CPU, limits.cpu_seconds)
    _limit(resource.RLIMIT_FSIZE, limits.file_bytes)
    try:
        sender.send((True, work(*args, **kwargs)))
    except (StoreError, OSError) as error:
        sender.send((False, error))
    except MemoryError:
        os.abort()
    except Exception as error:
        said = str(error).splitlines()
        fault = _FaultError(f"it cannot be read ({type(error).__name__}: {said[0] if said else 'without a word'})")
        sender.send((False, fault))


def _limit(what: int, value: int) -> None:
    """Set a limit below the hard one that is in force, which stays: reaching the soft one says more than being killed."""
    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _held(pid: int | None) -> int:
    """Bytes of memory a process holds now; 0 when it has ended."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
    except OSError:
        return 0
    return int(fields[1]) * resource.getpagesize() if fields else 0
