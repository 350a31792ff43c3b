"""What a full look may say of a photo, by what a quick look says.

Both looks are the same network's, so their answers are near each other. How near was measured on
held-out pictures and stands in the manifest (`model.reach`), a number for each class: so far, in
log-odds, a full look's probability of the class may lie from the quick look's. Log-odds, because
near 0 and 1 a probability has no room to differ.

Pure, and without numpy, because the daemon asks it of every photo.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from gallery_daemon.model.manifest import knows_quick
from gallery_daemon.model.precision import bin_of, precisions
from gallery_daemon.photo import Bounds, LookKind, Range

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gallery_daemon.model.manifest import Manifest
    from gallery_daemon.photo import Prediction

# Nearer to 0 or 1 a probability is not told from it: sums of float32 have no more digits.
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class QuickLooks:
    """What is known of a model's quick looks, by class: `reach`, and the full look's `precisions`.

    Of each class there are `TALLY_BINS`, one for each hundredth of confidence.
    """

    reach: Mapping[str, float]
    precisions: Mapping[str, tuple[float | None, ...]]

    @classmethod
    def of(cls, manifest: Manifest) -> Self | None:
        """Those of a bundle; None: it is not known how near they are to full ones."""
        if not knows_quick(manifest):
            return None
        known = {name: precisions(tally) for name, tally in manifest.full.tallies.items()}
        return cls(manifest.looks[LookKind.QUICK].reach, known)

    def bounds(self, prediction: Prediction) -> Bounds:
        """What a full look may say of the photo of a quick look's prediction, by the same model."""
        ranges = {
            name: _around(probability, self.reach[name])
            for name, probability in prediction.probabilities.items()
        }
        bounds = Bounds(ranges, {})
        # Called so, it has at least the confidence that the surest of all has at least.
        surest = bounds.confidence.low
        called = {
            name: Range(max(ranges[name].low, surest), max(ranges[name].high, surest))
            for name in bounds.top_classes
        }
        found = {name: self._precision(name, each) for name, each in called.items()}
        return Bounds(ranges, {name: each for name, each in found.items() if each is not None})

    def _precision(self, name: str, confidence: Range) -> Range | None:
        known = self.precisions.get(name)
        if known is None:
            return None
        low, high = known[bin_of(confidence.low)], known[bin_of(confidence.high)]
        return None if low is None or high is None else Range(low, high)


def log_odds(probability: float) -> float:
    """The logarithm of how much likelier it is than not, within what float32 can tell."""
    within = min(max(probability, _LEAST), 1 - _LEAST)
    return math.log(within / (1 - within))


def _around(probability: float, reach: float) -> Range:
    middle = log_odds(probability)
    low, high = (1 / (1 + math.exp(-each)) for each in (middle - reach, middle + reach))
    # As the network gave it, it is among them, however the logarithm rounds.
    return Range(min(low, probability), max(high, probability))
