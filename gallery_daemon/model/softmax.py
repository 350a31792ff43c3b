"""Logits become probabilities, without torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gallery_daemon.model.engine import Logits


def softmax(logits: Logits) -> Logits:
    """Float32 (N, C), each row sums to 1."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities: Logits = powers / powers.sum(axis=1, keepdims=True)
    return probabilities
