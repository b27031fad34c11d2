"""Random streams that depend on nothing but their name.

Rule: every cell of work (a module and a day or month) draws from its own stream, so the content is the same whatever the
order or the number of processes. Hazards: an added draw shifts all later draws of its stream, so a new need gets a new name;
exp and log differ in the last bit between processors, so drawn values are cut to whole numbers of few digits (seconds, not
microseconds).
"""

import zlib

import numpy as np


def stream(seed: int, module: str, *cell: int) -> np.random.Generator:
    """Generator of the cell `cell` of `module`: Philox seeded by (seed, CRC-32 of the module's name, cell)."""
    key = np.random.SeedSequence([seed, zlib.crc32(module.encode()), *cell])
    return np.random.Generator(np.random.Philox(key))
