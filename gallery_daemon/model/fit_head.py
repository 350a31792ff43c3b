"""A head fitted to features: multinomial logistic regression, to the end, in seconds.

The problem is convex, so the result depends on nothing but the features: no seed, no rate, no
number of epochs. With a head as `prior` the penalty is on the distance from it: where the pictures
say nothing, the new head is the old one. Free of torch, because a head is fitted where a person's
photos are.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.model.head import Head

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Labels = NDArray[np.int64]

# Of the squared weights, with features of length 1. Of 1e-5 to 1e-3, on sources left out, this gave
# the best accuracy; a third and three times of it are nearly as good.
PENALTY = 1e-4
_STEPS = 300
_CLOSE_ENOUGH = 1e-5
# Of the bound's diagonal: features that are always zero have no curvature.
_RIDGE = 1e-6


def fit_head(
    features: Floats, labels: Labels, shares: Floats, classes: int, *, smoothing: float = 0.0
) -> Head:
    """The head with the smallest weighted cross-entropy.

    Args:
        features: float32 (N, F), N > 0.
        labels: int64 (N,), 0 to `classes` - 1.
        shares: float (N,), how much each picture counts, not negative, their sum positive.
        classes: how many there are.
        smoothing: of the labels, 0..1: so much of each is spread over all classes.

    Returns:
        The head, float32 (C, F) and (C,), of one look.
    """
    return fit_towards(features, one_hot(labels, classes, smoothing), shares)


def one_hot(labels: Labels, classes: int, smoothing: float = 0.0) -> Floats:
    """Labels (N,) as the probabilities that a head should give, float32 (N, C)."""
    wanted = np.full((len(labels), classes), smoothing / classes, np.float32)
    wanted[np.arange(len(labels)), labels] += 1 - smoothing
    return wanted


def fit_towards(
    features: Floats,
    wanted: Floats,
    shares: Floats,
    *,
    penalty: float = PENALTY,
    prior: Head | None = None,
    near: Head | None = None,
) -> Head:
    """The head whose probabilities are nearest to those that are wanted.

    The softmax curves at most half as much as the features vary, which gives a step that is safe
    everywhere and as long in each direction as it may be. Source: Boehning, "Multinomial logistic
    regression algorithm", 1992. The steps are Nesterov's, accelerated, and start anew where they
    overshoot. Source: O'Donoghue, Candes, "Adaptive Restart for Accelerated Gradient Schemes",
    2015, arXiv 1204.3982.

    Args:
        features: float32 (N, F), N > 0.
        wanted: float32 (N, C), rows sum to 1.
        shares: float (N,), how much each picture counts, not negative, their sum positive.
        penalty: of the squared distance of the weights from the prior's, with features of length 1,
            not negative.
        prior: weight (C, F) and bias (C,); None: zero.
        near: where the search begins; None: at the prior. It saves steps, and changes nothing else.

    Returns:
        The head, float32 (C, F) and (C,), of one look.
    """
    scale = 1 / math.sqrt(max(float((features**2).sum(1).mean()), 1e-12))
    inputs = np.concatenate([features * scale, np.ones((len(features), 1))], 1, dtype=np.float32)
    counted = (shares / shares.sum()).astype(np.float32)[:, None]
    pulls = np.full((inputs.shape[1], 1), penalty, np.float32)
    pulls[-1] = 0  # a class may be as rare as it is

    curvature = inputs.T @ (inputs * counted) / 2
    curvature[np.diag_indices_from(curvature)] += pulls[:, 0] + _RIDGE
    safe = np.linalg.inv(curvature.astype(np.float64)).astype(np.float32)

    start = np.zeros((inputs.shape[1], wanted.shape[1]), np.float32)
    if prior is not None:
        start[:-1], start[-1] = prior.weight.T / scale, prior.bias
    found = start
    if near is not None:
        found = np.concatenate([near.weight.T / scale, near.bias[None]], dtype=np.float32)
    ahead = found
    momentum = 1.0
    for _ in range(_STEPS):
        missed = (_softmax(inputs @ ahead) - wanted) * counted
        gradient = inputs.T @ missed + pulls * (ahead - start)
        if np.abs(gradient).max() < _CLOSE_ENOUGH:
            break
        step = ahead - safe @ gradient
        has_overshot = float((gradient * (step - found)).sum()) > 0
        following = 1.0 if has_overshot else (1 + math.sqrt(1 + 4 * momentum**2)) / 2
        ahead_by = 0.0 if has_overshot else (momentum - 1) / following
        ahead, found, momentum = step + ahead_by * (step - found), step, following
    weight, bias = found[:-1].T * scale, found[-1]
    return Head(np.ascontiguousarray(weight, np.float32), np.ascontiguousarray(bias))


def _softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max(1, keepdims=True))
    shares: Floats = powers / powers.sum(1, keepdims=True)
    return shares
