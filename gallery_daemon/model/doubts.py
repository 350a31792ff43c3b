"""Labels that contradict all others: slips of the mouse, and photos in the wrong folder.

Confident learning (Northcutt, Jiang, Chuang, "Confident Learning", 2021, arXiv 1911.00068): a
class has the confidence that its own pictures are given on average, by heads that did not know
them. A picture that comes as near to it in another class than its own as most of that class's
pictures do, and is given more of it than of its own, is doubtful. (The paper asks for the average
itself, which half of a class does not reach: so half of the slips would not be named.) As the
confidence is each class's own, one that the model is never sure of does not make all its pictures
doubtful, nor one that it is always sure of none.

cleanlab, the field's library for it, does the same and much more, but brings scikit-learn and
pandas to a machine that sorts photos, for the thirty lines below; and of a class made of mistakes
alone it keeps one without a word (its version 2.9).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.model.engines.probes import softmax
from gallery_daemon.model.fit_head import fit_head, one_hot
from gallery_daemon.model.folds import folds_of, groups_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Integers = NDArray[np.int64]

FEWEST = 5
"""Of fewer pictures, a class's own confidence is not known."""
_FOLDS = 5
_SMOOTHING = 0.05


@dataclass(frozen=True, slots=True)
class Doubt:
    """The picture at `place` is labelled one class, and looks like another, `likelier`.

    `label` and `likelier` are numbers of classes; `given` and `probability` are what heads that did
    not know the picture give the one and the other, 0..1.
    """

    place: int
    label: int
    likelier: int
    given: float
    probability: float


def doubts(probabilities: Floats, labels: Integers) -> tuple[Doubt, ...]:
    """The doubtful pictures, the most doubtful first.

    Args:
        probabilities: float (N, C), of heads that had left the picture out.
        labels: int64 (N,), what it is labelled, 0 to C - 1.
    """
    if not len(labels):
        return ()
    rows = np.arange(len(labels))
    own = probabilities[rows, labels]
    reached = np.where(probabilities >= _usual(probabilities, labels), probabilities, 0.0)
    reached[rows, labels] = 0.0
    likelier = reached.argmax(1)
    best = reached[rows, likelier]
    found = np.flatnonzero(best > own)
    ordered = sorted(found.tolist(), key=lambda row: (float(own[row] - best[row]), row))
    return tuple(
        Doubt(row, int(labels[row]), int(likelier[row]), float(own[row]), float(best[row]))
        for row in ordered
    )


def _usual(probabilities: Floats, labels: Integers) -> NDArray[np.float64]:
    """The confidence that most pictures of each class are given in it, float64 (C,), 0..1."""
    counts = np.bincount(labels, minlength=probabilities.shape[1])
    own = probabilities[np.arange(len(labels)), labels]
    means = np.bincount(labels, own, len(counts)) / np.maximum(counts, 1)
    squares = np.bincount(labels, (own - means[labels]) ** 2, len(counts)) / np.maximum(counts, 1)
    found = means - np.sqrt(squares)
    # Few pictures do not say how sure their class is; then it takes more than a half.
    limits: NDArray[np.float64] = np.where(counts >= FEWEST, found, np.maximum(found, 0.5))
    return limits


def left_out_probabilities(features: Floats, labels: Integers, classes: int) -> Floats:
    """What heads that left each picture out make of it, float32 (N, C).

    Args:
        features: float32 (N, F), N > 0.
        labels: int64 (N,), 0 to `classes` - 1.
        classes: how many there are.
    """
    folds = folds_of(labels, groups_of(features), _FOLDS)
    shares = balanced(labels, classes)
    found = np.full((len(labels), classes), 1 / classes, np.float32)
    for fold in range(_FOLDS):
        out, rest = folds == fold, folds != fold
        if out.any() and rest.any():
            head = fit_head(
                features[rest], labels[rest], shares[rest], classes, smoothing=_SMOOTHING
            )
            found[out] = softmax(head.logits(features[out]))
            # Of a class whose pictures are all alike, and so left out together, nothing is known.
            unknown = out & ~np.isin(labels, labels[rest])
            found[unknown] = one_hot(labels[unknown], classes)
    return found


def balanced(labels: Integers, classes: int) -> Floats:
    """Shares (N,) with which each class counts as the root of its pictures."""
    counts = np.bincount(labels, minlength=classes)
    shares: Floats = (1 / np.sqrt(np.maximum(counts, 1)))[labels].astype(np.float32)
    return shares
