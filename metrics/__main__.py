"""`python -m metrics`: see metrics.cli."""

import os
import sys

from metrics.cli import main

try:
    code = main()
    sys.stdout.flush()
except BrokenPipeError:  # the reader, for example `head`, has seen enough; nothing is left to flush to
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    code = 0
raise SystemExit(code)
