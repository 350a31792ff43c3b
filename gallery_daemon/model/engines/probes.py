"""Logits to probabilities, and the probes: pictures whose answers show that an engine is right.

An answer must be short enough for a manifest, must not depend on the head, which may change, and
must show any error of the features. So it is a random projection: each of its numbers is the sum of
all features with random signs. Whatever direction an error has, its length survives (Achlioptas,
"Database-friendly random projections", 2003): with `RECORDED` numbers for each of four probes the
relative error is known to a fifth of itself.

The part of every engine that needs numpy. It stands apart from `engine`, which the idle daemon
imports.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.model.manifest import PROBES

if TYPE_CHECKING:
    from gallery_daemon.model.engines.engine import Features, Logits, PictureBatch

RECORDED = 16
"""How many numbers an answer has."""
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


def record(features: Features) -> Features:
    """A short record of features (N, F), float32 (N, RECORDED), of about the same length.

    The signs come from a hash function, too.
    """
    count = features.shape[1]
    bits = np.frombuffer(hashlib.shake_256(b"record").digest(count * RECORDED // 8), np.uint8)
    signs = np.unpackbits(bits).reshape(count, RECORDED).astype(np.float32) * 2 - 1
    recorded: Features = features @ signs / np.sqrt(np.float32(RECORDED))
    return recorded


def relative_error(found: Features, expected: Features) -> float:
    """How far answers are from those expected, as a share of these; both (N, K).

    Infinite where they have other shapes or a number that is none.
    """
    if found.shape != expected.shape:
        return float("inf")
    error = np.linalg.norm(found - expected) / np.linalg.norm(expected)
    return float(error) if np.isfinite(error) else float("inf")
