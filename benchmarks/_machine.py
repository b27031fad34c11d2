"""What else the machine was doing: no figure of a benchmark means anything without it."""

import os


def load() -> str:
    """Runnable processes of the last minute beside the cores they share: "load 0.4 on 2 cores"."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
