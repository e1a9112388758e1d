"""What machine this is, in words that say nothing of whose it is."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import psutil

_GIGA = 1e9


def describe_machine() -> str:
    """Processors, memory, and the versions that matter."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        "unknown processor",
    )
    memory = psutil.virtual_memory().total / _GIGA
    version = ".".join(map(str, sys.version_info[:2]))
    return (
        f"{os.cpu_count()} virtual processors ({model}), {memory:.0f} GB of memory, Linux, CPython {version}"
    )
