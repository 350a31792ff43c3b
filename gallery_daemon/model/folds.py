"""Folds of pictures: each is left out once, and what is nearly the same is left out together.

Two photos of a burst say one thing twice. If one of them is learned from while the other is
judged, the judgement says only that a photo resembles itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Integers = NDArray[np.int64]

ALIKE = 0.98
"""Cosine similarity of the features of two shots of one thing: a photo and itself, cut by a
twentieth of each side, have 0.987 (the median of 150)."""
# Of a feature vector that is all zero.
_TINY = np.float32(1e-12)


def groups_of(features: Floats) -> Integers:
    """A number for each picture, int64 (N,), the same where pictures are alike.

    Each joins the first of a group that it is alike with, and else begins one. Not by way of a
    third: receipts are a chain of pictures of which each is like the next, and all of them would be
    one.

    Args:
        features: float32 (N, F).
    """
    rows = directions(features)
    groups, first = np.zeros(len(features), np.int64), list[int]()
    for row, direction in enumerate(rows):
        similarities = rows[first] @ direction
        if len(first) and similarities.max() >= ALIKE:
            groups[row] = similarities.argmax()
        else:
            groups[row] = len(first)
            first.append(row)
    return groups


def directions(features: Floats) -> Floats:
    """Each row of features (N, F) with the length 1: their products are cosine similarities."""
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    found: Floats = features / np.maximum(lengths, _TINY)
    return found


def folds_of(labels: Sequence[int] | Integers, groups: Integers, count: int) -> Integers:
    """The fold of each picture, int64 (N,), 0 to `count` - 1.

    A group is in one fold as a whole, and each class is spread over the folds as evenly as its
    groups allow. The same arguments give the same folds.

    Args:
        labels: the class of each.
        groups: of each, as `groups_of` numbers them.
        count: how many folds, at least 2.
    """
    classes = np.asarray(labels, np.int64)
    folds = np.zeros(len(groups), np.int64)
    filled = np.zeros((count, int(classes.max(initial=0)) + 1))
    sizes = {int(group): int((groups == group).sum()) for group in np.unique(groups)}
    # The largest first: they are the hardest to place.
    for group in sorted(sizes, key=lambda each: (-sizes[each], each)):
        own = groups == group
        brought = np.bincount(classes[own], minlength=filled.shape[1])
        # First where there is least of its classes, then where there is least of all.
        costs = [(float(fold @ brought), float(fold.sum())) for fold in filled]
        chosen = costs.index(min(costs))
        folds[own] = chosen
        filled[chosen] += brought
    return folds
