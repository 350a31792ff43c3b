"""Arrays on disk that are larger than memory may be, with their place on the disk assured."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

_Some = TypeVar("_Some", np.uint8, np.float16)


def new_array(
    path: Path, kind: type[_Some], shape: tuple[int, ...]
) -> np.memmap[tuple[int, ...], np.dtype[_Some]]:
    """A new `.npy` file of zeros, mapped to be filled.

    Its blocks are taken from the disk now: a mapped file that the disk has no room for kills the
    process by a signal when it is filled.

    Raises:
        OSError: the disk is full, or the file cannot be made.
    """
    array = np.lib.format.open_memmap(path, mode="w+", dtype=kind, shape=shape)
    with path.open("r+b") as file:
        os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
    return array
