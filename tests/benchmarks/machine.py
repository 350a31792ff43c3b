"""What the figures are of."""

from __future__ import annotations

import sys
from importlib.metadata import version
from os import sched_getaffinity
from pathlib import Path

_PACKAGES = ("torch", "torchvision", "openvino", "pillow", "pillow-heif", "numpy")


def machine() -> dict[str, object]:
    """Processor, cores and versions."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    names = {line.partition(":")[2].strip() for line in lines if line.startswith("model name")}
    return {
        "processor": ", ".join(sorted(names)),
        "avx512": any("avx512f" in line for line in lines if line.startswith("flags")),
        "cores": len(sched_getaffinity(0)),
        "python": sys.version.split()[0],
        **{package: version(package) for package in _PACKAGES},
    }
