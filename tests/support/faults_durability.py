"""What a loss of power could take away at each commit, told from the trace of a run.

Rule: what a file holds is durable once the file was synced after its last write; that it exists is durable once its folder was
synced after the name was made, and so on up to the store's folder. kill -9 cannot show this, for the system keeps all that.
Hazard: the trace has attempts, not results: a folder is taken as made where the one above it existed and it did not.
"""

from collections.abc import Collection, Iterable, Iterator
from pathlib import PurePosixPath

from tests.support.faults_shim import Operation

_LEDGER = "/ledger.sqlite"
_POINTER = "/CURRENT"


def at_risk(operations: Iterable[Operation], folders: Collection[str]) -> Iterator[str]:
    """Sentences on files and folders that were put in place but not yet durable when the ledger committed or the pointer moved.

    `folders`: those that were there before, relative to the store, each beginning with a slash; '' is the store itself.
    """
    existing, unsynced, unnamed, placed = {*folders}, set[str](), set[str](), set[str]()
    for operation in operations:
        path = operation.path
        match operation.what:
            case "fsync" | "fdatasync":
                if path == f"{_LEDGER}-wal":
                    yield from _lost(operation, placed, unsynced, unnamed)
                    placed.clear()
                unsynced.discard(path)
                unnamed -= {name for name in unnamed if _above(name) == path}
            case "mkdir" if path not in existing and (path == "" or _above(path) in existing):
                existing.add(path)
                unnamed.add(path)
            case "rename":
                source, _, target = path.partition(" > ")
                if source in unsynced:
                    yield f"{operation}: renamed before its content was synced"
                if target == _POINTER:
                    yield from _lost(operation, placed, unsynced, unnamed)
                    placed.clear()
                unnamed.add(target)
                placed.add(target)
            case "write" | "pwrite" | "sendfile" | "ftruncate" if not path.startswith(_LEDGER):
                unsynced.add(path)


def _lost(operation: Operation, placed: Iterable[str], unsynced: Collection[str], unnamed: Collection[str]) -> Iterator[str]:
    for file in sorted(placed):
        if file in unsynced:
            yield f"{operation.what} {operation.path}: the content of {file} is not durable"
        for name in (file, *(str(folder) for folder in PurePosixPath(file).parents)):
            if name in unnamed and name != "/":
                yield f"at {operation.n} ({operation.what} {operation.path.rpartition(' ')[2]}), the name {name} is not durable"


def _above(path: str) -> str:
    return path.rpartition("/")[0]
