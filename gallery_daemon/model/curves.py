"""How reliable a confidence is and how many photos reach it, read off a model's tallies.

The tallies count held-out pictures by class and hundredth of confidence, so both curves are there
wherever a model is, without its pictures. Pure, and without numpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.model.manifest import TALLY_BINS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gallery_daemon.model.manifest import Tally

_STEPS = 10
_WIDTH = TALLY_BINS // _STEPS


@dataclass(frozen=True, slots=True)
class ReliabilityPoint:
    """Of `pictures` that were called with this mean confidence, the share `right`, 0..1."""

    confidence: float
    right: float
    pictures: int


@dataclass(frozen=True, slots=True)
class CoveragePoint:
    """The `share` of all pictures that reach a confidence, and of these the share `right`, 0..1."""

    confidence: float
    share: float
    right: float


def reliability(tallies: Iterable[Tally]) -> tuple[ReliabilityPoint, ...]:
    """A point for each tenth of confidence in which there are pictures, ascending.

    A picture counts with the middle of its hundredth, which is as exact as tallies are.
    """
    called, right = _sums(tallies)
    points = []
    for first in range(0, TALLY_BINS, _WIDTH):
        places = range(first, first + _WIDTH)
        pictures = sum(called[place] for place in places)
        if pictures:
            mean = sum((place + 0.5) * called[place] for place in places) / TALLY_BINS / pictures
            share = sum(right[place] for place in places) / pictures
            points.append(ReliabilityPoint(mean, share, pictures))
    return tuple(points)


def calibration_error(points: Iterable[ReliabilityPoint]) -> float | None:
    """How far confidence and truth are apart on average, 0..1; None: there are no pictures."""
    known = tuple(points)
    pictures = sum(point.pictures for point in known)
    if not pictures:
        return None
    apart = sum(abs(point.confidence - point.right) * point.pictures for point in known)
    return apart / pictures


def coverage(tallies: Iterable[Tally]) -> tuple[CoveragePoint, ...]:
    """A point for each hundredth of confidence that a picture reaches, ascending."""
    called, right = _sums(tallies)
    total = reached = sum(called)
    left = sum(right)
    points = []
    for place in range(TALLY_BINS):
        if not reached:
            break
        points.append(CoveragePoint(place / TALLY_BINS, reached / total, left / reached))
        reached -= called[place]
        left -= right[place]
    return tuple(points)


def _sums(tallies: Iterable[Tally]) -> tuple[list[int], list[int]]:
    """All classes together, by hundredths."""
    called, right = [0] * TALLY_BINS, [0] * TALLY_BINS
    for tally in tallies:
        for place in range(TALLY_BINS):
            called[place] += tally.called[place]
            right[place] += tally.right[place]
    return called, right
