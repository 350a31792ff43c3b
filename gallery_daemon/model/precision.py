"""How often a class is right from a confidence on, counted on held-out pictures.

A confidence says how sure the network is, a precision how often it is right when it is that sure. A
rule that asks for a precision stays true when the model changes.

Pure, and without numpy, because `check` and the idle daemon read it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from gallery_daemon.model.manifest import TALLY_BINS, Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FEWEST = 30
"""Of fewer pictures no precision is known: thirty that are all right may still be 89%."""

# The normal distribution's quantile for an interval of 95%.
_Z = 1.959964


@dataclass(frozen=True, slots=True)
class Threshold:
    """From `confidence` on, `precision` of a class's calls are right, and `share` of them are left.

    `pictures` is how many calls that share is: the fewer, the less is known. `lowest` and `highest`
    are the ends of the precision's interval of 95%.
    """

    confidence: float
    precision: float
    share: float
    pictures: int

    @property
    def lowest(self) -> float:
        """The precision is hardly lower than this, 0..1."""
        return self._interval()[0]

    @property
    def highest(self) -> float:
        """The precision is hardly higher than this, 0..1."""
        return self._interval()[1]

    def to_json(self) -> dict[str, object]:
        """The threshold under the names that `evaluate --json` prints."""
        return {
            "confidence": self.confidence,
            "precision": round(self.precision, 4),
            "share": round(self.share, 4),
            "pictures": self.pictures,
        }

    def _interval(self) -> tuple[float, float]:
        return wilson_interval(round(self.precision * self.pictures), self.pictures)


def why_no_threshold(called: int) -> str:
    """Why there is no threshold for a class that so many held-out pictures were called."""
    return "too few pictures" if called < FEWEST else "not reached"


def wilson_interval(right: int, called: int) -> tuple[float, float]:
    """Between which two shares, 0..1, the true share of right calls is, 19 times out of 20.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    1927: unlike the usual formula it holds near 0 and 1, where a precision is.
    """
    share, spread = right / called, _Z**2 / called
    centre = share + spread / 2
    reach = _Z * math.sqrt(share * (1 - share) / called + spread / called / 4)
    low, high = (centre - reach) / (1 + spread), (centre + reach) / (1 + spread)
    # Rounding may put an end of none or of all a hair beyond its share.
    return max(min(low, share), 0.0), min(max(high, share), 1.0)


def tally_of(calls: Iterable[tuple[float, bool]]) -> Tally:
    """The tally of a class's calls: the confidence of each, 0..1, and whether it was right."""
    called, right = [0] * TALLY_BINS, [0] * TALLY_BINS
    for confidence, is_right in calls:
        place = bin_of(confidence)
        called[place] += 1
        right[place] += is_right
    return Tally(tuple(called), tuple(right))


def precision_at(tally: Tally, confidence: float) -> float | None:
    """How often such a call is right, 0..1; None: too few pictures were called so to know.

    The largest precision of all thresholds up to `confidence`, so it is at least `p` exactly from
    the confidence of `threshold(tally, p)` on.
    """
    reached = (step for step in _thresholds(tally) if step.confidence <= confidence)
    return max((step.precision for step in reached), default=None)


def precisions(tally: Tally) -> tuple[float | None, ...]:
    """What `precision_at` says from each hundredth up to the next, `TALLY_BINS` of them."""
    largest: list[float | None] = [*accumulate((s.precision for s in _thresholds(tally)), max)]
    beyond = largest[-1] if largest else None
    return (*largest, *(beyond,) * (TALLY_BINS - len(largest)))


def threshold(tally: Tally, wanted: float) -> Threshold | None:
    """The lowest confidence, in hundredths, from which on the precision is at least `wanted`.

    None: no confidence is enough, or it leaves fewer than `FEWEST` pictures.
    """
    return next((step for step in _thresholds(tally) if step.precision >= wanted), None)


def _thresholds(tally: Tally) -> Iterator[Threshold]:
    """Every threshold that enough pictures reach, from the lowest on."""
    called, right = sum(tally.called), sum(tally.right)
    total = called
    for place in range(TALLY_BINS):
        if called < FEWEST:
            return
        yield Threshold(place / TALLY_BINS, right / called, called / total, called)
        called -= tally.called[place]
        right -= tally.right[place]


def bin_of(confidence: float) -> int:
    """The place n with n/100 <= `confidence` < (n + 1)/100, compared as a rule compares.

    That of 1 is the last, 99.
    """
    place = int(confidence * TALLY_BINS)
    # 0.29 * 100 is less than 29.
    if (place + 1) / TALLY_BINS <= confidence:
        place += 1
    elif place / TALLY_BINS > confidence:
        place -= 1
    return min(max(place, 0), TALLY_BINS - 1)
