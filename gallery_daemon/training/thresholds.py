"""How sure is sure enough: the confidence from which on a class can be trusted.

This is the line that a person copies into a rule: `min_confidence: 0.83` for memes, because from
there on 95 of 100 photos that were called memes are memes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gallery_daemon.training.judgement import Array, Flags

# The precisions that a person is told the confidence for.
PRECISIONS = (0.95, 0.99)
_STEPS = 100  # confidences are told in hundredths, as people write them


@dataclass(frozen=True, slots=True)
class Threshold:
    """From `confidence` on, `precision` of a class's calls are right, and `share` of them are left.

    `pictures` is how many calls that share is: the fewer, the less is known.
    """

    confidence: float
    precision: float
    share: float
    pictures: int

    def to_json(self) -> dict[str, object]:
        """The threshold under the names that `evaluate --json` prints."""
        return {
            "confidence": self.confidence,
            "precision": round(self.precision, 4),
            "share": round(self.share, 4),
            "pictures": self.pictures,
        }


def threshold_for(wanted: float, confidence: Array, right: Flags) -> Threshold | None:
    """The lowest confidence, in hundredths, from which on the precision is at least `wanted`.

    Args:
        wanted: a precision, 0..1.
        confidence: float (K,), of the pictures that were called one class.
        right: bool (K,), whether they are of that class.

    Returns:
        None if no confidence below 1 is enough, or nothing was called so.
    """
    for step in range(_STEPS):
        # The same comparison, of the same numbers, as in a rule's `min_confidence`.
        left = confidence >= np.float32(step / _STEPS)
        count = int(left.sum())
        if not count:
            return None
        precision = float(right[left].mean())
        if precision >= wanted:
            return Threshold(step / _STEPS, precision, count / len(confidence), count)
    return None
