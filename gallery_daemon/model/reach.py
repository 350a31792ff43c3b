"""How far a full look may be from a quick one, so that a quick one may decide in its place.

Whatever a rule asks of a class's probability comes to a limit that it reaches or not. The *reach*
of a class is the least distance in log-odds for which, at every such limit, hardly a picture
(`MOST_WRONG` of all) lies further than that from the limit by its quick look and beyond it by its
full one. So the daemon may say of a photo whose quick look keeps that distance what the full look
would say, and needs the full look of the others.

Not a quantile of how far the looks differ: of pictures far from every limit it does not matter, and
most are.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.model.manifest import TALLY_BINS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Odds = NDArray[np.float64]

MOST_WRONG = 0.001
"""Of all pictures, at one limit of one class. A photo is asked about a limit or two."""
FEWEST = 1_000
"""Of fewer pictures, such a share is not known."""

_LEAST = 1e-6  # as in `model.quick`


def reach_of(quick: Floats, full: Floats, classes: Sequence[str]) -> dict[str, float]:
    """The reach of each class; empty if the pictures are too few to know it.

    Args:
        quick: calibrated probabilities of held-out pictures, float (N, C).
        full: of the same pictures, in the same order.
        classes: the names of the C classes.
    """
    if len(full) < FEWEST:
        return {}
    odds = zip(_log_odds(quick).T, _log_odds(full).T, strict=True)
    return {
        name: math.ceil(_reach(*each) * 100) / 100 for name, each in zip(classes, odds, strict=True)
    }


def _reach(quick: Odds, full: Odds) -> float:
    """The reach by the log-odds of a class, (N,) each."""
    allowed = int(MOST_WRONG * len(quick))
    limits = _log_odds(np.arange(1, TALLY_BINS) / TALLY_BINS).tolist()
    return max(_distance(quick - limit, full - limit, allowed) for limit in limits)


def _distance(quick: Odds, full: Odds, allowed: int) -> float:
    """Only `allowed` of those that 0 parts from their full look lie further from it."""
    crossing = np.sort(np.abs(quick[(quick >= 0) != (full >= 0)]))[::-1]
    return float(crossing[allowed]) if len(crossing) > allowed else 0.0


def _log_odds(probabilities: NDArray[np.floating]) -> Odds:
    within = np.clip(probabilities.astype(np.float64), _LEAST, 1 - _LEAST)
    odds: Odds = np.log(within / (1 - within))
    return odds
