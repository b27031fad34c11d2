"""A process that has imported the store once and forks a child for each run, since importing takes longer than a run.

Rule: it never runs polars or DuckDB itself, for their threads would not be in the forked child. Orders come as lines of JSON
on stdin, a list of runs `{"commands": [[argument...]...], "output": file}` that begin at once, and what came of them goes to
stdout, `{"pids": [...]}` when begun and `{"statuses": [wait status...]}` when all have ended.
Hazard: a forked run shares the fork server of its parent but may not wait for it, which `ensure_running` would do.
"""

import json
import os
import sys
import traceback
from collections.abc import Sequence
from multiprocessing import forkserver
from typing import Any

PRELOAD = ("store.ingest", "store.intake")
_UNEXPECTED = 70


def serve() -> None:
    """Import, say so, and run orders until stdin ends."""
    from store.__main__ import main

    server: Any = forkserver._forkserver
    if server._preload_modules == ["__main__"]:
        server.set_forkserver_preload([*PRELOAD])
    forkserver.ensure_running()
    _say({"ready": server._forkserver_pid})
    for line in sys.stdin:
        held, release = os.pipe()
        pids = []
        for run in json.loads(line):
            if (pid := os.fork()) == 0:
                server.ensure_running = lambda: None
                os.close(release)
                os.read(held, 1)
                os.close(held)
                os._exit(_run(main, run["commands"], run["output"]))
            pids.append(pid)
        _say({"pids": pids})
        os.close(release)
        os.close(held)
        _say({"statuses": [os.waitpid(pid, 0)[1] for pid in pids]})


def _run(main: Any, commands: Sequence[Sequence[str]], output: str) -> int:
    """Run commands until one fails, as `a && b` does, with what they say going to a file; returns the exit code."""
    file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    code = 0
    for command in commands:
        try:
            code = main(command)
        except BaseException:
            traceback.print_exc()
            code = _UNEXPECTED
        sys.stdout.flush()
        sys.stderr.flush()
        if code:
            break
    return code


def _say(what: dict[str, Any]) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    serve()
