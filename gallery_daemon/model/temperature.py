"""Temperature scaling: one number that makes 0.9 mean nine times out of ten.

Source: Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks", 2017, arXiv
1706.04599. The temperature divides the logits; it is the one that makes the cross-entropy of
held-out pictures smallest. It changes no class, only how sure the network says it is.

Twenty pictures that were all right would make a network sure of everything, so the temperature has
a prior: it is 1 unless the pictures say otherwise, and the more there are the less the prior says.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32] | NDArray[np.float64]
    Labels = NDArray[np.int64]

# A temperature outside these only shows that the pictures are too few.
LOWEST, HIGHEST = 0.05, 20.0
_STEPS = 60
# The prior of the temperature's logarithm, in nats for each square: what ten pictures would say.
_PRIOR_NATS = 10.0


def fit_temperature(logits: Floats, truth: Labels, shares: Floats | None = None) -> float:
    """The temperature with the smallest cross-entropy, prior included.

    A ternary search over the logarithm finds it; 60 steps leave less than 1e-9 of the interval.

    Args:
        logits: float (N, C), N > 0.
        truth: int64 (N,), the numbers of the right classes.
        shares: float (N,), how many pictures each counts for, not negative; not given: one.

    Returns:
        A temperature between 0.05 and 20.
    """
    exact = logits.astype(np.float64)
    weights = np.ones(len(truth)) if shares is None else shares.astype(np.float64)
    low, high = math.log(LOWEST), math.log(HIGHEST)
    for _ in range(_STEPS):
        third = (high - low) / 3
        left, right = low + third, high - third
        if _loss(exact, truth, weights, left) < _loss(exact, truth, weights, right):
            high = right
        else:
            low = left
    return math.exp((low + high) / 2)


def cross_entropies(logits: Floats, truth: Labels) -> NDArray[np.float64]:
    """Of each picture, in nats, float64 (N,): minus the logarithm of its class's probability."""
    exact = logits.astype(np.float64)
    logs = exact - exact.max(1, keepdims=True)
    losses: NDArray[np.float64] = np.log(np.exp(logs).sum(1)) - logs[np.arange(len(truth)), truth]
    return losses


def _loss(
    logits: NDArray[np.float64],
    truth: Labels,
    shares: NDArray[np.float64],
    log_temperature: float,
) -> float:
    losses = cross_entropies(logits / math.exp(log_temperature), truth)
    return float((losses * shares).sum() + _PRIOR_NATS * log_temperature**2) / len(truth)
