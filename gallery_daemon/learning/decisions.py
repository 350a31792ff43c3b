"""What two models decide of lessons: filed right, left to the person, or filed wrong.

A loss that is a little smaller changes nothing for a person whose photos go where they went. What
counts is a photo that is filed right instead of lying in `Review/`, or lies there instead of being
filed wrong; or the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.model.engines.probes import softmax

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Integers = NDArray[np.int64]

SURE = 0.80
"""So sure a rule asks the model to be, where it says nothing."""


@dataclass(frozen=True, slots=True)
class ChangedDecisions:
    """So many lessons are decided better, and so many worse, than by another model."""

    better: int
    worse: int


def decided(logits: Floats, temperature: float, truth: Integers, sure: float) -> Integers:
    """What becomes of lessons, int64 (K,): 2 filed right, 1 left to the person, 0 filed wrong.

    Args:
        logits: float32 (K, C).
        temperature: of the model that gave them.
        truth: int64 (K,), the numbers of the right classes.
        sure: the confidence from which on a photo is filed, 0..1.
    """
    probabilities = softmax(logits / temperature)
    is_sure, is_right = probabilities.max(1) >= sure, probabilities.argmax(1) == truth
    found: Integers = 1 + is_sure * (2 * is_right.astype("int64") - 1)
    return found


def changed(before: Integers, after: Integers) -> ChangedDecisions:
    """How two models' decisions (K,) on the same lessons differ."""
    return ChangedDecisions(int((after > before).sum()), int((after < before).sum()))
