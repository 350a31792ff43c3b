"""Logits to probabilities, and the probes: pictures whose answers show that an engine is right.

The part of every engine that needs numpy. It stands apart from `engine`, which the idle daemon
imports.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.model.manifest import PROBES

if TYPE_CHECKING:
    from gallery_daemon.model.engines.engine import Logits, PictureBatch

_BLOCKS = 7


def softmax(logits: Logits) -> Logits:
    """Probabilities, float32 (N, C), of logits of that shape; each row sums to 1."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities: Logits = powers / powers.sum(axis=1, keepdims=True)
    return probabilities


def probes(size: int) -> PictureBatch:
    """Pictures of coarse blocks in many colours, uint8 (PROBES, size, size, 3).

    They come from a hash function, so they are the same on every machine and in every version.
    """
    count = PROBES * _BLOCKS * _BLOCKS * 3
    noise = np.frombuffer(hashlib.shake_256(b"probes").digest(count), np.uint8)
    blocks = noise.reshape(PROBES, _BLOCKS, _BLOCKS, 3)
    places = np.arange(size) * _BLOCKS // size
    return np.ascontiguousarray(blocks[:, places][:, :, places])
