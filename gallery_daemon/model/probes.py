"""The pictures that every 8-bit network is asked about, the same ones everywhere and for ever."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.model.int8 import PROBES

if TYPE_CHECKING:
    from gallery_daemon.model.engine import Pictures

_BLOCKS = 7


def probes(size: int) -> Pictures:
    """Pictures of coarse blocks in many colours, uint8 (PROBES, size, size, 3).

    Made of a hash function's bytes: no library's random numbers stay the same for ever.
    """
    count = PROBES * _BLOCKS * _BLOCKS * 3
    noise = np.frombuffer(hashlib.shake_256(b"probes").digest(count), np.uint8)
    blocks = noise.reshape(PROBES, _BLOCKS, _BLOCKS, 3)
    places = np.arange(size) * _BLOCKS // size
    return np.ascontiguousarray(blocks[:, places][:, :, places])
